"""The stand-in itself: tokens, unknown routes, what a test can ask it, what it announces."""

import asyncio
import json

import discord
import pytest

from tests.wire.clients import ask, logged_in
from tests.wire.stand_in import Wire
from tests.wire.world.components import Json


def test_login_takes_two_requests(wire: Wire) -> None:
    async def login() -> None:
        async with logged_in(wire) as client:
            assert client.user is not None
            assert (client.user.id, client.application_id) == (wire.bot_id, wire.bot_id)

    asyncio.run(login())
    assert [each.path for each in wire.requests()] == ["/users/@me", "/oauth2/applications/@me"]


def test_a_wrong_token_does_not_log_in(wire: Wire) -> None:
    async def login() -> None:
        async with discord.Client(intents=discord.Intents(guilds=True)) as client:
            await client.login("wrong")

    with pytest.raises(discord.LoginFailure):
        asyncio.run(login())
    assert wire.token not in repr(wire.requests())


def test_answers_are_exactly_json_and_name_the_gateway(wire: Wire) -> None:
    status, headers, content = ask(wire, "GET", "/gateway/bot")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(content)["url"].startswith("ws://127.0.0.1:")


def test_an_unknown_route_fails_at_once_and_is_named() -> None:
    async def ask(wire: Wire) -> None:
        async with logged_in(wire) as client:
            await client.http.request(discord.http.Route("GET", "/guilds/1/bans"))

    with Wire() as wire, pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", wire.url)
        with pytest.raises(discord.DiscordServerError, match="does not know GET /guilds/1/bans"):
            asyncio.run(ask(wire))
        assert wire.unknown == ["GET /guilds/1/bans"]


def test_a_fault_of_its_own_is_no_discord_error() -> None:
    with Wire() as wire:
        assert ask(wire, "POST", "/users/@me/channels", b"{}")[0] == 501
        assert "KeyError" in wire.crashes[0]


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_broken_json_is_the_clients_fault(wire: Wire, body: bytes) -> None:
    status, _, content = ask(wire, "POST", "/users/@me/channels", body)
    assert (status, json.loads(content)["code"]) == (400, 50109)


def test_wait_for_returns_when_it_holds_and_names_the_traffic_when_not(wire: Wire) -> None:
    ask(wire, "GET", "/users/@me")
    wire.wait_for(lambda: wire.requests("GET", "/users/@me"))
    with pytest.raises(TimeoutError, match=r"a message.*GET /users/@me -> 200"):
        wire.wait_for(lambda: False, timeout=0.02, what="a message")


def test_a_listener_hears_what_a_gateway_would_say(wire: Wire) -> None:
    heard: list[tuple[str, Json]] = []
    channel = wire.add_channel("log")
    wire.ask(lambda world: world.listeners.append(lambda event, payload: heard.append((event, payload))))
    message = wire.say(wire.owner_id, channel, "hello")
    wire.delete_message(channel, message)
    wire.delete_channel(channel)
    wire.leave(wire.add_user())
    names = ["MESSAGE_CREATE", "MESSAGE_DELETE", "CHANNEL_DELETE", "GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE"]
    assert [event for event, _ in heard] == names
    assert heard[0][1]["content"] == "hello"


def test_two_worlds_do_not_know_each_other(wire: Wire) -> None:
    with Wire() as other:
        assert other.url != wire.url
        other.add_channel("elsewhere")
        assert wire.channel_ids() == {}
