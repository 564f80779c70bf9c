"""Work that takes minutes outlasts the limits of presses: each of its transactions is made longer than those here."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest
from sqlalchemy import event, select

from novacore import clock
from novacore.crypto import GoodsCipher, new_key
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.limits import Limits
from novacore.db.models import Order
from novacore.db.queries.reports import export_fields
from novacore.db.unit_of_work import reading
from novacore.errors import TookTooLong
from novacore.states import ExportFormat, ExportSubject, OrderStatus, PaymentMethod
from novacore.workflows.exports import parts
from novacore.workflows.exports.parts import PartWanted
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports import reports, rollups
from novacore.workflows.reports.periods import Period, Span
from novacore.workflows.upkeep.keys import key_rotation
from novacore.workflows.upkeep.legacy.orders import foresee_orders, store_orders
from novacore.workflows.upkeep.legacy.rows import OldOrder, OldShop
from tests.db.naps import nap
from tests.fixtures.shops import KEY, MovableClock, ProductMaker
from tests.workflows.machine import lives

EVER = export_fields.Span(None, datetime(2100, 1, 1, tzinfo=UTC))

SHORT = Limits(statement=0.1, turn=0.05)

Work = Callable[[Shop], object]


def slow(url: str, pool_size: int = 10) -> Database:
    """Open a database with short limits, of which every transaction takes longer than an ordinary one may."""
    database = Database(url, pool_size=pool_size, limits=SHORT)
    event.listen(database.engine, "begin", partial(nap, seconds=0.25))
    return database


@pytest.fixture
def slow_shop(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """Open a shop with some history a second time, on a database where everything is slow."""
    lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    monkeypatch.setattr(parts, "Database", slow)  # whoever writes a part of an export opens it again
    with closing(slow(shop.database.engine.url.render_as_string(hide_password=False))) as database:
        yield replace(shop, database=database)


def migrate(shop: Shop) -> None:
    schema.migrate(shop.database)


def export_a_part(shop: Shop) -> None:
    wanted = PartWanted(
        what=ExportSubject.orders,
        format=ExportFormat.csv,
        span=EVER,
        after=None,
        rows=9,
        name="orders",
        zone="UTC",
        is_first=True,
    )
    url = shop.database.engine.url.render_as_string(hide_password=False)
    assert parts.write_part(url, wanted).rows == 1


def add_days_up(shop: Shop) -> None:
    assert rollups.catch_up(shop) >= 1


def mark_days(shop: Shop) -> None:
    rollups.mark_all(shop)


def report(shop: Shop) -> None:
    day = Span(date(2026, 3, 1), date(2026, 3, 1))
    assert reports.figures_of(shop, Period("Today", day, day)).currencies


def rotate(shop: Shop) -> None:
    renewed = replace(shop, cipher=GoodsCipher([new_key(), KEY]))
    assert key_rotation.is_pending(renewed)
    assert key_rotation.rotate(renewed, lambda _: None).resealed >= key_rotation.count(renewed) > 0


def bring_in(shop: Shop) -> None:
    now, old = clock.now(), OldShop("old.db", [("1", "VPN")])
    order = OldOrder(
        "7",
        None,
        OrderStatus.delivered,
        "x",
        1001,
        "ann",
        None,
        "VPN",
        1,
        400,
        400,
        PaymentMethod.btc,
        now,
        now,
        None,
        None,
    )
    assert foresee_orders(shop, old, [order]) == store_orders(shop, old, [order])


LONG_WORK = (migrate, export_a_part, add_days_up, mark_days, report, rotate, bring_in)


@pytest.mark.parametrize("work", LONG_WORK, ids=lambda work: work.__name__)
def test_it_outlasts_what_a_press_may_take(slow_shop: Shop, work: Work) -> None:
    work(slow_shop)


def test_a_press_is_stopped_there(slow_shop: Shop) -> None:
    with pytest.raises(TookTooLong), reading(slow_shop.database) as session:
        session.execute(select(Order))
