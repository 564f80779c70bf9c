"""Steps by quantity: so many per cent off from so many on. As people type them, and as a product keeps them.

Pure: `5: 5%, 10: 10%` becomes `5:5,10:10`, and back.
"""

import re
from dataclasses import dataclass
from typing import Final

from novacore.errors import BadInput
from novacore.money.reader import quoted

MOST_STEPS: Final = 5
MOST_QUANTITY: Final = 1000
MOST_PERCENT: Final = 99

STORED_LIMIT: Final = 60
"""Characters that a product keeps of them; the longest steps take 39."""

_TYPED: Final = re.compile(r"(\d{1,4})\s*\+?\s*[:=]\s*(\d{1,2})\s*%?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Step:
    """`percent` off where at least `quantity` are ordered together."""

    quantity: int
    percent: int

    def __str__(self) -> str:
        """Say it for a list of them."""
        return f"{self.percent}% off {self.quantity} or more"


def parse_steps(typed: str) -> tuple[Step, ...]:
    """Read steps as the owner types them: `5: 5%, 10: 10%`; nothing typed is none. Raises BadInput."""
    steps = tuple(_parsed(part.strip()) for part in re.split(r"[,;]", typed) if part.strip())
    if len(steps) > MOST_STEPS:
        raise BadInput(f"A product can have {MOST_STEPS} steps at most.")
    quantities, percents = [one.quantity for one in steps], [one.percent for one in steps]
    if quantities != sorted({*quantities}) or percents != sorted({*percents}):
        raise BadInput("Each step has to be for more than the one before, and give more, like `5: 5%, 10: 10%`.")
    return steps


def _parsed(part: str) -> Step:
    found = _TYPED.fullmatch(part)
    if found is None:
        raise BadInput(
            f"I can't read {quoted(part)} as a step. Write from how many on, and how many per cent: `5: 10%`."
        )
    step = Step(int(found[1]), int(found[2]))
    if not 2 <= step.quantity <= MOST_QUANTITY or not 1 <= step.percent <= MOST_PERCENT:
        raise BadInput(f"A step begins at 2 to {MOST_QUANTITY} and gives 1 to {MOST_PERCENT} per cent.")
    return step


def stored(steps: tuple[Step, ...]) -> str | None:
    """Return steps as a product keeps them; None for none."""
    return ",".join(f"{one.quantity}:{one.percent}" for one in steps) or None


def read_steps(kept: str | None) -> tuple[Step, ...]:
    """Read what `stored` made, the smallest first."""
    pairs = (part.split(":") for part in (kept or "").split(",") if part)
    return tuple(Step(int(quantity), int(percent)) for quantity, percent in pairs)


def in_words(kept: str | None, most: int = MOST_QUANTITY) -> str:
    """Say what a product gives by quantity: `5% off 5 or more, 10% off 10 or more`; empty for nothing.

    Steps beyond `most`, the largest order there can be, are left out.
    """
    return ", ".join(str(one) for one in read_steps(kept) if one.quantity <= most)


def step_for(kept: str | None, quantity: int) -> Step | None:
    """Return the step that so many reach; None if they reach none."""
    return next((one for one in reversed(read_steps(kept)) if quantity >= one.quantity), None)
