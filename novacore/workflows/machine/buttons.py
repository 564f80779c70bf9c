"""How people take an arrow: what its button looks like, and what is asked before. Plain data; `messages` draws it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Style(StrEnum):
    """What a press does, in the order in which a card shows its buttons. The names are Discord's own."""

    success = "success"
    """The usual way forward."""
    primary = "primary"
    secondary = "secondary"
    danger = "danger"
    """It hurts, or can't be undone."""


class Counts(StrEnum):
    """When a press on an old message still counts. It decides what the custom id names besides the subject."""

    always = "always"
    """It names nothing more."""
    this_round = "this_round"
    """It names the review round of its card."""
    any_round = "any_round"
    """Staff's buttons name the round; those of other cards name none."""
    once = "once"
    """It names the version of the subject that the card shows."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form. `ask` labels it; `name` is what the answer is read by."""

    name: str
    ask: str
    hint: str = ""
    required: bool = True
    example: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button. With `asks` it opens a form under `title` first; the form carries the same custom id."""

    label: str
    emoji: str
    style: Style
    title: str = ""
    asks: tuple[Field, ...] = ()
    counts: Counts = Counts.this_round


READ: Final = "The customer reads this."
KEPT: Final = "The details of the order keep it."


def reason(ask: str, hint: str = READ, *, required: bool = True) -> Field:
    """Return the field that asks for a reason."""
    return Field("reason", ask, hint, required)


def sorted_by_style(buttons: Mapping[str, Button], verbs: Iterable[str]) -> list[str]:
    """Return the verbs as a card shows them: the usual way forward first, what hurts last."""
    styles, wanted = list(Style), {*verbs}
    return sorted((verb for verb in buttons if verb in wanted), key=lambda verb: styles.index(buttons[verb].style))
