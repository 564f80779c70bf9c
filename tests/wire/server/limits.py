"""What Discord refuses in a message: too long, too many, wrongly nested. Applied to the message as it would stand."""

from collections.abc import Iterable

from tests.wire.server.errors import invalid, refusal, too_long
from tests.wire.world.components import (
    ACTION_ROW,
    BUTTON,
    CONTAINER,
    FILE,
    MEDIA_GALLERY,
    SECTION,
    SELECTS,
    SEPARATOR,
    TEXT_DISPLAY,
    Json,
    walk,
)
from tests.wire.world.state import COMPONENTS_V2, Message

_TOP_LEVEL_V2 = (ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER)
_EMBED_LIMITS = {"title": 256, "description": 4096}


def check_message(message: Message) -> None:
    """Raises 50006 for an empty message and 50035 for one beyond Discord's limits."""
    if not (message.content or message.embeds or message.components or message.attachments):
        raise refusal(50006)
    if len(message.content) > 2000:
        raise too_long("content", 2000)
    if len(message.attachments) > 10:
        raise invalid("attachments", "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 10 in length.")
    _check_embeds(message.embeds)
    _check_layout(message)
    for index, each in enumerate(walk(message.components)):
        _check_component(each, f"components.{index}")
    _check_unique([each["custom_id"] for each in walk(message.components) if "custom_id" in each])


def _check_embeds(embeds: list[Json]) -> None:
    if len(embeds) > 10:
        raise invalid("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for index, embed in enumerate(embeds):
        _check_embed(embed, f"embeds.{index}")
    if sum(_embed_size(each) for each in embeds) > 6000:
        raise invalid("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _check_embed(embed: Json, path: str) -> None:
    for key, limit in _EMBED_LIMITS.items():
        _at_most(embed.get(key), limit, f"{path}.{key}")
    _at_most(embed.get("footer", {}).get("text"), 2048, f"{path}.footer.text")
    _at_most(embed.get("author", {}).get("name"), 256, f"{path}.author.name")
    fields = embed.get("fields", [])
    if len(fields) > 25:
        raise invalid(f"{path}.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for index, field in enumerate(fields):
        _between(field.get("name"), 1, 256, f"{path}.fields.{index}.name")
        _between(field.get("value"), 1, 1024, f"{path}.fields.{index}.value")


def _embed_size(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), embed.get("footer", {}).get("text")]
    texts.append(embed.get("author", {}).get("name"))
    texts += [field.get(key) for field in embed.get("fields", []) for key in ("name", "value")]
    return sum(len(each) for each in texts if each)


def _check_layout(message: Message) -> None:
    v2 = bool(message.flags & COMPONENTS_V2)
    if v2 and (message.content or message.embeds):
        field = "content" if message.content else "embeds"
        raise invalid(field, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Not with IS_COMPONENTS_V2")
    allowed = _TOP_LEVEL_V2 if v2 else (ACTION_ROW,)
    for index, each in enumerate(message.components):
        if each["type"] not in allowed:
            raise invalid(f"components.{index}", "UNION_TYPE_CHOICES", f"Value of field type must be one of {allowed}.")
    everything = list(walk(message.components))
    if len(everything) > 40 if v2 else len(message.components) > 5:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {40 if v2 else 5} in length.")
    if sum(len(each["content"]) for each in everything if each["type"] == TEXT_DISPLAY) > 4000:
        raise invalid("components", "COMPONENT_TEXT_TOO_LONG", "The texts of all components exceed 4000")


def _check_component(each: Json, path: str) -> None:
    if "custom_id" in each:
        _between(each["custom_id"], 1, 100, f"{path}.custom_id")
    _at_most(each.get("placeholder"), 150, f"{path}.placeholder")
    match each["type"]:
        case 1:
            _check_row(each["components"], path)
        case 2:
            _check_button(each, path)
        case 3:
            _check_options(each, path)
        case 9:
            _count(each["components"], 1, 3, f"{path}.components")
        case 12:
            _count(each["items"], 1, 10, f"{path}.items")
        case 10:
            _between(each["content"], 1, 4000, f"{path}.content")


def _check_row(children: list[Json], path: str) -> None:
    kinds = [each["type"] for each in children]
    one_select = len(kinds) == 1 and kinds[0] in SELECTS
    if not one_select and (not 1 <= len(kinds) <= 5 or set(kinds) != {BUTTON}):
        raise invalid(f"{path}.components", "COMPONENT_LAYOUT", "A row holds up to five buttons, or one select")


def _check_button(button: Json, path: str) -> None:
    _at_most(button.get("label"), 80, f"{path}.label")
    _at_most(button.get("url"), 512, f"{path}.url")
    if not button.get("label") and not button.get("emoji"):
        raise invalid(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or an emoji")
    if (button["style"] == 5) != ("url" in button) or ("url" in button) == ("custom_id" in button):
        raise invalid(path, "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id, or for a link button an address")


def _check_options(select: Json, path: str) -> None:
    options = select.get("options", [])
    _count(options, 1, 25, f"{path}.options")
    for index, option in enumerate(options):
        _between(option["label"], 1, 100, f"{path}.options.{index}.label")
        _between(option["value"], 1, 100, f"{path}.options.{index}.value")
        _at_most(option.get("description"), 100, f"{path}.options.{index}.description")
    if len({option["value"] for option in options}) < len(options):
        raise invalid(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The value is already used")
    if not select.get("min_values", 1) <= select.get("max_values", 1) <= len(options):
        raise invalid(f"{path}.max_values", "BASE_TYPE_BAD_LENGTH", "Must be within the number of options.")


def _check_unique(custom_ids: list[str]) -> None:
    if len(set(custom_ids)) < len(custom_ids):
        raise invalid("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")


def _at_most(text: str | None, limit: int, path: str) -> None:
    if text is not None and len(text) > limit:
        raise too_long(path, limit)


def _between(text: str | None, least: int, limit: int, path: str) -> None:
    if not text or len(text) < least:
        raise invalid(path, "BASE_TYPE_REQUIRED", "This field is required")
    _at_most(text, limit, path)


def _count(things: Iterable[Json], least: int, most: int, path: str) -> None:
    if not least <= len(list(things)) <= most:
        raise invalid(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


def check_form(form: Json) -> None:
    """Raises 50035 for a form (modal) beyond Discord's limits."""
    _between(form.get("title"), 1, 45, "title")
    _between(form.get("custom_id"), 1, 100, "custom_id")
    _count(form["components"], 1, 5, "components")
    for index, each in enumerate(form["components"]):
        _at_most(each.get("label"), 45, f"components.{index}.label")
        _at_most(each.get("description"), 100, f"components.{index}.description")
    inputs = [each for each in walk(form["components"]) if "custom_id" in each]
    for index, each in enumerate(inputs):
        _between(each["custom_id"], 1, 100, f"inputs.{index}.custom_id")
        _at_most(each.get("placeholder"), 150 if each["type"] in SELECTS else 100, f"inputs.{index}.placeholder")
    _check_unique([each["custom_id"] for each in inputs])
