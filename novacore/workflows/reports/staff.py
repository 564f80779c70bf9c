"""Figures of the staff for the owner: who decided how much and how fast, and what became of their tickets."""

from collections.abc import Sequence
from dataclasses import dataclass

from novacore.db.queries.desk import staff_figures
from novacore.db.queries.desk.staff_figures import StaffRow
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports import periods, reports
from novacore.workflows.reports.periods import DAY, Choice, Period


@dataclass(frozen=True, slots=True)
class StaffFigures:
    """What the staff did in a period; whoever decided most stands first."""

    period: Period
    rows: Sequence[StaffRow]


def figures(shop: Shop, actor: Actor, choice: Choice, first: str = "", last: str = "") -> StaffFigures:
    """Return the figures of a period, or of the days that were typed. Raises NotAllowed and BadInput."""
    require_owner(actor, "see the figures of the staff")
    today = reports.today(shop)
    typed = first.strip() or last.strip()
    period = periods.between(first, last, today) if typed else periods.chosen(choice, today)
    zone = shop.terms.zone
    start, end = (periods.start_of(day, zone) for day in (period.span.first, period.span.last + DAY))
    with reading(shop.database) as session:
        found = staff_figures.by_person(session, start, end)
    rows = sorted(found.items(), key=lambda one: (-one[1].decisions, -sum(one[1].did.values()), one[0]))
    return StaffFigures(period, [row for _, row in rows])
