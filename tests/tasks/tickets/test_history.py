"""What a transcript reads of a channel beside plain words: what was forwarded, stickers, files that hold text."""

import base64
import re

import pytest

from tests.tasks.help_desk import channel_of, closing, kept, opened, says
from tests.tasks.town import Town


def test_what_is_said_without_words_of_ones_own_is_kept_too(town: Town) -> None:
    town.delivered()
    ticket = opened(town)
    message_id = says(town, ticket, town.customer.id or 0, "-", heard=False)
    snapshot = {
        "type": 0, "content": "SECRET-1-0 was sent to me", "embeds": [{"type": "rich", "title": "Receipt"}],
        "attachments": [], "timestamp": "2026-03-01T00:00:00+00:00", "edited_timestamp": None, "flags": 0,
        "components": [], "mentions": [], "mention_roles": [],
    }  # fmt: skip
    more = {
        "content": "",
        "message_snapshots": [{"message": snapshot}],
        "sticker_items": [{"id": "1", "name": "Sad duck", "format_type": 1}],
    }
    town.wire.ask(lambda world: setattr(world.channel(channel_of(ticket)).messages[message_id], "more", more))
    closing(town, ticket)
    town.work()
    text = kept(town, ticket).text
    for words in ("Forwarded:", "•••• was sent to me", "Receipt", "Sticker: Sad duck"):
        assert words in text, words


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
