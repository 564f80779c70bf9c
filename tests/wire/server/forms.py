"""What Discord's app makes of a filled-in form: checked as the app does, then in the shape that the bot gets.

`people.py` calls it, on the server's own loop. Uploaded files are stored at once, as they are at Discord.
"""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.wire.world import payloads
from tests.wire.world.components import STRING_SELECT, TEXT_INPUT, Json, walk
from tests.wire.world.state import Attachment
from tests.wire.world.world import World

FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23

File = tuple[str, bytes]
Answer = str | File | list[str] | list[File]


class NotThere(Exception):
    """The person cannot do that: it is not there, is greyed out, or Discord's app does not let it through."""


@dataclass
class Uploads:
    """The files that a person uploads with one form or command. They belong to no message, and only they see them."""

    world: World
    channel_id: int
    resolved: dict[str, Json] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> str:
        """Stores a file; its id."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        upload = Attachment(self.world.ids.mint(), self.channel_id, name, content, kind, ephemeral=True)
        self.world.attachments[upload.id] = upload
        self.resolved[str(upload.id)] = payloads.attachment(self.world, upload)
        return str(upload.id)

    def told(self) -> Json:
        """What the interaction's data says of them: nothing, if there are none."""
        return {"resolved": {"attachments": self.resolved}} if self.resolved else {}


def filled(uploads: Uploads, form: Json, answers: Mapping[str, Answer]) -> Json:
    """A modal submit's data. Raises NotThere for an unknown input, a missing answer or one that does not fit."""
    inputs = {each["custom_id"] for each in walk(form["components"]) if "custom_id" in each}
    if unknown := answers.keys() - inputs:
        raise NotThere(f"The form has no {sorted(unknown)}, but {sorted(inputs)}")
    components = [_filled(uploads, each, answers) for each in form["components"]]
    return {"custom_id": form["custom_id"], "components": components} | uploads.told()


def _filled(uploads: Uploads, each: Json, answers: Mapping[str, Answer]) -> Json:
    found: Json = {"type": each["type"], "id": each["id"]}
    if "component" in each:
        return found | {"component": _filled(uploads, each["component"], answers)}
    if "components" in each:
        return found | {"components": [_filled(uploads, inner, answers) for inner in each["components"]]}
    if "custom_id" not in each:
        return found
    given = answers.get(each["custom_id"])
    found["custom_id"] = each["custom_id"]
    if each["type"] == FILE_UPLOAD:
        return found | {"values": _counted(each, [uploads.add(*file) for file in _files(given)])}
    return found | _answered(each, given)


def _answered(each: Json, given: Answer | None) -> Json:
    kind = each["type"]
    if kind == TEXT_INPUT:
        return {"value": _text(each, given)}
    if kind in (STRING_SELECT, CHECKBOXES):
        return {"values": _counted(each, _chosen(each, given))}
    if kind == RADIO:
        return {"value": next(iter(_counted(each, _chosen(each, given))), None)}
    if kind == CHECKBOX:
        return {"value": given == "yes" if given is not None else bool(each.get("default"))}
    raise NotThere(f"Nobody has taught the stand-in to fill in components of type {each['type']}")


def _text(each: Json, given: Answer | None) -> str:
    text = each.get("value") or "" if given is None else given
    if not isinstance(text, str):
        raise NotThere(f"{each['custom_id']} takes a text")
    if not text and not each.get("required", True):
        return text
    if not max(each.get("min_length") or 0, 1) <= len(text) <= (each.get("max_length") or 4000):
        raise NotThere(f"{each['custom_id']} does not take a text of {len(text)} characters")
    return text


def _files(given: Answer | None) -> list[File]:
    if given is None:
        return []
    found = given if isinstance(given, list) else [given]
    files = [each for each in found if isinstance(each, tuple)]
    if len(files) < len(found):
        raise NotThere("A file is given as (name, content)")
    return files


def _chosen(each: Json, given: Answer | None) -> list[str]:
    if given is None:
        return [option["value"] for option in each["options"] if option.get("default")]
    return [value_of(each, str(one)) for one in (given if isinstance(given, list) else [given])]


def _counted(each: Json, values: list[str]) -> list[str]:
    least, most = (1 if each.get(key) is None else each[key] for key in ("min_values", "max_values"))
    if not least <= len(values) <= most and (values or each.get("required", True)):
        raise NotThere(f"{each['custom_id']} takes {least} to {most}, not {len(values)}")
    return values


def value_of(select: Json, option: str) -> str:
    """The value of a select's option, by its label or value. Raises NotThere."""
    for each in select["options"]:
        if option in (each["label"], each["value"]):
            return str(each["value"])
    raise NotThere(f"{option!r} is not among {[each['label'] for each in select['options']]}")


def name_of(component: Json) -> str:
    """What a person would call a button, or a select by what it offers."""
    if component["type"] == STRING_SELECT:
        return " / ".join(each["label"] for each in component["options"])
    return str(component.get("label") or component["custom_id"])
