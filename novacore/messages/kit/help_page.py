"""`/help`: what this person can do here. Customers, staff and the owner read different lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import MOST_TEXT, Item, Message, box, line, text

_AROUND = 500
"""Characters of what stands around the commands."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A command, or a group of them: what it is for, and how each is typed, without the slash."""

    what_for: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The commands of one kind of people."""

    title: str
    commands: Sequence[Listed]
    note: str = ""
    """What they do without a command."""


def help_page(sections: Sequence[Section], ids: Mapping[str, int], support: int | None = None) -> Message:
    """Build the page. `ids` are those that Discord has given to the commands, by their first word, as far as known.

    A command with an id can be pressed. `support` is the channel in which tickets are opened.
    """
    told = _written(sections, ids)
    if sum(words.units(one) for one in told) > MOST_TEXT - _AROUND:
        told = _written(sections, {})
    items: list[Item] = [text("## 🧭 What you can do here")]
    for one in told:
        items += [line(), text(one)]
    return Message(box([*items, line(), text(_hint(support))], colours.BRAND))


def _written(sections: Sequence[Section], ids: Mapping[str, int]) -> list[str]:
    return ["\n".join(_section(one, ids)) for one in sections]


def _section(one: Section, ids: Mapping[str, int]) -> list[str]:
    return [f"### {one.title}", *(_row(each, ids) for each in one.commands), *([one.note] if one.note else [])]


def _row(command: Listed, ids: Mapping[str, int]) -> str:
    return f"{' '.join(_typed(name, ids) for name in command.names)}: {words.escape(command.what_for)}"


def _typed(name: str, ids: Mapping[str, int]) -> str:
    number = ids.get(name.split(maxsplit=1)[0])
    return f"</{name}:{number}>" if number else f"`/{name}`"


def _hint(support: int | None) -> str:
    where = f", or a button in <#{support}>" if support else ""
    return f"Is something wrong with an order? Press **Get help** under its goods or on its receipt{where}."
