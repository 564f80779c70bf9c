"""What the owner does with ways to pay of their own: a draft is saved, one is hidden and put on sale again.

Orders stay as they were placed, whatever becomes of their method.
"""

from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import insert, select

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.payments import ADD_PAYMENT, EDIT_PAYMENT, HIDE_PAYMENT, SHOW_PAYMENT, EditPayment
from novacore.db.models import OwnMethod, OwnMethodDraft
from novacore.db.queries.orders import own_methods as queries
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, BadInput, Busy, NotFound
from novacore.states import ActorKind, Method, own_key
from novacore.workflows.machine import panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import same_name
from novacore.workflows.payments import methods
from novacore.workflows.payments.own_drafts import MISSING, DraftPage, mine, read_draft

MOST_ON_SALE: Final = 40
"""What fits into the two lists of a page next to the shop's own six."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One of the owner's own, as its page shows it."""

    id: int
    method: Method
    is_on_sale: bool
    unfinished_orders: int
    is_last: bool
    """Without it, customers can't pay at all."""


def standing(shop: Shop, actor: Actor, method_id: int) -> Standing:
    """Return one for its owner, on sale or not. Raises NotAllowed, NotFound."""
    require_owner(actor, "look at the ways to pay")
    with reading(shop.database) as session:
        row = session.get(OwnMethod, method_id)
        if row is None:
            raise NotFound(MISSING)
        others = [key for key in methods.on_sale(shop, session) if key != own_key(method_id)]
        unfinished = queries.unfinished_orders(session, own_key(method_id))
        return Standing(row.id, row.method, row.is_on_sale, unfinished, is_last=not others)


def save(shop: Shop, actor: Actor, draft_id: int) -> int:
    """Put a draft on sale, or its change into force; return the method's id. The draft is saved once.

    Raises NotAllowed, NotFound, AlreadyDone for the second press, BadInput for what is wrong with it, and Busy if
    someone else changed the method meanwhile. Then nothing is changed.
    """
    with writing(shop.database) as tx:
        row = mine(tx, actor, draft_id)
        panel.touch(tx)  # first: it also lets two owners save one after the other, so that no name comes up twice
        draft = read_draft(shop, tx.session, row)
        if draft.slips:
            raise BadInput(draft.slips[0])
        method_id = _add(tx, actor, draft) if row.method_id is None else _change(tx, actor, row, draft)
        row.saved_method_id, row.touched_at = method_id, tx.now
    return method_id


def _add(tx: Transaction, actor: Actor, draft: DraftPage) -> int:
    told = draft.described
    _refuse_double(tx, told.label, None)
    row = insert(OwnMethod).values(_columns(told) | {"is_on_sale": True, "version": 1, "created_at": tx.now})
    method_id = tx.session.execute(row.returning(OwnMethod.id)).scalar_one()
    _record(tx, actor, method_id, ADD_PAYMENT({"label": told.label}))
    return method_id


def _change(tx: Transaction, actor: Actor, row: OwnMethodDraft, draft: DraftPage) -> int:
    method = _locked(tx, row.method_id)
    if method.version != row.method_version:
        raise Busy(
            "Someone else changed this payment method while you were editing it. Press **Edit** and send the form "
            "again: the page then compares your changes with what it says now."
        )
    if method.is_on_sale:
        _refuse_double(tx, draft.described.label, method.id)
    changed = changes(draft)
    if not changed:
        raise AlreadyDone("You haven't changed anything about this payment method.")
    for name, value in _columns(draft.described).items():
        setattr(method, name, value)
    method.version += 1
    _record(tx, actor, method.id, EDIT_PAYMENT(changed))
    return method.id


def _columns(told: Method) -> dict[str, Any]:
    return {
        "label": told.label,
        "emoji": told.emoji,
        "address": told.address,
        "instructions": told.instructions,
        "reference_name": told.reference,
        "reference_need": told.need,
    }


def changes(draft: DraftPage) -> EditPayment:
    """Return what a draft would change of its method: [before, after] by column."""
    if draft.now is None:
        return {}
    before, after = _columns(draft.now), _columns(draft.described)
    return cast(EditPayment, {name: [before[name], after[name]] for name in before if before[name] != after[name]})


def hide(shop: Shop, actor: Actor, method_id: int) -> None:
    """Offer it to nobody any more. Its orders go on. Raises NotAllowed, NotFound, AlreadyDone."""
    require_owner(actor, "hide ways to pay")
    with writing(shop.database) as tx:
        panel.touch(tx)  # first, as in `save`
        method = _locked(tx, method_id)
        if not method.is_on_sale:
            raise AlreadyDone("Already done: customers are not offered this way to pay.")
        method.is_on_sale, method.version = False, method.version + 1
        _record(tx, actor, method_id, HIDE_PAYMENT({"label": method.label}))


def show(shop: Shop, actor: Actor, method_id: int) -> None:
    """Offer a hidden one again. Raises NotAllowed, NotFound, AlreadyDone, BadInput."""
    require_owner(actor, "offer ways to pay again")
    with writing(shop.database) as tx:
        panel.touch(tx)  # first, as in `save`
        method = _locked(tx, method_id)
        if method.is_on_sale:
            raise AlreadyDone("Already done: customers are offered this way to pay.")
        _refuse_double(tx, method.label, method.id)
        method.is_on_sale, method.version = True, method.version + 1
        _record(tx, actor, method_id, SHOW_PAYMENT({"label": method.label}))


def _refuse_double(tx: Transaction, label: str, but: int | None) -> None:
    """Raise BadInput if another one on sale has this name, or there are too many. Hidden ones are in nobody's way."""
    rows = select(OwnMethod.id, OwnMethod.label).where(OwnMethod.is_on_sale)
    others = [name for method_id, name in tx.session.execute(rows) if method_id != but]
    if any(same_name(name, label) for name in others):
        raise BadInput(
            f"There is a way to pay called {label!r} already. Please choose another name, or change that one with "
            "`/payment edit`."
        )
    if len(others) >= MOST_ON_SALE:
        raise BadInput(f"You already offer {len(others)} payment methods of your own, the maximum. Hide one first.")


def _locked(tx: Transaction, method_id: int | None) -> OwnMethod:
    row = select(OwnMethod).where(OwnMethod.id == method_id).with_for_update()
    method = tx.session.execute(row).scalar_one_or_none()
    if method is None:
        raise NotFound(MISSING)
    return method


def _record(tx: Transaction, actor: Actor, method_id: int, what: Detailed) -> None:
    record(tx, NewEvent("payment", str(method_id), what, actor, ActorKind.owner))
