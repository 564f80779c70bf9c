"""The doctor at the role and the channel of the news."""

import discord
import pytest

from novacore.doctor.findings import Level
from tests.doctor.conftest import Town

MENTION = discord.Permissions(mention_everyone=True).value
POWER = discord.Permissions(ban_members=True).value


def newsy(town: Town, role_id: int | None, channel: bool = True) -> Town:
    """The same server with a channel for news, and this role."""
    return town.with_settings(news_channel_id=town.wire.add_channel("news") if channel else None, news_role_id=role_id)


def mentionable(town: Town, role_id: int) -> int:
    """Let everybody mention this role."""
    town.wire.ask(lambda world: setattr(world.roles[role_id], "mentionable", True))
    return role_id


def test_all_is_well(town: Town) -> None:
    seen = newsy(town, mentionable(town, town.wire.add_role("News")))
    assert seen.bad() == []
    assert {"NEWS_ROLE_ID", "NEWS_CHANNEL_ID"} <= {one.about for one in seen.examine()}


def test_a_channel_alone_needs_no_role(town: Town) -> None:
    assert newsy(town, None).bad() == []
    assert "NEWS_ROLE_ID" not in {one.about for one in town.examine()}


@pytest.mark.parametrize("setting", ["customer_role_id", "owner_role_id", "staff_role_ids"])
def test_it_must_not_be_a_role_by_which_people_are_known(town: Town, setting: str) -> None:
    known = getattr(town.settings, setting)
    (found,) = newsy(town, known if isinstance(known, int) else next(iter(known))).bad()
    assert found.level is Level.fault
    assert "one of the shop's own roles" in found.text
    assert "Make a role for news alone" in found.fix


def test_nor_the_role_of_reviewers(town: Town) -> None:
    role_id = mentionable(town, town.wire.add_role("Reviewer"))
    assert newsy(town, role_id).bad() == []
    (found,) = newsy(town.with_settings(reviewer_role_ids=frozenset({role_id})), role_id).bad()
    assert "one of the shop's own roles" in found.text


def test_it_must_be_there_below_the_bots_own_and_without_power(town: Town) -> None:
    (gone,) = newsy(town, 123_456_789_012_345_678).bad()
    assert "no role with the id" in gone.text
    (high,) = newsy(town, town.wire.add_role("High", position=200)).bad()[:1]
    assert "stands above the bot's own" in high.text
    (power,) = newsy(town, town.wire.add_role("Power", POWER)).bad()
    assert "nobody should give themselves: Ban Members" in power.text.replace("be able to ", "")


def test_a_role_that_cannot_be_mentioned_and_one_without_a_channel(town: Town) -> None:
    role_id = town.wire.add_role("News")
    seen = newsy(town, role_id)
    assert seen.bad() == []
    town.wire.set_overwrite(seen.settings.news_channel_id or 0, town.wire.bot_id, deny=MENTION)
    (silent,) = seen.bad()
    assert (silent.level, "call nobody of News" in silent.text) == (Level.warning, True)
    mentionable(town, role_id)
    assert seen.bad() == []
    (alone,) = newsy(town, role_id, channel=False).bad()
    assert "no channel" in alone.text


def test_a_channel_that_is_gone_or_closed(town: Town) -> None:
    (gone,) = town.with_settings(news_channel_id=123_456_789_012_345_678).bad()
    assert (gone.about, gone.level) == ("NEWS_CHANNEL_ID", Level.fault)
    channel_id = town.wire.add_channel("news")
    town.wire.set_overwrite(channel_id, town.wire.bot_id, deny=discord.Permissions(send_messages=True).value)
    (closed,) = town.with_settings(news_channel_id=channel_id).bad()
    assert "lacks Send Messages" in closed.text
