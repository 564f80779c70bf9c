"""Goods: put together for the one order that paid, shown to its buyer alone, nowhere else in the clear."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from novacore.crypto import GoodsCipher, GoodsUnreadable, fingerprint, new_key
from novacore.db.base import Base
from novacore.db.models import Unit
from novacore.db.unit_of_work import reading, writing
from novacore.errors import NotAllowed, NotFound, WrongState
from novacore.states import GoodsType, OrderStatus, ProductKind
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import GoodsIncomplete, goods_of, reveal
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives


def test_each_buyer_gets_the_guide_and_codes_of_their_own(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=5)
    seen: list[str] = []
    for actor, quantity in ((CUSTOMER, 2), (STRANGER, 1)):
        order = lives.submit(shop, lives.place(shop, product_id, actor, quantity), actor)
        orders.approve(shop, STAFF, order.id, Given())
        guide, *codes = goods_of(shop, order.id).items
        assert (guide.type, guide.value) == (GoodsType.guide, "the-guide-of-Game key")
        assert len(codes) == quantity
        seen += [code.value for code in codes]
    assert seen == [f"SECRET-{product_id}-{n}" for n in range(3)]


def test_an_order_keeps_the_goods_it_was_placed_with(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(ProductKind.shared)
    order = lives.bring_to(shop, product_id, OrderStatus.approved, time)
    assert [item.value for item in goods_of(shop, order.id).items] == ["the-guide-of-Game key"]


def test_showing_the_goods_counts_as_delivered_and_is_recorded_first(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.delivery_blocked, time)
    shown, bought = reveal(shop, CUSTOMER, order.id)
    assert shown.status is OrderStatus.delivered
    assert bought.items[-1].value.startswith("SECRET-")
    assert lives.events_of(shop, order.id)[-2:] == ["reveal", "delivered"]
    assert reveal(shop, CUSTOMER, order.id)[1] == bought, "it can be looked at again"


def test_only_the_buyer_is_shown_the_goods(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.approved, time)
    before = lives.snapshot(shop)
    with pytest.raises(NotFound):
        reveal(shop, STRANGER, order.id)
    for actor in (STAFF, OWNER):
        with pytest.raises(NotAllowed, match="Only the buyer"):
            reveal(shop, actor, order.id)
    with pytest.raises(NotFound):
        reveal(shop, CUSTOMER, "NC-20260301-AAAAAA")
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize(
    "state", [s for s in OrderStatus if s not in ("new", "approved", "delivered", "delivery_blocked")]
)
def test_unpaid_goods_are_shown_to_nobody(
    shop: Shop, make_product: ProductMaker, time: MovableClock, state: OrderStatus
) -> None:
    order = lives.bring_to(shop, make_product(), state, time)
    with pytest.raises(WrongState, match="no goods to show"):
        reveal(shop, CUSTOMER, order.id)


def test_goods_by_hand_have_nothing_to_show(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(ProductKind.by_hand), OrderStatus.approved, time)
    assert "deliver_order" not in lives.jobs_of(shop, order.id)
    with pytest.raises(WrongState, match="by hand"):
        reveal(shop, CUSTOMER, order.id)
    done = orders.fulfil(shop, STAFF, order.id, Given(reason="Your logo is in the mail."))
    assert (done.status, done.reason) == (OrderStatus.delivered, "Your logo is in the mail.")


def test_the_database_holds_no_code_in_the_clear(
    shop: Shop, make_product: ProductMaker, time: MovableClock, tmp_path: Path
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.approved, time)
    assert "SECRET-" in goods_of(shop, order.id).items[-1].value
    with reading(shop.database) as session:
        dump = b"".join(repr(tuple(row)).encode() for table in Base.metadata.sorted_tables
                        for row in session.execute(select(table)))  # fmt: skip
    assert b"Game key" in dump
    for secret in (b"SECRET-", b"the-guide-of-"):
        assert secret not in dump


def test_a_code_has_a_fingerprint_that_does_not_depend_on_the_key_of_the_goods() -> None:
    pepper = b"p" * 32
    assert fingerprint(" CODE ", pepper) == fingerprint("CODE", pepper) != fingerprint("CODE", b"q" * 32)


def test_goods_survive_a_change_of_keys_as_long_as_the_old_one_stands_behind() -> None:
    old, new = new_key(), new_key()
    sealed = GoodsCipher([old]).seal("CODE")
    assert GoodsCipher([new, old]).open(sealed) == "CODE"
    assert GoodsCipher([new]).open(GoodsCipher([new, old]).rotate(sealed)) == "CODE"
    with pytest.raises(GoodsUnreadable) as fault:
        GoodsCipher([new]).open(sealed)
    assert "CODE" not in str(fault.value)


def test_no_repr_shows_goods(shop: Shop, make_product: ProductMaker) -> None:
    item = GoodsItem("Key", GoodsType.key, "SECRET")
    draft = NewProduct("Games", "Key", "", ProductKind.unique, 1, items=[item])
    assert "SECRET" not in repr(item) + repr(draft) + repr(GoodsCipher([new_key()]))
    offers.add_codes(shop, OWNER, make_product(units=0), ["SECRET"])
    with reading(shop.database) as session:
        assert "SECRET" not in repr(session.execute(select(Unit)).scalar_one())


def test_goods_that_cannot_be_opened_leave_the_order_as_it_was(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.approved, time)
    before = lives.snapshot(shop)
    with pytest.raises(GoodsUnreadable):
        reveal(replace(shop, cipher=GoodsCipher([new_key()])), CUSTOMER, order.id)
    assert lives.snapshot(shop) == before


def test_an_order_with_too_few_units_gives_nothing_out(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.approved, time)
    with writing(shop.database) as tx:
        tx.session.execute(update(Unit).where(Unit.order_id == order.id).values(order_id=None))
    with pytest.raises(GoodsIncomplete, match="holds 0 units and was paid for 1"):
        goods_of(shop, order.id)
