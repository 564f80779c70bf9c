"""Drafts and products as the owner's pages get them, made by hand, and every page of the catalogue with one text."""

from collections.abc import Iterator
from typing import Any

from novacore.db.queries.catalog.products import Shelf
from novacore.messages.catalog import drafts, products
from novacore.messages.kit.layout import Message
from novacore.states import GoodsType, PictureState, ProductKind
from novacore.workflows.catalog.draft_page import DraftPage
from novacore.workflows.catalog.products import Standing
from novacore.workflows.catalog.rules import Typed, describe
from novacore.workflows.goods.file_names import clean_name
from novacore.workflows.goods.files import FileHead
from novacore.workflows.goods.items import GoodsItem
from tests.messages import samples


def draft(typed: Typed | None = None, **changes: Any) -> DraftPage:
    """A draft of a new product, typed well."""
    given = typed or Typed("Sky Rush", "A fast game.", "Games", "9.99")
    described, slips = describe(given, "USD")
    columns: dict[str, Any] = {
        "id": 3,
        "typed": given,
        "described": described,
        "slips": slips,
        "product": None,
        "goods": None,
        "files": (),
        "files_changed": False,
        "picture": None,
        "picture_state": PictureState.unchanged,
        "picture_problem": None,
        "saved_product_id": None,
    }
    return DraftPage(**columns | changes)


def standing(**changes: Any) -> Standing:
    """A product on sale with twelve units, one order unfinished."""
    columns: dict[str, Any] = {
        "product": samples.product(),
        "version": 1,
        "is_removed": False,
        "units_left": 12,
        "unfinished_orders": 1,
    }
    return Standing(**columns | changes)


def every_page(text: str, picture: bytes) -> Iterator[tuple[str, Message]]:
    """Build every page of the owner's catalogue, with the text wherever one can stand."""
    typed = Typed(text, text, text, text, ProductKind.shared)
    goods = tuple(GoodsItem(text, kind, text or "x") for kind in GoodsType) * 9
    files = tuple(FileHead(n, clean_name(text), 10**6 * n) for n in range(1, 10))
    now = samples.product(name=text, description="before", category=text)
    for state in PictureState:
        full: dict[str, Any] = {"picture_state": state, "picture_problem": text, "product": now, "goods": goods}
        full |= {"files": files, "files_changed": True}
        yield f"draft {state}", drafts.preview(draft(typed, **full, picture=("image/jpeg", picture)), "USD")
    yield "new draft", drafts.preview(draft(typed), "USD")
    shelves = [Shelf(n, text, 10**6, 10**6) for n in range(1, 26)]
    yield "shelves", products.shelves_page(99, shelves, 1)
    yield "no shelves", products.shelves_page(0, [])
    wares = [samples.product(id=n, name=text, is_on_sale=n % 2 == 0) for n in range(1, 26)]
    yield "shelf", products.shelf_page(shelves[0], wares, 1)
    yield "empty shelf", products.shelf_page(shelves[0], [], 9)
    for is_on_sale in (True, False):
        row = samples.product(name=text, description=text, category=text, is_on_sale=is_on_sale, available=0)
        found = standing(product=row, is_removed=not is_on_sale)
        yield f"owner's page {is_on_sale}", products.owners_page(found)
        yield f"saved {is_on_sale}", products.saved(found)
        yield f"removal {is_on_sale}", products.removal_page(found)
    yield "removed", products.removed(text, 7)
    yield "back", products.back_again(text, 7)
