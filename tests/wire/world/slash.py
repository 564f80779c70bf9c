"""What Discord's app makes of a slash command: who is offered it, which options fit, and the shape that the bot gets.

`people.py` calls it, on the server's own loop.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import discord

from tests.wire.server.forms import File, NotThere, Uploads
from tests.wire.world.components import Json
from tests.wire.world.permissions import effective
from tests.wire.world.world import World

SUBCOMMANDS = (1, 2)
STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 3, 4, 5, 10, 11
_KINDS: Mapping[int, tuple[type, ...]] = {
    STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,), NUMBER: (int, float), ATTACHMENT: (tuple,)
}  # fmt: skip


@dataclass
class Given:
    """The options as a person gives them. `focused`: the one that they are still typing."""

    options: Mapping[str, Any]
    uploads: Uploads
    focused: str | None = None


def command(world: World, user_id: int, name: str, given: Given) -> Json:
    """A command's data; a subcommand's name follows after a space.

    Raises NotThere if the person is not offered the command, or if Discord's app would not send it like this.
    """
    first, *rest = name.split()
    found = next((each for each in world.commands.get(world.guild_id, []) if each["name"] == first), None)
    if found is None or not _is_offered(world, user_id, given.uploads.channel_id, found):
        raise NotThere(f"There is no command /{first} for this person")
    options = _options(found, rest, given)
    data = {"id": found["id"], "name": first, "type": 1, "guild_id": str(world.guild_id), "options": options}
    return data | given.uploads.told()


def _is_offered(world: World, user_id: int, channel_id: int, found: Json) -> bool:
    """Whether the app lists it: permission bits hide a command, and 0 hides it from all but administrators."""
    held = effective(world, user_id, world.channel(channel_id))
    if held == discord.Permissions.all().value or found["default_member_permissions"] is None:
        return discord.Permissions(held).use_application_commands
    needed = int(found["default_member_permissions"])
    return needed != 0 and not needed & ~held and discord.Permissions(held).use_application_commands


def _options(found: Json, rest: list[str], given: Given) -> list[Json]:
    known = {each["name"]: each for each in found.get("options", ())}
    if rest:
        inner = known.get(rest[0])
        if inner is None or inner["type"] not in SUBCOMMANDS:
            raise NotThere(f"/{found['name']} has no {rest[0]!r}, but {sorted(known)}")
        return [{"name": inner["name"], "type": inner["type"], "options": _options(inner, rest[1:], given)}]
    if unknown := given.options.keys() - known.keys():
        raise NotThere(f"/{found['name']} has no option {sorted(unknown)}, but {sorted(known)}")
    missing = [name for name, each in known.items() if each.get("required") and name not in given.options]
    if missing and given.focused is None:
        raise NotThere(f"/{found['name']} needs {missing}")
    return [_option(known[name], value, given) for name, value in given.options.items()]


def _option(option: Json, value: Any, given: Given) -> Json:
    kind, name = option["type"], option["name"]
    found: Json = {"name": name, "type": kind, "value": value}
    if name == given.focused:
        if not option.get("autocomplete"):
            raise NotThere(f"{name} offers nothing while someone types")
        return found | {"focused": True}
    if kind not in _KINDS or not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != BOOLEAN):
        raise NotThere(f"{name} does not take {value!r}")
    if kind == ATTACHMENT:
        return found | {"value": given.uploads.add(*cast(File, value))}
    _require_fitting(option, value)
    return found


def _require_fitting(option: Json, value: Any) -> None:
    choices = [each["value"] for each in option.get("choices", ())]
    if choices and value not in choices:
        raise NotThere(f"{option['name']} is one of {choices}")
    kind, size = ("length", len(value)) if isinstance(value, str) else ("value", value)
    low, high = option.get(f"min_{kind}", size), option.get(f"max_{kind}", size)
    if not low <= size <= high:
        raise NotThere(f"{option['name']} takes {low} to {high}, not {size}")
