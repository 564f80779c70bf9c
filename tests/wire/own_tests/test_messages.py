"""What discord.py sends is stored, found again, changed and removed as at Discord."""

import asyncio
import io

import discord
import pytest

from tests.wire.clients import logged_in
from tests.wire.stand_in import Wire
from tests.wire.world.state import Message


class Card(discord.ui.LayoutView):
    """A components-V2 message as the shop builds them."""

    def __init__(self, *extra: discord.ui.Item[discord.ui.LayoutView]) -> None:
        super().__init__(timeout=None)
        row: discord.ui.ActionRow[Card] = discord.ui.ActionRow()
        row.add_item(discord.ui.Button(label="Approve", custom_id="nc:order:approve:1:1"))
        self.add_item(discord.ui.Container(discord.ui.TextDisplay("A proof has arrived"), row, *extra))


def test_a_dm_is_stored_and_history_finds_it_without_its_nonce(wire: Wire) -> None:
    customer = wire.add_user()

    async def send_and_look() -> list[discord.Message]:
        async with logged_in(wire) as client:
            user = await client.fetch_user(customer)
            sent = await user.send("Thank you", embed=discord.Embed(title="Order").add_field(name="Total", value="5"))
            assert sent.nonce is not None
            return [each async for each in user.history()]

    (found,) = asyncio.run(send_and_look())
    (seen,) = wire.dms(customer)
    assert (found.id, found.content, found.nonce) == (seen.id, "Thank you", None)
    assert seen.text.splitlines() == ["Thank you", "Order", "Total", "5"]
    assert seen.author_id == wire.bot_id
    assert abs((discord.utils.utcnow() - found.created_at).total_seconds()) < 5


def test_history_pages_before_after_and_around(wire: Wire) -> None:
    channel = wire.add_channel("log")
    ids = [wire.say(wire.owner_id, channel, f"{n}") for n in range(7)]

    async def pages() -> list[list[str]]:
        async with logged_in(wire) as client:
            place = client.get_partial_messageable(channel)
            middle = discord.Object(ids[3])
            asked = [
                place.history(limit=2),
                place.history(limit=2, before=middle),
                place.history(limit=2, after=middle),
                place.history(limit=3, around=middle),
            ]
            return [[each.content async for each in page] for page in asked]

    newest, before, after, around = asyncio.run(pages())
    assert newest == ["6", "5"]
    assert before == ["2", "1"]
    assert after == ["4", "5"]
    assert sorted(around) == ["2", "3", "4"]


def test_a_layout_is_stored_with_numbered_components(wire: Wire) -> None:
    channel = wire.add_channel("staff")

    async def send() -> discord.Message:
        async with logged_in(wire) as client:
            return await client.get_partial_messageable(channel).send(view=Card())

    sent = asyncio.run(send())
    (seen,) = wire.messages(channel)
    assert sent.flags.components_v2
    assert seen.text.splitlines() == ["A proof has arrived", "Approve"]
    assert seen.custom_ids == ["nc:order:approve:1:1"]
    assert [each.id for each in discord.ui.LayoutView.from_message(sent).walk_children()] == [1, 2, 3, 4]


def test_an_edit_changes_what_it_names_and_keeps_the_rest(wire: Wire) -> None:
    channel = wire.add_channel("log")

    async def edit() -> None:
        async with logged_in(wire) as client:
            place = client.get_partial_messageable(channel)
            sent = await place.send("first", embed=discord.Embed(title="kept"), view=buttons())
            await sent.edit(content="second")
            await place.get_partial_message(sent.id).edit(view=None)

    asyncio.run(edit())
    (seen,) = wire.messages(channel)
    assert (seen.text, seen.custom_ids) == ("second\nkept", [])
    assert seen.edited_at is not None


def buttons() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Go", custom_id="nc:a:b"))
    return view


def test_a_layout_cannot_become_an_ordinary_message_again(wire: Wire) -> None:
    channel = wire.add_channel("staff")

    async def edit() -> None:
        async with logged_in(wire) as client:
            sent = await client.get_partial_messageable(channel).send(view=Card())
            await sent.edit(content="plain", view=None)

    with pytest.raises(discord.HTTPException) as refused:
        asyncio.run(edit())
    assert refused.value.code == 50035
    assert wire.messages(channel)[0].text.startswith("A proof")


def test_only_the_bots_own_messages_can_be_edited(wire: Wire) -> None:
    channel = wire.add_channel("log")
    theirs = wire.say(wire.owner_id, channel, "mine")

    async def edit() -> None:
        async with logged_in(wire) as client:
            await client.get_partial_messageable(channel).get_partial_message(theirs).edit(content="yours")

    with pytest.raises(discord.Forbidden) as refused:
        asyncio.run(edit())
    assert refused.value.code == 50005


def test_a_deleted_message_is_unknown(wire: Wire) -> None:
    channel = wire.add_channel("log")

    async def delete_twice() -> None:
        async with logged_in(wire) as client:
            sent = await client.get_partial_messageable(channel).send("short-lived")
            await sent.delete()
            await sent.delete()

    with pytest.raises(discord.NotFound) as refused:
        asyncio.run(delete_twice())
    assert refused.value.code == 10008
    assert wire.messages(channel) == []


@pytest.mark.parametrize("by_bot", [True, False])
def test_a_message_in_a_dm_can_only_be_deleted_by_its_author(wire: Wire, by_bot: bool) -> None:
    customer = wire.add_user()
    channel = wire.dm_channel(customer)
    theirs = wire.say(customer, channel, "hello?")

    async def delete() -> int:
        async with logged_in(wire) as client:
            place = client.get_partial_messageable(channel)
            target = (await place.send("yes?")).id if by_bot else theirs
            try:
                await place.get_partial_message(target).delete()
            except discord.Forbidden as refused:
                return refused.code
            return 0

    assert asyncio.run(delete()) == (0 if by_bot else 50003)


def test_closed_dms_are_found_out_only_by_the_send(wire: Wire) -> None:
    customer = wire.add_user()
    wire.close_dms(customer)

    async def send() -> None:
        async with logged_in(wire) as client:
            user = await client.fetch_user(customer)
            await user.create_dm()
            await user.send("Your goods")

    with pytest.raises(discord.Forbidden) as refused:
        asyncio.run(send())
    assert refused.value.code == 50007
    assert [each.status for each in wire.requests("POST", "/users/@me/channels")] == [200]
    assert wire.dms(customer) == []
    wire.close_dms(customer, closed=False)
    asyncio.run(send())
    assert [each.text for each in wire.dms(customer)] == ["Your goods"]


def test_leaving_the_server_closes_dms_and_a_gone_account_is_unknown(wire: Wire) -> None:
    leaver, gone = wire.add_user("leaver"), wire.add_user("gone")
    wire.leave(leaver)
    wire.delete_account(gone)

    async def refused(user_id: int) -> int:
        async with logged_in(wire) as client:
            try:
                await (await client.fetch_user(user_id)).send("Hello")
            except discord.HTTPException as error:
                return error.code
            return 0

    assert [asyncio.run(refused(each)) for each in (leaver, gone)] == [50007, 10013]


def test_without_the_message_content_intent_other_peoples_words_are_blank(wire: Wire) -> None:
    wire.world.intents = discord.ApplicationFlags()
    ticket = wire.add_channel("ticket")
    wire.say(wire.owner_id, ticket, "hidden")
    wire.say(wire.owner_id, ticket, f"<@{wire.bot_id}> shown")

    async def read() -> list[str]:
        async with logged_in(wire) as client:
            await client.get_partial_messageable(ticket).send("own")
            return [each.content async for each in client.get_partial_messageable(ticket).history()]

    assert asyncio.run(read()) == ["own", f"<@{wire.bot_id}> shown", ""]


def test_a_ping_counts_only_where_allowed_mentions_lets_it(wire: Wire) -> None:
    staff, channel = wire.add_role("staff"), wire.add_channel("staff")

    async def ping(allowed: discord.AllowedMentions) -> list[int]:
        async with logged_in(wire) as client:
            place = client.get_partial_messageable(channel)
            sent = await place.send(f"<@&{staff}> <@{wire.owner_id}>", allowed_mentions=allowed)
            return [each.id for each in sent.mentions]

    assert asyncio.run(ping(discord.AllowedMentions(users=True, roles=True))) == [wire.owner_id]
    assert asyncio.run(ping(discord.AllowedMentions(users=False, roles=[discord.Object(staff)]))) == []
    assert [each.pinged_roles for each in wire.messages(channel)] == [[staff], [staff]]


def test_what_a_test_is_shown_does_not_change_under_its_hands(wire: Wire) -> None:
    channel = wire.add_channel("log")
    message = wire.say(wire.owner_id, channel, "here")
    before: list[Message] = wire.messages(channel)
    wire.delete_message(channel, message)
    assert [each.content for each in before] == ["here"]
    assert wire.messages(channel) == []


def test_a_report_shows_its_chart_inside_the_embed(wire: Wire) -> None:
    channel = wire.add_channel("reports")

    async def send() -> discord.Message:
        async with logged_in(wire) as client:
            embed = discord.Embed(title="Sales").set_image(url="attachment://chart.png")
            chart = discord.File(io.BytesIO(b"png"), "chart.png")
            return await client.get_partial_messageable(channel).send(embed=embed, file=chart)

    sent = asyncio.run(send())
    assert sent.attachments == []
    assert sent.embeds[0].image.url is not None
    assert sent.embeds[0].image.url.startswith(wire.world.origin)
    assert wire.messages(channel)[0].files == {"chart.png": b"png"}
