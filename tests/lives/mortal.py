"""A process that carries out deeds and is killed between two of their statements, with SIGKILL.

`python -m tests.lives.mortal <database url> <key> <api url> <token> <places as JSON>`. Each line that it reads is a
deed, the shop's time and the statement to die at; it forks a child for it, and says whether the child lived.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from novacore import clock
from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.errors import Refusal
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue.handlers import Runtime, load_handlers
from novacore.tasks.queue.offload.offload import Inline
from novacore.workflows.machine.shop import Places, Shop
from tests.fixtures.servers.forked import Forked
from tests.fixtures.shops import ADDRESSES, KEY
from tests.lives.deeds import Deed, carry_out, from_plain
from tests.tasks.town import Town
from tests.workflows.machine.killed_command import die_before

FAILED = 3
"""How a child ends whose deed raised what is no refusal."""


_SETS = ("staff_role_ids", "reviewer_role_ids")
"""Of the places: JSON knows no sets."""


class Mortal:
    """Our end of that process."""

    def __init__(self, town: Town, url: str) -> None:
        wire, places = town.wire, asdict(town.places)
        places |= {name: sorted(places[name]) for name in _SETS}
        argv = [url, KEY, wire.url, wire.token, json.dumps(places)]
        module = [sys.executable, "-m", "tests.lives.mortal"]
        self._process = Forked([*module, *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.communicate()

    def try_to(self, deed: Deed, at: datetime, number: int) -> bool:
        """Have the deed begun by a child that dies before its `number`th statement; True where it was done by then."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([deed.plain(), at.isoformat(), number]), file=self._process.stdin, flush=True)
        answer: str = self._process.stdout.readline()
        assert answer in {"lived\n", "killed\n"}, f"{deed}: {answer}"
        return answer == "lived\n"


def _attempt(arguments: list[str], deed: Deed, at: datetime, number: int) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_live(arguments, deed, at, number))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _live(arguments: list[str], deed: Deed, at: datetime, number: int) -> int:
    url, key, api_url, token, places = arguments
    clock.set_source(lambda: at)
    database = Database(url)
    die_before(database, number)
    shop = Shop(database, GoodsCipher([key]), ADDRESSES, places=_places(json.loads(places)))
    try:
        carry_out(Runtime(shop, Calls.rest(token, api_url), Inline(), "mortal"), deed)
    except Refusal:
        return 0
    except BaseException as error:  # noqa: BLE001  the test reads it, and the child has to end here
        print(f"{deed}: {error!r}", file=sys.stderr, flush=True)
        return FAILED
    return 0


def _places(made: dict[str, Any]) -> Places:
    return Places(**made | {name: frozenset(made[name]) for name in _SETS})


def main(arguments: list[str]) -> None:
    """Answer each line."""
    load_handlers()
    ends = {0: "lived", -9: "killed"}
    for line in sys.stdin:
        deed, at, number = json.loads(line)
        code = _attempt(arguments, from_plain(deed), datetime.fromisoformat(at), number)
        print(ends.get(code, f"ended with {code}"), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
