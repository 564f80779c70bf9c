"""The files of a draft: what buyers get of them from now on. Before anything is changed they are the product's own."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.crypto import GoodsCipher
from novacore.db.models import Product, ProductDraft
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, NotFound
from novacore.states import ProductKind
from novacore.workflows.catalog.drafts import GONE, mine
from novacore.workflows.catalog.rules import Typed
from novacore.workflows.goods import files
from novacore.workflows.goods.file_names import clean_name, same_file
from novacore.workflows.goods.files import FileHead
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import units


def load(shop: Shop, actor: Actor, draft_id: int) -> list[FileHead]:
    """Return the files of a draft for its form; none if they can't be opened. Raises NotAllowed, NotFound."""
    require_owner(actor, "look at goods")
    with reading(shop.database) as session:
        draft = session.get(ProductDraft, draft_id)
        if draft is None or draft.owner_id != actor.id:
            raise NotFound(GONE)
        return _opened(shop.cipher, session, draft)


def present(cipher: GoodsCipher, session: Session, draft: ProductDraft) -> list[FileHead]:
    """Return what buyers would get once the draft is saved. Raises GoodsUnreadable."""
    return files.of_ids(cipher, session, _ids(session, draft))


def _ids(session: Session, draft: ProductDraft) -> list[int]:
    if draft.files_changed:
        return files.ids_of_draft(session, draft.id)
    return files.ids_of_version(session, _version(session, draft))


def _opened(cipher: GoodsCipher, session: Session, draft: ProductDraft) -> list[FileHead]:
    """Leave out files whose key is missing: their page says so, and asks for them again."""
    return files.readable(cipher, session, _ids(session, draft))


def _version(session: Session, draft: ProductDraft) -> int | None:
    row = select(Product.goods_version_id).where(Product.id == draft.product_id)
    return session.execute(row).scalar_one_or_none() if draft.product_id is not None else None


def refuse(shop: Shop, actor: Actor, draft_id: int, given: Sequence[tuple[str, int]], gone: Sequence[int]) -> None:
    """Refuse files of these names and sizes before anything of them is fetched.

    Raises BadInput, NotAllowed, NotFound.
    """
    new = _latest([FileHead(0, clean_name(name), size) for name, size in given])
    files.refuse([one.size for one in new], _staying(load(shop, actor, draft_id), new, gone) if new else ())


def change(shop: Shop, actor: Actor, draft_id: int, added: Sequence[int], gone: Sequence[int]) -> None:
    """Add stored files to a draft and leave others out; one takes the place of another of the same name.

    Raises BadInput where that would be too much, NotAllowed, NotFound, AlreadyDone once it was saved.
    """
    with writing(shop.database) as tx:
        draft = mine(tx, actor, draft_id)
        if Typed.read(draft.form).kind is ProductKind.by_hand:
            raise BadInput("Staff do this one by hand, so there is nothing that a file could go out with.")
        new = _latest(files.of_ids(shop.cipher, tx.session, added))
        stay = _staying(_opened(shop.cipher, tx.session, draft), new, gone)
        files.refuse([one.size for one in new], stay)
        files.hang_on_draft(tx, draft.id, [one.id for one in (*stay, *new)])
        draft.files_changed, draft.touched_at = True, tx.now


def _staying(present: Sequence[FileHead], new: Sequence[FileHead], gone: Sequence[int]) -> list[FileHead]:
    """Return the files that a draft keeps: not those that are left out, nor what one of the same name replaces."""
    kept = [one for one in present if one.id not in gone]
    return [one for one in kept if not any(same_file(one.name, other.name) for other in new)]


def _latest(new: Sequence[FileHead]) -> list[FileHead]:
    """Leave out what a later one of the same name takes the place of."""
    last = {one.name.casefold(): one for one in new}
    return [*last.values()]


def refuse_unsellable(session: Session, product_id: int, kept: Sequence[FileHead]) -> None:
    """Raise BadInput where a unit of the product that is a file couldn't go out with these files in one message."""
    largest = units.largest_file(session, product_id)
    if largest is not None and not files.fit_one_message([largest, *(one.size for one in kept)]):
        raise BadInput(
            "Nobody could buy this any more: a file in stock, together with these files, is more than one message "
            f"carries ({files.carried()}). Please leave some of them out."
        )
