"""A role of the server that comes with a product: which one, and for how long."""

from dataclasses import dataclass
from typing import Final

from novacore.plurals import counted

MOST_ROLE_DAYS: Final = 3650
"""Of one unit. What comes to more than a hundred years in all has no end."""


@dataclass(frozen=True, slots=True)
class SoldRole:
    """A role as it is sold. `name` is what it was called then; `days` None is for ever."""

    id: int
    name: str
    days: int | None

    @property
    def term(self) -> str:
        """Say for how long one unit gives it."""
        return f"for {counted(self.days, 'day', 'days')}" if self.days else "for ever"


def sold_role(role_id: int | None, name: str | None, days: int | None) -> SoldRole | None:
    """Return the role that three columns of a row stand for, or None."""
    return SoldRole(role_id, name or "", days) if role_id else None
