"""A whole purchase, from the panel to the goods, in one process: the requests it makes and the CPU it takes.

A customer who has never been there, a small proof like no other, no codes and no extras. People pause between their
steps, as they do; what the process does by itself meanwhile (the sweep, the heartbeat) is counted in.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from bench.processes import cpu_seconds
from bench.table import Row
from tests.stories.live import CODE, NOVACORE, PATIENCE, PRODUCT, LiveShop, Process
from tests.wire.people import Person
from tests.wire.stand_in import Wire
from tests.workflows.machine import lives

ROUNDS: Final = 7
WARM: Final = 2
PAUSE: Final = 2.0
SETTLED: Final = 8.0
"""Seconds after which nothing follows a purchase any more: the private page is edited last."""

OF_FILES: Final = "/attachments/"
"""Where files come from: not Discord's API, and under none of its limits."""


def embedded() -> Iterator[Row]:
    """Buy again and again."""
    with _open() as (live, process):
        for number in range(WARM):
            _buy(live, f"warm{number}", number)
        taken = [_measured(live, process, number) for number in range(WARM, WARM + ROUNDS)]
    requests, cpu = (sorted(side) for side in zip(*taken, strict=True))
    made = statistics.median(requests)
    yield Row("requests of a purchase", f"{made:g}", "15 seen", made, most=18, spread=(requests[0], requests[-1]))
    used = statistics.median(cpu)
    yield Row("CPU of a purchase, embedded", f"{used:.0f} ms", "", used, most=150, spread=(cpu[0], cpu[-1]))


@contextmanager
def _open() -> Iterator[tuple[LiveShop, Process]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="novacore-bench-")))
        live = stack.enter_context(LiveShop(stack.enter_context(Wire()), folder, {}, fresh=True))
        live.run(NOVACORE, "sample", by_file=True)
        process = live.start(NOVACORE, "run", by_file=True)
        process.wait_for("The shop is open")
        time.sleep(SETTLED)
        yield live, process


def _measured(live: LiveShop, process: Process, number: int) -> tuple[float, float]:
    """Return the requests and the milliseconds of CPU that one purchase took."""
    before, used = len(live.wire.requests()), cpu_seconds(process.popen.pid)
    _buy(live, f"buyer{number}", number)
    made = [each for each in live.wire.requests()[before:] if not each.path.startswith(OF_FILES)]
    return len(made), (cpu_seconds(process.popen.pid) - used) * 1000


def _buy(live: LiveShop, name: str, number: int) -> None:
    live.buyer = Person(live.wire, live.wire.add_user(name), live.channels["shop"], PATIENCE)
    order = live.order()
    live.buyer.await_dm(PRODUCT)
    time.sleep(PAUSE)
    form = live.buyer.press(order, "Send payment proof")
    live.buyer.submit(form, proof=("paid.png", lives.picture(10_000 + number)), reference=f"9AB12345CD67{number:05d}")
    card = live.staff.await_message(live.channels["staff"], f"({name})")
    time.sleep(PAUSE)
    live.staff.press(card, "Approve")
    live.buyer.await_dm(CODE)
    live.wire.wait_for(lambda: any("Delivered" in each.text for each in live.buyer.dms()), PATIENCE, "the receipt")
    time.sleep(SETTLED)
