"""Names that mean a setting: in the list of what is missing, and before a rehearsal starts for want of a token."""

from pathlib import Path

import pytest

from novacore import cli
from novacore.entry import verbs
from novacore.settings import likely_misspellings, load_settings
from novacore.settings.misspellings import hints
from novacore.settings.reading import _LIVE, _SETTINGS
from tests.ground.settings.env_files import TOKEN, faults, write

pytestmark = pytest.mark.usefixtures("bare_environment")

MEANT = {
    "DISCORD_TOKEN": "DISCORD_BOT_TOKEN BOT_TOKEN TOKEN DISCORDTOKEN DISCORD-TOKEN TOKEN_DISCORD DISCORD_API_TOKEN "
    "DISCORT_TOKEN DISCORD_TOKN DISCRD_TOKEN DISCORD_BOT_TKN DC_TOKEN DISCORD__TOKEN NOVACORE_DISCORD_TOKEN",
    "STAFF_ROLE_IDS": "STAFF_ROLE_ID STAFF_ROLES STAFF_ROLE STAFF_IDS ADMIN_ROLE_ID MOD_ROLE_IDS STAFFROLEIDS",
    "OWNER_ROLE_ID": "OWNER_ROLE_IDS OWNER_ROLE OWNER_ID OWNERS_ROLE_ID OWNER_ROL_ID",
    "CUSTOMER_ROLE_ID": "CUSTOMER_ROLE CUSTOMER_ROLE_IDS BUYER_ROLE_ID CLIENT_ROLE_ID COSTUMER_ROLE_ID",
    "MAIN_CHANNEL_ID": "MAIN_CHANNEL SHOP_CHANNEL_ID STORE_CHANNEL MAIN_CHANNELID MIAN_CHANNEL_ID CHANNEL_MAIN",
    "STAFF_CHANNEL_ID": "STAFF_CHANNEL ADMIN_CHANNEL_ID STAF_CHANNEL_ID STAFF_CHANEL_ID STAFF_CHAN_ID",
    "PUBLIC_LOG_CHANNEL_ID": "PUBLIC_LOG_CHANNEL LOG_CHANNEL_ID LOGS_CHANNEL PURCHASE_LOG_CHANNEL_ID",
    "VOUCH_CHANNEL_ID": "VOUCH_CHANNEL VOUCHES_CHANNEL_ID FEEDBACK_CHANNEL_ID VOUCHS_CHANNEL",
    "TICKET_PANEL_CHANNEL_ID": "TICKET_CHANNEL_ID TICKET_PANEL_ID TICKETS_PANEL_CHANNEL SUPPORT_CHANNEL_ID",
    "TICKET_CATEGORY_ID": "TICKET_CATEGORY TICKETS_CATEGORY_ID TICKET_CAT_ID TICKET_CATAGORY_ID",
    "PAYPAL_EMAIL": "PAYPAL PAYPAL_MAIL PAYPAL_ADDRESS PAYPAL_ACCOUNT PAYPAL_E_MAIL PAYPAL_EMAL PAYPALL_EMAIL",
    "BTC_ADDRESS": "BTC BITCOIN BTC_WALLET BITCOIN_ADDRESS BTC_ADDR BTC_ADRESS BTC_WALLET_ADDRESS ADDRESS_BTC",
    "LTC_ADDRESS": "LTC LITECOIN LTC_WALLET LITECOIN_WALLET LTC_ADRESS",
    "USDT_ADDRESS": "USDT TETHER USDT_WALLET USDT_TRC20 USDT_TRC20_ADDRESS USDT_ERC20_WALLET USDT_ADDR",
    "SOL_ADDRESS": "SOL SOLANA SOL_WALLET SOLANA_ADDRESS SOL_ADRESS",
    "ETH_ADDRESS": "ETH ETHEREUM ETH_WALLET ETHEREUM_ADDRESS ETH_ADDRES",
    "DATABASE_PATH": "DB_PATH DATABASE DATABASE_FILE SQLITE_PATH",
    "LOG_DIR": "LOGS_DIR LOG_PATH LOG_FOLDER LOG_DIRECTORY LOGDIR",
}
PAIRS = [(wrong, right) for right, names in MEANT.items() for wrong in names.split()]


@pytest.mark.parametrize(("wrong", "right"), PAIRS)
def test_it_is_named_with_what_is_missing(good: dict[str, str], env_file: Path, wrong: str, right: str) -> None:
    good[wrong] = good.pop(right)
    found = faults(write(env_file, good))
    assert found[0].startswith(f"{right} is missing. ")
    assert f"{wrong} is not a setting and was ignored. Did you mean {right}?" in found


@pytest.mark.parametrize(("wrong", "right"), PAIRS)
def test_it_is_named_before_a_rehearsal(good: dict[str, str], env_file: Path, wrong: str, right: str) -> None:
    good[wrong] = good.pop(right)
    good.pop("DISCORD_TOKEN", None)
    assert f"{wrong} is not a setting and was ignored. Did you mean {right}?" in likely_misspellings(
        write(env_file, good)
    )


def test_a_complete_file_with_another_name_for_the_token(
    good: dict[str, str], env_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good["DISCORD_BOT_TOKEN"] = good.pop("DISCORD_TOKEN")
    write(env_file, good)
    monkeypatch.setattr(verbs, "play", lambda _options: print("the rehearsal"))
    assert cli.main(["run"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "DISCORD_BOT_TOKEN is not a setting and was ignored. Did you mean DISCORD_TOKEN?"
    assert said[1].startswith("To open the live shop, end this with Ctrl-C, put that right")
    assert said[-1] == "the rehearsal"
    assert not any(TOKEN in line for line in said)


def test_a_rehearsal_without_a_file_says_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verbs, "play", lambda _options: print("the rehearsal"))
    assert cli.main(["run"]) == 0
    assert capsys.readouterr().out == "the rehearsal\n"


@pytest.mark.parametrize("name", ["DISCORD_BOT_TOKEN", "BOT_TOKEN", "discord_token", "Discord_Token"])
def test_the_environment_is_looked_through_for_a_token(
    good: dict[str, str], env_file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    del good["DISCORD_TOKEN"]
    monkeypatch.setenv(name, TOKEN)
    (found,) = likely_misspellings(write(env_file, good))
    assert name in found
    assert "DISCORD_TOKEN" in found
    assert found in faults(env_file)
    assert TOKEN not in found


@pytest.mark.parametrize("name", [".env.txt", "env.txt", "env", ".env.env"])
def test_a_file_under_another_name_is_named(env_file: Path, good: dict[str, str], name: str) -> None:
    write(env_file.with_name(name), good)
    (found,) = likely_misspellings(env_file)
    assert found == f"There is no {env_file}, but {env_file.with_name(name)} is there. Rename it."
    assert likely_misspellings(write(env_file, {"CURRENCY": "EUR"})) == []


@pytest.mark.parametrize(
    "name",
    [
        "POSTGRES_PASSWORD",
        "POSTGRES_USER",
        "REDIS_PASSWORD",
        "GUILD_ID",
        "DISCORD_GUILD_ID",
        "CLIENT_ID",
        "PREFIX",
        "DISCORD_CLIENT_ID",
        "DISCORD_CLIENT_SECRET",
        "COMPOSE_PROJECT_NAME",
        "DATABASE_HOST",
        "TZ",
        "PATH",
        "HOME",
        "SENTRY_RELEASE",
        "OPENAI_API_KEY",
        "PORT",
        "HOST",
        "DEBUG",
        "NODE_ENV",
        "BOT_NAME",
        "BOT_PREFIX",
        "STRIPE_KEY",
    ],
)
def test_what_is_for_another_program_is_left_in_peace(name: str) -> None:
    assert list(hints([name.lower()], _SETTINGS, _LIVE, [])) == []


def test_another_name_for_a_setting_that_is_there_is_left_in_peace(good: dict[str, str], env_file: Path) -> None:
    others = dict.fromkeys(("BOT_TOKEN", "TOKEN", "PAYPAL", "BTC_WALLET", "REDIS_URL_OF_ANOTHER", "LOG_PATH"), "x")
    assert load_settings(write(env_file, good | others)).warnings == ()


def test_no_setting_is_taken_for_another() -> None:
    assert list(hints(_SETTINGS, _SETTINGS, _LIVE, [])) == []
