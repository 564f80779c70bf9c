"""The gateway as real discord.py uses it: ready, members, events by intent, lost lines, refusals."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import pytest

from tests.wire.faults import Answer
from tests.wire.own_tests.bots import Bot, connected, everything
from tests.wire.stand_in import Wire


def _without(name: str) -> discord.Intents:
    intents = everything()
    setattr(intents, name, False)
    return intents


def test_a_bot_is_ready_and_knows_its_server(wire: Wire) -> None:
    staff, category = wire.add_role("staff"), wire.add_category("tickets")
    customer, channel = wire.add_user("alice", roles=(staff,)), wire.add_channel("shop", parent_id=category)
    with connected(wire, Bot()) as bot:
        (guild,) = bot.guilds
        assert (bot.user.id, guild.id, guild.owner_id) == (wire.bot_id, wire.guild_id, wire.owner_id)  # type: ignore[union-attr]
        found = guild.get_channel(channel)
        assert isinstance(found, discord.TextChannel)
        assert (found.name, found.category_id) == ("shop", category)
        assert found.permissions_for(guild.me).send_messages
        member = guild.get_member(customer)
        assert member is not None
        assert [role.id for role in member.roles] == [wire.guild_id, staff]
        assert guild.chunked
        assert wire.gateway.connected == 1


def test_members_are_asked_for_in_chunks(wire: Wire) -> None:
    for n in range(1005):
        wire.world.add_user(f"member {n}")
    with connected(wire, Bot()) as bot:
        assert len(bot.guilds[0].members) == 1007
        assert wire.gateway.heard.count(8) == 1


def test_without_the_members_intent_nobody_is_listed(wire: Wire) -> None:
    wire.add_user()
    with connected(wire, Bot(_without("members"))) as bot:
        assert [each.id for each in bot.guilds[0].members] == [wire.bot_id]
        wire.leave(wire.add_user())
        wire.say(wire.owner_id, wire.add_channel("shop"), "last")
        wire.wait_for(lambda: ("message", "last") in bot.heard)
        assert not [each for each in bot.heard if each[0] in ("join", "leave")]


def test_what_happens_is_heard(wire: Wire) -> None:
    with connected(wire, Bot()) as bot:
        channel = wire.add_channel("shop")
        customer = wire.add_user("alice")
        said = wire.say(customer, channel, "hello", {"a.png": b"png"})
        wire.delete_message(channel, said)
        wire.say(customer, wire.dm_channel(customer), "in private")
        wire.leave(customer)
        wire.delete_channel(channel)
        wire.wait_for(lambda: len(bot.heard) == 7)
    assert bot.heard == [
        ("channel", "shop"),
        ("join", "alice"),
        ("message", "hello"),
        ("delete", said),
        ("message", "in private"),
        ("leave", "alice"),
        ("channel gone", "shop"),
    ]


def test_roles_and_overwrites_are_heard(wire: Wire) -> None:
    channel = wire.add_channel("shop")
    with connected(wire, Bot()) as bot:
        role = wire.add_role("staff")
        wire.set_overwrite(channel, role, deny=discord.Permissions(view_channel=True).value)
        wire.permit_bot(discord.Permissions(view_channel=True))

        def known() -> bool:
            (guild,) = bot.guilds
            found, place = guild.get_role(role), guild.get_channel(channel)
            hidden = place and found and place.overwrites_for(found).view_channel is False
            return bool(hidden) and not guild.me.guild_permissions.manage_roles

        wire.wait_for(known)


@pytest.mark.parametrize("shown", [True, False])
def test_content_is_blank_without_its_intent(wire: Wire, shown: bool) -> None:
    customer, channel = wire.add_user(), wire.add_channel("ticket")
    with connected(wire, Bot(everything() if shown else _without("message_content"))) as bot:
        wire.say(customer, channel, "secret")
        wire.say(customer, channel, f"<@{wire.bot_id}> help")
        wire.say(customer, wire.dm_channel(customer), "in private")
        wire.wait_for(lambda: len(bot.heard) == 3)
    assert [text for _, text in bot.heard] == ["secret" if shown else "", f"<@{wire.bot_id}> help", "in private"]


def test_what_the_bot_may_not_see_it_does_not_hear(wire: Wire) -> None:
    hidden, shown = wire.add_channel("hidden"), wire.add_channel("shown")
    wire.set_overwrite(hidden, wire.guild_id, deny=discord.Permissions(view_channel=True).value)
    with connected(wire, Bot()) as bot:
        wire.say(wire.owner_id, hidden, "whispered")
        wire.say(wire.owner_id, shown, "said")
        wire.wait_for(lambda: bot.heard)
    assert bot.heard == [("message", "said")]


def _cut(wire: Wire) -> None:
    wire.gateway.cut(1001)


def _drop(wire: Wire) -> None:
    wire.gateway.cut(None)


def _op_7(wire: Wire) -> None:
    wire.gateway.ask_to_reconnect()


def _op_9_resumable(wire: Wire) -> None:
    wire.gateway.invalidate(resumable=True)


@pytest.mark.parametrize("lose", [_cut, _drop, _op_7, _op_9_resumable])
def test_a_lost_line_is_resumed_and_nothing_is_missed(wire: Wire, lose: Callable[[Wire], Any]) -> None:
    channel = wire.add_channel("shop")
    with connected(wire, Bot()) as bot:
        lose(wire)
        wire.wait_for(lambda: wire.gateway.connected == 0 or bot.resumes, what="the line to be lost")
        wire.say(wire.owner_id, channel, "meanwhile")
        wire.wait_for(lambda: bot.resumes == 1 and bot.heard)
        assert bot.heard == [("message", "meanwhile")]
        assert bot.readies == 1
        assert wire.gateway.heard.count(6) == 1


def test_an_invalid_session_is_begun_again(wire: Wire) -> None:
    with connected(wire, Bot()) as bot:
        wire.gateway.invalidate()
        wire.wait_for(lambda: bot.readies == 2)
        assert (bot.resumes, wire.gateway.heard.count(2), len(wire.gateway.sessions)) == (0, 2, 1)


def test_a_forgotten_session_cannot_be_resumed(wire: Wire) -> None:
    with connected(wire, Bot()) as bot:
        wire.gateway.sessions.clear()
        wire.gateway.cut()
        wire.wait_for(lambda: bot.readies == 2)
        assert bot.resumes == 0


def test_heartbeats_are_acknowledged_and_asked_for(wire: Wire) -> None:
    wire.gateway.heartbeat_seconds = 0.05
    with connected(wire, Bot()) as bot:
        wire.wait_for(lambda: wire.gateway.heard.count(1) > 4)
        wire.gateway.ask_for_heartbeat()
        before = wire.gateway.heard.count(1)
        wire.wait_for(lambda: wire.gateway.heard.count(1) > before)
        assert bot.latency < 5
        assert bot.resumes == 0


def test_a_line_that_is_dead_and_does_not_know_it_is_left(wire: Wire) -> None:
    wire.gateway.heartbeat_seconds = 0.05
    bot = Bot()
    bot._connection.heartbeat_timeout = 0.3
    with connected(wire, bot):
        wire.gateway.is_deaf = True
        wire.wait_for(lambda: wire.gateway.heard.count(6) >= 1)


def test_a_wrong_token_closes_with_4004(wire: Wire) -> None:
    bot = Bot()
    wire.world.token += "changed"
    with connected(wire, bot):
        assert isinstance(bot.failure, discord.LoginFailure)

    async def identify() -> int | None:
        async with aiohttp.ClientSession() as session, session.ws_connect(wire.gateway_url) as socket:
            await socket.send_str(json.dumps({"op": 2, "d": {"token": "wrong", "intents": 1}}))
            while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
            return socket.close_code

    assert asyncio.run(identify()) == 4004


@pytest.mark.parametrize(
    ("name", "flag"),
    [("members", "gateway_guild_members_limited"), ("message_content", "gateway_message_content_limited")],
)
def test_an_intent_that_was_not_switched_on_closes_with_4014(wire: Wire, name: str, flag: str) -> None:
    setattr(wire.world.intents, flag, False)
    with connected(wire, Bot()) as bot:
        assert isinstance(bot.failure, discord.PrivilegedIntentsRequired)
    with connected(wire, Bot(_without(name))) as bot:
        assert bot.failure is None


def test_a_bot_that_speaks_before_it_says_who_it_is_is_sent_away(wire: Wire) -> None:
    async def speak() -> int | None:
        async with aiohttp.ClientSession() as session, session.ws_connect(wire.gateway_url) as socket:
            await socket.send_str(json.dumps({"op": 8, "d": {"guild_id": str(wire.guild_id)}}))
            while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
            return socket.close_code

    assert asyncio.run(speak()) == 4003


def test_a_gateway_that_is_away_can_be_scripted(wire: Wire) -> None:
    with connected(wire, Bot()) as bot:
        refused = wire.fault("GET", "/websocket", Answer(503))
        wire.gateway.cut()
        wire.wait_for(lambda: bot.resumes == 1)
        assert refused.hits == 1
