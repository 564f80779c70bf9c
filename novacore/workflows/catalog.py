"""The owner's side of the shop window: categories, products and stock. Commands take an actor and check it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from novacore.crypto import fingerprint
from novacore.db.models import Category, GoodsVersion, Picture, Product, ShopFact, StockBatch, Unit
from novacore.db.unit_of_work import Transaction, writing
from novacore.errors import BadInput
from novacore.states import ActorKind, GoodsType, ProductKind, UnitStatus
from novacore.workflows import engine
from novacore.workflows.deliverables import GoodsItem, seal_items
from novacore.workflows.engine import Happening
from novacore.workflows.policy import Actor, require_owner
from novacore.workflows.shop import Shop


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as the owner describes it. `picture` is (content type, bytes)."""

    category: str
    name: str
    description: str
    kind: ProductKind
    price_minor: int
    unit_type: GoodsType = GoodsType.code
    items: Sequence[GoodsItem] = ()
    max_quantity: int = 10
    warranty_days: int = 0
    picture: tuple[str, bytes] | None = None


def add_product(shop: Shop, actor: Actor, draft: ProductDraft) -> int:
    """Put a product on sale and return its id. Raises NotAllowed for anybody but the owner."""
    require_owner(actor, "add products")
    with writing(shop.database) as tx:
        product_id = _insert_product(shop, tx, draft)
        version = insert(GoodsVersion).values(
            product_id=product_id,
            number=1,
            unit_type=draft.unit_type,
            content=seal_items(shop.cipher, draft.items),
            created_at=tx.now,
        )
        version_id = tx.session.execute(version.returning(GoodsVersion.id)).scalar_one()
        tx.session.execute(update(Product).where(Product.id == product_id).values(goods_version_id=version_id))
        engine.record(tx, Happening("product", str(product_id), "add_product", actor, ActorKind.owner))
    return product_id


def _insert_product(shop: Shop, tx: Transaction, draft: ProductDraft) -> int:
    row = insert(Product).values(
        category_id=_category(tx, draft.category),
        name=draft.name,
        description=draft.description,
        kind=draft.kind,
        price_minor=draft.price_minor,
        currency=shop.terms.currency,
        max_quantity=draft.max_quantity,
        warranty_days=draft.warranty_days,
        picture_id=_picture(tx, draft.picture),
        created_at=tx.now,
    )
    return tx.session.execute(row.returning(Product.id)).scalar_one()


def _category(tx: Transaction, name: str) -> int:
    found = tx.session.execute(select(Category.id).where(Category.name == name)).scalar_one_or_none()
    if found is not None:
        return found
    return tx.session.execute(insert(Category).values(name=name).returning(Category.id)).scalar_one()


def _picture(tx: Transaction, picture: tuple[str, bytes] | None) -> int | None:
    if picture is None:
        return None
    content_type, content = picture
    row = insert(Picture).values(content_type=content_type, content=content)
    return tx.session.execute(row.returning(Picture.id)).scalar_one()


def add_codes(shop: Shop, actor: Actor, product_id: int, codes: Sequence[str]) -> int:
    """Stock unique units, one a code; return how many. A code that is stocked already makes the whole batch fail."""
    require_owner(actor, "add stock")
    with writing(shop.database) as tx:
        pepper = _pepper(shop, tx)
        contents = [(shop.cipher.seal(code), fingerprint(code, pepper)) for code in codes]
        return _add_units(tx, actor, product_id, contents)


def add_count(shop: Shop, actor: Actor, product_id: int, count: int) -> int:
    """Stock `count` units of a product whose goods are shared."""
    require_owner(actor, "add stock")
    with writing(shop.database) as tx:
        return _add_units(tx, actor, product_id, [(None, None)] * count)


def _add_units(
    tx: Transaction, actor: Actor, product_id: int, contents: Sequence[tuple[bytes | None, bytes | None]]
) -> int:
    batch = insert(StockBatch).values(product_id=product_id, added_by=actor.id, added_at=tx.now)
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
    detail = {"batch_id": batch_id, "count": len(rows)}
    engine.record(tx, Happening("product", str(product_id), "restock", actor, ActorKind.owner, detail))
    return len(rows)


def _pepper(shop: Shop, tx: Transaction) -> bytes:
    """Return the fingerprints' own key: random, stored under SECRET_KEY, so that rotating that leaves it be."""
    fact = tx.session.get(ShopFact, "fingerprint_key")
    if fact is not None:
        return bytes.fromhex(shop.cipher.open(fact.value["sealed"].encode()))
    key = secrets.token_bytes(32)
    sealed = shop.cipher.seal(key.hex()).decode()
    tx.session.execute(insert(ShopFact).values(name="fingerprint_key", value={"sealed": sealed}, at=tx.now))
    return key
