"""Message components: walking, numbering, and turning `attachment://name` into the files of the message."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.wire.server.errors import invalid

Json = dict[str, Any]

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = (3, 5, 6, 7, 8)
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
_DEFAULTS: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    THUMBNAIL: {"description": None, "spoiler": False},
    FILE: {"name": None, "size": None, "spoiler": False},
    SEPARATOR: {"spacing": 1, "divider": True},
    CONTAINER: {"accent_color": None, "spoiler": False},
}
_WORDS = ("title", "description", "name", "value", "text", "content", "label", "placeholder")


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Every component in document order, containers before what they contain."""
    for each in components:
        yield each
        yield from walk(each.get("components", ()))
        yield from walk(each[key] for key in ("accessory", "component") if key in each)


def complete(components: list[Json]) -> None:
    """Gives every component what Discord adds: the next free id from 1 in document order, and the defaults."""
    taken = {each["id"] for each in walk(components) if each.get("id")}
    following = (n for n in range(1, 1000) if n not in taken)
    for each in walk(components):
        if not each.get("id"):
            each["id"] = next(following)
        for key, default in _DEFAULTS.get(each["type"], {}).items():
            each.setdefault(key, default)
        for item in each.get("items", ()):
            item.setdefault("description", None)
            item.setdefault("spoiler", False)


def media_of(components: Iterable[Json]) -> Iterator[Json]:
    """The media items (`{"url": ...}`) of thumbnails, galleries and files."""
    for each in walk(components):
        if each["type"] == THUMBNAIL:
            yield each["media"]
        elif each["type"] == MEDIA_GALLERY:
            yield from (item["media"] for item in each["items"])
        elif each["type"] == FILE:
            yield each["file"]


def attachment_name(url: str) -> str | None:
    """The file name in an `attachment://name` reference; None for an ordinary address."""
    return url.removeprefix("attachment://") if url.startswith("attachment://") else None


def resolve(media: Json, path: str, urls: Mapping[str, tuple[int, str]]) -> int | None:
    """Puts the real address into a media item; the id of the attachment that it shows, if it shows one.

    `urls` maps a file name to (attachment id, address). An unknown name is refused as by Discord.
    """
    name = attachment_name(media["url"])
    if name is None:
        media |= {"id": "0", "proxy_url": media["url"]}
        return next((found for found, url in urls.values() if url == media["url"]), None)
    if name not in urls:
        raise invalid(path, "REFERENCED_ATTACHMENT_NOT_FOUND", f'Referenced attachment "{name}" not found')
    found, url = urls[name]
    media |= {"id": str(found), "url": url, "proxy_url": url, "attachment_id": str(found)}
    return found


def words_of(value: Any) -> list[str]:
    """Every word for human eyes inside embeds or components, in order. Ids and addresses are left out."""
    if isinstance(value, list):
        return [word for each in value for word in words_of(each)]
    if not isinstance(value, dict):
        return []
    own = [value[key] for key in _WORDS if isinstance(value.get(key), str) and not _is_option_value(value, key)]
    return own + [word for each in value.values() if isinstance(each, list | dict) for word in words_of(each)]


def _is_option_value(value: Json, key: str) -> bool:
    # An embed field shows its value; the value of a select's option is for machines.
    return key == "value" and "label" in value
