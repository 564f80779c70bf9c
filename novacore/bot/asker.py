"""Who asks: the person whose press, form or command a task answers, and how long they may be kept waiting.

Set by `errors.explaining` and by whatever offers choices; read by the desk, so that no handler has to pass it on.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from novacore.bot import acknowledgements
from novacore.bot.answers import Interaction

FORM_SECONDS: Final = 2.0
"""From the press: what is not acknowledged yet (a form, choices to pick from) gets three seconds from Discord."""


@dataclass(frozen=True, slots=True)
class Asker:
    """One person at one interaction. `arrived` is on the clock of the event loop."""

    interaction: Interaction = field(repr=False)
    arrived: float

    @property
    def id(self) -> int:
        """Their Discord id."""
        return self.interaction.user.id

    def seconds_left(self) -> float | None:
        """Return how long until Discord gives up on the answer, with something to spare; None if nothing hurries."""
        if acknowledgements.is_begun(self.interaction):
            return None
        return max(0.0, self.arrived + FORM_SECONDS - _now())


_current: ContextVar[Asker | None] = ContextVar("asker", default=None)


def current() -> Asker | None:
    """Return who waits for what this task does; None for what the shop does by itself."""
    return _current.get()


def waited() -> timedelta:
    """Return how long ago the press arrived that this task answers; zero for what the shop does by itself."""
    who = _current.get()
    return timedelta(seconds=_now() - who.arrived) if who else timedelta(0)


@contextmanager
def asking(interaction: Interaction) -> Iterator[None]:
    """Let this task answer the interaction's person."""
    token = _current.set(Asker(interaction, _now()))
    try:
        yield
    finally:
        _current.reset(token)


def _now() -> float:
    return asyncio.get_running_loop().time()
