"""How `go-live` speaks with the owner: at a terminal, or without one, where it can only say things."""

import getpass
import shutil
import sys
import textwrap
import time
from typing import Protocol

from novacore.entry.called_as import here
from novacore.errors import NovaCoreError
from novacore.terminal_text import printable

STOPPED = "Stopped. What was made and decided is kept: run `novacore go-live` again, and it goes on from there."


class Stopped(NovaCoreError):
    """The owner has had enough for now."""

    def __init__(self) -> None:
        super().__init__(STOPPED)


class Console(Protocol):
    """Says, asks and waits. Tests answer in the owner's place."""

    asks: bool
    """Whether there is anyone to ask."""

    def say(self, text: str) -> None:
        """Show lines."""

    def ask(self, question: str) -> str:
        """Return what is typed, without outer spaces. Raises Stopped where nobody answers any more."""

    def ask_hidden(self, question: str) -> str:
        """Likewise for a secret, which is not shown while it is typed."""

    def wait(self, seconds: float) -> None:
        """Let some time pass."""


class Terminal:
    """The terminal that the command was given at, if it was one."""

    def __init__(self) -> None:
        self.asks = sys.stdin is not None and sys.stdin.isatty()

    def say(self, text: str) -> None:
        """Show lines at once, also to a pipe; a terminal gets whole words, and addresses in one piece."""
        width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else None
        print("\n".join(_fitted(printable(line), width) for line in here(text).split("\n")), flush=True)

    def ask(self, question: str) -> str:
        """Return what is typed. Raises Stopped at Ctrl-D."""
        try:
            return input(f"{printable(question)} ").strip()
        except EOFError:
            raise Stopped from None

    def ask_hidden(self, question: str) -> str:
        """Return what is typed without showing it. Raises Stopped at Ctrl-D."""
        try:
            return getpass.getpass(f"{printable(question)} ").strip()
        except EOFError:
            raise Stopped from None

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


def _fitted(line: str, width: int | None) -> str:
    if width is None or len(line) <= width:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line.lstrip(), width, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def agrees(console: Console, question: str, *, by_default: bool) -> bool:
    """Ask a question until it is answered with yes or no; Enter is the answer in capitals."""
    while True:
        said = console.ask(f"{question} {'[Y/n]' if by_default else '[y/N]'}").lower()
        if said in {"", "y", "yes", "n", "no"}:
            return by_default if not said else said.startswith("y")
        console.say("Please answer y or n.")
