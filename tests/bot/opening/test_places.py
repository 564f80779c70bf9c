"""What the settings name has to be there; what is not is named all at once."""

import logging

import discord
import pytest

from novacore.bot.client import build_bot
from novacore.bot.opening import places
from novacore.errors import SettingsError
from novacore.settings import Settings
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town

NOWHERE = 999999999999999999


def _changed(here: Town, **fields: object) -> Settings:
    return here.settings.model_copy(update=fields)


def _faults(here: Town, **fields: object) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        places.find(here.bot, _changed(here, **fields))
    return list(refused.value.faults)


async def test_the_shop_finds_its_server(town: Opening) -> None:
    async with town() as here:
        found = places.find(here.bot, here.settings)
        assert (found.guild.id, found.main.id) == (here.guild.id, here.channels["shop"].id)


async def test_everything_that_is_missing_is_named_at_once(town: Opening) -> None:
    async with town() as here:
        faults = _faults(
            here,
            staff_channel_id=NOWHERE,
            vouch_channel_id=here.channels["tickets"].id,
            ticket_category_id=here.channels["shop"].id,
            report_channel_id=NOWHERE,
            customer_role_id=NOWHERE,
            staff_role_ids=frozenset({here.roles["Staff"].id, here.guild.id, NOWHERE}),
        )
        assert [fault.split(":")[0] for fault in faults] == [
            "STAFF_CHANNEL_ID",
            "VOUCH_CHANNEL_ID",
            "REPORT_CHANNEL_ID",
            "TICKET_CATEGORY_ID",
            "CUSTOMER_ROLE_ID",
            "STAFF_ROLE_IDS",
            "STAFF_ROLE_IDS",
        ]
        assert "I can see no channel" in faults[0]
        assert "Run `novacore go-live`" in faults[0]
        assert "is not a text channel" in faults[1]
        assert "is not a category" in faults[3]
        assert "no role with the id" in faults[5]
        assert "everybody has" in faults[6]


async def test_a_shop_opens_while_one_role_of_staff_is_left(town: Opening, caplog: pytest.LogCaptureFixture) -> None:
    async with town() as here:
        some = _changed(here, staff_role_ids=frozenset({here.roles["Staff"].id, NOWHERE}))
        with caplog.at_level(logging.WARNING):
            assert places.find(here.bot, some).guild.id == here.guild.id
        assert f"STAFF_ROLE_IDS: the server has no role with the id {NOWHERE}" in caplog.text
        (fault,) = _faults(here, staff_role_ids=frozenset({NOWHERE}))
        assert fault.startswith("STAFF_ROLE_IDS: the server has no role")


async def test_a_shop_opens_without_its_reviewers(town: Opening, caplog: pytest.LogCaptureFixture) -> None:
    async with town() as here:
        gone = _changed(here, reviewer_role_ids=frozenset({here.roles["Customer"].id, NOWHERE}))
        with caplog.at_level(logging.WARNING):
            assert places.find(here.bot, gone).guild.id == here.guild.id
        assert f"REVIEWER_ROLE_IDS: the server has no role with the id {NOWHERE}" in caplog.text
        (fault,) = _faults(here, reviewer_role_ids=frozenset({here.guild.id}))
        assert fault.startswith("REVIEWER_ROLE_IDS: ")
        assert "everybody has" in fault


async def test_without_the_main_channel_the_others_tell_the_server(town: Opening) -> None:
    async with town() as here:
        faults = _faults(here, main_channel_id=NOWHERE, owner_role_id=NOWHERE)
        assert [fault.split(":")[0] for fault in faults] == ["MAIN_CHANNEL_ID", "OWNER_ROLE_ID"]


async def test_a_channel_of_another_server(town: Opening) -> None:
    async with town() as here:
        elsewhere = here.env.create_guild("Elsewhere").create_text_channel("staff")
        (fault,) = _faults(here, staff_channel_id=elsewhere.id)
        assert "another server, Elsewhere" in fault


async def test_a_bot_that_is_in_no_server(town: Opening) -> None:
    async with town() as here:
        nothing = dict.fromkeys((*places.TEXT_CHANNELS, *places.CATEGORIES), NOWHERE)
        (fault,) = _faults(here, **nothing)
        assert "Invite it to your server" in fault


async def test_the_bot_stops_and_says_why(town: Opening, caplog: pytest.LogCaptureFixture) -> None:
    async with town(bot_up=False) as here:
        here.bot = build_bot(here.shop, _changed(here, staff_channel_id=NOWHERE, owner_role_id=NOWHERE))
        await here.env.restart_bot(here.bot)
        assert here.bot.is_closed()
        with pytest.raises(SettingsError, match="STAFF_CHANNEL_ID"):
            await here.bot.wait_until_open()
        said = [one.getMessage() for one in caplog.records if one.levelno == logging.CRITICAL]
        assert [line.split(":")[0] for line in said] == ["STAFF_CHANNEL_ID", "OWNER_ROLE_ID"]
        assert here.channels["shop"].history() == []


async def test_a_channel_that_the_bot_may_not_write_into(town: Opening) -> None:
    async with town(bot_up=False) as here:
        me = next(role for name, role in here.guild.roles.items() if name not in {"@everyone", *here.roles})
        silent = here.guild.create_text_channel(
            "silent", overwrites={me: discord.PermissionOverwrite(send_messages=False)}
        )
        here.bot = build_bot(here.shop, _changed(here, main_channel_id=silent.id))
        await here.env.restart_bot(here.bot)
        assert here.bot.refusal
        assert "Send Messages" in str(here.bot.refusal)
        assert "#silent" in str(here.bot.refusal)
