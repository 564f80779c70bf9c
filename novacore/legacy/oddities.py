"""What is odd about a row of an old file, and what is done about it. `survey` counts these, `report` prints them."""

from dataclasses import dataclass, field
from typing import Final

OFF_SALE: Final = "comes in, not on sale"
LEFT_OUT: Final = "is left out"


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd about a row. Rows with the same `what` and `then` are listed together; no text holds goods."""

    what: str
    then: str
    detail: str = ""
    """What is special about this one row, such as the price that it has."""


@dataclass(slots=True)
class Judged:
    """What is known of a row so far."""

    odd: list[Oddity] = field(default_factory=list)
    is_on_sale: bool = True

    def note(self, what: str, then: str, detail: str = "") -> None:
        """Write down something odd. What is not to be sold like this is taken off sale by `OFF_SALE`."""
        self.odd.append(Oddity(what, then, detail))
        if then == OFF_SALE:
            self.is_on_sale = False


def shown(value: object, most: int = 30) -> str:
    """Return a value of the old file as it is quoted in the report."""
    return repr(str(value)[:most])
