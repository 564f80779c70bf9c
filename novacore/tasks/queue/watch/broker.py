"""Redis as a process meets it at its start: one that is away is waited for, one that will never do is a sentence.

Celery would try for ever, and say nothing of a wrong password or a certificate of someone else's.
"""

import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from novacore.errors import SettingsError

if TYPE_CHECKING:
    from redis import Redis

SECONDS = 3.0
"""How long Redis may take for each step of the answer."""

log = logging.getLogger(__name__)


def require_usable(url: str) -> None:
    """Raise SettingsError where Redis answers, and what CELERY_BROKER_URL says cannot be right."""
    from redis.exceptions import RedisError  # noqa: PLC0415 - see _connected

    try:
        with closing(_connected(url)) as client:
            client.ping()
    except (RedisError, OSError) as error:
        if fault := what_is_wrong(error):
            raise SettingsError([fault]) from None
        if refused_writes(error):
            return  # whoever needs to write waits, and says so
        log.warning("Redis does not answer (%s). This process waits for it.", type(error).__name__)


def what_is_wrong(error: BaseException) -> str:
    """Say which part of CELERY_BROKER_URL cannot be right, after an error of redis-py or of kombu; else return ''."""
    from redis.exceptions import AuthenticationError, ResponseError  # noqa: PLC0415 - see _connected

    for one in _chain(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return _NOT_TRUSTED
        if isinstance(one, ssl.SSLError):
            return _NO_TLS
        if isinstance(one, AuthenticationError) or "NOAUTH" in str(one):
            return _NOT_LET_IN
        if isinstance(one, ResponseError) and "DB index" in str(one):
            return _NO_SUCH_DATABASE
    return ""


def wait_for_writes(url: str, pause: Callable[[], object]) -> None:
    """Return once Redis takes what is written to it; `pause` is called between two tries.

    One that is away isn't waited for here: Celery does that by itself, while it dies of one that answers and refuses.
    """
    is_told = False
    while why := _no_writes(url):
        if not is_told:
            log.warning("Redis accepts no writes now: %s. Nothing is lost; this process waits until it does.", why)
        is_told = True
        pause()
    if is_told:
        log.info("Redis accepts writes again.")


def refused_writes(error: BaseException) -> str:
    """Say why Redis takes no writes for now, after an error of redis-py, kombu or Celery; else return ''."""
    from redis.exceptions import RedisError  # noqa: PLC0415 - see _connected

    for one in _chain(error):
        code = getattr(one, "status_code", None) or str(one).split(" ", 1)[0]
        if isinstance(one, RedisError) and code in _NO_WRITES:
            return f"{_NO_WRITES[code]} ({code})"
    return ""


def _connected(url: str) -> "Redis":
    """Make a client: here and not above, for redis-py has 6 MB, and a shop in one process needs none of it."""
    from redis import Redis  # noqa: PLC0415

    return Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)


def _no_writes(url: str) -> str:
    from redis.exceptions import RedisError  # noqa: PLC0415 - see _connected

    try:
        with closing(_connected(url)) as client:
            client.set(_PROBE, "", px=1)
    except (RedisError, OSError) as error:
        return refused_writes(error)
    return ""


_PROBE: Final = "novacore.probe"
"""A key that is gone after a millisecond."""

_NO_WRITES: Final[Mapping[str, str]] = {
    "BUSY": "a script of someone's is running in it",
    "CLUSTERDOWN": "its cluster is down",
    "LOADING": "it is still loading its data",
    "MASTERDOWN": "it is a replica that has lost its master",
    "MISCONF": "it can't save its data, most likely because its disk is full",
    "NOREPLICAS": "it has too few replicas",
    "OOM": "its memory is full",
    "READONLY": "it is a read-only replica",
}
"""Redis's codes for what passes, or what only whoever runs Redis can change."""


def tls(url: str) -> dict[str, Any] | None:
    """Return Celery's broker_use_ssl: kombu checks no certificate where nothing is said of it. None: no TLS.

    What stands in the address goes before this.
    """
    if not url.startswith("rediss:"):
        return None
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    for _ in range(10):
        if one is None:
            return
        yield one
        one = one.__cause__ or one.__context__


_NOT_TRUSTED = (
    "CELERY_BROKER_URL: the certificate of Redis can't be trusted, or belongs to another host. If it is of an "
    "authority of your own, add ?ssl_ca_certs=/path/to/ca.pem at the end. ?ssl_cert_reqs=none checks nothing."
)
_NO_TLS = (
    "CELERY_BROKER_URL: the TLS connection to Redis fails. Check the port and the files of the certificates, or write "
    "redis:// where Redis speaks no TLS."
)
_NOT_LET_IN = (
    "CELERY_BROKER_URL: Redis rejects the user name or the password. Write them like "
    "redis://user:password@host:6379/0, or redis://:password@host:6379/0 where Redis has a password only."
)
_NO_SUCH_DATABASE = (
    "CELERY_BROKER_URL names a database that this Redis does not have. Write /0 at the end: the shop needs no other."
)
