"""Runs pure picture and chart functions where they slow nothing down: a child process beside the bot, or right here.

In the bot's process the interpreter's lock would hold up the gateway's heartbeat. A prefork `media` worker is a
process of its own already.
"""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Heavy(Protocol):
    """A place to compute."""

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a module-level function with arguments that can be pickled. Raises what it raises, or HeavyFailed."""

    def close(self) -> None:
        """End the child, if there is one."""
