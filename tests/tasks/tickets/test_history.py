"""What a transcript reads of a channel: replies, forwards, notices, embeds, names, deleted files, texts in files."""

import base64
import re
from typing import Any

import discord
import pytest

from novacore.tasks.tickets import history
from novacore.workflows.tickets import conversation
from tests.tasks.help_desk import channel_of, closing, heard_as, kept, opened, says, staff_member
from tests.tasks.town import Town
from tests.wire.faults import Answer
from tests.wire.world import payloads
from tests.wire.world.world import World
from tests.workflows.machine import lives

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def snapshot(**more: Any) -> dict[str, Any]:
    """A forwarded message as Discord gives it."""
    return {
        "message": {
            "type": 0, "content": "", "embeds": [], "attachments": [], "timestamp": "2026-03-01T00:00:00+00:00",
            "edited_timestamp": None, "flags": 0, "components": [], "mentions": [], "mention_roles": [],
        } | more
    }  # fmt: skip


def holding(town: Town, channel_id: int, author: int, **more: Any) -> int:
    """A message that history returns with more than words."""
    message_id = town.wire.say(author, channel_id, "-")

    def change(world: World) -> None:
        world.channel(channel_id).messages[message_id].more = {"content": ""} | more

    town.wire.ask(change)
    return message_id


def told(town: Town, **answers: Any) -> str:
    """The text of a transcript of these messages, and the page's in it as well."""
    ticket = opened(town)
    holding(town, channel_of(ticket), town.customer.id or 0, **answers)
    closing(town, ticket)
    town.work()
    return kept(town, ticket).text


def test_what_is_said_without_words_of_ones_own_is_kept_too(town: Town) -> None:
    town.delivered()
    forwarded = snapshot(
        content="SECRET-1-0 was sent to me",
        embeds=[{"type": "rich", "title": "Receipt", "image": {"url": "https://example.com/receipt.png"}}],
        sticker_items=[{"id": "2", "name": "Happy duck", "format_type": 1}],
    )
    text = told(town, message_snapshots=[forwarded], sticker_items=[{"id": "1", "name": "Sad duck", "format_type": 1}])
    for words in (
        "Forwarded:",
        "•••• was sent to me",
        "Receipt",
        "Picture: https://example.com/receipt.png",
        "Sticker: Happy duck",
        "Sticker: Sad duck",
    ):
        assert words in text, words


def test_a_forwarded_file_is_kept(town: Town) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    first = town.wire.say(staff_member(town), channel, "Here", {"guide.txt": b"Press the red button."})
    attachment = town.wire.ask(lambda world: _payload(world, channel, first))
    holding(town, channel, town.customer.id or 0, message_snapshots=[snapshot(attachments=[attachment])])
    town.wire.ask(lambda world: world.channel(channel).messages[first].attachments.clear())
    closing(town, ticket)
    town.work()
    assert base64.b64encode(b"Press the red button.").decode() in kept(town, ticket).html.decode()


def _payload(world: World, channel_id: int, message_id: int) -> dict[str, Any]:
    return payloads.attachment(world, world.channel(channel_id).messages[message_id].attachments[0])


@pytest.mark.parametrize("expiry", ["2026-03-02T00:00:00+00:00", None])
def test_a_poll_is_told_with_its_votes(town: Town, expiry: str | None) -> None:
    poll = {
        "question": {"text": "Does it work?"}, "expiry": expiry,
        "allow_multiselect": False, "layout_type": 1,
        "answers": [
            {"answer_id": 1, "poll_media": {"text": "Yes"}},
            {"answer_id": 2, "poll_media": {"text": "No", "emoji": {"id": None, "name": "👎"}}},
        ],
        "results": {"is_finalized": False, "answer_counts": [{"id": 2, "count": 3, "me_voted": False}]},
    }  # fmt: skip
    text = told(town, poll=poll)
    assert "Poll: Does it work?" in text
    assert "- Yes\n" in text
    assert "- 👎 No (3 votes)" in text


def test_an_embed_is_told_whole_and_its_picture_is_kept(town: Town) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    picture = town.wire.say(staff_member(town), channel, "x", {"preview.png": PNG})
    address = town.wire.ask(lambda world: _payload(world, channel, picture)["url"])
    embed = {
        "type": "rich", "title": "Order status", "url": "https://example.com/status", "description": "Sent today",
        "author": {"name": "Carrier"}, "footer": {"text": "Track it"}, "fields": [{"name": "Box", "value": "3"}],
        "image": {"url": "https://example.com/map.png", "proxy_url": address},
        "thumbnail": {"url": "https://example.com/logo.png", "proxy_url": "https://evil.example/logo.png"},
        "video": {"url": "https://example.com/clip.mp4"},
    }  # fmt: skip
    holding(town, channel, town.customer.id or 0, embeds=[embed])
    town.wire.ask(lambda world: world.channel(channel).messages[picture].attachments.clear())
    closing(town, ticket)
    town.work()
    text, html = kept(town, ticket).text, kept(town, ticket).html.decode()
    for words in ("Carrier", "Order status", "https://example.com/status", "Sent today", "Box: 3", "Track it"):
        assert words in text, words
    assert "Picture: https://example.com/map.png" in text
    assert "Picture: https://example.com/logo.png" in text
    assert "Video: https://example.com/clip.mp4" in text
    assert f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}"' in html
    assert html.count("<img") == 1, "nobody but Discord is asked"


def test_a_picture_of_an_embed_that_is_gone_holds_nothing_up(town: Town) -> None:
    gone = {"url": "https://example.com/map.png", "proxy_url": f"{town.wire.world.origin}/attachments/1/2/map.png"}
    assert "Picture: https://example.com/map.png" in told(town, embeds=[{"type": "image", "image": gone}])


# ---- replies and notices


def test_a_reply_names_whom_it_answers(town: Town) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    asked = says(town, ticket, staff_member(town), "Which code is it?")
    town.wire.say(town.customer.id or 0, channel, "The second.", answers=asked)
    town.wire.say(town.customer.id or 0, channel, "And the third.", answers=12345)
    closing(town, ticket)
    town.work()
    text = kept(town, ticket).text
    assert "    > Reply to helper: “Which code is it?”\n    The second." in text
    assert "    > Reply to a message that was deleted\n    And the third." in text


NOTICES = {
    6: "helper pinned a message to this channel.",
    8: "helper just boosted the server!",
    18: "helper started a thread: **Help**. See all **threads**.",
    46: "Help",
    99: "Help",
}


@pytest.mark.parametrize("kind", NOTICES)
def test_a_notice_is_told_as_what_it_is(town: Town, kind: int) -> None:
    ticket = opened(town)
    asked = says(town, ticket, town.customer.id or 0, "It fails")
    town.wire.notice(staff_member(town), channel_of(ticket), kind, about=asked, content="" if kind == 8 else "Help")
    closing(town, ticket)
    town.work()
    assert f"] helper\n    > customer: “It fails”\n    {NOTICES[kind]}\n" in kept(town, ticket).text
    assert '<article class="notice">' in kept(town, ticket).html.decode()


# ---- names


def test_everybody_and_everything_that_is_mentioned_has_its_name(town: Town) -> None:
    ticket = opened(town)
    moderators, gone = town.wire.add_role("Moderators"), town.wire.add_role("Gone")
    silent, left = town.wire.add_user("Silent Sue"), town.wire.add_user("Left Larry")
    nick = town.wire.add_user("quiet")
    town.wire.leave(left)
    town.wire.delete_role(gone)
    forum = town.wire.add_channel("help-forum")
    thread_elsewhere = 10**18 + 5
    says(
        town,
        ticket,
        town.customer.id or 0,
        f"<@&{moderators}> <@&{gone}> <@{silent}> <@!{nick}> <@{left}> <@{10**18}> <#{forum}> <#{thread_elsewhere}> "
        f"<@&{min(town.places.staff_role_ids)}> <:duck:1> </shop:2>",
        heard=False,
    )
    holding(town, channel_of(ticket), town.customer.id or 0, message_snapshots=[snapshot(content=f"<@{silent}>")])
    closing(town, ticket)
    town.work()
    text = kept(town, ticket).text
    assert (
        f"@Moderators @deleted-role @Silent Sue @quiet @Left Larry @{10**18} #help-forum #deleted-channel @Staff "
        ":duck: /shop"
    ) in text
    assert "Forwarded:\n    @Silent Sue" in text


def test_whoever_speaks_is_not_asked_for(town: Town) -> None:
    ticket = opened(town)
    asked = staff_member(town)
    says(town, ticket, asked, f"<@{town.customer.id}>, what fails?")
    says(town, ticket, town.customer.id or 0, f"<@{asked}>, all of it")
    before = len(town.wire.requests("GET", "/guilds/*/members/*"))
    closing(town, ticket)
    town.work()
    assert len(town.wire.requests("GET", "/guilds/*/members/*")) == before
    assert "@customer, what fails?" in kept(town, ticket).text
    assert "@helper, all of it" in kept(town, ticket).text


def test_someone_who_mentions_a_thousand_holds_nothing_up(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, " ".join(f"<@{10**17 + n}>" for n in range(90)), heard=False)
    before = len(town.wire.requests("GET", "/guilds/*/members/*"))
    closing(town, ticket)
    town.work()
    assert len(town.wire.requests("GET", "/guilds/*/members/*")) - before == 50
    assert f"@{10**17 + 89}" in kept(town, ticket).text


@pytest.mark.parametrize("answer", [Answer(403, 50001), Answer(400, 50035)], ids=["will-not-tell", "no-id-at-all"])
def test_names_that_discord_does_not_give_hold_nothing_up(town: Town, answer: Answer) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, f"<@{10**19}> <#{10**19}>", heard=False)
    for path in ("/guilds/*/members/*", "/users/*", f"/channels/{10**19}"):
        town.wire.fault("GET", path, answer, times=None)
    closing(town, ticket)
    town.work()
    assert f"@{10**19} #deleted-channel" in kept(town, ticket).text


def test_a_channel_that_the_customer_may_not_see_is_not_named(town: Town) -> None:
    ticket = opened(town)
    view = discord.Permissions(view_channel=True).value
    secret, members = town.wire.add_channel("raided-shops"), town.wire.add_channel("members")
    for channel in (secret, members):
        town.wire.set_overwrite(channel, town.wire.guild_id, deny=view)
    town.wire.set_overwrite(secret, min(town.places.staff_role_ids), allow=view)
    town.wire.set_overwrite(members, town.places.customer_role_id, allow=view)
    own = channel_of(ticket)
    says(town, ticket, town.customer.id or 0, f"<#{secret}> <#{members}> <#{own}>", heard=False)
    closing(town, ticket)
    town.work()
    assert "#private-channel #members #ticket-0001" in kept(town, ticket).text


# ---- what is not there any more


def test_a_deleted_picture_is_told_by_its_name(town: Town) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    gone = says(town, ticket, town.customer.id or 0, "", files={"shot.png": PNG, "log.txt": b"SECRET"})
    conversation.note_delete(town.shop, channel, [gone])
    town.wire.delete_message(channel, gone)
    closing(town, ticket)
    town.work()
    text, html = kept(town, ticket).text, kept(town, ticket).html.decode()
    for words in ("shot.png", "log.txt", "deleted with its message"):
        assert words in text, words
        assert words in html, words


def test_a_picture_that_was_taken_out_of_its_message_is_told(town: Town) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    edited = says(town, ticket, town.customer.id or 0, "Look", files={"shot.png": PNG, "log.txt": b"line"})

    def take_out(world: World) -> None:
        message = world.channel(channel).messages[edited]
        message.attachments = [one for one in message.attachments if one.filename == "log.txt"]

    town.wire.ask(take_out)
    conversation.note_edit(town.shop, channel, heard_as(town, channel, edited))
    closing(town, ticket)
    town.work()
    transcript = kept(town, ticket)
    assert "[file: shot.png, 1 kB, not kept, it was taken out of the message]" in transcript.text
    assert "[file: log.txt, 1 kB]" in transcript.text
    assert transcript.for_customer
    assert "shot.png" not in transcript.for_customer[1]


def test_a_message_that_was_deleted_while_the_bot_was_away_is_deleted(town: Town) -> None:
    ticket = opened(town)
    gone = says(town, ticket, staff_member(town), "not for you")
    town.wire.delete_message(channel_of(ticket), gone)
    closing(town, ticket)
    town.work()
    transcript = kept(town, ticket)
    assert re.search(r"\] person \d+ \(deleted\)\n    not for you\n", transcript.text)
    assert transcript.for_customer
    assert "not for you" not in transcript.for_customer[1]
    assert "A message was deleted." in transcript.for_customer[1]


def test_a_channel_that_was_deleted_leaves_the_names_of_its_files(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "Look", files={"shot.png": PNG})
    town.wire.delete_channel(channel_of(ticket))
    conversation.channel_deleted(town.shop, channel_of(ticket))
    town.work()
    transcript = kept(town, ticket)
    assert "[file: shot.png, 1 kB, not kept, it was gone when we wanted to save it]" in transcript.text
    assert transcript.for_customer == (transcript.html, transcript.text)
    assert any("shot.png" in text and "could not be kept" in text for text in town.staff_channel())


def test_a_code_in_the_name_of_a_deleted_file_or_in_what_was_forwarded_is_stored_nowhere(town: Town) -> None:
    town.delivered()
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "", files={"SECRET-1-0.png": PNG})
    assert "SECRET-1" not in repr(lives.snapshot(town.shop)["ticket_messages"])


@pytest.mark.parametrize(
    ("name", "content"),
    [("codes.ini", b"key=SECRET-1-0"), ("codes.txt", "my code: SECRET-1-0".encode("utf-16")), ("codes", b"SECRET-1-0")],
)
def test_codes_are_hidden_in_every_file_that_holds_text(town: Town, name: str, content: bytes) -> None:
    town.delivered()
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "Look", files={name: content})
    closing(town, ticket)
    town.work()
    ((told, kept_as),) = re.findall(r'download="(.*?)" href="data:[^,]*,(.*?)"', kept(town, ticket).html.decode())
    assert told == name
    assert "••••" in base64.b64decode(kept_as).decode()


def test_what_discord_keeps_back_is_named_and_takes_the_place_of_nothing(town: Town) -> None:
    """The Message Content Intent is taken away in the middle of a ticket."""
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "It fails")
    town.wire.ask(lambda world: setattr(world, "intents", discord.ApplicationFlags()))
    helper = staff_member(town)
    says(town, ticket, helper, "Which one?", heard=False)
    closing(town, ticket)
    town.work()
    text = kept(town, ticket).text
    assert "It fails" in text
    assert "Which one?" not in text
    assert text.count(history.HIDDEN) == 1
