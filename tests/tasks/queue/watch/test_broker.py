"""Redis at the start of a process, and over TLS: a real server with a certificate of its own making."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from kombu import pools
from redis import Redis

from novacore.doctor.work import BrokerAway, broker_away
from novacore.errors import SettingsError
from novacore.settings.redis_url import read_broker_url
from novacore.tasks.queue.celery_app import make_app
from novacore.tasks.queue.watch.broker import require_usable, wait_for_writes
from novacore.tasks.queue.watch.roll_call import roll_call
from tests.fixtures.servers.certificates import make_certificate
from tests.fixtures.servers.processes import free_port
from tests.fixtures.servers.redis_server import RedisServer, new_redis, refusing

PASSWORD = "sesame-and-more"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate that nobody's authority has signed."""
    return make_certificate(tmp_path_factory.mktemp("tls"), ["127.0.0.1"])


@pytest.fixture(scope="module")
def tls_port() -> int:
    """Choose where the server speaks TLS."""
    return free_port()


@pytest.fixture(scope="module")
def server(
    certificate: tuple[Path, Path], tls_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RedisServer]:
    """Run a server with a password, four databases, and TLS on a port of its own."""
    public, private = map(str, certificate)
    tls = {"tls-port": str(tls_port), "tls-cert-file": public, "tls-key-file": private, "tls-ca-cert-file": public}
    more = {"tls-auth-clients": "no", "requirepass": PASSWORD, "databases": "4", "bind": "127.0.0.1 127.0.0.2"}
    with new_redis(tmp_path_factory.mktemp("redis"), tls | more) as redis:
        yield redis


@pytest.fixture(autouse=True)
def _no_pool_of_another_test() -> None:
    """Kombu keeps connections for the process, and tells them apart by host and port but not by what TLS checks."""
    pools.reset()


def fault(url: str) -> str:
    """Return what is said of an address at the start."""
    with pytest.raises(SettingsError) as refusal:
        require_usable(url)
    (sentence,) = refusal.value.faults
    assert PASSWORD not in sentence
    assert "wrong-horse" not in sentence
    return sentence


def ping(connection: Any) -> bool:
    """Ask the server over a connection of Celery's."""
    return bool(connection.default_channel.client.ping())


def reached(url: str) -> bool:
    """Tell whether Celery itself gets through to the broker."""
    app = make_app(read_broker_url(url).get_secret_value())
    try:
        with closing(app.connection_for_write()) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=10)
            return ping(connection)
    finally:
        app.close()


def test_a_certificate_that_nobody_vouches_for_is_refused(server: RedisServer, tls_port: int) -> None:
    url = f"rediss://:{PASSWORD}@127.0.0.1:{tls_port}/0"
    assert "can't be trusted" in fault(url)
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        reached(url)


def test_celery_checks_certificates_by_itself_too(server: RedisServer, tls_port: int) -> None:
    """An address that did not come through the settings: kombu alone would check nothing."""
    app = make_app(f"rediss://:{PASSWORD}@127.0.0.1:{tls_port}/0")
    connection: Any
    with closing(app.connection_for_write()) as connection:
        assert connection.ssl["ssl_cert_reqs"] is ssl.CERT_REQUIRED
        with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
            ping(connection)
    app.close()


def test_the_doctor_says_what_is_wrong_with_the_certificate(server: RedisServer, tls_port: int) -> None:
    with pytest.raises(BrokerAway) as away:
        roll_call(f"rediss://:{PASSWORD}@127.0.0.1:{tls_port}/0")()
    assert "can't be trusted" in broker_away(away.value).text


def test_an_authority_of_ones_own_is_enough(server: RedisServer, tls_port: int, certificate: tuple[Path, Path]) -> None:
    url = f"rediss://:{PASSWORD}@127.0.0.1:{tls_port}/0?ssl_ca_certs={certificate[0]}"
    require_usable(url)
    assert reached(url)
    assert roll_call(read_broker_url(url).get_secret_value())() == {}


def test_another_hosts_certificate_is_refused(
    server: RedisServer, tls_port: int, certificate: tuple[Path, Path]
) -> None:
    url = f"rediss://:{PASSWORD}@127.0.0.2:{tls_port}/0?ssl_ca_certs={certificate[0]}"
    assert "another host" in fault(url)
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        reached(url)
    assert reached(f"{url}&ssl_check_hostname=no")


def test_no_check_at_all_has_to_be_asked_for(server: RedisServer, tls_port: int) -> None:
    url = f"rediss://:{PASSWORD}@127.0.0.1:{tls_port}/0?ssl_cert_reqs=none"
    require_usable(url)
    assert reached(url)


def test_a_file_that_holds_no_certificate_is_a_sentence(server: RedisServer, tls_port: int, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    assert "TLS connection to Redis" in fault(
        f"rediss://:{PASSWORD}@127.0.0.1:{tls_port}/0?ssl_ca_certs={tmp_path}/ca.pem"
    )


@pytest.mark.parametrize(
    ("credentials", "path", "sentence"),
    [
        (f":{PASSWORD}@", "/9", "names a database that this Redis does not have"),
        (":wrong-horse@", "/0", "rejects the user name or the password"),
        ("", "/0", "rejects the user name or the password"),
        (f"someone:{PASSWORD}@", "/0", "rejects the user name or the password"),
    ],
)
def test_what_will_never_do_is_a_sentence_at_the_start(
    server: RedisServer, credentials: str, path: str, sentence: str
) -> None:
    url = f"redis://{credentials}127.0.0.1:{server.port}{path}"
    assert sentence in fault(url)
    with pytest.raises(BrokerAway) as away:
        roll_call(url)()
    assert sentence in away.value.fault


def test_one_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    require_usable(f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0")
    assert "waits for it" in caplog.text
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("OOM", "its memory is full"),
        ("NOREPLICAS", "it has too few replicas"),
        ("READONLY", "it is a read-only replica"),
    ],
)
def test_one_that_refuses_writes_is_waited_for_in_one_line(
    redis_url: str, caplog: pytest.LogCaptureFixture, code: str, why: str
) -> None:
    caplog.set_level("INFO")
    with ExitStack() as refusal:
        refusal.enter_context(refusing(redis_url, code))
        looks = iter(range(3))
        require_usable(redis_url)
        wait_for_writes(redis_url, lambda: refusal.close() if next(looks) == 2 else None)
    assert [one.getMessage() for one in caplog.records] == [
        f"Redis accepts no writes now: {why} ({code}). Nothing is lost; this process waits until it does.",
        "Redis accepts writes again.",
    ]


def test_one_that_cannot_save_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its disk is full, or its folder is gone: then it refuses even a PING."""
    (tmp_path / "gone").mkdir()
    with new_redis(tmp_path / "gone") as redis, closing(Redis.from_url(redis.url)) as client:
        (tmp_path / "gone").rename(tmp_path / "moved")
        (tmp_path / "moved" / "redis.log").unlink(missing_ok=True)
        (tmp_path / "moved").rmdir()
        client.config_set("save", "1 1")
        client.set("a", "b")
        client.bgsave()
        while client.info("persistence")["rdb_last_bgsave_status"] == "ok":
            sleep(0.01)
        require_usable(redis.url)
        wait_for_writes(redis.url, lambda: client.config_set("stop-writes-on-bgsave-error", "no"))
    assert ["can't save its data" in one.getMessage() for one in caplog.records] == [True]


def test_what_works_is_said_nothing_of(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    require_usable(server.url)
    assert caplog.records == []
    assert reached(f"redis://:{PASSWORD}@127.0.0.1:{server.port}/3")
