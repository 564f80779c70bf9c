"""Looks into what discord.py would send: texts, buttons, files, and whether Discord would take it."""

import re
from collections.abc import Iterator
from typing import Any

from novacore.messages.kit import custom_ids
from novacore.messages.kit.layout import Form, Message
from novacore.messages.kit.words import units
from tests.messages.samples import BUYER, OTHER_BUYER, STAFF_ROLE, TICKET_CHANNEL
from tests.wire.server.limits import check_message
from tests.wire.world.components import BUTTON, TEXT_DISPLAY, attachment_name, media_of, walk
from tests.wire.world.state import COMPONENTS_V2
from tests.wire.world.state import Message as WireMessage

Json = dict[str, Any]

TOKEN_LINE = 40
"""What a job may add under a message: a line with the token of its send."""

_LIMITS = {"label": 100, "description": 100, "placeholder": 150, "custom_id": 100}
_MEDIA_DESCRIPTION = 1024


def components(message: Message | Form) -> list[Json]:
    """Every component of a message or form, as JSON, containers before what they contain."""
    return list(walk(_tree(message)))


def _tree(message: Message | Form) -> list[Json]:
    view: Any = message.view if isinstance(message, Message) else message
    return list(view.to_components())


def words_of(message: Message) -> str:
    """All texts of a message, in order."""
    return "\n".join(one["content"] for one in components(message) if one["type"] == TEXT_DISPLAY)


def custom_ids_of(message: Message | Form) -> list[str]:
    """The custom ids of a message's buttons and selects, or of a form's inputs."""
    return [one["custom_id"] for one in components(message) if "custom_id" in one]


def buttons_of(message: Message) -> dict[str, Json]:
    """The buttons of a message by their labels."""
    return {one["label"]: one for one in components(message) if one["type"] == BUTTON}


def options_of(message: Message) -> list[Json]:
    """The options of a message's select."""
    (select,) = [one for one in components(message) if one["type"] == 3]
    return list(select["options"])


def files_of(message: Message) -> dict[str, bytes]:
    """The files of a message by name, read as discord.py would."""
    return {file.filename: file.fp.read() for file in message.discord_files()}


def assert_sendable(message: Message) -> None:
    """Fail unless Discord would take the message, and a line with a token under it."""
    found = components(message)
    check_message(WireMessage(1, 1, 1, components=_tree(message), flags=COMPONENTS_V2))
    assert len(found) == message.view.total_children_count < 40
    assert sum(units(one["content"]) for one in found if one["type"] == TEXT_DISPLAY) <= 4000 - TOKEN_LINE
    for one in found:
        _assert_short(one)
    shown = {attachment_name(media["url"]) for media in media_of(found)} - {None}
    assert shown == set(files_of(message)), "every file is shown, and what is shown is there"
    for name in shown:
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,80}", str(name)), "Discord changes other names"


def assert_form(form: Form) -> None:
    """Fail unless Discord would open the form."""
    labels = [one for one in components(form) if one["type"] == 18]
    assert 1 <= len(labels) <= 5
    assert units(form.title) <= 45
    for label in labels:
        assert units(label["label"]) <= 45
        assert units(label.get("description", "")) <= 100
    assert_own_ids(form)


def assert_own_ids(message: Message | Form) -> None:
    """Fail unless each custom id parses back to itself."""
    for text in custom_ids_of(message) if isinstance(message, Message) else [message.custom_id]:
        found = custom_ids.parse(text)
        assert found is not None, text
        assert found.text == text


def assert_nothing_reads_inside(message: Message) -> None:
    """Fail where a stranger's words work as a mention, a command, a masked link, or turn the line round."""
    shown = words_of(message)
    outside = re.sub(r"```.*?```", "", shown, flags=re.DOTALL)
    own = {f"<@{BUYER}>", f"<@{OTHER_BUYER}>", f"<@&{STAFF_ROLE}>", f"<#{TICKET_CHANNEL}>"}
    for found in re.findall(r"<[@#/:a-zA-Z][^\s<]*", outside):
        assert re.match(r"<t:\d+:[Rfdt]>|<https?://", found) or found[: found.find(">") + 1] in own, found
    assert not re.search(r"@(everyone|here)\b", outside, re.IGNORECASE)
    assert not re.search(r"\]\(", outside)
    assert not re.search("[\u202a-\u202e\u2066\u2067\u200e\u200f\u0000-\u0009\u000b-\u001f]", outside)


def _assert_short(component: Json) -> None:
    is_media = component["type"] in {11, 12, 13}
    for key, limit in _LIMITS.items():
        most = _MEDIA_DESCRIPTION if is_media else 80 if component["type"] == BUTTON and key == "label" else limit
        for one in _with_options(component):
            value = one.get(key)
            assert value is None or units(value) <= most, (key, value)


def _with_options(component: Json) -> Iterator[Json]:
    yield component
    yield from component.get("options", ())
