"""Restocking: looked at first, filled in once, refused where a code was ever here, taken back as a whole."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from novacore.db.models import Event, Job, Order, StagedPart, Unit
from novacore.db.queries.catalog import restock as queries
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, NotAllowed, NotFound, WrongState
from novacore.states import BatchState, OrderStatus, ProductKind, UnitStatus
from novacore.workflows.catalog import offers
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import previews, restock
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives


def stage(shop: Shop, product_id: int, *codes: str) -> previews.Preview:
    """The owner uploads a text file."""
    return previews.stage_file(shop, OWNER, product_id, "codes.txt", "\n".join(codes).encode())


def fill(shop: Shop, batch_id: int | None) -> queries.BatchRow:
    """The owner says yes, and the job fills it in."""
    restock.confirm(shop, OWNER, batch_id or 0)
    while restock.fill_next(shop, batch_id or 0):
        pass
    return restock.load_batch(shop, OWNER, batch_id or 0)


def fresh(count: int, prefix: str = "NEW") -> list[str]:
    """So many codes."""
    return [f"{prefix}-{n}" for n in range(count)]


def values(shop: Shop, product_id: int) -> list[str]:
    """The codes on sale, the oldest first."""
    rows = select(Unit.content).where(Unit.product_id == product_id, Unit.status == UnitStatus.available)
    with reading(shop.database) as session:
        return [shop.cipher.open(one or b"") for one in session.execute(rows.order_by(Unit.id)).scalars()]


def left_behind(shop: Shop) -> int:
    """How many parts are still put aside."""
    with reading(shop.database) as session:
        return len(session.execute(select(StagedPart.number)).all())


def events(shop: Shop, trigger: str) -> list[Mapping[str, object]]:
    """What is written down under this name."""
    with reading(shop.database) as session:
        return [one.detail for one in session.execute(select(Event).where(Event.trigger == trigger)).scalars()]


def test_a_preview_tells_what_is_new_and_adds_nothing(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=2)
    order = lives.bring_to(shop, product_id, OrderStatus.approved, time)
    other = make_product(units=1, name="Other key")
    known = f"SECRET-{product_id}-0", f"SECRET-{product_id}-1", f"SECRET-{other}-0"
    found = stage(shop, product_id, "A", "B", "A", *known, "x\x07", "secret-1-0", "a")
    assert (found.new, found.file.repeated, found.file.malformed) == (4, [3], [(7, "invisible characters in it")])
    assert (found.sold, found.in_stock, found.left) == ([4], [5, 6], 1)
    assert order.quantity == 1
    assert values(shop, product_id) == [f"SECRET-{product_id}-1"]


def test_yes_puts_it_on_sale_in_the_order_of_the_file(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    codes = fresh(2_500)
    batch = fill(shop, stage(shop, product_id, *codes).batch_id)
    assert values(shop, product_id) == codes
    assert (batch.state, batch.done, batch.added, batch.available) == (BatchState.filled, 2_500, 2_500, 2_500)
    assert left_behind(shop) == 0
    assert events(shop, "restock")[-1] == {"batch_id": batch.id, "count": 2_500, "refused": 0}


def test_yes_twice_is_once(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    batch_id = stage(shop, product_id, "A", "B").batch_id or 0
    restock.confirm(shop, OWNER, batch_id)
    restock.confirm(shop, OWNER, batch_id)
    with reading(shop.database) as session:
        jobs = session.execute(select(Job).where(Job.name == "fill_stock")).scalars().all()
    assert [job.subject_id for job in jobs] == [str(batch_id)]
    fill(shop, batch_id)
    assert restock.confirm(shop, OWNER, batch_id).state is BatchState.filled
    assert restock.fill_next(shop, batch_id) == 0
    assert values(shop, product_id) == ["A", "B"]


def test_someone_stocked_the_same_code_meanwhile(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    mine, theirs = stage(shop, product_id, "A", "B", "C"), stage(shop, product_id, "B", "D")
    assert fill(shop, theirs.batch_id).added == 2
    batch = fill(shop, mine.batch_id)
    assert (batch.added, batch.refused, batch.state) == (2, 1, BatchState.filled)
    assert sorted(values(shop, product_id)) == ["A", "B", "C", "D"]


def test_two_that_fill_the_same_batch(shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    product_id = make_product(units=0)
    monkeypatch.setattr(restock, "PART", 2)
    batch_id = stage(shop, product_id, *fresh(5)).batch_id or 0
    restock.confirm(shop, OWNER, batch_id)
    slow = restock._next_part(shop, batch_id)
    assert restock.fill_next(shop, batch_id) == 3
    monkeypatch.setattr(restock, "_next_part", lambda *_: slow)  # read before the other one was done
    assert restock.fill_next(shop, batch_id) == 3
    monkeypatch.undo()
    assert fill(shop, batch_id).added == 5
    assert values(shop, product_id) == fresh(5)


def test_no_throws_every_code_away(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    batch_id = stage(shop, product_id, *fresh(1_500)).batch_id or 0
    assert left_behind(shop) == 2
    restock.discard(shop, OWNER, batch_id)
    restock.discard(shop, OWNER, batch_id)
    assert left_behind(shop) == 0
    assert len(events(shop, "discard_stock")) == 1
    with pytest.raises(WrongState, match="upload the file again"):
        restock.confirm(shop, OWNER, batch_id)


def test_what_is_in_stock_cannot_be_thrown_away(shop: Shop, make_product: ProductMaker) -> None:
    batch = fill(shop, stage(shop, make_product(units=0), "A").batch_id)
    with pytest.raises(WrongState, match="/product batches"):
        restock.discard(shop, SYSTEM, batch.id)


def test_a_file_with_nothing_new_asks_nothing(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=1)
    found = stage(shop, product_id, f"SECRET-{product_id}-0", f" SECRET-{product_id}-0 ")
    assert (found.batch_id, found.new, found.in_stock, found.file.repeated) == (None, 0, [1], [2])
    assert left_behind(shop) == 0


def test_a_count_of_shared_goods(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(ProductKind.shared, units=2)
    found = previews.stage_count(shop, OWNER, product_id, 2_300)
    assert (found.new, found.left) == (2_300, 2)
    batch = fill(shop, found.batch_id)
    assert (batch.added, batch.available, batch.file_name) == (2_300, 2_300, None)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (ProductKind.shared, "Give a count instead"),
        (ProductKind.unlimited, "never sells out"),
        (ProductKind.by_hand, "never sells out"),
    ],
)
def test_a_file_for_goods_without_codes(
    shop: Shop, make_product: ProductMaker, kind: ProductKind, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        stage(shop, make_product(kind, units=0), "A")


def test_a_count_for_goods_with_codes_and_counts_that_are_none(shop: Shop, make_product: ProductMaker) -> None:
    with pytest.raises(BadInput, match="Upload a file"):
        previews.stage_count(shop, OWNER, make_product(), 5)
    shared = make_product(ProductKind.shared, name="Shared")
    for count in (0, -1, 100_001):
        with pytest.raises(BadInput, match="from 1 to 100,000"):
            previews.stage_count(shop, OWNER, shared, count)


def test_what_is_left_is_withdrawn_and_nothing_else(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restock, "PART", 2)
    product_id = make_product(units=0)
    batch = fill(shop, stage(shop, product_id, *fresh(7)).batch_id)
    lives.bring_to(shop, product_id, OrderStatus.approved, time)
    open_order = lives.bring_to(shop, product_id, OrderStatus.awaiting_payment, time)
    assert restock.withdraw(shop, OWNER, batch.id) == 5
    batch = restock.load_batch(shop, OWNER, batch.id)
    assert batch.units == {UnitStatus.sold: 1, UnitStatus.reserved: 1, UnitStatus.withdrawn: 5}
    assert events(shop, "withdraw_stock") == [{"batch_id": batch.id, "count": count} for count in (2, 2, 1)]
    assert restock.withdraw(shop, OWNER, batch.id) == 0
    with reading(shop.database) as session:
        assert session.get_one(Order, open_order.id).status is OrderStatus.awaiting_payment


def test_whoever_is_killed_while_they_withdraw_has_written_down_what_they_withdrew(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restock, "PART", 2)
    batch = fill(shop, stage(shop, make_product(units=0), *fresh(5)).batch_id)
    some, left = restock._withdraw_some, [1]

    def killed(*given: Any) -> int:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return some(*given)

    monkeypatch.setattr(restock, "_withdraw_some", killed)
    with pytest.raises(KeyboardInterrupt):
        restock.withdraw(shop, OWNER, batch.id)
    assert restock.load_batch(shop, OWNER, batch.id).units[UnitStatus.withdrawn] == 2
    assert events(shop, "withdraw_stock") == [{"batch_id": batch.id, "count": 2}]


def test_a_withdrawn_code_may_come_in_again_and_a_sold_one_never(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=0)
    batch = fill(shop, stage(shop, product_id, "SOLD-1", "LEFT-2").batch_id)
    lives.bring_to(shop, product_id, OrderStatus.approved, time)
    restock.withdraw(shop, OWNER, batch.id)
    again = stage(shop, product_id, "SOLD-1", "LEFT-2")
    assert (again.new, again.sold) == (1, [1])
    fill(shop, again.batch_id)
    assert values(shop, product_id) == ["LEFT-2"]


def test_a_batch_that_is_coming_in_is_not_withdrawn(shop: Shop, make_product: ProductMaker) -> None:
    batch_id = stage(shop, make_product(units=0), "A").batch_id or 0
    restock.confirm(shop, OWNER, batch_id)
    with pytest.raises(WrongState, match="still coming in"):
        restock.withdraw(shop, OWNER, batch_id)


def test_the_batches_of_a_product(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=2)
    stage(shop, product_id, "NEVER-CONFIRMED")
    newest = fill(shop, stage(shop, product_id, "A", "B", "C").batch_id)
    make_product(units=1, name="Other")
    with reading(shop.database) as session:
        total, found = queries.batches(session, product_id, limit=10)
        assert (total, [one.id for one in found]) == (2, [newest.id, found[1].id])
        assert [one.available for one in found] == [3, 2]
        assert found[0].file_name == "codes.txt"
        assert queries.batches(session, product_id, limit=1, offset=1)[1] == [found[1]]


def test_a_file_name_that_no_database_takes(shop: Shop, make_product: ProductMaker) -> None:
    name = "\ud800\0" + "long" * 50 + ".txt"
    batch_id = previews.stage_file(shop, OWNER, make_product(units=0), name, b"A").batch_id
    assert len(restock.load_batch(shop, OWNER, batch_id or 0).file_name or "") == 100


def test_only_the_owner_and_only_what_is_there(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    batch_id = stage(shop, product_id, "A").batch_id or 0
    for actor in (CUSTOMER, STAFF):
        for forbidden in (restock.confirm, restock.discard, restock.load_batch, restock.withdraw):
            with pytest.raises(NotAllowed, match="Only the owner"):
                forbidden(shop, actor, batch_id)
        with pytest.raises(NotAllowed):
            previews.stage_file(shop, actor, product_id, "a.txt", b"B")
        with pytest.raises(NotAllowed):
            previews.stage_count(shop, actor, product_id, 1)
    for missing in (restock.confirm, restock.discard, restock.load_batch, restock.withdraw):
        with pytest.raises(NotFound):
            missing(shop, OWNER, 99_999)
    with pytest.raises(NotFound):
        stage(shop, 99_999, "A")


def test_a_few_codes_by_hand_count_as_a_batch(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    assert offers.add_codes(shop, OWNER, product_id, [" A ", "B"]) == 2
    assert values(shop, product_id) == ["A", "B"]
    with pytest.raises(BadInput, match="Nothing was added"):
        offers.add_codes(shop, OWNER, product_id, ["C", "A"])
    assert values(shop, product_id) == ["A", "B"]
