"""Products that the owner is still writing: begun, typed, thrown away. `products.save` puts them on sale.

A draft belongs to whoever began it; for everybody else it is not there. What was typed stays, right or wrong.
`draft_page` reads one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session, undefer

from novacore import clock
from novacore.db.models import GoodsVersion, Product, ProductDraft
from novacore.db.models.catalog.drafts import URL_LIMIT
from novacore.db.queries.catalog import shop_window as catalog_queries
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.unit_of_work import Transaction, reading, retire, writing
from novacore.errors import AlreadyDone, BadInput, NotFound
from novacore.states import GoodsType, PictureState, ProductKind
from novacore.states.sold_roles import SoldRole
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.rules import Typed, price_text
from novacore.workflows.goods import files
from novacore.workflows.goods.format import MOST_TEXT, too_much
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import storable

KEPT: Final = timedelta(days=1)
"""How long a draft that nobody touches stays."""

FORM_TEXT: Final = 4000
"""Characters that Discord lets a form hold."""

GONE = "That draft is not there any more. `/product add` and `/product edit` begin a new one."


@dataclass(frozen=True, slots=True)
class Options:
    """What the owner chose outside the form. None leaves it as it is."""

    kind: ProductKind | None = None
    unit_type: GoodsType | None = None
    warranty_days: int | None = None
    max_quantity: int | None = None
    picture_url: str | None = None
    without_picture: bool = False


def begin(shop: Shop, actor: Actor, options: Options) -> tuple[int, Typed]:
    """Begin a new product; return the draft's id and what its form shows. Raises NotAllowed, BadInput."""
    require_owner(actor, "add products")
    with writing(shop.database) as tx:
        typed = _with(Typed(), options)
        return _insert(tx, actor, typed, options, None), typed


def begin_change(shop: Shop, actor: Actor, product_id: int, options: Options) -> tuple[int, Typed]:
    """Begin to change a product; return as `begin` does. Raises NotAllowed, NotFound, BadInput."""
    require_owner(actor, "change products")
    with writing(shop.database) as tx:
        product = tx.session.get(Product, product_id)
        row = catalog_queries.product(tx.session, product_id)
        if product is None or row is None:
            raise NotFound("I can't find that product. `/product list` shows them all.")
        typed = _with(_typed(tx.session, product, row), options)
        return _insert(tx, actor, typed, options, product), typed


def _typed(session: Session, product: Product, row: ProductRow) -> Typed:
    unit_type = session.execute(select(GoodsVersion.unit_type).where(GoodsVersion.id == product.goods_version_id))
    return Typed(
        name=row.name,
        description=row.description,
        category=row.category,
        price=price_text(row.ordinary_minor, row.currency),
        kind=row.kind,
        unit_type=GoodsType(unit_type.scalar_one_or_none() or GoodsType.code),
        warranty_days=row.warranty_days,
        max_quantity=row.max_quantity,
        **_columns(row.role),
    )


def _columns(role: SoldRole | None) -> dict[str, Any]:
    return {"role_id": role.id, "role_name": role.name, "role_days": role.days} if role else {}


def _with(typed: Typed, options: Options) -> Typed:
    return replace(
        typed,
        kind=options.kind or typed.kind,
        unit_type=options.unit_type or typed.unit_type,
        warranty_days=typed.warranty_days if options.warranty_days is None else options.warranty_days,
        max_quantity=typed.max_quantity if options.max_quantity is None else options.max_quantity,
    )


def _insert(tx: Transaction, actor: Actor, typed: Typed, options: Options, product: Product | None) -> int:
    url = storable(options.picture_url or "") or None
    if url and len(url) > URL_LIMIT:
        raise BadInput(f"That picture's address is too long: {URL_LIMIT} characters are the most.")
    state = PictureState.removed if options.without_picture else PictureState.unchanged
    row = insert(ProductDraft).values(
        owner_id=actor.id,
        product_id=product.id if product else None,
        product_version=product.version if product else None,
        form=typed.stored(),
        picture_state=PictureState.waiting if url else state,
        picture_round=1 if url else 0,
        picture_url=url,
        touched_at=tx.now,
    )
    draft_id = tx.session.execute(row.returning(ProductDraft.id)).scalar_one()
    if url:
        _want_picture(tx, draft_id, 1)
    return draft_id


def _want_picture(tx: Transaction, draft_id: int, number: int) -> None:
    wanted = job_kinds.TAKE_PICTURE.about("draft", str(draft_id), {"round": number})
    jobs.enqueue(tx, [wanted], key=f"draft:{draft_id}:{number}")


def fill(
    shop: Shop, actor: Actor, draft_id: int, texts: Typed, upload: bytes | None = None, problem: str | None = None
) -> None:
    """Keep what came back with the form, right or wrong. The choices made outside the form stay.

    Only name, description, category and price are read of `texts`; `upload` is a new picture as it was uploaded,
    `problem` says why one did not arrive. Raises NotAllowed, NotFound, AlreadyDone.
    """
    with writing(shop.database) as tx:
        draft = mine(tx, actor, draft_id)
        typed = replace(
            Typed.read(draft.form),
            name=_kept(texts.name),
            description=_kept(texts.description),
            category=_kept(texts.category),
            price=_kept(texts.price),
        )
        draft.form, draft.touched_at = typed.stored(), tx.now
        if draft.product_id is not None:
            # The page that comes next shows the change next to the product as it is now.
            draft.product_version = tx.session.get_one(Product, draft.product_id).version
        if upload is not None:
            retire(tx.session)
            draft.picture_upload, draft.picture_url = upload, None
            draft.picture_state, draft.picture_round = PictureState.waiting, draft.picture_round + 1
            _want_picture(tx, draft.id, draft.picture_round)
        elif problem is not None:
            draft.picture_state, draft.picture_problem = PictureState.refused, problem


def _kept(text: str) -> str:
    """Return what a form can show again: as typed, but for what PostgreSQL does not take, and not without end."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")[: 2 * FORM_TEXT]


def set_goods(shop: Shop, actor: Actor, draft_id: int, text: str) -> None:
    """Keep the goods as they were typed, encrypted; slips in them show on the draft's page. Empty: as they were.

    Raises BadInput for far too much, NotAllowed, NotFound, AlreadyDone.
    """
    if len(text) > MOST_TEXT:
        raise BadInput(too_much())
    with writing(shop.database) as tx:
        draft = mine(tx, actor, draft_id)
        draft.goods = shop.cipher.seal(storable(text)) if storable(text) else None
        draft.touched_at = tx.now


def set_role(shop: Shop, actor: Actor, draft_id: int, role: SoldRole | None) -> None:
    """Let the product come with a role, or with none. Raises NotAllowed, NotFound, AlreadyDone."""
    none = {"role_id": None, "role_name": "", "role_days": None}
    with writing(shop.database) as tx:
        draft = mine(tx, actor, draft_id)
        draft.form = replace(Typed.read(draft.form), **none | _columns(role)).stored()
        draft.touched_at = tx.now


def discard(shop: Shop, actor: Actor, draft_id: int) -> None:
    """Throw a draft away. Raises NotAllowed, NotFound, AlreadyDone once it was saved."""
    with writing(shop.database) as tx:
        _drop(tx, [mine(tx, actor, draft_id)])


def mine(tx: Transaction, actor: Actor, draft_id: int) -> ProductDraft:
    """Return the actor's own draft, locked. Raises NotAllowed, NotFound, AlreadyDone once it was saved."""
    require_owner(actor, "change products")
    row = select(ProductDraft).where(ProductDraft.id == draft_id).options(undefer(ProductDraft.goods))
    draft = tx.session.execute(row.with_for_update()).scalar_one_or_none()
    if draft is None or draft.owner_id != actor.id:
        raise NotFound(GONE)
    if draft.saved_product_id is not None:
        raise AlreadyDone("Already done: this was saved. `/product list` shows it, and there you can change it.")
    return draft


# ---- tidying


def tidy(shop: Shop) -> int:
    """Drop the drafts that nobody has touched for a day, with pictures that became nothing; return how many."""
    before = clock.now() - KEPT
    old = select(ProductDraft).where(ProductDraft.touched_at < before).order_by(ProductDraft.id).limit(100)
    with reading(shop.database) as session:  # only a look as a rule: SQLite's one writer is not asked for
        if not session.execute(select(exists().where(ProductDraft.touched_at < before))).scalar_one():
            return 0
    with writing(shop.database) as tx:
        found = tx.session.execute(old.with_for_update(skip_locked=True)).scalars().all()
        _drop(tx, found)
    return len(found)


def _drop(tx: Transaction, found: Sequence[ProductDraft]) -> None:
    for draft in found:
        files.hang_on_draft(tx, draft.id, ())
        tx.session.execute(delete(ProductDraft).where(ProductDraft.id == draft.id))
        if draft.picture_id is not None:
            offers.drop_picture(tx, draft.picture_id)
