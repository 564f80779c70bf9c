"""DATABASE_URL and CELERY_BROKER_URL: what is in doubt is refused, and nothing of it is repeated."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from novacore.crypto import new_key
from novacore.settings import load_settings
from novacore.settings.redis_url import checks_certificates
from novacore.telemetry.redaction import forget, redact, redacted
from tests.ground.settings.env_files import fault, write

pytestmark = pytest.mark.usefixtures("bare_environment")

ESCAPES = {"@": "%40", ":": "%3A", "/": "%2F", "#": "%23", "?": "%3F", "[": "%5B", "]": "%5D", "%": "%25", " ": "%20"}
KEY = new_key()


@pytest.fixture
def with_url(good: dict[str, str], env_file: Path) -> dict[str, str]:
    """Everything that a shop on PostgreSQL and Redis needs, but for the two addresses."""
    return good | {"SECRET_KEY": KEY}


def refused(env_file: Path, given: dict[str, str], name: str, url: str) -> str:
    """Return what is said of an address that is refused."""
    found = fault(write(env_file, given | {name: url}))
    assert found.startswith(f"{name} ")
    return found


def database(env_file: Path, given: dict[str, str], url: str) -> str:
    """Return an address that is taken, as it is used."""
    return load_settings(write(env_file, given | {"DATABASE_URL": url})).database_url.render_as_string(
        hide_password=False
    )


# ---- passwords ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["DATABASE_URL", "CELERY_BROKER_URL"])
@pytest.mark.parametrize("character", ESCAPES)
@pytest.mark.parametrize("password", ["S3cret{}ssw0rd", "{}ssw0rd", "S3cret{}", "a{0}S3cret{0}b", "S3cret{}9432"])
def test_a_password_with_a_character_of_addresses_is_refused_unless_it_is_escaped(
    with_url: dict[str, str], env_file: Path, name: str, character: str, password: str
) -> None:
    url = "postgresql://u:{}@127.0.0.1:5432/novacore" if name == "DATABASE_URL" else "redis://:{}@127.0.0.1:6379/0"
    found = refused(env_file, with_url, name, url.format(password.format(character)))
    assert "Write @ as %40" in found
    assert f"{character if character != ' ' else 'a space'} as {ESCAPES[character]}" in found
    assert not any(part in found for part in ("S3cret", "ssw0rd", "9432", "127.0.0.1"))
    settings = load_settings(write(env_file, with_url | {name: url.format(password.format(ESCAPES[character]))}))
    given = settings.postgres_url if name == "DATABASE_URL" else settings.celery_broker_url
    assert given is not None
    assert make_url(given.get_secret_value()).password == password.format(character)
    assert make_url(given.get_secret_value()).host == "127.0.0.1"


@pytest.mark.parametrize("user", ["nova@server", "nova:core", "a/b"])
def test_so_is_a_user_name(with_url: dict[str, str], env_file: Path, user: str) -> None:
    found = refused(env_file, with_url, "DATABASE_URL", f"postgresql://{user}:S3cret@h/d")
    assert "Write @ as %40" in found
    assert user not in found


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:S3cret@/ssw0rd@127.0.0.1/novacore",
        "postgresql://S3cret#ssw0rd",
        "postgresql://u:S3cret/ssw0rd",
        "postgresql://u:p@h:S3cret/d",
        "postgresql://u:p@h:99999/d",
        "postgresql://u:p@h/d#S3cret",
        "postgresql://u:p@h/d/S3cret",
        "postgresql://u:p@h/",
        "postgresql://u:p@h?S3cret",
        "postgresql://u:p@h/d?S3cret",
        "postgresql://u:p@h/d?S3cret=1",
        "postgresql://u:p@S3cret host/d",
        "postgresql://u:p@h%2FS3cret/d",
        "postgresql:/u:S3cret@h/d",
        "S3cret",
    ],
)
def test_nothing_of_an_address_that_is_refused_is_repeated(with_url: dict[str, str], env_file: Path, url: str) -> None:
    found = refused(env_file, with_url, "DATABASE_URL", url)
    assert "S3cret" not in found
    assert "ssw0rd" not in found


# ---- options of PostgreSQL ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("schema=public", "the option schema, which PostgreSQL does not know. Leave it out."),
        ("connection_limit=5", "the option connection_limit"),
        ("ssl=true", "For TLS write sslmode=require"),
        ("prepare_threshold=0", "For pgbouncer write pgbouncer=true"),
        ("autocommit=true", "has an option that PostgreSQL does not know."),
        ("sslmod=require", "Did you mean sslmode?"),
        ("SSLMODE=require", "Did you mean sslmode?"),
        ("pg_bouncer=true", "Did you mean pgbouncer?"),
        ("sslmode=bogus", "has a value for sslmode that PostgreSQL does not know"),
        ("sslmode=", "has a value for sslmode"),
        ("sslmode=Require", "has a value for sslmode"),
        ("channel_binding=bogus", "has a value for channel_binding"),
        ("gssencmode=bogus", "has a value for gssencmode"),
        ("target_session_attrs=master", "has a value for target_session_attrs"),
        ("ssl_min_protocol_version=SSLv3", "has a value for ssl_min_protocol_version"),
        ("connect_timeout=soon", "has a value for connect_timeout"),
        ("keepalives_idle=1.5", "has a value for keepalives_idle"),
        ("sslmode=require&sslmode=disable", "one of its options twice"),
        ("sslrootcert=system&sslmode=require", "exclude each other"),
        ("pgbouncer=maybe", "neither true nor false for pgbouncer"),
        ("sslmode", "not written as name=value"),
    ],
)
def test_an_option_that_psycopg_would_stumble_over_is_refused(
    with_url: dict[str, str], env_file: Path, option: str, sentence: str
) -> None:
    assert sentence in refused(env_file, with_url, "DATABASE_URL", f"postgresql://u:p@h/d?{option}")


@pytest.mark.parametrize(
    "option",
    [
        "sslmode=verify-full&sslrootcert=system",
        "sslmode=require&sslnegotiation=direct",
        "gssencmode=require",
        "connect_timeout=5&keepalives_idle=30",
        "application_name=novacore&options=-csearch_path%3Dshop",
        "target_session_attrs=read-write",
        "channel_binding=require",
        "host=/var/run/postgresql",
        "host=one&host=two&port=5432&port=5433",
    ],
)
def test_what_libpq_knows_is_handed_to_it(with_url: dict[str, str], env_file: Path, option: str) -> None:
    taken = make_url(database(env_file, with_url, f"postgresql://u:p@/d?{option}"))
    assert taken.query == make_url(f"postgresql://u:p@/d?{option}").query


@pytest.mark.parametrize(
    ("said", "kept"), [("true", True), ("1", True), ("YES", True), ("false", False), ("0", False), ("off", False)]
)
def test_pgbouncer_is_asked_for_in_everyday_words(
    with_url: dict[str, str], env_file: Path, said: str, kept: bool
) -> None:
    taken = make_url(database(env_file, with_url, f"postgresql://u:p@h:6432/d?pgbouncer={said}&sslmode=require"))
    assert taken.query == {"sslmode": "require"} | ({"pgbouncer": "true"} if kept else {})


def test_a_password_among_the_options_is_hidden_like_any_other() -> None:
    url = "postgresql://u@h/d?password=hunter2hunter&sslpassword=sesame123"
    redact(url)
    try:
        assert redacted("with hunter2hunter and sesame123 at h") == "with [hidden] and [hidden] at h"
    finally:
        forget()


# ---- Redis ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/novacore", "/99", "/16", "/-1", "/1.5", "/0x1", "/0/1", "/a0", "//0", "/٣", "/ 1"])
@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_a_database_that_redis_does_not_have_is_refused(
    with_url: dict[str, str], env_file: Path, scheme: str, path: str
) -> None:
    found = refused(env_file, with_url, "CELERY_BROKER_URL", f"{scheme}://h:6379{path}")
    assert "Write it like redis://host:6379/0" in found


@pytest.mark.parametrize("path", ["", "/", "/0", "/1", "/15", "/07"])
def test_a_database_that_every_redis_has_is_taken(with_url: dict[str, str], env_file: Path, path: str) -> None:
    settings = load_settings(write(env_file, with_url | {"CELERY_BROKER_URL": f"redis://h:6379{path}"}))
    assert settings.celery_broker_url is not None
    assert settings.celery_broker_url.get_secret_value() == f"redis://h:6379{path}"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("redis://h/0?db=3", "an option that it cannot have"),
        ("rediss://h/0?credential_provider=os.system", "an option that it cannot have"),
        ("redis://h/0?ssl_cert_reqs=none", "only rediss:// speaks TLS"),
        ("rediss://h/0?ssl_cert_reqs=maybe", "isn't one of required, optional, none"),
        ("rediss://h/0?ssl_check_hostname=maybe", "neither true nor false"),
        ("rediss://h/0?ssl_ca_certs=/nowhere/ca.pem", "names a file for ssl_ca_certs that is not there"),
        ("rediss://h/0?ssl_cert_reqs=none&ssl_cert_reqs=required", "one of its options twice"),
        ("redis://h1,h2/0", "is not the address of a Redis server"),
        ("unix:///run/redis.sock", "is not the address of a Redis server"),
        ("redis+sentinel://h/0", "is not the address of a Redis server"),
    ],
)
def test_what_celery_would_stumble_over_is_refused(
    with_url: dict[str, str], env_file: Path, url: str, sentence: str
) -> None:
    assert sentence in refused(env_file, with_url, "CELERY_BROKER_URL", url)


@pytest.mark.parametrize(
    ("query", "used", "is_checked"),
    [
        ("", "ssl_cert_reqs=required", True),
        ("?ssl_cert_reqs=CERT_REQUIRED", "ssl_cert_reqs=required", True),
        ("?ssl_cert_reqs=CERT_NONE", "ssl_cert_reqs=none", False),
        ("?ssl_cert_reqs=none", "ssl_cert_reqs=none", False),
        ("?ssl_ca_certs={ca}", "ssl_ca_certs={ca}&ssl_cert_reqs=required", True),
        ("?ssl_check_hostname=no", "ssl_check_hostname=false&ssl_cert_reqs=required", False),
    ],
)
def test_a_certificate_is_checked_unless_the_address_says_otherwise(
    with_url: dict[str, str], env_file: Path, tmp_path: Path, query: str, used: str, is_checked: bool
) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    given = with_url | {"CELERY_BROKER_URL": f"rediss://:p%40ss@h:6380/1{query.format(ca=ca)}"}
    settings = load_settings(write(env_file, given))
    assert settings.celery_broker_url is not None
    assert settings.celery_broker_url.get_secret_value() == f"rediss://:p%40ss@h:6380/1?{used.format(ca=ca)}"
    assert checks_certificates(settings.celery_broker_url.get_secret_value()) is is_checked
    assert bool(settings.warnings) is not is_checked
    assert all("CELERY_BROKER_URL" in sentence and "p%40ss" not in sentence for sentence in settings.warnings)
