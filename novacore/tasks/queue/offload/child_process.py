"""The child process of `offload.Child`: calls come in by stdin, answers go out by stdout.

Not `multiprocessing`: its children import the program that started them, 40 MB that pictures could use, and stay when
it is killed. This one imports what a call needs, and ends when its stdin does.
"""

import importlib
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from novacore import memory, systems

_NICENESS = 10
"""The child gives way to the bot, whose heartbeat must be on time."""


def main() -> None:
    """Answer calls until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its child itself
    systems.give_way(_NICENESS)
    memory.give_back_at_once()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a function prints is no answer
    calls = sys.stdin.buffer
    with suppress(BrokenPipeError):  # the parent is gone
        while _answer(calls, answers):
            pass


def prepare(modules: Sequence[str], most_bytes: int | None) -> None:
    """Import what will be needed, and allow so many bytes besides: the first call of a parent.

    A last net under what the functions promise; Linux knows it.
    """
    for name in modules:
        importlib.import_module(name)
    if most_bytes is not None:
        systems.limit_memory(most_bytes)


def _answer(calls: BinaryIO, answers: BinaryIO) -> bool:
    """Take one call; False where there is none any more."""
    try:
        result = (True, _run(calls))
    except EOFError:
        return False
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        error.add_note(traceback.format_exc())
        result = (False, error)
    answers.write(_packed(result))
    answers.flush()
    return True


def _run(calls: BinaryIO) -> Any:
    function, args, kwargs = pickle.load(calls)  # noqa: S301 - our own parent
    return function(*args, **kwargs)


def _packed(result: tuple[bool, Any]) -> bytes:
    try:
        return pickle.dumps(result)
    except Exception as error:  # noqa: BLE001 - pickle raises what the object's own methods raise
        return pickle.dumps((False, TypeError(f"{type(result[1]).__name__} cannot be sent back: {error}")))
