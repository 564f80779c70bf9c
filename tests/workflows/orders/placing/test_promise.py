"""What the page said is what the press orders: a product that changed in between is looked at again first."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from novacore.db.models import Order, Product, Unit
from novacore.db.queries.catalog import shop_window
from novacore.db.unit_of_work import reading, writing
from novacore.errors import PageChanged, SoldOut
from novacore.messages.kit import custom_ids
from novacore.states import PaymentMethod, ProductKind, UnitStatus
from novacore.workflows.catalog import drafts, products
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.placing.promise import promise_of
from novacore.workflows.stock import units
from tests.fixtures.shops import CUSTOMER, OWNER, ProductMaker
from tests.workflows.catalogue import changing, count, product_of
from tests.workflows.machine import lives

Change = Callable[[Shop, int], object]


def seen_now(shop: Shop, product_id: int) -> str:
    """Return what the page on which the customer picks how to pay carries right now."""
    with reading(shop.database) as session:
        row = shop_window.product(session, product_id)
    assert row is not None
    return promise_of(row)


def press(shop: Shop, product_id: int, seen: str | None, key: str = "k", quantity: int = 2) -> Order:
    """Press a way to pay on a page."""
    return orders.place(shop, CUSTOMER, Checkout(key, product_id, quantity, PaymentMethod.btc, seen))


def _save(shop: Shop, draft_id: int) -> None:
    products.save(shop, OWNER, draft_id)


def _other_goods(shop: Shop, product_id: int) -> None:
    draft_id = changing(shop, product_id)
    drafts.set_goods(shop, OWNER, draft_id, "guide: something else")
    _save(shop, draft_id)


def _set(**columns: object) -> Change:
    def change(shop: Shop, product_id: int) -> None:
        with writing(shop.database) as tx:
            tx.session.execute(update(Product).where(Product.id == product_id).values(**columns))

    return change


CHANGES: dict[str, Change] = {
    "dearer": lambda shop, product: _save(shop, changing(shop, product, price="12")),
    "cheaper": lambda shop, product: _save(shop, changing(shop, product, price="0.01")),
    "name": lambda shop, product: _save(shop, changing(shop, product, name="Trial key")),
    "case of the name": lambda shop, product: _save(shop, changing(shop, product, name="Game KEY")),
    "warranty": lambda shop, product: _save(shop, changing(shop, product, Options(warranty_days=7))),
    "no warranty": lambda shop, product: _save(shop, changing(shop, product, Options(warranty_days=0))),
    "goods": _other_goods,
    "currency": _set(currency="EUR"),
    "kind": _set(kind=ProductKind.by_hand),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_product_that_changed_is_not_ordered_from_the_old_page(
    shop: Shop, make_product: ProductMaker, change: str
) -> None:
    product_id = make_product()
    seen = seen_now(shop, product_id)
    CHANGES[change](shop, product_id)
    before = lives.snapshot(shop)
    with pytest.raises(PageChanged, match="has just changed, so nothing was ordered"):
        press(shop, product_id, seen)
    assert lives.snapshot(shop) == before
    assert _reserved(shop) == 0
    now = product_of(shop, product_id)
    order = press(shop, product_id, seen_now(shop, product_id))
    assert (order.product_name, order.total_minor, order.currency) == (now.name, now.price_minor * 2, now.currency)
    assert (order.warranty_days, order.goods_version_id, order.kind) == (
        now.warranty_days, now.goods_version_id, now.kind,
    )  # fmt: skip


def _reserved(shop: Shop) -> int:
    with reading(shop.database) as session:
        rows = select(func.count()).select_from(Unit).where(Unit.status == UnitStatus.reserved)
        return session.execute(rows).scalar_one()


def test_an_unchanged_product_is_ordered_at_the_price_that_was_shown(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    assert press(shop, product_id, seen_now(shop, product_id)).total_minor == 1998
    assert _reserved(shop) == 2


@pytest.mark.parametrize("column", ["low_stock_at", "max_quantity"])
def test_what_an_order_does_not_promise_may_change(shop: Shop, make_product: ProductMaker, column: str) -> None:
    product_id = make_product(units=9)
    seen = seen_now(shop, product_id)
    _set(**{column: 4})(shop, product_id)
    lives.place(shop, product_id)
    assert press(shop, product_id, seen).total_minor == 1998


def test_a_page_of_an_older_release_orders_as_ever(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    CHANGES["dearer"](shop, product_id)
    assert press(shop, product_id, None).total_minor == 2400


def test_a_page_that_has_become_an_order_answers_with_it_whatever_changed(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product()
    seen = seen_now(shop, product_id)
    first = press(shop, product_id, seen)
    CHANGES["dearer"](shop, product_id)
    again = press(shop, product_id, seen)
    assert (again.id, again.total_minor) == (first.id, 1998)
    assert count(shop, Order) == 1


def test_a_change_in_the_midst_of_a_press_is_noticed(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    product_id = make_product()
    seen = seen_now(shop, product_id)
    look = units.refuse_if_gone

    def look_then_change(*given: object) -> None:
        look(*given)  # type: ignore[arg-type]
        _set(price_minor=5000)(shop, product_id)

    monkeypatch.setattr(units, "refuse_if_gone", look_then_change)
    with pytest.raises(PageChanged):
        press(shop, product_id, seen)
    assert (count(shop, Order), _reserved(shop)) == (0, 0)


def test_a_removed_product_is_said_to_be_off_sale_even_when_it_changed(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    seen = seen_now(shop, product_id)
    CHANGES["dearer"](shop, product_id)
    products.remove(shop, OWNER, product_id)
    with pytest.raises(SoldOut, match="not on sale any more"):
        press(shop, product_id, seen)


def test_a_product_without_units_is_said_to_be_sold_out_even_when_it_changed(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product(units=1)
    seen = seen_now(shop, product_id)
    CHANGES["dearer"](shop, product_id)
    with pytest.raises(SoldOut, match="only 1 of Game key is left"):
        press(shop, product_id, seen)


@pytest.mark.parametrize("forged", ["0000000000", "ffffffffff"])
def test_a_forged_page_is_just_a_changed_one(shop: Shop, make_product: ProductMaker, forged: str) -> None:
    product_id = make_product()
    with pytest.raises(PageChanged):
        press(shop, product_id, forged)
    assert count(shop, Order) == 0


@pytest.mark.parametrize("name", ["a", "🎮" * 50, 'quotes " and \\', "'; DROP", "нова"])
def test_every_promise_fits_its_custom_id(shop: Shop, make_product: ProductMaker, name: str) -> None:
    promise = seen_now(shop, make_product(name=name))
    made = custom_ids.build("shop", "method", 2**63 - 1, 1000, promise)
    assert len(made) <= custom_ids.MAX_LENGTH
