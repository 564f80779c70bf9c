"""CELERY_BROKER_URL: an address of Redis with a database that is there and with TLS that is checked, or a sentence.

`model` puts this on its field.
"""

import re
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import SecretStr

from novacore.settings.server_url import ServerUrl, single, take_apart
from novacore.settings.values import yes_or_no

DATABASES: Final = 16
"""How many databases a Redis server has unless it was told otherwise. The shop needs one of them."""

_FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_OPTIONS: Final = ("ssl_cert_reqs", "ssl_check_hostname", *_FILES)
_CERT_REQS: Final = ("required", "optional", "none")


def read_broker_url(text: str) -> SecretStr:
    """Read the address of a Redis server. That of `rediss` has its certificate checked unless it says otherwise."""
    given = take_apart(text, "the address of a Redis server")
    if given.scheme not in {"redis", "rediss"} or not given.host or "," in given.host:
        raise ValueError("is not the address of a Redis server.")
    if not re.fullmatch(r"/?|/\d{1,2}", given.path, re.ASCII) or int(given.path[1:] or 0) >= DATABASES:
        raise ValueError(f"names a database that Redis does not have: they are numbered 0 to {DATABASES - 1}.")
    options = _tls_options(given)
    return SecretStr(text.partition("?")[0] + ("?" + urlencode(options, safe="/") if options else ""))


def checks_certificates(broker: str) -> bool:
    """Tell whether a broker's address leaves the certificate and its name to be checked. One without TLS has none."""
    options = dict(parse_qsl(urlsplit(broker).query))
    return options.get("ssl_cert_reqs") != "none" and options.get("ssl_check_hostname") != "false"


def _tls_options(given: ServerUrl) -> dict[str, str]:
    options = single(given.options)
    if options.keys() - _OPTIONS:
        raise ValueError(f"has an option that it cannot have. A rediss:// address may have {', '.join(_OPTIONS)}.")
    if given.scheme == "redis":
        if options:
            raise ValueError("has options for TLS, and only rediss:// speaks TLS.")
        return {}
    options["ssl_cert_reqs"] = _cert_reqs(options.get("ssl_cert_reqs", "required"))
    if "ssl_check_hostname" in options:
        options["ssl_check_hostname"] = _true_or_false(options["ssl_check_hostname"])
    for name in options.keys() & set(_FILES):
        if not Path(options[name]).is_file():
            raise ValueError(f"names a file for {name} that is not there.")
    return options


def _cert_reqs(said: str) -> str:
    name = said.lower().removeprefix("cert_")
    if name not in _CERT_REQS:
        raise ValueError(f"has a value for ssl_cert_reqs that isn't one of {', '.join(_CERT_REQS)}.")
    return name


def _true_or_false(said: str) -> str:
    try:
        return str(yes_or_no(said)).lower()
    except ValueError:
        raise ValueError("says neither true nor false for ssl_check_hostname.") from None
