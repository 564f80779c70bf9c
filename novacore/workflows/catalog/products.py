"""What the owner does with products: a draft is saved, a product is removed and brought back. Orders stay as placed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select

from novacore.db.event_kinds.kind import Detailed, Pair
from novacore.db.event_kinds.products import EDIT_PRODUCT, REMOVE_PRODUCT, RESTORE_PRODUCT, EditProduct
from novacore.db.models import GoodsVersion, Product, ProductDraft
from novacore.db.queries import sealed
from novacore.db.queries.catalog import products as queries
from novacore.db.queries.catalog import shop_window as catalog_queries
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, BadInput, Busy, NotFound
from novacore.states import ActorKind, PictureState
from novacore.states.goods import NewsKind
from novacore.states.sold_roles import SoldRole
from novacore.workflows.catalog import draft_files, offers, sales, shelf
from novacore.workflows.catalog.draft_page import DraftPage, read_draft
from novacore.workflows.catalog.drafts import mine
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.catalog.rules import SHARED_KINDS, Described
from novacore.workflows.goods import files
from novacore.workflows.goods.items import open_items, seal_items
from novacore.workflows.machine import panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import same_name
from novacore.workflows.stock import news, units


@dataclass(frozen=True, slots=True)
class Standing:
    """A product with what hangs on it, as its owner sees it."""

    product: ProductRow
    version: int
    is_removed: bool
    units_left: int
    unfinished_orders: int


def standing(shop: Shop, actor: Actor, product_id: int) -> Standing:
    """Return a product for its owner, removed or not. Raises NotAllowed, NotFound."""
    require_owner(actor, "look at the catalogue")
    with reading(shop.database) as session:
        row, product = catalog_queries.product(session, product_id), session.get(Product, product_id)
        if row is None or product is None:
            raise NotFound(PRODUCT_MISSING)
        return Standing(
            product=row,
            version=product.version,
            is_removed=product.is_deleted,
            units_left=queries.units_left(session, product_id),
            unfinished_orders=queries.unfinished_orders(session, product_id),
        )


def save(shop: Shop, actor: Actor, draft_id: int) -> int:
    """Put a draft on sale, or its change into force; return the product's id. The draft is saved once.

    Raises NotAllowed, NotFound, AlreadyDone for the second press, BadInput for what is wrong with it, and Busy where
    someone else changed the product meanwhile. Then nothing is changed.
    """
    with writing(shop.database) as tx:
        row = mine(tx, actor, draft_id)
        draft = read_draft(shop, tx.session, row)
        if draft.slips:
            raise BadInput(draft.slips[0])
        if row.product_id is None:
            product_id = _add(shop, tx, actor, row, draft)
        else:
            product_id = _change(shop, tx, actor, row, draft)
        row.saved_product_id, row.goods, row.touched_at = product_id, None, tx.now
    return product_id


def _add(shop: Shop, tx: Transaction, actor: Actor, row: ProductDraft, draft: DraftPage) -> int:
    panel.touch(tx)  # first: it is also what lets two owners save one after the other, so that no name comes up twice
    told = draft.described
    _refuse_double(tx, told, None)
    new = NewProduct(
        category=told.category,
        name=told.name,
        description=told.description,
        kind=told.kind,
        price_minor=told.price_minor,
        unit_type=told.unit_type,
        items=draft.goods or (),
        files=[one.id for one in draft.files],
        max_quantity=told.max_quantity,
        warranty_days=told.warranty_days,
        role=told.role,
    )
    product_id = offers.put_on_sale(shop, tx, actor, new, row.picture_id)
    news.tell(shop, tx, product_id, NewsKind.new, news.HELD)  # what has no units yet is told of when it has some
    return product_id


def _change(shop: Shop, tx: Transaction, actor: Actor, row: ProductDraft, draft: DraftPage) -> int:
    product = _locked(tx, row.product_id)
    if product.version != row.product_version:
        raise Busy(
            "Someone else changed this product while you were editing it. Press **Edit** and send the form again: the "
            "page then compares your changes with the product as it is now."
        )
    panel.touch(tx)
    told = draft.described
    if not product.is_deleted:
        _refuse_double(tx, told, product.id)
    pictured = product.picture_id
    changed = changes(draft, shop.terms.currency) | _new_goods(shop, tx, product, draft) | _new_picture(row, product)
    if not changed:
        raise AlreadyDone("You haven't changed anything about this product.")
    _put_into(tx, product, told.category)
    product.name, product.description = told.name, told.description
    product.price_minor, product.currency = told.price_minor, shop.terms.currency
    product.max_quantity, product.warranty_days = told.max_quantity, told.warranty_days
    product.role_id = told.role.id if told.role else None
    product.role_name = told.role.name if told.role else None
    product.role_days = told.role.days if told.role else None
    if "sale_price_minor" in changed:
        sales.forget_sale(product)
    product.version += 1
    _record(tx, actor, product.id, EDIT_PRODUCT(changed))
    news.touch(tx, product.id)
    if pictured is not None and pictured != product.picture_id:
        tx.session.flush()
        offers.drop_picture(tx, pictured)
    return product.id


def _put_into(tx: Transaction, product: Product, category: str) -> None:
    """Put it into this category: at the end, if it stood in another one."""
    category_id = offers.category_id(tx, category)
    if category_id != product.category_id:
        product.category_id, product.position = category_id, shelf.last_of(tx, category_id)


def changes(draft: DraftPage, currency: str) -> EditProduct:
    """Return what a draft would change of its product: [before, after] by name. No goods, and no picture."""
    if draft.product is None:
        return {}
    before, after = draft.product, draft.described
    pairs: EditProduct = {
        "name": [before.name, after.name],
        "category": [before.category, after.category],
        "description": [before.description, after.description],
        "price_minor": [before.ordinary_minor, after.price_minor],
        "sale_price_minor": [before.sale_price_minor, _sale_then(before, after, currency)],
        "currency": [before.currency, currency],
        "max_quantity": [before.max_quantity, after.max_quantity],
        "warranty_days": [before.warranty_days, after.warranty_days],
        "role": [_called(before.role), _called(after.role)],
    }
    if same_name(before.category, after.category):
        del pairs["category"]
    each = cast(Mapping[str, Pair], pairs)
    return cast(EditProduct, {name: pair for name, pair in each.items() if pair[0] != pair[1]})


def _sale_then(before: ProductRow, after: Described, currency: str) -> int | None:
    """Return the sale price that stays: none that isn't lower than the new price, or is in another currency."""
    price = before.sale_price_minor
    stays = price is not None and price < after.price_minor and before.currency == currency
    return price if stays else None


def _called(role: SoldRole | None) -> str:
    return f"{role.name} ({role.id}) {role.term}" if role else "none"


def _new_goods(shop: Shop, tx: Transaction, product: Product, draft: DraftPage) -> EditProduct:
    """Add a version of the goods where they change: orders point at the version that they were placed with."""
    now = select(GoodsVersion.unit_type, GoodsVersion.content).where(GoodsVersion.id == product.goods_version_id)
    present = tx.session.execute(now).one_or_none()
    unit_type = draft.described.unit_type
    has_new_files = _has_new_files(tx, product, draft)
    if has_new_files:
        draft_files.refuse_unsellable(tx.session, product.id, draft.files)
    if draft.goods is None and present and present[0] == unit_type and not has_new_files:
        return {}
    sealed = seal_items(shop.cipher, draft.goods or ()) if draft.goods is not None or not present else present[1]
    product.goods_version_id = offers.add_goods(tx, product.id, unit_type, sealed, [one.id for one in draft.files])
    return {"goods": "changed"}


def _has_new_files(tx: Transaction, product: Product, draft: DraftPage) -> bool:
    if not draft.files_changed:
        return False
    return files.ids_of_version(tx.session, product.goods_version_id) != [one.id for one in draft.files]


def _new_picture(row: ProductDraft, product: Product) -> EditProduct:
    if row.picture_state is PictureState.removed and (product.picture_id or product.picture_url):
        product.picture_id = product.picture_url = None
        return {"picture": "removed"}
    if row.picture_id is not None:
        product.picture_id, product.picture_url = row.picture_id, None
        return {"picture": "changed"}
    return {"picture": "coming"} if row.picture_state is PictureState.waiting else {}


def _refuse_double(tx: Transaction, told: Described, but: int | None) -> None:
    """Raise BadInput where the category has another product of this name. Removed ones are in nobody's way."""
    here = offers.category_id(tx, told.category)
    names = select(Product.id, Product.name).where(Product.category_id == here, Product.is_deleted.is_(False))
    for product_id, name in tx.session.execute(names):
        if product_id != but and same_name(name, told.name):
            raise BadInput(
                f"There is a product {told.name!r} in {told.category} already. Please choose another name, or change "
                "that one with `/product edit`."
            )


def remove(shop: Shop, actor: Actor, product_id: int) -> str:
    """Take a product out of the shop and return its name. Its orders go on as if nothing had happened.

    Raises NotAllowed, NotFound, AlreadyDone.
    """
    require_owner(actor, "remove products")
    with writing(shop.database) as tx:
        product = _locked(tx, product_id)
        if product.is_deleted:
            raise AlreadyDone("Already done: this product was removed.")
        panel.touch(tx)
        news.touch(tx, product_id)
        product.is_deleted, product.version = True, product.version + 1
        _record(tx, actor, product_id, REMOVE_PRODUCT({"name": product.name}))
        return product.name


def bring_back(shop: Shop, actor: Actor, product_id: int) -> str:
    """Offer a removed product again and return its name. Raises NotAllowed, NotFound, AlreadyDone, BadInput."""
    require_owner(actor, "bring products back")
    with writing(shop.database) as tx:
        product = _locked(tx, product_id)
        if not product.is_deleted and product.is_on_sale:
            raise AlreadyDone("Already done: this product is on sale.")
        if product.price_minor < 1:  # from an older shop, whose price nobody could read
            raise BadInput("It has no price yet. Press **Edit** and give it one, then bring it back.")
        _refuse_without_goods(shop, tx, product)
        panel.touch(tx)
        units.watch(tx, product_id)  # someone may have waited for it all the time
        news.touch(tx, product_id)
        _refuse_namesake(tx, product)
        product.is_deleted, product.is_on_sale, product.version = False, True, product.version + 1
        _record(tx, actor, product_id, RESTORE_PRODUCT({"name": product.name}))
        return product.name


def _refuse_without_goods(shop: Shop, tx: Transaction, product: Product) -> None:
    """Raise BadInput where a buyer could not be given what they paid for: its key is missing, or nothing is there."""
    if sealed.is_locked(tx.session, product.id, shop.cipher.marks):
        raise BadInput(
            "Some of its goods can't be opened: the shop doesn't have their key. Put the key back and start the shop "
            "again; then it is on sale again by itself. `/doctor` says more."
        )
    present = select(GoodsVersion.content).where(GoodsVersion.id == product.goods_version_id)
    content = tx.session.execute(present).scalar_one_or_none()
    has_goods = (
        product.role_id
        or files.ids_of_version(tx.session, product.goods_version_id)
        or (content and open_items(shop.cipher, content))
    )
    if product.kind in SHARED_KINDS and not has_goods:
        raise BadInput(
            "Its goods are missing. Press **Edit**, give it **Goods**, **Files** or a **Role**, and bring it back."
        )


def _refuse_namesake(tx: Transaction, product: Product) -> None:
    """Raise BadInput where the name was given to another product of the category meanwhile."""
    shelf = Product.category_id == product.category_id, Product.is_deleted.is_(False), Product.id != product.id
    if any(same_name(name, product.name) for name in tx.session.execute(select(Product.name).where(*shelf)).scalars()):
        raise BadInput(
            "Another product of this category has the same name by now. Rename one of them with `/product edit` first."
        )


def _locked(tx: Transaction, product_id: int | None) -> Product:
    # Not against orders and units, whose foreign keys hold the product as well: no buyer waits for an edit.
    row = select(Product).where(Product.id == product_id).with_for_update(key_share=True)
    product = tx.session.execute(row).scalar_one_or_none()
    if product is None:
        raise NotFound(PRODUCT_MISSING)
    return product


def _record(tx: Transaction, actor: Actor, product_id: int, what: Detailed) -> None:
    record(tx, NewEvent("product", str(product_id), what, actor, ActorKind.owner))
