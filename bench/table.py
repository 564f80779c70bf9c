"""A line of the result: what was measured, ours, the thing it is compared to, their ratio and the mark."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio` is ours over theirs, the median where there are rounds; `spread` is then the lowest and the highest.

    `least` or `most` is the mark, whichever way is good.
    """

    what: str
    ours: str
    theirs: str
    ratio: float
    least: float | None = None
    most: float | None = None
    spread: tuple[float, float] | None = None

    @property
    def mark(self) -> str:
        """The mark in words."""
        return f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"

    @property
    def is_met(self) -> bool:
        """Tell whether the ratio is on the good side of the mark."""
        if self.least is not None:
            return self.ratio >= self.least
        return self.most is not None and self.ratio <= self.most


def rate(count: int, seconds: float) -> str:
    """Write a rate."""
    return f"{count / seconds:,.0f}/s"


def milliseconds(seconds: float) -> str:
    """Write a time."""
    return f"{seconds * 1000:.2f} ms"
