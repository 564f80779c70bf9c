"""Files that the owner gives a product: added, replaced, left out; what was sold stays as it was."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from novacore.crypto import GoodsCipher, new_key
from novacore.db.models import GoodsFile, GoodsVersion, Order
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, NotAllowed, NotFound
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.catalog import draft_files, draft_page, drafts, products
from novacore.workflows.catalog.draft_page import LOCKED_FILES
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.goods import files
from novacore.workflows.goods.files import LARGEST_FILE, MOST_FILES, FileHead
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.goods import goods_of, reveal
from tests.fixtures.shops import CUSTOMER, KEY, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows import catalogue
from tests.workflows.machine import lives


def add(shop: Shop, draft_id: int, **given: bytes) -> None:
    """Add files to a draft, by their names without the ending."""
    ids = [files.store(shop, f"{name}.txt", content) for name, content in given.items()]
    draft_files.change(shop, OWNER, draft_id, ids, [])


def names(shop: Shop, draft_id: int) -> list[str]:
    """What a draft lists."""
    return [one.name for one in draft_page.load(shop, OWNER, draft_id).files]


def new_product(shop: Shop, kind: ProductKind = ProductKind.unlimited, **given: bytes) -> int:
    """Put a product on sale that has these files, and nothing else."""
    draft_id = catalogue.written(shop, options=Options(kind))
    add(shop, draft_id, **given)
    return products.save(shop, OWNER, draft_id)


def filed(shop: Shop, order_id: str) -> list[FileHead]:
    """The files that the buyer of an order gets."""
    with reading(shop.database) as session:
        return files.of_version(shop.cipher, session, session.get_one(Order, order_id).goods_version_id)


def contents(shop: Shop, order_id: str) -> dict[str, bytes]:
    """What the buyer of an order gets."""
    return {one.name: one.content for one in files.read(shop, filed(shop, order_id))}


@pytest.mark.parametrize("kind", [ProductKind.unlimited, ProductKind.shared])
def test_files_alone_are_goods_enough(shop: Shop, kind: ProductKind, time: MovableClock) -> None:
    draft_id = catalogue.written(shop, options=Options(kind))
    assert "upload them" in draft_page.load(shop, OWNER, draft_id).slips[0]
    add(shop, draft_id, guide=b"guide")
    assert draft_page.load(shop, OWNER, draft_id).slips == ()
    product_id = products.save(shop, OWNER, draft_id)
    products.remove(shop, OWNER, product_id)
    products.bring_back(shop, OWNER, product_id)


def test_the_buyer_gets_the_files_of_the_day_they_ordered(shop: Shop, time: MovableClock) -> None:
    product_id = new_product(shop, guide=b"first", extra=b"extra")
    early = lives.place(shop, product_id)
    draft_id = catalogue.changing(shop, product_id)
    add(shop, draft_id, guide=b"second")
    assert names(shop, draft_id) == ["extra.txt", "guide.txt"]
    products.save(shop, OWNER, draft_id)
    late = lives.place(shop, product_id)
    assert contents(shop, early.id) == {"guide.txt": b"first", "extra.txt": b"extra"}
    assert contents(shop, late.id) == {"extra.txt": b"extra", "guide.txt": b"second"}


def test_a_change_of_the_words_leaves_the_files(shop: Shop) -> None:
    product_id = new_product(shop, guide=b"guide")
    draft_id = catalogue.changing(shop, product_id)
    drafts.set_goods(shop, OWNER, draft_id, "guide: read it")
    products.save(shop, OWNER, draft_id)
    order = lives.place(shop, product_id)
    assert contents(shop, order.id) == {"guide.txt": b"guide"}
    draft_id = catalogue.changing(shop, product_id, name="Renamed")
    products.save(shop, OWNER, draft_id)
    assert contents(shop, lives.place(shop, product_id).id) == {"guide.txt": b"guide"}
    assert catalogue.count(shop, GoodsVersion) == 2, "a new name makes no new version"


def test_a_change_of_the_files_leaves_the_words(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product()
    draft_id = catalogue.changing(shop, product_id)
    add(shop, draft_id, manual=b"manual")
    products.save(shop, OWNER, draft_id)
    order = lives.bring_to(shop, product_id, OrderStatus.approved, time)
    assert goods_of(shop, order.id).items[0].value == "the-guide-of-Game key"
    assert contents(shop, order.id) == {"manual.txt": b"manual"}


def test_a_file_is_left_out(shop: Shop) -> None:
    product_id = new_product(shop, guide=b"guide", extra=b"extra")
    draft_id = catalogue.changing(shop, product_id)
    (guide, _) = draft_files.load(shop, OWNER, draft_id)
    draft_files.change(shop, OWNER, draft_id, [], [guide.id])
    assert names(shop, draft_id) == ["extra.txt"]
    (extra,) = draft_files.load(shop, OWNER, draft_id)
    draft_files.change(shop, OWNER, draft_id, [], [extra.id, 999_999])
    assert "upload them" in draft_page.load(shop, OWNER, draft_id).slips[0], "then buyers would get nothing"
    with pytest.raises(BadInput):
        products.save(shop, OWNER, draft_id)


def test_the_same_files_are_no_change(shop: Shop) -> None:
    product_id = new_product(shop, guide=b"guide")
    draft_id = catalogue.changing(shop, product_id)
    draft_files.change(shop, OWNER, draft_id, [], [])
    with pytest.raises(AlreadyDone, match="haven't changed anything"):
        products.save(shop, OWNER, draft_id)


def test_of_two_files_of_one_name_the_last_is_taken(shop: Shop) -> None:
    draft_id = catalogue.written(shop, options=Options(ProductKind.unlimited))
    ids = [files.store(shop, name, content) for name, content in (("A.txt", b"1"), ("b.txt", b"2"), ("a.TXT", b"3"))]
    draft_files.change(shop, OWNER, draft_id, ids, [])
    assert sorted(names(shop, draft_id)) == ["a.TXT", "b.txt"]


def test_too_much_is_refused_and_changes_nothing(shop: Shop) -> None:
    draft_id = catalogue.written(shop, options=Options(ProductKind.unlimited))
    add(shop, draft_id, guide=b"guide")
    before = lives.snapshot(shop)
    with pytest.raises(BadInput, match="20 MiB is the most"):
        draft_files.refuse(shop, OWNER, draft_id, [("a.bin", LARGEST_FILE), ("b.bin", LARGEST_FILE)], [])
    ids = [files.store(shop, f"{n}.txt", b"x") for n in range(9)]
    with pytest.raises(BadInput, match="would be 10 files"):
        draft_files.change(shop, OWNER, draft_id, ids, [])
    after = lives.snapshot(shop)
    assert {name: after[name] for name in ("draft_files", "product_drafts")} == {
        name: before[name] for name in ("draft_files", "product_drafts")
    }


def test_a_file_that_is_replaced_is_not_counted(shop: Shop) -> None:
    draft_id = catalogue.written(shop, options=Options(ProductKind.unlimited))
    add(shop, draft_id, **{f"file{n}": b"x" for n in range(MOST_FILES)})
    draft_files.refuse(shop, OWNER, draft_id, [("File0.TXT", 5), ("file1.txt", 5), ("file1.txt", 6)], [])
    with pytest.raises(BadInput, match="would be 10 files"):
        draft_files.refuse(shop, OWNER, draft_id, [("another.txt", 5)], [])


def test_a_file_whose_key_is_there_stays_when_another_has_lost_its_key(shop: Shop) -> None:
    draft_id = catalogue.written(shop, options=Options(ProductKind.unlimited))
    add(shop, draft_id, old=b"old")
    key = new_key()
    both, here = (replace(shop, cipher=GoodsCipher(keys)) for keys in ([key, KEY], [key]))
    add(both, draft_id, new=b"new")
    assert [one.name for one in draft_files.load(here, OWNER, draft_id)] == ["new.txt"]
    add(here, draft_id, other=b"other")
    assert [one.name for one in draft_files.load(here, OWNER, draft_id)] == ["new.txt", "other.txt"]


def test_files_belong_to_the_owner_of_the_draft(shop: Shop) -> None:
    draft_id = catalogue.written(shop, options=Options(ProductKind.unlimited))
    for actor, refusal in ((STAFF, NotAllowed), (CUSTOMER, NotAllowed), (catalogue.PARTNER, NotFound)):
        with pytest.raises(refusal):
            draft_files.load(shop, actor, draft_id)
        with pytest.raises(refusal):
            draft_files.refuse(shop, actor, draft_id, [("a.bin", 5)], [])
        with pytest.raises(refusal):
            draft_files.change(shop, actor, draft_id, [], [])


def test_what_is_done_by_hand_has_no_files(shop: Shop) -> None:
    draft_id = catalogue.written(shop, options=Options(ProductKind.by_hand))
    with pytest.raises(BadInput, match="by hand"):
        add(shop, draft_id, guide=b"guide")


def test_files_without_their_key_are_asked_for_again(shop: Shop) -> None:
    product_id = new_product(shop, guide=b"guide")
    here = replace(shop, cipher=GoodsCipher([new_key()]))
    draft_id = catalogue.changing(here, product_id)
    assert LOCKED_FILES in draft_page.load(here, OWNER, draft_id).slips
    drafts.set_goods(here, OWNER, draft_id, "guide: written again")
    assert draft_files.load(here, OWNER, draft_id) == []
    add(here, draft_id, guide=b"again")
    assert draft_page.load(here, OWNER, draft_id).slips == ()
    products.save(here, OWNER, draft_id)
    assert contents(here, lives.place(here, product_id).id) == {"guide.txt": b"again"}


def test_a_look_at_goods_whose_files_have_no_key_delivers_nothing(shop: Shop, time: MovableClock) -> None:
    product_id = new_product(shop, guide=b"guide")
    order = lives.bring_to(shop, product_id, OrderStatus.approved, time)
    both = replace(shop, cipher=GoodsCipher([new_key()]))
    before = lives.snapshot(shop)
    with pytest.raises(Exception, match="can't open these goods"):
        reveal(both, CUSTOMER, order.id)
    assert lives.snapshot(shop) == before


def test_a_draft_thrown_away_lets_go_of_its_files(shop: Shop, time: MovableClock) -> None:
    draft_id = catalogue.written(shop, options=Options(ProductKind.unlimited))
    add(shop, draft_id, guide=b"guide")
    drafts.discard(shop, OWNER, draft_id)
    time.move(hours=25)
    assert files.tidy(shop) == 1
    with reading(shop.database) as session:
        assert session.execute(select(GoodsFile.id)).all() == []
