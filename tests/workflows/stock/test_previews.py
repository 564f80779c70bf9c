"""Previews that ask: the file waits sealed in the database, and a choice makes a new preview that can be added."""

import threading
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from novacore.db.models import Event, StagedPart, StagedText, StockBatch, Unit
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, NotAllowed, NotFound, Refusal, WrongState
from novacore.states import BatchState, UnitStatus
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import previews, restock
from novacore.workflows.stock.files.tables import Question
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, ProductMaker

CARDS = b"card number,pin,value\nVC-7710,0417,50\nVC-7711,9921,50\n"
LIST = b"Winter collection\nVC-7710\nVC-7711\n"


def upload(shop: Shop, product_id: int, content: bytes = CARDS, name: str = "cards.csv") -> int:
    """The owner uploads a file that has to be asked about; return the preview's batch."""
    found = previews.stage_file(shop, OWNER, product_id, name, content)
    assert found.file.question
    return found.batch_id or 0


def fill(shop: Shop, batch_id: int | None) -> list[str]:
    """The owner says yes; return what is on sale of the batch."""
    restock.confirm(shop, OWNER, batch_id or 0)
    while restock.fill_next(shop, batch_id or 0):
        pass
    mine = select(Unit.content).where(Unit.batch_id == batch_id, Unit.status == UnitStatus.available)
    with reading(shop.database) as session:
        return [shop.cipher.open(one or b"") for one in session.execute(mine.order_by(Unit.id)).scalars()]


def rows(shop: Shop, table: Any) -> int:
    """How many rows of a table there are."""
    with reading(shop.database) as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_preview_that_asks_cannot_be_added(shop: Shop, make_product: ProductMaker) -> None:
    batch_id = upload(shop, make_product(units=0))
    assert restock.load_batch(shop, OWNER, batch_id).state is BatchState.asking
    with pytest.raises(WrongState, match="choose in the menus"):
        restock.confirm(shop, OWNER, batch_id)
    assert restock.fill_next(shop, batch_id) == 0
    assert rows(shop, Unit) == 0


def test_a_choice_makes_a_new_preview_and_the_old_one_is_gone(shop: Shop, make_product: ProductMaker) -> None:
    old_id = upload(shop, make_product(units=0))
    chosen = previews.choose_columns(shop, OWNER, old_id, [0, 1])
    assert (chosen.new, chosen.file.question, chosen.file.goods) == (2, None, (0, 1))
    assert restock.load_batch(shop, OWNER, old_id).state is BatchState.discarded
    for late in (
        lambda: restock.confirm(shop, OWNER, old_id),
        lambda: previews.choose_columns(shop, OWNER, old_id, [0]),
    ):
        with pytest.raises(WrongState):
            late()
    assert fill(shop, chosen.batch_id) == ["card number: VC-7710\npin: 0417", "card number: VC-7711\npin: 9921"]


def test_a_choice_can_be_changed_until_the_yes(shop: Shop, make_product: ProductMaker) -> None:
    batch_id = upload(shop, make_product(units=0))
    for columns in ([0], [2], [0, 1], [1]):
        batch_id = previews.choose_columns(shop, OWNER, batch_id, columns).batch_id or 0
    again = previews.choose_columns(shop, OWNER, batch_id, [0])
    assert fill(shop, again.batch_id) == ["VC-7710", "VC-7711"]
    with pytest.raises(WrongState, match="in stock already"):
        previews.choose_columns(shop, OWNER, again.batch_id or 0, [1])


def test_the_heading_is_asked_before_the_columns_and_starts_them_over(shop: Shop, make_product: ProductMaker) -> None:
    content = b"Starfall deluxe;Number seven\nVC-7710;0417\nVC-7711;9921\n"
    found = previews.stage_file(shop, OWNER, make_product(units=0), "a.csv", content)
    assert found.file.question is Question.heading
    found = previews.choose_heading(shop, OWNER, found.batch_id or 0, takes_heading=True)
    assert found.file.question is Question.columns
    found = previews.choose_columns(shop, OWNER, found.batch_id or 0, [0])
    assert found.new == 2
    found = previews.choose_heading(shop, OWNER, found.batch_id or 0, takes_heading=False)
    assert found.file.question is Question.columns
    found = previews.choose_columns(shop, OWNER, found.batch_id or 0, [0])
    assert fill(shop, found.batch_id) == ["Starfall deluxe", "VC-7710", "VC-7711"]


def test_what_was_taken_for_a_heading_can_be_goods_after_all(shop: Shop, make_product: ProductMaker) -> None:
    found = previews.stage_file(shop, OWNER, make_product(units=0), "a.txt", b"voucher\nVC-7710\nVC-7711\n")
    assert (found.file.heading.is_taken, found.new) == (True, 2)
    again = previews.choose_heading(shop, OWNER, found.batch_id or 0, takes_heading=False)
    assert fill(shop, again.batch_id) == ["voucher", "VC-7710", "VC-7711"]


def test_the_file_waits_sealed_and_leaves_with_the_yes_or_the_no(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    batch_id = upload(shop, product_id)
    with reading(shop.database) as session:
        (kept,) = session.execute(select(StagedText.content)).scalars()
    assert b"VC-7710" not in kept
    assert "VC-7710" in shop.cipher.open(kept)
    chosen = previews.choose_columns(shop, OWNER, batch_id, [0]).batch_id or 0
    assert (rows(shop, StagedText), rows(shop, StagedPart)) == (1, 1)
    restock.confirm(shop, OWNER, chosen)
    assert rows(shop, StagedText) == 0
    other = upload(shop, product_id)
    restock.discard(shop, SYSTEM, other)
    assert rows(shop, StagedText) == 0
    with pytest.raises(WrongState, match="replaced or discarded"):
        previews.choose_columns(shop, OWNER, other, [0])


def test_a_file_that_leaves_nothing_to_choose_is_not_kept(shop: Shop, make_product: ProductMaker) -> None:
    found = previews.stage_file(shop, OWNER, make_product(units=0), "a.txt", b"VC-7710\nVC-7711\n")
    assert rows(shop, StagedText) == 0
    with pytest.raises(WrongState, match="nothing to choose"):
        previews.choose_columns(shop, OWNER, found.batch_id or 0, [0])
    with pytest.raises(WrongState, match="nothing to choose"):
        previews.choose_heading(shop, OWNER, found.batch_id or 0, takes_heading=True)
    assert fill(shop, found.batch_id) == ["VC-7710", "VC-7711"]


def test_a_long_file_is_put_aside_in_pieces(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "PIECE", 7)
    batch_id = upload(shop, make_product(units=0))
    assert rows(shop, StagedText) > 5
    assert fill(shop, previews.choose_columns(shop, OWNER, batch_id, [0]).batch_id) == ["VC-7710", "VC-7711"]


def test_a_choice_that_leaves_nothing_new_adds_nothing_and_can_be_changed(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product(units=0)
    fill(shop, previews.choose_columns(shop, OWNER, upload(shop, product_id), [0]).batch_id)
    again = previews.choose_columns(shop, OWNER, upload(shop, product_id), [0])
    assert (again.new, again.in_stock) == (0, [2, 3])
    with pytest.raises(WrongState, match="nothing to add"):
        restock.confirm(shop, OWNER, again.batch_id or 0)
    assert previews.choose_columns(shop, OWNER, again.batch_id or 0, [0, 1]).new == 2


def test_the_same_cards_under_other_names_are_in_stock_already(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    fill(shop, previews.choose_columns(shop, OWNER, upload(shop, product_id), [0, 1]).batch_id)
    renamed = CARDS.replace(b"card number,pin", b"Voucher code,PIN").replace(b",", b";")
    again = previews.choose_columns(shop, OWNER, upload(shop, product_id, renamed), [0, 1])
    assert (again.new, again.in_stock) == (0, [2, 3])


def test_a_choice_that_is_none_leaves_the_preview_as_it_was(shop: Shop, make_product: ProductMaker) -> None:
    batch_id = upload(shop, make_product(units=0))
    for columns in ([], [7], [-1], [0, 99]):
        with pytest.raises(BadInput, match="choose again"):
            previews.choose_columns(shop, OWNER, batch_id, columns)
    assert restock.load_batch(shop, OWNER, batch_id).state is BatchState.asking
    assert previews.choose_columns(shop, OWNER, batch_id, [0]).new == 2


def test_of_choices_made_at_once_one_holds(shop: Shop, make_product: ProductMaker) -> None:
    batch_id = upload(shop, make_product(units=0))
    gate = threading.Barrier(4)
    made: list[previews.Preview] = []
    refused: list[Refusal] = []

    def choose(columns: list[int]) -> None:
        gate.wait(60)
        try:
            made.append(previews.choose_columns(shop, OWNER, batch_id, columns))
        except Refusal as no:
            refused.append(no)

    threads = [threading.Thread(target=choose, args=(columns,)) for columns in ([0], [1], [0, 1], [0, 2])]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert (len(made), len(refused)) == (1, 3)
    assert len(fill(shop, made[0].batch_id)) == 2
    assert rows(shop, StagedText) == rows(shop, StagedPart) == 0


def test_a_shop_that_starts_again_knows_what_was_chosen(shop: Shop, make_product: ProductMaker) -> None:
    chosen = previews.choose_columns(shop, OWNER, upload(shop, make_product(units=0)), [0, 1])
    fresh = Shop(shop.database, shop.cipher, shop.addresses)
    assert fill(fresh, chosen.batch_id)[0] == "card number: VC-7710\npin: 0417"


def test_a_preview_of_an_older_release_is_added_as_it_was(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    with writing(shop.database) as tx:
        batch = {
            "product_id": product_id,
            "added_by": OWNER.id,
            "added_at": tx.now,
            "state": BatchState.staged,
        }
        batch_id = tx.session.execute(
            insert(StockBatch).values(batch | {"file_name": "old.txt", "total": 2}).returning(StockBatch.id)
        ).scalar_one()
        part = {"batch_id": batch_id, "number": 0, "content": shop.cipher.seal(["VC-7710", "VC-7711"])}
        tx.session.execute(insert(StagedPart).values(part))
    assert fill(shop, batch_id) == ["VC-7710", "VC-7711"]


def test_every_step_is_written_down_without_a_code(shop: Shop, make_product: ProductMaker) -> None:
    chosen = previews.choose_columns(shop, OWNER, upload(shop, make_product(units=0)), [0, 1])
    fill(shop, chosen.batch_id)
    with reading(shop.database) as session:
        events = (
            session.execute(select(Event).where(Event.subject_kind == "product").order_by(Event.id)).scalars().all()
        )
    said = [one.trigger for one in events if one.trigger.endswith("stock")]
    assert said == ["stage_stock", "stage_stock", "discard_stock", "confirm_stock", "restock"]
    assert not any("VC-77" in str(one.detail) or "0417" in str(one.detail) for one in events)


def test_only_the_owner_chooses_and_only_what_is_there(shop: Shop, make_product: ProductMaker) -> None:
    batch_id = upload(shop, make_product(units=0), LIST, "a.txt")
    for actor in (CUSTOMER, STAFF):
        with pytest.raises(NotAllowed, match="Only the owner"):
            previews.choose_heading(shop, actor, batch_id, takes_heading=True)
        with pytest.raises(NotAllowed, match="Only the owner"):
            previews.choose_columns(shop, actor, batch_id, [0])
    with pytest.raises(NotFound):
        previews.choose_heading(shop, OWNER, 99_999, takes_heading=True)
    with pytest.raises(NotFound):
        previews.choose_columns(shop, OWNER, 99_999, [0])
    assert previews.choose_heading(shop, OWNER, batch_id, takes_heading=True).new == 2
