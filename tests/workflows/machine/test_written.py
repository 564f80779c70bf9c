"""Each job and each trigger has its TypedDict, and rows of the first release still fit into them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, cast, get_type_hints, is_typeddict

from novacore.db.event_kinds.kind import Detail
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.tickets.table import TICKETS
from tests.workflows.machine.written import KINDS_OF_EVENTS, misfits_of_event, misfits_of_job

ARROWS = [arrow for table in (ORDERS, TICKETS) for arrow in cast(Any, table).arrows]
FIRST_RELEASE = json.loads((Path(__file__).parents[2] / "db" / "migrations" / "first_release.json").read_text())


def test_every_job_and_every_trigger_says_what_it_carries() -> None:
    shapes = [kind.payload for kind in KINDS.values()] + [kind.detail for kind in KINDS_OF_EVENTS]
    assert all(is_typeddict(shape) for shape in [*shapes, *(arrow.detail for arrow in ARROWS)])


def test_no_trigger_has_two_rows() -> None:
    found = Counter([kind.trigger for kind in KINDS_OF_EVENTS] + [arrow.trigger for arrow in ARROWS])
    assert {trigger for trigger, count in found.items() if count > 1} == set()


def test_all_that_arrows_say_their_effects_may_write() -> None:
    """Effects write `Detail`; else mypy would call a key of an arrow's own misspelled."""
    said = {key for arrow in ARROWS for key in get_type_hints(arrow.detail)}
    assert said <= get_type_hints(Detail).keys()


def test_rows_of_the_first_release_can_be_read() -> None:
    events = [(row["subject_kind"], row["trigger"], row["detail"]) for row in FIRST_RELEASE["events"]]
    assert [event for event in events if misfits_of_event(*event)] == []
    jobs = [(row["name"], row["payload"]) for row in FIRST_RELEASE["jobs"]]
    assert [job for job in jobs if misfits_of_job(*job)] == []


def test_a_misspelled_and_a_missing_key_are_found() -> None:
    assert misfits_of_job("tell_waiting", {"customer": 1}) == {"customer", "customer_id"}
    assert misfits_of_event("ticket", "rate", {"rating": 5}) == {"round"}
