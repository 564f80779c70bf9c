"""Settings: every fault at once, in sentences; hostile `.env` files; secrets that stay secret."""

import pickle
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path

import pytest

from novacore.crypto import new_key
from novacore.errors import SettingsError
from novacore.settings import ReportSchedule, has_token, load_settings, rehearsal_settings
from novacore.settings.reading import _LIVE, _SETTINGS
from novacore.states import PaymentMethod
from tests.ground.settings.env_files import TOKEN, fault, faults, write

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("bare_environment")


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
    assert found[PaymentMethod.paypal].address == "shop@example.com"
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
        "Copy Channel ID. Put it in .env as STAFF_CHANNEL_ID=..."
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
    optional |= {"LOG_LEVEL", "SENTRY_ENVIRONMENT", "REPORT_SCHEDULE", "PURCHASE_LOG_MENTIONS", "PURCHASE_LOG_AMOUNTS"}
    optional |= {"LOG_FORMAT", "RATE_FEED", "RATE_HOLD_MINUTES"}
    said = dict(line.split("=", 1) for line in lines if line.split("=")[0] in optional)
    assert set(said) == optional
    assert load_settings(write(env_file, good | said)) == load_settings(write(env_file, good))


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
        ("USDT_NETWORK", "bsc", "isn't one of tron, ethereum, solana"),
        ("CURRENCY", "dollars", "is not a currency"),
        ("CURRENCY", "BGN", "was withdrawn from use. Use EUR"),
        ("CURRENCY", "XAU", "not money that people pay with"),
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
        ("LOG_LEVEL", "loud", "isn't one of debug"),
        ("PURCHASE_LOG_MENTIONS", "maybe", "is neither yes nor no"),
        ("PURCHASE_LOG_AMOUNTS", "2", "is neither yes nor no"),
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
        ("DATABASE_PATH", "file:shop.db?mode=ro", "is not a file's name"),
        ("DATABASE_PATH", "C:\\shop\\shop.db", "is a path of Windows"),
        ("LOG_DIR", "D:/shop/logs", "is a path of Windows"),
        ("DATABASE_PATH", "sqlite:///shop.db", "is not a file's name"),
    ],
)
def test_a_bad_value_is_named_with_its_fix_and_never_quoted(
    good: dict[str, str], env_file: Path, name: str, value: str, sentence: str
) -> None:
    found = fault(write(env_file, good | {name: value}))
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
    _, *verb = found[found.index("novacore new-key") :].rstrip(".").split()
    argv = [sys.executable, "-m", "novacore", *verb]  # the very command that the sentence tells people to run
    key = subprocess.run(argv, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()
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
        ("REVIEWER_ROLE_IDS", "CUSTOMER_ROLE_ID", "customers would decide on proofs"),
        ("REVIEWER_ROLE_IDS", "OWNER_ROLE_ID", "owners decide on proofs anyway"),
    ],
)
def test_two_settings_that_may_not_be_one(
    good: dict[str, str], env_file: Path, one: str, other: str, harm: str
) -> None:
    found = fault(write(env_file, good | {one: good[other]}))
    assert harm in found
    assert one in found


def test_reviewers_are_given_by_their_roles_or_not_at_all(good: dict[str, str], env_file: Path) -> None:
    role, other = "1300000000000000001", "1300000000000000002"
    assert load_settings(write(env_file, good)).reviewer_role_ids == frozenset()
    given = good | {"REVIEWER_ROLE_IDS": f"{role}, <@&{other}>"}
    assert load_settings(write(env_file, given)).reviewer_role_ids == {int(role), int(other)}
    assert "REVIEWER_ROLE_IDS" in fault(write(env_file, given | {"NEWS_ROLE_ID": role}))


@pytest.mark.parametrize(
    ("idle", "close", "fits"), [("24", "72", True), ("1", "2", True), ("24", "24", False), ("80", None, False)]
)
def test_a_ticket_is_closed_after_its_reminder(
    good: dict[str, str], env_file: Path, idle: str, close: str | None, fits: bool
) -> None:
    given = good | {"TICKET_IDLE_HOURS": idle} | ({"TICKET_CLOSE_HOURS": close} if close else {})
    path = write(env_file, given)
    if fits:
        assert load_settings(path).ticket_idle_hours == int(idle)
        return
    assert f"TICKET_CLOSE_HOURS ({close or 72}) is not more than TICKET_IDLE_HOURS ({idle})" in fault(path)


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


@pytest.mark.parametrize("schedule", ["weekly monday 09:00", "daily 18:30", "MONTHLY 1 00:00", "off"])
def test_a_schedule_needs_no_channel_for_the_owner_gets_reports_by_dm(
    good: dict[str, str], env_file: Path, schedule: str
) -> None:
    settings = load_settings(write(env_file, good | {"REPORT_SCHEDULE": schedule}))
    assert settings.report_channel_id is None
    assert (settings.report_schedule is None) is (schedule == "off")


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
    assert load_settings(write(env_file, good | {"REPORT_SCHEDULE": text})).report_schedule == schedule


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


@pytest.mark.parametrize(("said", "meant"), [("yes", True), ("On", True), ("1", True), ("NO", False), ("off", False)])
def test_a_switch_is_set_in_everyday_words(tmp_path: Path, said: str, meant: bool) -> None:
    settings = rehearsal_settings(tmp_path, {"PURCHASE_LOG_AMOUNTS": said, "PURCHASE_LOG_MENTIONS": said})
    assert (settings.purchase_log_amounts, settings.purchase_log_mentions) == (meant, meant)


def test_a_rehearsal_refuses_what_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="MAIN_CHANNEL is not a setting"):
        rehearsal_settings(tmp_path, {"MAIN_CHANNEL": 1})
