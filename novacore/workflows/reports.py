"""The owner's reports: asked for, due by the schedule, and what is in them. Made and sent by jobs (`tasks.reports`)."""

from novacore import clock
from novacore.db.unit_of_work import reading
from novacore.workflows import figures, rollups
from novacore.workflows.figures import Figures
from novacore.workflows.periods import Period
from novacore.workflows.rollups import Tick
from novacore.workflows.shop import Shop


def figures_of(shop: Shop, period: Period, tick: Tick = lambda _done, _total: None) -> Figures:
    """Bring every day up to date, and read the figures of a period and of the one before it."""
    rollups.catch_up(shop, tick)
    with reading(shop.database) as session:
        if not shop.database.is_sqlite:
            # All statements see the same moment; on SQLite a reader's transaction does anyway.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return figures.gather(session, period, shop.terms.zone, shop.terms.currency, clock.now())
