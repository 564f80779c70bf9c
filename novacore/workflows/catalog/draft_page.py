"""Reads a draft as its page shows it: what it would become, what is in the way, and what would change."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from novacore.crypto import GoodsCipher, GoodsUnreadable
from novacore.db.models import GoodsVersion, Picture, Product, ProductDraft
from novacore.db.queries.catalog import shop_window as catalog_queries
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, NotFound
from novacore.states import PictureState
from novacore.workflows.catalog import draft_files
from novacore.workflows.catalog.drafts import FORM_TEXT, GONE
from novacore.workflows.catalog.rules import SHARED_KINDS, Described, Typed, describe
from novacore.workflows.goods.files import FileHead
from novacore.workflows.goods.format import read_form, write_goods
from novacore.workflows.goods.items import GoodsItem, open_items
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop

MISSING_GOODS = (
    "Every buyer of this product gets the same goods. Press **Goods** and write them down, or **Files** and upload "
    "them. A **Role** is enough, too."
)
LOCKED_GOODS = (
    "The goods of this product can't be opened: the shop doesn't have their key. Press **Goods** and write them down "
    "again, or put the key back first. `/doctor` says more."
)
LOCKED_FILES = (
    "The files of this product can't be opened: the shop doesn't have their key. Press **Files** and upload them "
    "again, or put the key back first. `/doctor` says more."
)


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft as its page shows it. `product` is what is on sale now, where one is changed."""

    id: int
    typed: Typed
    described: Described
    slips: tuple[str, ...]
    """What is in the way of saving it, a sentence each."""
    product: ProductRow | None
    goods: tuple[GoodsItem, ...] | None = field(repr=False)
    """What buyers would get from now on; None if that stays as it is."""
    files: tuple[FileHead, ...]
    """The files that buyers would get from now on; `files_changed` tells whether that is anything new."""
    files_changed: bool
    picture: tuple[str, bytes] | None = field(repr=False)
    picture_state: PictureState
    picture_problem: str | None
    saved_product_id: int | None


def load(shop: Shop, actor: Actor, draft_id: int) -> DraftPage:
    """Return a draft as its page shows it. Raises NotAllowed, NotFound."""
    require_owner(actor, "look at this")
    with reading(shop.database) as session:
        return read_draft(shop, session, _found(session, actor, draft_id))


def goods_text(shop: Shop, actor: Actor, draft_id: int) -> str:
    """Return what the form for the goods begins with: what was typed, else the present goods; empty when too long."""
    require_owner(actor, "look at goods")
    with reading(shop.database) as session:
        draft = _found(session, actor, draft_id)
        try:
            text = _text_of(shop.cipher, session, draft)
        except GoodsUnreadable:
            return ""  # the page says so, and asks for them again
    return text if len(text) <= FORM_TEXT else ""


def _text_of(cipher: GoodsCipher, session: Session, draft: ProductDraft) -> str:
    if draft.goods is not None:
        return str(cipher.open(draft.goods))
    items = _present_goods(cipher, session, draft.product_id)
    return write_goods(items) if items else ""


def _found(session: Session, actor: Actor, draft_id: int) -> ProductDraft:
    row = select(ProductDraft).where(ProductDraft.id == draft_id).options(undefer(ProductDraft.goods))
    draft = session.execute(row).scalar_one_or_none()
    if draft is None or draft.owner_id != actor.id:
        raise NotFound(GONE)
    return draft


def read_draft(shop: Shop, session: Session, draft: ProductDraft) -> DraftPage:
    """Return what a draft amounts to."""
    typed = Typed.read(draft.form)
    described, slips = describe(typed, shop.terms.currency)
    product = catalog_queries.product(session, draft.product_id) if draft.product_id is not None else None
    files, locked = _files(shop.cipher, session, draft)
    goods, goods_slips = _goods(shop.cipher, session, draft, typed, has_files=bool(files or locked))
    return DraftPage(
        id=draft.id,
        typed=typed,
        described=described,
        slips=(*slips, *goods_slips, *locked),
        product=product,
        goods=goods,
        files=files,
        files_changed=draft.files_changed,
        picture=_picture(session, draft, product),
        picture_state=draft.picture_state,
        picture_problem=draft.picture_problem,
        saved_product_id=draft.saved_product_id,
    )


def _files(cipher: GoodsCipher, session: Session, draft: ProductDraft) -> tuple[tuple[FileHead, ...], tuple[str, ...]]:
    try:
        return tuple(draft_files.present(cipher, session, draft)), ()
    except GoodsUnreadable:
        return (), (LOCKED_FILES,)


def _goods(
    cipher: GoodsCipher, session: Session, draft: ProductDraft, typed: Typed, *, has_files: bool
) -> tuple[tuple[GoodsItem, ...] | None, tuple[str, ...]]:
    try:
        if draft.goods is not None:
            return tuple(read_form(str(cipher.open(draft.goods)), typed.unit_type)), ()
        has_goods = has_files or typed.role_id or _present_goods(cipher, session, draft.product_id)
        if typed.kind in SHARED_KINDS and not has_goods:
            return None, (MISSING_GOODS,)
    except BadInput as slip:
        return None, (f"The goods: {slip.sentence}",)
    except GoodsUnreadable:
        return None, (LOCKED_GOODS,)
    return None, ()


def _present_goods(cipher: GoodsCipher, session: Session, product_id: int | None) -> list[GoodsItem]:
    sealed = session.execute(
        select(GoodsVersion.content)
        .join(Product, Product.goods_version_id == GoodsVersion.id)
        .where(Product.id == product_id)
    ).scalar_one_or_none()
    return open_items(cipher, sealed) if sealed else []


def _picture(session: Session, draft: ProductDraft, product: ProductRow | None) -> tuple[str, bytes] | None:
    """Return the picture that buyers would see: the new one, the product's own where it stays, or none."""
    if draft.picture_state is PictureState.removed:
        return None
    found = select(Picture.content_type, Picture.content).where(Picture.id == draft.picture_id)
    row = session.execute(found).one_or_none() if draft.picture_id is not None else None
    if row is not None:
        return row[0], row[1]
    return product.picture if product else None
