"""The owner's side of the shop window: categories, products and stock. Commands take an actor and check it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from novacore.db.event_kinds.products import ADD_PRODUCT, RESTOCK, AddProduct
from novacore.db.models import Category, GoodsVersion, Picture, Product, ProductDraft, StockBatch, Unit
from novacore.db.unit_of_work import Transaction, writing
from novacore.errors import BadInput
from novacore.states import ActorKind, GoodsType, ProductKind, StockLevel, UnitStatus
from novacore.states.sold_roles import SoldRole
from novacore.workflows.catalog import shelf
from novacore.workflows.goods import files
from novacore.workflows.goods.items import GoodsItem, seal_items
from novacore.workflows.machine import panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import same_name, tidy_name
from novacore.workflows.stock import codes, news, units


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product as the owner describes it. `picture` is (content type, bytes)."""

    category: str
    name: str
    description: str
    kind: ProductKind
    price_minor: int
    unit_type: GoodsType = GoodsType.code
    items: Sequence[GoodsItem] = ()
    files: Sequence[int] = ()
    """Files that are stored already, by id (`goods.files.store`)."""
    max_quantity: int = 10
    warranty_days: int = 0
    picture: tuple[str, bytes] | None = None
    role: SoldRole | None = None


def add_product(shop: Shop, actor: Actor, draft: NewProduct) -> int:
    """Put a product on sale and return its id. Raises NotAllowed for anybody but the owner."""
    require_owner(actor, "add products")
    with writing(shop.database) as tx:
        panel.touch(tx)
        return put_on_sale(shop, tx, actor, draft, keep_picture(tx, draft.picture))


def put_on_sale(shop: Shop, tx: Transaction, actor: Actor, draft: NewProduct, picture_id: int | None) -> int:
    """Insert a product with the first version of its goods; return its id. `draft.picture` is kept already."""
    category = category_id(tx, draft.category)
    row = insert(Product).values(
        category_id=category,
        position=shelf.last_of(tx, category),
        name=draft.name,
        description=draft.description,
        kind=draft.kind,
        price_minor=draft.price_minor,
        currency=shop.terms.currency,
        max_quantity=draft.max_quantity,
        warranty_days=draft.warranty_days,
        role_id=draft.role.id if draft.role else None,
        role_name=draft.role.name if draft.role else None,
        role_days=draft.role.days if draft.role else None,
        picture_id=picture_id,
        created_at=tx.now,
    )
    product_id = tx.session.execute(row.returning(Product.id)).scalar_one()
    version_id = add_goods(tx, product_id, draft.unit_type, seal_items(shop.cipher, draft.items), draft.files)
    tx.session.execute(update(Product).where(Product.id == product_id).values(goods_version_id=version_id))
    record(tx, NewEvent("product", str(product_id), ADD_PRODUCT(_told(shop, draft)), actor, ActorKind.owner))
    return product_id


def _told(shop: Shop, draft: NewProduct) -> AddProduct:
    """What the audit log keeps of a new product: no goods."""
    return {
        "name": draft.name,
        "category": draft.category,
        "kind": draft.kind,
        "price_minor": draft.price_minor,
        "currency": shop.terms.currency,
    }


def add_goods(
    tx: Transaction, product_id: int, unit_type: GoodsType, sealed: bytes, file_ids: Sequence[int] = ()
) -> int:
    """Insert the next version of a product's goods and return its id. Orders keep the one they were placed with."""
    latest = select(func.max(GoodsVersion.number)).where(GoodsVersion.product_id == product_id)
    number = (tx.session.execute(latest).scalar_one_or_none() or 0) + 1
    row = insert(GoodsVersion).values(
        product_id=product_id, number=number, unit_type=unit_type, content=sealed, created_at=tx.now
    )
    version_id = tx.session.execute(row.returning(GoodsVersion.id)).scalar_one()
    files.hang_on_version(tx, version_id, file_ids)
    return version_id


def category_id(tx: Transaction, name: str) -> int:
    """Return the category of this name, which is made if need be: "Games" and " games" are one."""
    exact = select(Category.id).where(Category.name == tidy_name(name))
    if there := tx.session.execute(exact).scalar_one_or_none():
        return there  # as a rule, and by an index: an import asks for each of its products
    for found, known in tx.session.execute(select(Category.id, Category.name).order_by(Category.id)):
        if same_name(known, name):
            return found
    new = insert(Category).values(name=tidy_name(name), position=shelf.last_category(tx))
    return tx.session.execute(new.returning(Category.id)).scalar_one()


def keep_picture(tx: Transaction, picture: tuple[str, bytes] | None) -> int | None:
    """Store a picture (content type, bytes) and return its id."""
    if picture is None:
        return None
    content_type, content = picture
    row = {"content_type": content_type, "content": content}
    return tx.session.execute(insert(Picture).returning(Picture.id), row).scalar_one()


def drop_picture(tx: Transaction, picture_id: int) -> None:
    """Drop a picture unless a product or a draft still has it. What was changed of these has to be flushed before."""
    shown = exists().where(Product.picture_id == picture_id)
    meant = exists().where(ProductDraft.picture_id == picture_id)
    tx.session.execute(delete(Picture).where(Picture.id == picture_id, ~shown, ~meant))


def add_codes(shop: Shop, actor: Actor, product_id: int, given: Sequence[str]) -> int:
    """Stock unique units, one a code; return how many. A code that is stocked already makes the whole batch fail.

    For a few codes: `restock` takes files, and leaves repeats out.
    """
    require_owner(actor, "add stock")
    mark = codes.marker(shop)
    contents = [(shop.cipher.seal(codes.tidy(code)), mark(code)) for code in given]
    with writing(shop.database) as tx:
        return _add_units(shop, tx, actor, product_id, contents)


def add_count(shop: Shop, actor: Actor, product_id: int, count: int) -> int:
    """Stock `count` units of a product whose goods are shared."""
    require_owner(actor, "add stock")
    with writing(shop.database) as tx:
        return _add_units(shop, tx, actor, product_id, [(None, None)] * count)


def _tell(shop: Shop, tx: Transaction, product_id: int) -> None:
    """Let news and stock levels follow."""
    product = tx.session.get_one(Product, product_id)
    if product.stock_level is StockLevel.out:
        news.tell_of_stock(shop, tx, product)
    units.watch(tx, product_id)


def _add_units(
    shop: Shop, tx: Transaction, actor: Actor, product_id: int, contents: Sequence[tuple[bytes | None, bytes | None]]
) -> int:
    count = len(contents)
    batch = insert(StockBatch).values(
        product_id=product_id,
        added_by=actor.id,
        added_at=tx.now,
        total=count,
        done=count,
        added=count,
        finished_at=tx.now,
    )
    batch_id = tx.session.execute(batch.returning(StockBatch.id)).scalar_one()
    rows = [
        {
            "product_id": product_id,
            "batch_id": batch_id,
            "status": UnitStatus.available,
            "content": content,
            "fingerprint": mark,
            "created_at": tx.now,
        }
        for content, mark in contents
    ]
    try:
        tx.session.execute(insert(Unit), rows)
    except IntegrityError:
        raise BadInput(
            "At least one of these codes is in stock already or was sold before. Nothing was added."
        ) from None
    _tell(shop, tx, product_id)
    what = RESTOCK({"batch_id": batch_id, "count": count})
    record(tx, NewEvent("product", str(product_id), what, actor, ActorKind.owner))
    return count
