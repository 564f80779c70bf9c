"""What the enums with rows have in common: each member is a word that is stored, and carries what is known about it."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Self


class RowEnum(StrEnum):
    """Members are written `name = "name", Row(...)`; names equal values. Subclasses say what their `row` is."""

    row: Any

    def __new__(cls, value: str, row: Any = None) -> Self:
        """Make a member that is its own name and carries its row; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.row = row
        return member

    @classmethod
    def those(cls, asked: Callable[[Any], object]) -> tuple[Self, ...]:
        """Return the members whose row says yes."""
        return tuple(member for member in cls if asked(member.row))
