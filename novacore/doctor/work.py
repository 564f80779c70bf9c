"""What the doctor looks at of the shop's work: database, broker, workers, what is overdue, whether the bot is there."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from novacore.db import health
from novacore.db.engine import Database
from novacore.db.schema import SchemaMismatch
from novacore.doctor.findings import Finding, Findings, fault, ok, spelled, warning
from novacore.errors import DatabaseAway, NovaCoreError
from novacore.plurals import listed
from novacore.workflows.machine.facts import BOT_SEEN
from novacore.workflows.machine.jobs import Queue
from novacore.workflows.orders.timers.opening_hours import LAST_SWEEP, TOLERANCE
from novacore.workflows.upkeep import told_deaths

LATE = timedelta(minutes=1)
VERY_LATE = timedelta(minutes=5)
"""How long a due job may wait; Discord being slow explains the first, only missing workers explain the second."""

SILENT = timedelta(minutes=2)
"""After how long without a sign the bot counts as gone; it gives one every 30 seconds."""

RECENT = timedelta(days=7)

Workers = Mapping[str, Collection[str]]
"""Every worker that answered, by name, with the queues that it takes."""

RollCall = Callable[[], Workers]
"""Asks the workers who is there; raises BrokerAway."""

_START = "Start it with `novacore run`, or see the section “Start” in docs/operations.md."


class BrokerAway(NovaCoreError):
    """The broker does not answer; the text is the kind of error, without the address (it may hold a password).

    `fault`: a sentence where it is known what is wrong with CELERY_BROKER_URL, else empty.
    """

    def __init__(self, kind: str, fault: str = "") -> None:
        super().__init__(kind)
        self.fault = fault


def database(opened: Database) -> Finding:
    """See whether it answers and has this release's schema. Nothing else about the work can be asked before."""
    name = "SQLite" if opened.is_sqlite else "PostgreSQL"
    try:
        took = health.ping(opened)
    except DatabaseAway as away:
        return fault(
            "Database", str(away), "Presses are refused meanwhile; the shop goes on by itself once it is there."
        )
    except SchemaMismatch as mismatch:
        return fault("Database", str(mismatch))
    return ok("Database", f"{name} answers within {max(took, 0.1):.1f} ms and has this release's schema.")


def workers(roll_call: RollCall | None) -> Findings:
    """Call the roll: every queue needs someone. `None`: the bot's own process does all the work."""
    if roll_call is None:
        yield ok("Workers", "The bot's own process does all the work; there is no broker to ask.")
        return
    try:
        present = roll_call()
    except BrokerAway as away:
        yield broker_away(away)
        return
    yield ok("Broker", "Redis answers.")
    for queue in Queue:
        yield _queue(queue, sorted(name for name, queues in present.items() if queue in queues))


def broker_away(away: BrokerAway) -> Finding:
    """Say that nobody can be asked."""
    if away.fault:
        return fault("Broker", away.fault)
    return fault("Broker", f"Redis does not answer ({away}).", "Start Redis, and check CELERY_BROKER_URL.")


def _queue(queue: Queue, names: list[str]) -> Finding:
    if names:
        return ok("Workers", f"{len(names)} on the queue {queue}: {', '.join(names)}.")
    start = f"Start one: celery -A novacore.tasks.queue.app worker -Q {queue} -n {queue}@%h"
    return fault("Workers", f"Nobody works on the queue {queue}.", start)


def sweep(opened: Database, now: datetime) -> Finding:
    """See when the sweep last ran; timers and lost wake-ups hang on it."""
    last = health.noted_at(opened, LAST_SWEEP)
    if last is None:
        return warning("Sweep", "The shop was never open.", _START)
    if now - last > TOLERANCE:
        fix = "Start beat and a `discord` worker, or `novacore run`; customers get the time back."
        return fault("Sweep", f"It last ran {spelled(now - last)} ago, so timers stand still.", fix)
    return ok("Sweep", f"It last ran {spelled(now - last)} ago.")


def bot(opened: Database, now: datetime) -> Finding:
    """See when the bot last noted that it is connected to Discord."""
    last = health.noted_at(opened, BOT_SEEN)
    if last is None:
        return warning("Bot", "It was never connected to Discord.", _START)
    if now - last > SILENT:
        fix = "Start it, or look into its log, novacore.log in LOG_DIR."
        return fault("Bot", f"It was last connected to Discord {spelled(now - last)} ago.", fix)
    return ok("Bot", f"It was connected to Discord {spelled(now - last)} ago.")


def backlog(opened: Database, now: datetime) -> Finding:
    """See how long the oldest due job has been waiting."""
    due = health.due_jobs(opened, now)
    if due is None:
        return ok("Jobs", "None is waiting.")
    said = f"{due.count} due, the oldest for {spelled(now - due.oldest)}."
    if now - due.oldest > VERY_LATE:
        fix = f"See that beat and the workers run, and start more workers on the queue `{due.queue}`."
        return fault("Jobs", said, fix)
    if now - due.oldest > LATE:
        return warning("Jobs", said, "Look again in some minutes; if it grows, start more workers.")
    return ok("Jobs", said)


def left_over(opened: Database, now: datetime) -> Findings:
    """See what has failed for good and waits for a person."""
    if dead := health.dead_jobs(opened, now - RECENT):
        said = _said_of(dead, told_deaths.count(opened, now - RECENT))
        yield warning(
            "Dead jobs", f"{dead} within the last 7 days.", f"{said} `/details` of the order shows every try."
        )
    if blocked := health.blocked_orders(opened):
        fix = "Ask the buyers to open their DMs, then press “Try the delivery again” on the alert or in `/details`."
        yield warning("Deliveries", f"{blocked} paid for and not delivered.", fix)


def codes(opened: Database, currency: str) -> Findings:
    """See whether a discount code has amounts in a currency that the shop doesn't take any more."""
    if found := health.codes_without_use(opened, currency):
        said = f"{listed(found, 5)}: the amounts are not in {currency}, so they take nothing off what is priced in it."
        yield warning("Discount codes", said, "End them with `/discount end`, and add them again.")


def _said_of(dead: int, told: int) -> str:
    if told == dead:
        return "Staff were told in the staff channel."
    if not told:
        return "Staff were not told in the staff channel."
    return f"Staff were told of {told} of them in the staff channel."
