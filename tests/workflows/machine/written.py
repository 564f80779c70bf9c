"""Holds what is really written against the TypedDicts of jobs and events. Types say nothing at run time."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any, cast

from novacore.db import event_kinds
from novacore.db.event_kinds.kind import EventKind
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.tickets.table import TICKETS

_MODULES = [
    importlib.import_module(f"{event_kinds.__name__}.{one.name}") for one in pkgutil.iter_modules(event_kinds.__path__)
]
KINDS_OF_EVENTS = [kind for module in _MODULES for kind in vars(module).values() if isinstance(kind, EventKind)]
_ARROWS = {
    (table.name, arrow.trigger): arrow.detail for table in (ORDERS, TICKETS) for arrow in cast(Any, table).arrows
}
_OTHERS = {kind.trigger: kind.detail for kind in KINDS_OF_EVENTS}


def misfits_of_event(subject_kind: str, trigger: str, detail: object) -> set[str]:
    """The keys of this event that its type lacks, and those it has to have and has not."""
    return _misfits(_ARROWS.get((subject_kind, trigger)) or _OTHERS[trigger], detail)


def misfits_of_job(name: str, payload: object) -> set[str]:
    """The same for what a job carries."""
    return _misfits(KINDS[JobName(name)].payload, payload)


def _misfits(shape: Any, written: object) -> set[str]:
    keys = cast(Mapping[str, object], written).keys()
    required, optional = {*shape.__required_keys__}, {*shape.__optional_keys__}
    return (required - keys) | (keys - required - optional)
