"""Discord as handlers see it: blocking calls, never inside a transaction, never for ever."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
import pytest

from novacore.db.engine import Database
from novacore.db.unit_of_work import writing
from novacore.tasks.discord import clients
from novacore.tasks.discord.calls import Calls, CallsClosed, Outgoing
from novacore.tasks.discord.clients import point_discord_at
from tests.tasks.views import building, goods
from tests.wire.faults import Answer, Drop, Hold, Limited
from tests.wire.stand_in import Wire

SEND = ("POST", "/channels/*/messages")


def test_a_message_goes_out_with_its_nonce_and_pings_nobody(wire: Wire, calls: Calls) -> None:
    customer, channel = wire.add_user(), wire.add_channel("staff")
    sent = calls.send(channel, building("T1", words=f"Hello <@{customer}>"), "T1")
    (seen,) = wire.messages(channel)
    assert (sent.channel_id, sent.message_id) == (channel, seen.id)
    assert "Hello" in seen.text
    assert seen.pinged_users == []
    again = calls.send(channel, building("T1"), "T1")
    assert again == sent
    assert len(wire.messages(channel)) == 1


def test_a_message_that_asks_for_it_pings(wire: Wire, calls: Calls) -> None:
    role = wire.add_role("staff")
    channel = wire.add_channel("staff")

    def build() -> Outgoing:
        return Outgoing(goods("T1", words=f"<@&{role}>").view, mentions=discord.AllowedMentions(roles=True))

    calls.send(channel, build, "T1")
    assert wire.messages(channel)[0].pinged_roles == [role]


def test_files_go_along(wire: Wire, calls: Calls) -> None:
    channel = wire.add_channel("staff")
    calls.send(channel, building("T1", file=b"code"), "T1")
    assert wire.messages(channel)[0].files == {"goods.txt": b"code"}


def test_dms_are_opened_and_written_to(wire: Wire, calls: Calls) -> None:
    customer = wire.add_user()
    calls.send(calls.dm_channel(customer), building("T1"), "T1")
    assert len(wire.dms(customer)) == 1


def test_closed_dms_show_at_the_send(wire: Wire, calls: Calls) -> None:
    customer = wire.add_user()
    wire.close_dms(customer)
    channel = calls.dm_channel(customer)
    with pytest.raises(discord.Forbidden) as caught:
        calls.send(channel, building("T1"), "T1")
    assert caught.value.code == 50007


def test_a_message_is_shown_again_with_or_without_its_files(wire: Wire, calls: Calls) -> None:
    channel = wire.add_channel("staff")
    sent = calls.send(channel, building("T1", file=b"code"), "T1")
    assert calls.edit(channel, sent.message_id, building("T1", words="New words", file=b"other"))
    assert wire.messages(channel)[0].files == {"goods.txt": b"other"}
    assert calls.edit(channel, sent.message_id, building("T1", words="No file"))
    (seen,) = wire.messages(channel)
    assert "No file" in seen.text
    assert seen.files == {}


def test_a_message_that_is_gone_is_no_error(wire: Wire, calls: Calls) -> None:
    channel = wire.add_channel("staff")
    sent = calls.send(channel, building("T1"), "T1")
    assert calls.delete(channel, sent.message_id)
    assert not calls.delete(channel, sent.message_id)
    assert not calls.edit(channel, sent.message_id, building("T1"))
    wire.delete_channel(channel)
    assert not calls.edit(channel, sent.message_id, building("T1"))


def test_any_other_refusal_is_raised(wire: Wire, calls: Calls) -> None:
    channel = wire.add_channel("staff")
    sent = calls.send(channel, building("T1"), "T1")
    wire.fault("DELETE", "/channels/*/messages/*", Answer(404, 20001))
    with pytest.raises(discord.NotFound):
        calls.delete(channel, sent.message_id)


def test_roles_are_given_and_taken_twice_without_harm(wire: Wire, calls: Calls) -> None:
    customer, role = wire.add_user(), wire.add_role("customer")
    for _ in range(2):
        calls.add_role(wire.guild_id, customer, role, "bought something")
    assert wire.roles_of(customer) == [role]
    for _ in range(2):
        calls.remove_role(wire.guild_id, customer, role, "money returned")
    assert wire.roles_of(customer) == []


def test_people_are_looked_up(wire: Wire, calls: Calls) -> None:
    assert calls.fetch_user(wire.add_user("someone")).name == "someone"
    with pytest.raises(discord.NotFound):
        calls.fetch_user(1)


def test_it_logs_in_once_and_only_when_it_is_needed(wire: Wire, calls: Calls) -> None:
    assert wire.requests() == []
    user = wire.add_user()
    threads = [threading.Thread(target=calls.fetch_user, args=(user,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wire.requests("GET", "/users/@me")) == 1


def test_a_login_that_failed_is_tried_again(wire: Wire, calls: Calls) -> None:
    wire.fault("GET", "/users/@me", Drop(), times=2)  # aiohttp asks once more by itself
    user = wire.add_user()
    with pytest.raises(aiohttp.ClientError):
        calls.fetch_user(user)
    assert calls.fetch_user(user).id == user


def test_a_wrong_token_is_told(wire: Wire) -> None:
    calls = Calls.rest("wrong", wire.url)
    with pytest.raises(discord.LoginFailure):
        calls.fetch_user(1)
    calls.close()


def test_nothing_goes_over_the_network_inside_a_transaction(sqlite_shop_url: str, wire: Wire, calls: Calls) -> None:
    database = Database(sqlite_shop_url)
    user = wire.add_user()
    with writing(database), pytest.raises(RuntimeError, match="transaction is open"):
        calls.fetch_user(user)
    assert wire.requests() == []
    assert calls.fetch_user(user).id == user
    database.close()


# Time.


def test_a_call_that_takes_too_long_is_given_up(wire: Wire, calls: Calls) -> None:
    user = wire.add_user()
    held = wire.fault("GET", "/users/*", Hold(), nth=2)  # the first is the login; nobody lets this one go
    with pytest.raises(TimeoutError, match=r"longer than 0\.2 seconds"):
        calls.call(lambda client: client.fetch_user(user), 0.2)
    held.wait_lost()


def test_a_global_limit_that_a_call_did_not_live_to_see_the_end_of_does_not_block_the_next(
    wire: Wire, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "LONGEST_LIMIT_SECONDS", 0.3)
    user = wire.add_user()
    wire.fault("GET", "/users/*", Limited(5, everywhere=True), nth=2)
    with pytest.raises(TimeoutError):
        calls.call(lambda client: client.fetch_user(user), 0.2)
    assert calls.call(lambda client: client.fetch_user(user), 3).id == user


def test_closing_cuts_off_the_calls_in_flight(wire: Wire, calls: Calls) -> None:
    user = wire.add_user()
    held = wire.fault("GET", "/users/*", Hold(), nth=2)

    def close_meanwhile() -> None:
        held.wait_reached()
        calls.close()

    closer = threading.Thread(target=close_meanwhile)
    closer.start()
    with pytest.raises(CallsClosed):
        calls.fetch_user(user)
    closer.join()
    with pytest.raises(CallsClosed):
        calls.fetch_user(user)


def test_closing_does_not_wait_for_a_login_that_hangs(wire: Wire) -> None:
    held = wire.fault("GET", "/users/@me", Hold())
    calls = Calls.rest(wire.token, wire.url)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(calls.fetch_user, wire.owner_id)
        held.wait_reached()
        calls.close()  # the login hangs for good: whoever waited for it would be here for ever
        with pytest.raises(CallsClosed):
            call.result(60)


def test_calls_do_not_wait_for_one_another(wire: Wire, calls: Calls) -> None:
    users = [wire.add_user(f"user {n}") for n in range(10)]
    calls.fetch_user(users[0])
    held = wire.fault("GET", "/users/*", Hold(), times=None)
    threads = [threading.Thread(target=calls.fetch_user, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    held.wait_reached(len(users))  # all of them are under way, and none has been answered
    held.release()
    for thread in threads:
        thread.join()


# Finding what a lost attempt may have sent.


@pytest.mark.parametrize("since", [timedelta(0), timedelta(minutes=14), timedelta(hours=3), timedelta(hours=-3)])
def test_a_token_is_found_whatever_the_clocks_say(wire: Wire, calls: Calls, since: timedelta) -> None:
    channel = wire.add_channel("staff")
    sent = calls.send(channel, building("TOKEN7"), "TOKEN7")
    calls.send(channel, building("TOKEN8"), "TOKEN8")
    assert calls.find_by_token(channel, "TOKEN7", datetime.now(UTC) + since) == sent.message_id
    assert calls.find_by_token(channel, "TOKEN9", datetime.now(UTC) + since) is None


def test_a_token_is_found_behind_many_later_messages(wire: Wire, calls: Calls) -> None:
    channel, user = wire.add_channel("staff"), wire.add_user()
    began = datetime.now(UTC)
    sent = calls.send(channel, building("TOKEN7"), "TOKEN7")
    for n in range(250):
        wire.say(user, channel, f"message {n}")
    assert calls.find_by_token(channel, "TOKEN7", began) == sent.message_id


def test_someone_elses_quote_of_a_token_is_not_our_message(wire: Wire, calls: Calls) -> None:
    channel, user = wire.add_channel("staff"), wire.add_user()
    wire.say(user, channel, "TOKEN7")
    assert calls.find_by_token(channel, "TOKEN7", datetime.now(UTC)) is None


@pytest.mark.parametrize("place", ["content", "embed", "custom id", "file"])
def test_a_token_is_found_wherever_a_message_shows_it(wire: Wire, calls: Calls, place: str) -> None:
    channel = wire.add_channel("staff")

    async def send(client: discord.Client) -> int:
        there = client.get_partial_messageable(channel)
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="x", custom_id="nc:TOKEN7"))
        view.stop()
        if place == "content":
            return (await there.send("it is TOKEN7")).id
        if place == "embed":
            return (await there.send(embed=discord.Embed(title="x").set_footer(text="TOKEN7"))).id
        if place == "custom id":
            return (await there.send("x", view=view)).id
        return (await there.send(file=discord.File(__file__, "TOKEN7.txt"))).id

    sent = calls.call(send)
    assert calls.find_by_token(channel, "TOKEN7", datetime.now(UTC)) == sent


# The bot's own client and loop.


@pytest.fixture
def bot_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Run a loop in a thread, as the bot has one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_in_the_bots_process_it_uses_the_bots_client_and_leaves_it_running(
    wire: Wire, bot_loop: asyncio.AbstractEventLoop
) -> None:
    client = discord.Client(intents=discord.Intents(guilds=True))
    asyncio.run_coroutine_threadsafe(client.login(wire.token), bot_loop).result(10)
    calls = Calls.embedded(client, bot_loop)
    customer = wire.add_user()
    assert calls.fetch_user(customer).id == customer

    async def ask_on_the_loop() -> None:
        calls.fetch_user(customer)

    with pytest.raises(RuntimeError, match="cannot wait for itself"):
        asyncio.run_coroutine_threadsafe(ask_on_the_loop(), bot_loop).result(10)
    calls.close()
    assert bot_loop.is_running()
    assert not client.is_closed()
    asyncio.run_coroutine_threadsafe(client.close(), bot_loop).result(10)


def test_a_loop_that_is_gone_closes_the_gateway() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    calls = Calls.embedded(discord.Client(intents=discord.Intents.none()), loop)
    with pytest.raises(CallsClosed):
        calls.fetch_user(1)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://proxy:8080", "http://proxy:8080/api/v10"),
        ("http://proxy:8080/", "http://proxy:8080/api/v10"),
        ("http://proxy:8080/api/v10", "http://proxy:8080/api/v10"),
        ("https://proxy/discord/api/v10/", "https://proxy/discord/api/v10"),
    ],
)
def test_all_calls_go_where_they_are_pointed(monkeypatch: pytest.MonkeyPatch, url: str, base: str) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", "https://discord.com/api/v10")
    point_discord_at(url)
    assert discord.http.Route("GET", "/users/@me").url == f"{base}/users/@me"
