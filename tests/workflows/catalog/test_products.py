"""The owner's catalogue on both databases: saved once, exact, refused in a sentence; orders stay as placed."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from novacore.db.event_kinds.products import ADD_PRODUCT, EDIT_PRODUCT
from novacore.db.models import Category, Event, GoodsVersion, Job, Product, ProductDraft
from novacore.db.queries.catalog import products as queries
from novacore.db.unit_of_work import reading, writing
from novacore.errors import AlreadyDone, BadInput, Busy, NotAllowed, NotFound, NovaCoreError, SoldOut
from novacore.states import GoodsType, OrderStatus, ProductKind, UnitStatus
from novacore.workflows.catalog import draft_page, drafts, products
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.catalog.rules import DESCRIPTION_LIMIT, Typed
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import goods_of
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.catalogue import PARTNER, TEXTS, changing, count, events_of, order_of, product_of, written
from tests.workflows.machine import lives

# ---- saving


def test_nothing_is_on_sale_before_it_is_saved_and_then_it_is_whole(shop: Shop) -> None:
    draft_id = written(shop, options=Options(ProductKind.unlimited, GoodsType.guide, 14, 3))
    drafts.set_goods(shop, OWNER, draft_id, "link: https://example.com/SECRET, 30 day warranty")
    assert count(shop, Product) == 0
    product_id = products.save(shop, OWNER, draft_id)
    row = product_of(shop, product_id)
    assert (row.name, row.price_minor, row.currency) == ("Sky Rush", 999, "USD")
    assert (row.kind, row.warranty_days, row.max_quantity) == (ProductKind.unlimited, 14, 3)
    (event,) = events_of(shop, product_id)
    assert event.trigger == "add_product"
    assert ADD_PRODUCT.read(event.detail)["name"] == "Sky Rush"
    with reading(shop.database) as session:
        stored = [str(one) for one in session.execute(select(ProductDraft.goods, ProductDraft.form)).one()]
        panels = session.execute(select(func.count()).where(Job.name == "refresh_panel")).scalar_one()
    assert "SECRET" not in str(stored)
    assert "SECRET" not in str(event.detail)
    assert panels == 1


def test_save_is_once_however_often_it_is_pressed_at_once(shop: Shop) -> None:
    draft_id = written(shop)
    answers = [_answer(lambda: products.save(shop, OWNER, draft_id)) for _ in range(2)]
    assert [type(one) for one in answers] == [int, AlreadyDone]
    other = written(shop, replace(TEXTS, name="Other"))
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(_answer(lambda: products.save(shop, OWNER, other))))
        for _ in range(6)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(type(one).__name__ for one in found) == ["AlreadyDone"] * 5 + ["int"]
    assert count(shop, Product) == 2


def _answer(command: Callable[[], object]) -> object:
    try:
        return command()
    except NovaCoreError as refusal:
        return refusal


def test_two_owners_cannot_give_one_name_twice_at_once(shop: Shop) -> None:
    ids = [
        written(shop, replace(TEXTS, name=name, category=category))
        for name, category in [("Sky Rush", "Games"), (" SKY  rush", "games ")]
    ]
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda one=one: found.append(_answer(lambda: products.save(shop, OWNER, one))))
        for one in ids
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(type(one).__name__ for one in found) == ["BadInput", "int"]
    assert (count(shop, Product), count(shop, Category)) == (1, 1)


SLIPS = {
    "name of blanks": ({"name": " \u200b \u3164"}, "name needs at least one letter"),
    "name of emoji": ({"name": "🎮🔥"}, "name needs at least one letter"),
    "name too long": ({"name": "x" * 101}, "name has 101 characters"),
    "name of wide emoji": ({"name": "a" + "🎮" * 50}, "name has 101 characters"),
    "no category": ({"category": ""}, "category needs at least one letter"),
    "category too long": ({"category": "y" * 81}, "category has 81 characters"),
    "description of 4001": ({"description": "z" * 4001}, "description has 4001 characters"),
    "price with more decimals than cents": ({"price": "9.9999"}, "too many"),
    "price that means two things": ({"price": "9.999"}, "in two ways"),
    "no price": ({"price": ""}, "Please write a price"),
    "negative price": ({"price": "-1"}, "is below zero"),
}


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_is_a_sentence_and_nothing_is_half_saved(shop: Shop, case: str) -> None:
    changed, sentence = SLIPS[case]
    draft_id = written(shop, replace(TEXTS, **changed))  # type: ignore[arg-type]
    shown = draft_page.load(shop, OWNER, draft_id)
    assert any(sentence in slip for slip in shown.slips)
    for name, value in changed.items():
        assert getattr(shown.typed, name) == value  # what was typed is still there
    with pytest.raises(BadInput, match=sentence):
        products.save(shop, OWNER, draft_id)
    assert (count(shop, Product), count(shop, Category), count(shop, GoodsVersion)) == (0, 0, 0)
    drafts.fill(shop, OWNER, draft_id, TEXTS)
    assert products.save(shop, OWNER, draft_id)


def test_the_longest_that_is_allowed_is_kept_to_the_letter(shop: Shop) -> None:
    texts = Typed("n" * 100, "d" * DESCRIPTION_LIMIT, "c" * 80, "10000000")
    row = product_of(shop, products.save(shop, OWNER, written(shop, texts)))
    assert (row.name, row.description, row.price_minor) == (texts.name, texts.description, 10**9)


def test_markdown_and_zero_bytes_do_no_harm(shop: Shop) -> None:
    texts = replace(TEXTS, name="**@everyone**\0\u202e x", description="a\0b\ud800", category=" Games\n&  more ")
    product_id = products.save(shop, OWNER, written(shop, texts))
    row = product_of(shop, product_id)
    assert (row.name, row.description) == ("**@everyone** x", "ab")
    with reading(shop.database) as session:
        assert session.get_one(Category, row.category_id).name == "Games & more"


@pytest.mark.parametrize("kind", [ProductKind.shared, ProductKind.unlimited])
def test_goods_that_everybody_gets_have_to_be_there_and_be_readable(shop: Shop, kind: ProductKind) -> None:
    draft_id = written(shop, options=Options(kind))
    with pytest.raises(BadInput, match=r"Press .*Goods"):
        products.save(shop, OWNER, draft_id)
    drafts.set_goods(shop, OWNER, draft_id, '[{"item": "x"')
    with pytest.raises(BadInput, match=r"looks like JSON.*line 1, column"):
        products.save(shop, OWNER, draft_id)
    assert draft_page.goods_text(shop, OWNER, draft_id) == '[{"item": "x"'
    drafts.set_goods(shop, OWNER, draft_id, '[{"item": "x\0\ud800"}]')
    assert products.save(shop, OWNER, draft_id)
    with pytest.raises(BadInput, match="too much"):
        drafts.set_goods(shop, OWNER, written(shop), "x" * 100_001)


# ---- who may


OWNERS_COMMANDS: dict[str, Callable[[Shop, Actor, int, int], object]] = {
    "begin": lambda shop, actor, draft, product: drafts.begin(shop, actor, Options(ProductKind.unique)),
    "begin_change": lambda shop, actor, draft, product: drafts.begin_change(shop, actor, product, Options()),
    "fill": lambda shop, actor, draft, product: drafts.fill(shop, actor, draft, TEXTS),
    "set_goods": lambda shop, actor, draft, product: drafts.set_goods(shop, actor, draft, "x"),
    "goods_text": lambda shop, actor, draft, product: draft_page.goods_text(shop, actor, draft),
    "look": lambda shop, actor, draft, product: draft_page.load(shop, actor, draft),
    "discard": lambda shop, actor, draft, product: drafts.discard(shop, actor, draft),
    "save": lambda shop, actor, draft, product: products.save(shop, actor, draft),
    "standing": lambda shop, actor, draft, product: products.standing(shop, actor, product),
    "remove": lambda shop, actor, draft, product: products.remove(shop, actor, product),
    "bring_back": lambda shop, actor, draft, product: products.bring_back(shop, actor, product),
}


@pytest.mark.parametrize("command", OWNERS_COMMANDS)
def test_every_command_is_the_owners_alone(shop: Shop, make_product: ProductMaker, command: str) -> None:
    product_id, draft_id = make_product(), written(shop)
    before = count(shop, Event), count(shop, ProductDraft)
    for actor in (CUSTOMER, STRANGER, STAFF):
        with pytest.raises(NotAllowed, match="Only the owner can"):
            OWNERS_COMMANDS[command](shop, actor, draft_id, product_id)
    assert (count(shop, Event), count(shop, ProductDraft)) == before


@pytest.mark.parametrize("command", ["fill", "set_goods", "goods_text", "look", "discard", "save"])
def test_another_owners_draft_is_not_there(shop: Shop, make_product: ProductMaker, command: str) -> None:
    draft_id = written(shop)
    for wanted, actor in ((draft_id, PARTNER), (draft_id + 99, OWNER)):
        with pytest.raises(NotFound, match="not there any more"):
            OWNERS_COMMANDS[command](shop, actor, wanted, 0)


# ---- changing


def test_only_what_changes_is_told_and_nothing_twice(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(name="Key")
    products.save(shop, OWNER, changing(shop, product_id, Options(warranty_days=7), price="12"))
    event = events_of(shop, product_id)[-1]
    assert event.detail_of(EDIT_PRODUCT) == {"price_minor": [999, 1200], "warranty_days": [30, 7]}
    with pytest.raises(AlreadyDone, match="haven't changed anything"):
        products.save(shop, OWNER, changing(shop, product_id, category=" games"))
    assert product_of(shop, product_id).version == 2


def test_who_changes_what_someone_else_has_changed_is_told_and_can_look_again(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product(name="Key")
    mine, theirs = changing(shop, product_id, price="5"), changing(shop, product_id, actor=PARTNER, price="7")
    products.save(shop, PARTNER, theirs)
    with pytest.raises(Busy, match="Someone else changed"):
        products.save(shop, OWNER, mine)
    assert product_of(shop, product_id).price_minor == 700
    drafts.fill(shop, OWNER, mine, replace(TEXTS, name="Key", description="A key.", price="5"))
    shown = draft_page.load(shop, OWNER, mine)
    assert products.changes(shown, "USD")["price_minor"] == [700, 500]
    products.save(shop, OWNER, mine)
    assert product_of(shop, product_id).price_minor == 500


def test_a_product_can_move_to_a_new_category_but_not_onto_a_namesake(shop: Shop, make_product: ProductMaker) -> None:
    first, second = make_product(name="Key"), make_product(name="Other")
    with pytest.raises(BadInput, match="There is a product 'KEY' in Games already"):
        products.save(shop, OWNER, changing(shop, second, name="KEY"))
    products.save(shop, OWNER, changing(shop, second, name="KEY", category="Tools"))
    assert product_of(shop, first).category_id != product_of(shop, second).category_id


KINDS = [ProductKind.unique, ProductKind.shared, ProductKind.unlimited, ProductKind.by_hand]


@pytest.mark.parametrize("kind", KINDS)
def test_an_order_keeps_goods_price_and_warranty_as_placed(
    shop: Shop, make_product: ProductMaker, time: MovableClock, kind: ProductKind
) -> None:
    product_id = make_product(kind, name="Key")
    order_id = lives.place(shop, product_id).id
    draft_id = changing(shop, product_id, Options(unit_type=GoodsType.account, warranty_days=0), name="New", price="99")
    drafts.set_goods(shop, OWNER, draft_id, "guide: something else")
    products.save(shop, OWNER, draft_id)
    products.remove(shop, OWNER, product_id)

    order = order_of(shop, order_id)
    assert (order.product_name, order.total_minor, order.warranty_days, order.kind) == ("Key", 999, 30, kind)
    lives.submit(shop, order)
    approved = orders.approve(shop, STAFF, order_id, Given())
    assert approved.status is OrderStatus.approved
    guide = GoodsItem("How to redeem", GoodsType.guide, "the-guide-of-Key")
    expected = [guide] + (
        [GoodsItem("Key", GoodsType.code, f"SECRET-{product_id}-0")] if kind is ProductKind.unique else []
    )
    assert goods_of(shop, order_id).items == expected

    products.bring_back(shop, OWNER, product_id)
    later = lives.place(shop, product_id, STRANGER)
    lives.submit(shop, later, STRANGER)
    orders.approve(shop, STAFF, later.id, Given())
    assert goods_of(shop, later.id).items[0] == GoodsItem("Guide", GoodsType.guide, "something else")
    assert later.total_minor == 9900


# ---- removing


def test_a_removed_product_is_not_offered_and_comes_back_as_it_was(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(name="Key")
    make_product(name="Another key")
    order_id = lives.place(shop, product_id).id
    standing = products.standing(shop, OWNER, product_id)
    assert (standing.units_left, standing.unfinished_orders, standing.is_removed) == (2, 1, False)
    assert products.remove(shop, OWNER, product_id) == "Key"
    with pytest.raises(AlreadyDone):
        products.remove(shop, OWNER, product_id)
    with pytest.raises(SoldOut, match="not on sale any more"):
        lives.place(shop, product_id, STRANGER)
    assert order_of(shop, order_id).status is OrderStatus.awaiting_payment
    assert products.standing(shop, OWNER, product_id).is_removed
    products.bring_back(shop, OWNER, product_id)
    with pytest.raises(AlreadyDone):
        products.bring_back(shop, OWNER, product_id)
    assert lives.place(shop, product_id, STRANGER).status is OrderStatus.awaiting_payment
    assert [one.trigger for one in events_of(shop, product_id)][-2:] == ["remove_product", "restore_product"]


def test_a_name_given_away_meanwhile_keeps_a_product_from_coming_back(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(name="Key")
    products.remove(shop, OWNER, product_id)
    products.save(shop, OWNER, written(shop, replace(TEXTS, name="KEY")))
    with pytest.raises(BadInput, match="has the same name by now"):
        products.bring_back(shop, OWNER, product_id)
    products.save(shop, OWNER, changing(shop, product_id, name="Old key"))
    assert products.bring_back(shop, OWNER, product_id) == "Old key"


def test_a_product_without_a_price_does_not_come_back_before_it_has_one(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(name="Old offer")
    with writing(shop.database) as tx:  # as an older shop leaves one whose price nobody could read
        free = {"price_minor": 0, "is_on_sale": False}
        tx.session.execute(update(Product).where(Product.id == product_id).values(free))
    with pytest.raises(BadInput, match="no price yet"):
        products.bring_back(shop, OWNER, product_id)
    products.save(shop, OWNER, changing(shop, product_id, price="4.50"))
    products.bring_back(shop, OWNER, product_id)
    assert product_of(shop, product_id).is_on_sale


def test_products_that_are_not_there(shop: Shop) -> None:
    for command in (products.standing, products.remove, products.bring_back):
        with pytest.raises(NotFound, match="I can't find that product"):
            command(shop, OWNER, 4711)
    with pytest.raises(NotFound):
        drafts.begin_change(shop, OWNER, 4711, Options())


# ---- lists


def test_the_owners_lists_hold_everything(shop: Shop, make_product: ProductMaker) -> None:
    first, second = make_product(name="B"), make_product(ProductKind.by_hand, name="100% A")
    products.remove(shop, OWNER, first)
    with reading(shop.database) as session:
        total, (shelf,) = queries.shelves(session, limit=25, offset=0)
        assert (total, shelf.name, shelf.products, shelf.removed) == (1, "Games", 1, 1)
        assert queries.shelf(session, shelf.id) == shelf
        assert queries.shelf(session, shelf.id + 1) is None
        assert queries.named(session, "b") == [(first, "B", "Games", True)]
        assert queries.named(session, "0% a") == [(second, "100% A", "Games", False)]
        assert queries.named(session, "") == queries.named(session, "")[:2]
        assert queries.named(session, "_") == []


@pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)
def test_nobody_who_buys_waits_for_the_owner(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer at a time, whatever they write."""
    product_id, reached, go_on = make_product(units=1), threading.Event(), threading.Event()

    def hold(*_: object) -> None:
        reached.set()
        assert go_on.wait(30)

    monkeypatch.setattr(products, "_record", hold)
    owner = threading.Thread(target=products.remove, args=(shop, OWNER, product_id))
    owner.start()
    try:
        assert reached.wait(10)
        buyer = threading.Thread(target=lives.place, args=(shop, product_id))
        buyer.start()
        buyer.join(10)
        assert not buyer.is_alive()
    finally:
        go_on.set()
        owner.join(10)
    assert lives.units(shop, UnitStatus.reserved) == 1
