"""Settings: every fault at once, in sentences; hostile `.env` files; secrets that stay secret."""

import os
import pickle
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import time, timedelta
from pathlib import Path

import pytest

from novacore.crypto import GoodsCipher, new_key
from novacore.errors import SettingsError
from novacore.settings import ReportSchedule, Settings, has_token, load_settings, rehearsal_settings
from novacore.settings.reading import _LIVE, _SETTINGS
from novacore.states import PaymentMethod

TOKEN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GabcdE.mhBV-jR0uPq1s2t3u4v5w6x7y8z9A0B1C2D3E4"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in _SETTINGS:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    ids = {name.upper(): str(1_100_000_000_000_000_000 + n) for n, name in enumerate(_LIVE) if "_id" in name}
    return ids | {
        "DISCORD_TOKEN": TOKEN,
        "PAYPAL_EMAIL": "pay@novacore.example",
        "BTC_ADDRESS": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "LTC_ADDRESS": "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
        "USDT_ADDRESS": "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
        "SOL_ADDRESS": "83astBRguLMdt2h5U1Tpdq5tjFoJ6noeGwaY3mDLVcri",
        "ETH_ADDRESS": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "DATABASE_PATH": str(tmp_path / "data" / "shop.db"),
        "LOG_DIR": str(tmp_path / "logs"),
    }


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def write(path: Path, values: Mapping[str, str]) -> Path:
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    path.chmod(0o600)
    return path


def faults(path: Path, **options: bool) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refusal:
        load_settings(path, **options)
    return refusal.value.faults


def fault(path: Path, **options: bool) -> str:
    found = faults(path, **options)
    assert len(found) == 1, found
    return found[0]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere: step down for a moment, so that permissions mean something."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# ---- a good file ----------------------------------------------------------------------------------------------------


def test_a_complete_file_gives_settings_with_the_defaults_of_the_design(good: dict[str, str], env_file: Path) -> None:
    settings = load_settings(write(env_file, good))
    assert settings.discord_token.get_secret_value() == TOKEN
    assert settings.staff_channel_id == int(good["STAFF_CHANNEL_ID"])
    assert settings.staff_role_ids == {int(good["STAFF_ROLE_IDS"])}
    assert (settings.currency, str(settings.timezone), settings.max_open_orders) == ("USD", "UTC", 3)
    assert (settings.order_expiry, settings.late_window) == (timedelta(hours=24), timedelta(days=7))
    assert settings.report_schedule == ReportSchedule("week", time(9), 0)
    assert settings.is_embedded
    assert settings.warnings == ()
    assert settings.database_url.render_as_string() == f"sqlite+pysqlite:///{good['DATABASE_PATH']}"


def test_the_environment_goes_before_the_file_unless_it_is_empty(
    good: dict[str, str], env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURRENCY", "eur")
    monkeypatch.setenv("MAIN_CHANNEL_ID", "")
    settings = load_settings(write(env_file, good | {"CURRENCY": "GBP"}))
    assert settings.currency == "EUR"
    assert settings.main_channel_id == int(good["MAIN_CHANNEL_ID"])


def test_a_file_is_not_needed_where_the_environment_says_it_all(
    good: dict[str, str], env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in good.items():
        monkeypatch.setenv(name, value)
    assert load_settings(env_file).owner_role_id == int(good["OWNER_ROLE_ID"])


def test_settings_cannot_be_changed(good: dict[str, str], env_file: Path) -> None:
    settings = load_settings(write(env_file, good))
    with pytest.raises(ValueError, match="frozen"):
        settings.currency = "EUR"  # type: ignore[misc]


def test_each_method_has_an_address_and_the_name_of_its_network(good: dict[str, str], env_file: Path) -> None:
    found = load_settings(write(env_file, good)).payment_addresses
    assert set(found) == set(PaymentMethod)
    assert found[PaymentMethod.usdt].network == "TRON (TRC-20)"
    assert found[PaymentMethod.paypal].address == "pay@novacore.example"
    assert [found[method].network for method in (PaymentMethod.btc, PaymentMethod.ltc)] == ["Bitcoin", "Litecoin"]


def test_no_secret_shows_in_a_repr(good: dict[str, str], env_file: Path) -> None:
    key = new_key()
    extra = {"DATABASE_URL": "postgresql://u:hunter2pass@h/d", "CELERY_BROKER_URL": "redis://:redispass@h/0"}
    extra |= {"SECRET_KEY": key, "SENTRY_DSN": "https://0123456789abcdef@sentry.example/1"}
    settings = load_settings(write(env_file, good | extra))
    shown = f"{settings!r} {settings} {settings.database_url!r} {settings.model_dump()}"
    for secret in (TOKEN, "hunter2pass", "redispass", key, "0123456789abcdef"):
        assert secret not in shown
        assert any(secret in known for known in settings.secret_values())
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301  made a line above


# ---- faults ---------------------------------------------------------------------------------------------------------


def test_an_empty_file_names_everything_that_is_missing_at_once(env_file: Path) -> None:
    found = faults(write(env_file, {}))
    names = [sentence.split()[0] for sentence in found]
    assert names == [name.upper() for name in (*_LIVE, "database_path", "log_dir")]
    assert all(
        " is missing. " in sentence and f"as {name}=..." in sentence
        for name, sentence in zip(names, found, strict=True)
    )
    assert found[names.index("STAFF_CHANNEL_ID")] == (
        "STAFF_CHANNEL_ID is missing. In Discord (with Developer Mode on), right-click the staff channel and choose "
        "Copy Channel ID. Then put it in .env as STAFF_CHANNEL_ID=..."
    )


def test_the_example_file_lists_every_setting_and_nothing_else() -> None:
    lines = [line.removeprefix("# ") for line in (ROOT / ".env.example").read_text().splitlines()]
    names = [line.split("=")[0] for line in lines if "=" in line and line.split("=")[0].isupper()]
    assert sorted(names) == sorted(name.upper() for name in _SETTINGS)


def test_the_example_file_lacks_nothing_but_what_only_the_owner_knows(
    env_file: Path,
) -> None:
    env_file.write_text((ROOT / ".env.example").read_text())
    assert [sentence.split()[0] for sentence in faults(env_file)] == [name.upper() for name in _LIVE]


def test_the_defaults_in_the_example_file_are_the_defaults(good: dict[str, str], env_file: Path) -> None:
    lines = [line.removeprefix("# ") for line in (ROOT / ".env.example").read_text().splitlines()]
    optional = {"CURRENCY", "TIMEZONE", "ORDER_EXPIRY_HOURS", "LATE_PROOF_DAYS", "MAX_OPEN_ORDERS", "MAX_QUANTITY"}
    optional |= {"LOG_LEVEL", "SENTRY_ENVIRONMENT", "REPORT_SCHEDULE"}
    said = dict(line.split("=", 1) for line in lines if line.split("=")[0] in optional)
    assert set(said) == optional
    plain = good | {"REPORT_CHANNEL_ID": "1100000000000000900"}
    assert load_settings(write(env_file, plain | said)) == load_settings(write(env_file, plain))


def test_every_kind_of_fault_is_reported_in_one_go(good: dict[str, str], env_file: Path) -> None:
    good |= {"STAFF_CHANNEL_ID": good["MAIN_CHANNEL_ID"], "VOUCH_CHANNEL_ID": "vouches", "CURRENCY": "XXX"}
    good |= {"BTC_ADDRESS": good["BTC_ADDRESS"][:-1] + "b", "DATABASE_URL": "mysql://h/d", "LOG_DIR": "/dev/null/logs"}
    del good["PAYPAL_EMAIL"]
    named = {sentence.split()[0] for sentence in faults(write(env_file, good), require_broker=True)}
    assert named == {
        "PAYPAL_EMAIL", "VOUCH_CHANNEL_ID", "CURRENCY", "BTC_ADDRESS", "DATABASE_URL", "STAFF_CHANNEL_ID", "SECRET_KEY",
        "CELERY_BROKER_URL", "LOG_DIR",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("STAFF_CHANNEL_ID", "staff-chat", "is not a Discord id"),
        ("STAFF_CHANNEL_ID", "١١٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠١", "is not a Discord id"),
        ("STAFF_CHANNEL_ID", "1" * 19 + ".0", "is not a Discord id"),
        ("STAFF_CHANNEL_ID", "-1100000000000000777", "is not a Discord id"),
        ("STAFF_CHANNEL_ID", "9" * 20, "is not a Discord id"),
        ("STAFF_CHANNEL_ID", "1234", "is not a Discord id"),
        ("STAFF_ROLE_IDS", "1100000000000000001, boss", "is not a Discord id"),
        ("DISCORD_TOKEN", "your-token-here", "is not a bot token"),
        ("DISCORD_TOKEN", "Zf3kQm81sYv0Lr7TnB2xWc9HdPe4JuAg", "a client secret has none"),
        ("DISCORD_TOKEN", "MTE5OTk5 OTk5.GabcdE.mhBVjR0uPq1s2t3u", "is not a bot token"),
        ("PAYPAL_EMAIL", "paypal.me/novacore", "must have an @-sign"),
        ("PAYPAL_EMAIL", "me@shop", "should have a period"),
        ("PAYPAL_EMAIL", "a@b.com, c@d.com", "is not an e-mail address"),
        ("LTC_ADDRESS", "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r", "testnet address"),
        ("ETH_ADDRESS", "0xFB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "fails its checksum"),
        ("USDT_NETWORK", "bsc", "is none of tron, ethereum, solana"),
        ("CURRENCY", "dollars", "is not a currency"),
        ("TIMEZONE", "Mars/Olympus", "is not a time zone"),
        ("TIMEZONE", "../../../etc/passwd", "is not a time zone"),
        ("TIMEZONE", "/etc/localtime", "is not a time zone"),
        ("TIMEZONE", "Antarctica", "is not a time zone"),
        ("ORDER_EXPIRY_HOURS", "a day", "is not a whole number"),
        ("ORDER_EXPIRY_HOURS", "1.5", "is not a whole number"),
        ("ORDER_EXPIRY_HOURS", "²4", "is not a whole number"),
        ("ORDER_EXPIRY_HOURS", "0", "is not between 1 and 720"),
        ("LATE_PROOF_DAYS", "-1", "is not a whole number"),
        ("MAX_OPEN_ORDERS", "1000", "is not between 1 and 100"),
        ("MAX_QUANTITY", "0", "is not between"),
        ("LOG_LEVEL", "loud", "is none of debug"),
        ("REPORT_SCHEDULE", "hourly", "is not a schedule"),
        ("REPORT_SCHEDULE", "weekly someday 09:00", "is not a schedule"),
        ("REPORT_SCHEDULE", "daily 24:00", "is not a schedule"),
        ("REPORT_SCHEDULE", "monthly 31 09:00", "is not a schedule"),
        ("REPORT_SCHEDULE", "monthly 0 09:00", "is not a schedule"),
        ("SECRET_KEY", "hunter2", "is not a key. Make one with this command"),
        ("SECRET_KEY", ",", "is not a key"),
        ("CELERY_BROKER_URL", "amqp://h", "is not the address of a Redis server"),
        ("CELERY_BROKER_URL", "redis://", "is not the address of a Redis server"),
        ("CELERY_BROKER_URL", "redis://h:port/0", "is not the address of a Redis server"),
        ("DISCORD_API_URL", "ftp://h", "is not a web address"),
        ("DISCORD_API_URL", "http://[::1", "is not a web address"),
        ("SENTRY_DSN", "https://sentry.example/1", "is not a Sentry DSN"),
        ("DATABASE_PATH", ":memory:", "is not a file's name"),
        ("DATABASE_PATH", "sqlite:///shop.db", "is not a file's name"),
    ],
)
def test_a_bad_value_is_named_with_its_mend_and_never_quoted(
    good: dict[str, str], env_file: Path, name: str, value: str, sentence: str
) -> None:
    found = fault(write(env_file, good | {"REPORT_CHANNEL_ID": "1100000000000000900"} | {name: value}))
    assert found.startswith(f"{name} ")
    assert sentence in found
    assert found.endswith(_SETTINGS[name.lower()].description or "?")
    assert len(value) < 9 or value not in found
    assert not Path("sqlite:").exists()  # no folder is made for a value that was refused


def test_a_secret_on_the_wrong_line_is_never_repeated(good: dict[str, str], env_file: Path) -> None:
    secrets = {name: f"s3cr3t-{number}-{TOKEN}" for number, name in enumerate(good)}
    text = str(SettingsError(faults(write(env_file, secrets))))
    assert "s3cr3t" not in text
    assert TOKEN not in text


@pytest.mark.parametrize(
    "url",
    ["mysql://u:p@h/d", "sqlite:///x", "postgresql+asyncpg://h/d", "postgresql://h", "h/d", "postgresql://u:p@h:x/d"],
)
def test_only_postgresql_is_taken_as_a_database_url(good: dict[str, str], env_file: Path, url: str) -> None:
    found = fault(write(env_file, good | {"DATABASE_URL": url, "SECRET_KEY": new_key()}))
    assert found.startswith("DATABASE_URL ")
    assert "postgresql://user:password@host:5432/novacore" in found


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_database_url_names_psycopg_and_keeps_its_password(
    good: dict[str, str], env_file: Path, scheme: str
) -> None:
    given = {"DATABASE_URL": f"{scheme}://nova:p%40ss${{x}}@db:5433/shop?sslmode=require", "SECRET_KEY": new_key()}
    del good["DATABASE_PATH"]
    url = load_settings(write(env_file, good | given)).database_url
    assert (url.drivername, url.password, url.port, url.query["sslmode"]) == (
        "postgresql+psycopg",
        "p@ss${x}",
        5433,
        "require",
    )


def test_a_database_url_needs_a_secret_key(good: dict[str, str], env_file: Path) -> None:
    found = fault(write(env_file, good | {"DATABASE_URL": "postgresql://h/d"}))
    assert found.startswith("SECRET_KEY is missing")
    command = found[found.index("python -c") :]
    key = subprocess.run(  # noqa: S602  the very command that the sentence tells people to run
        command.replace("python", sys.executable, 1), shell=True, check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    assert load_settings(write(env_file, good | {"DATABASE_URL": "postgresql://h/d", "SECRET_KEY": key})).secret_key


def test_a_separate_process_needs_a_broker(good: dict[str, str], env_file: Path) -> None:
    assert "listen to nobody" in fault(write(env_file, good), require_broker=True)
    settings = load_settings(write(env_file, good | {"CELERY_BROKER_URL": "redis://h/0"}), require_broker=True)
    assert not settings.is_embedded


@pytest.mark.parametrize(
    ("one", "other", "harm"),
    [
        ("STAFF_CHANNEL_ID", "MAIN_CHANNEL_ID", "proofs of payment"),
        ("STAFF_CHANNEL_ID", "VOUCH_CHANNEL_ID", "proofs of payment"),
        ("STAFF_CHANNEL_ID", "PUBLIC_LOG_CHANNEL_ID", "proofs of payment"),
        ("STAFF_CHANNEL_ID", "TICKET_PANEL_CHANNEL_ID", "proofs of payment"),
        ("REPORT_CHANNEL_ID", "MAIN_CHANNEL_ID", "sales figures"),
        ("TICKET_CATEGORY_ID", "MAIN_CHANNEL_ID", "id of a category"),
        ("TICKET_OVERFLOW_CATEGORY_ID", "TICKET_CATEGORY_ID", "are the same"),
        ("STAFF_ROLE_IDS", "CUSTOMER_ROLE_ID", "every customer would be staff"),
        ("OWNER_ROLE_ID", "CUSTOMER_ROLE_ID", "every customer would be an owner"),
    ],
)
def test_two_settings_that_may_not_be_one(
    good: dict[str, str], env_file: Path, one: str, other: str, harm: str
) -> None:
    found = fault(write(env_file, good | {one: good[other]}))
    assert harm in found
    assert one in found


def test_a_clash_is_seen_however_the_ids_are_written(good: dict[str, str], env_file: Path) -> None:
    staff = f"1200000000000000001 <@&{good['CUSTOMER_ROLE_ID']}>"
    channel = f"<#{good['MAIN_CHANNEL_ID']}>"
    found = faults(write(env_file, good | {"STAFF_ROLE_IDS": staff, "STAFF_CHANNEL_ID": channel}))
    assert [sentence.split()[0] for sentence in found] == ["STAFF_CHANNEL_ID", "CUSTOMER_ROLE_ID"]


def test_vouches_and_purchases_may_share_a_channel(good: dict[str, str], env_file: Path) -> None:
    load_settings(write(env_file, good | {"VOUCH_CHANNEL_ID": good["PUBLIC_LOG_CHANNEL_ID"]}))


def test_one_address_for_two_coins_is_a_copying_mistake(good: dict[str, str], env_file: Path) -> None:
    shared = "3CNHUhP3uyB9EUtRLsmvFUmvGdjGdkTxJw"
    assert "each from its own wallet" in fault(write(env_file, good | {"BTC_ADDRESS": shared, "LTC_ADDRESS": shared}))


def test_a_schedule_needs_a_channel(good: dict[str, str], env_file: Path) -> None:
    assert "REPORT_CHANNEL_ID is missing" in fault(write(env_file, good | {"REPORT_SCHEDULE": "daily 18:30"}))


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("off", None),
        ("Daily 18:30", ReportSchedule("day", time(18, 30))),
        ("weekly SUNDAY 7:05", ReportSchedule("week", time(7, 5), 6)),
        ("monthly 28 00:00", ReportSchedule("month", time(0), 28)),
    ],
)
def test_schedules(good: dict[str, str], env_file: Path, text: str, schedule: ReportSchedule | None) -> None:
    given = good | {"REPORT_SCHEDULE": text, "REPORT_CHANNEL_ID": "1100000000000000900"}
    assert load_settings(write(env_file, given)).report_schedule == schedule


# ---- folders --------------------------------------------------------------------------------------------------------


def test_folders_are_made(good: dict[str, str], env_file: Path, tmp_path: Path) -> None:
    load_settings(write(env_file, good | {"LOG_DIR": str(tmp_path / "a" / "b")}))
    assert (tmp_path / "a" / "b").is_dir()
    assert list((tmp_path / "data").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_found_out_by_writing(
    good: dict[str, str], env_file: Path, tmp_path: Path
) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    write(env_file, good | {"LOG_DIR": str(locked), "DATABASE_PATH": str(locked / "shop.db")}).chmod(0o644)
    with as_nobody():
        found = faults(env_file)
    assert [sentence.split(".")[0] for sentence in found] == [
        "LOG_DIR cannot be used: Permission denied",
        "DATABASE_PATH cannot be used: Permission denied",
    ]


@pytest.mark.parametrize("place", ["/dev/null/logs", "/proc/novacore", "x" * 300])
def test_an_impossible_folder_is_a_sentence(good: dict[str, str], env_file: Path, tmp_path: Path, place: str) -> None:
    assert "LOG_DIR cannot be used" in fault(write(env_file, good | {"LOG_DIR": str(tmp_path / place)}))


def test_a_database_path_that_is_something_else_is_refused(
    good: dict[str, str], env_file: Path, tmp_path: Path
) -> None:
    assert "Is a directory" in fault(write(env_file, good | {"DATABASE_PATH": str(tmp_path)}))
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert "not a SQLite database" in fault(write(env_file, good | {"DATABASE_PATH": str(photo)}))
    assert photo.stat().st_size == 108


# ---- hostile files --------------------------------------------------------------------------------------------------


def test_quotes_spaces_bom_and_windows_line_ends_do_no_harm(good: dict[str, str], env_file: Path) -> None:
    dressed = [
        " {} = {} ",
        'export {}="{}"',
        "{}='{}'",
        "{}=“{}”",
        '{}=" {} "',
        "{}=\u200b{}\u00a0",
        "\n\n{}={} # mine",
    ]
    lines = [dressed[number % len(dressed)].format(*item) for number, item in enumerate(good.items())]
    env_file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    env_file.chmod(0o600)
    assert load_settings(env_file) == load_settings(write(env_file, good))


def test_mentions_and_several_roles_are_understood(good: dict[str, str], env_file: Path) -> None:
    roles = "<@&1200000000000000001>, 1200000000000000002;1200000000000000003\t1200000000000000002"
    settings = load_settings(
        write(env_file, good | {"STAFF_ROLE_IDS": roles, "MAIN_CHANNEL_ID": "<#1200000000000000009>"})
    )
    assert settings.staff_role_ids == {1200000000000000000 + n for n in (1, 2, 3)}
    assert settings.main_channel_id == 1200000000000000009


def test_nothing_in_a_file_is_taken_for_a_command_or_another_variable(good: dict[str, str], env_file: Path) -> None:
    settings = load_settings(write(env_file, good | {"SENTRY_ENVIRONMENT": "$(id) ${HOME} `id`x"}))
    assert settings.sentry_environment == "$(id) ${HOME} `id`x"


def test_a_line_that_is_no_setting_is_named_by_its_number(good: dict[str, str], env_file: Path) -> None:
    write(env_file, good)
    env_file.write_text(env_file.read_text() + f"\n\nthis is {TOKEN}\nCURRENCY\n")
    found = faults(env_file)
    assert [sentence.split(" of ")[0] for sentence in found] == [f"Line {len(good) + n}" for n in (3, 4)]
    assert not any(TOKEN in sentence for sentence in found)


def test_a_quote_that_is_never_closed_is_found(good: dict[str, str], env_file: Path) -> None:
    found = faults(write(env_file, good | {"DISCORD_TOKEN": f'"{TOKEN}'}))
    assert "cannot be read. Write it as NAME=value, with every quote closed." in found[0]
    assert not any(TOKEN in sentence for sentence in found)


def test_a_quote_that_swallows_the_next_line_is_found(good: dict[str, str], env_file: Path) -> None:
    found = faults(write(env_file, {"SENTRY_ENVIRONMENT": '"live'} | good | {"TIMEZONE": 'UTC"'}))
    assert any(sentence.startswith("SENTRY_ENVIRONMENT holds a line break") for sentence in found)


@pytest.mark.parametrize(
    "value", ['1100000000000000001"', "1100000000000000001\u202e\u202d1", "110000000000000\x001111"]
)
def test_a_damaged_value_is_one_fault(good: dict[str, str], env_file: Path, value: str) -> None:
    assert fault(write(env_file, good | {"MAIN_CHANNEL_ID": value})).startswith("MAIN_CHANNEL_ID ")


def test_one_name_with_two_values_is_refused(good: dict[str, str], env_file: Path) -> None:
    write(env_file, good)
    env_file.write_text(f"CURRENCY=\nCURRENCY=EUR\n{env_file.read_text()}CURRENCY=EUR\nCURRENCY=GBP\n")
    assert f"Line {len(good) + 4} of {env_file} sets CURRENCY a second time" in fault(env_file)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("DISCORD_TOKEN=x\n".encode("utf-16"), "UTF-8"),
        (b"\xff\xfe\x00\x80", "UTF-8"),
        (b"A=" + b"x" * 300_000, "far too large"),
    ],
)
def test_a_file_that_is_no_settings_file(env_file: Path, content: bytes, sentence: str) -> None:
    env_file.write_bytes(content)
    assert sentence in faults(env_file)[0]
    with pytest.raises(SettingsError, match=sentence):
        has_token(env_file)


def test_a_folder_in_place_of_the_file(env_file: Path) -> None:
    env_file.mkdir()  # what Docker makes of a mount whose file does not exist
    assert "Is a directory" in faults(env_file)[0]


def test_a_misspelt_name_is_noticed(good: dict[str, str], env_file: Path) -> None:
    good["STAF_CHANNEL_ID"] = good.pop("STAFF_CHANNEL_ID")
    hint = "STAF_CHANNEL_ID is not a setting and was left aside. Did you mean STAFF_CHANNEL_ID?"
    assert faults(write(env_file, good))[-1] == hint
    good |= {"STAFF_CHANNEL_ID": good["STAF_CHANNEL_ID"], "POSTGRES_PASSWORD": "x", "WARNINGS": "x"}
    assert load_settings(write(env_file, good)).warnings == (hint,)


def test_what_deserves_a_look_is_a_warning(good: dict[str, str], env_file: Path) -> None:
    write(env_file, good | {"ETH_ADDRESS": good["ETH_ADDRESS"].lower()}).chmod(0o644)
    one, other = load_settings(env_file).warnings
    assert one.startswith("ETH_ADDRESS has no checksum")
    assert f"chmod 600 {env_file}" in other


def test_hostile_files_never_break_out_as_anything_but_a_settings_error(good: dict[str, str], env_file: Path) -> None:
    chance = random.Random(7)
    whole = write(env_file, good).read_bytes()
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(broken))
            broken[place : place + chance.randint(0, 3)] = chance.choice(
                [b"\x00", b'"', b"\n", b"'", b"=", b"#", b"\xc3", b"${"]
            )
        env_file.write_bytes(bytes(broken).replace(b"/", b"_"))  # no folders of its own making
        with suppress(SettingsError):
            load_settings(env_file)


# ---- who reads what -------------------------------------------------------------------------------------------------


def test_has_token_decides_between_live_and_rehearsal(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not has_token(env_file)
    assert not has_token(write(env_file, {"DISCORD_TOKEN": '" "', "CURRENCY": "USD"}))
    assert has_token(write(env_file, {"DISCORD_TOKEN": "anything"}))
    env_file.unlink()
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert has_token(env_file)


def test_a_command_that_meets_no_customer_needs_only_storage(good: dict[str, str], env_file: Path) -> None:
    storage = {name: good[name] for name in ("DATABASE_PATH", "LOG_DIR")}
    settings = load_settings(write(env_file, storage), live=False)
    assert settings.discord_token.get_secret_value() == ""
    assert settings.staff_role_ids == frozenset()
    assert [sentence.split()[0] for sentence in faults(write(env_file, {}), live=False)] == ["DATABASE_PATH", "LOG_DIR"]
    assert "BTC_ADDRESS" in fault(write(env_file, storage | {"BTC_ADDRESS": "x"}), live=False)


def test_a_rehearsal_looks_at_nothing_but_what_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURRENCY", "GBP")
    monkeypatch.setenv("SENTRY_DSN", "https://0123456789abcdef@sentry.example/1")
    settings = rehearsal_settings(
        tmp_path, {"MAIN_CHANNEL_ID": 1200000000000000009, "staff_role_ids": "1200000000000000001"}
    )
    assert (settings.currency, settings.sentry_dsn, settings.warnings) == ("USD", None, ())
    assert (settings.main_channel_id, settings.staff_role_ids) == (
        1200000000000000009,
        frozenset({1200000000000000001}),
    )
    assert settings.database_path == tmp_path / "novacore.db"
    assert rehearsal_settings(tmp_path, {"ORDER_EXPIRY_HOURS": 1}).order_expiry == timedelta(hours=1)


def test_a_rehearsal_refuses_what_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="MAIN_CHANNEL is not a setting"):
        rehearsal_settings(tmp_path, {"MAIN_CHANNEL": 1})


# ---- keys -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Settings:
    return rehearsal_settings(tmp_path, {})


def test_keys_rotate(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    before = rehearsal_settings(tmp_path, {"SECRET_KEY": old})
    after = rehearsal_settings(tmp_path, {"SECRET_KEY": f" {new} , {old}"})
    sealed = GoodsCipher(before.goods_keys()).seal("CODE-1")
    assert after.goods_keys() == (new, old)
    assert GoodsCipher(after.goods_keys()).open(sealed) == "CODE-1"


def test_the_key_file_is_made_once_and_for_nobody_else(shop: Settings, tmp_path: Path) -> None:
    file = tmp_path / "novacore.db.key"
    assert not file.exists()
    key = shop.goods_keys()
    assert shop.goods_keys() == key == (file.read_text().strip(),)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*.key*")] == [file.name]


RACE = """
import os, sys, time
from pathlib import Path
from novacore.settings.key_file import read_or_create

start = time.time() + 0.3
for child in range(16):
    if os.fork() == 0:
        time.sleep(max(0, start - time.time()))
        os.write(1, (read_or_create(Path(sys.argv[1])) + "\\n").encode())
        os._exit(0)
sys.exit(sum(os.wait()[1] for child in range(16)))
"""


def test_many_processes_that_start_at_once_get_one_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RACE, str(tmp_path / "key")]
    keys = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()
    assert len(keys) == 16
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_key_file_that_others_can_read_is_refused(shop: Settings, tmp_path: Path) -> None:
    shop.goods_keys()
    file = tmp_path / "novacore.db.key"
    for mode in (0o640, 0o604, 0o644):
        file.chmod(mode)
        with pytest.raises(SettingsError, match=f"chmod 600 {file}"):
            shop.goods_keys()


@pytest.mark.parametrize("content", [b"", b"hunter2", b"\xff\xfe", bytes(44)])
def test_a_key_file_without_a_key_is_never_replaced(shop: Settings, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "novacore.db.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="from your backup"):
        shop.goods_keys()
    assert file.read_bytes() == content


def test_a_key_file_that_cannot_be_made_is_a_sentence(shop: Settings, tmp_path: Path) -> None:
    (tmp_path / "novacore.db.key").symlink_to(tmp_path / "gone")
    with pytest.raises(SettingsError, match="or set SECRET_KEY instead"):
        shop.goods_keys()
