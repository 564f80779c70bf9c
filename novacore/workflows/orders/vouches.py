"""Vouches: what the buyer of a delivered order says about it in public. One an order; its writer edits, staff hide."""

from novacore.crypto import GoodsUnreadable
from novacore.db.event_kinds.orders import HIDE_VOUCH, WRITE_VOUCH
from novacore.db.models import Order, Rating, Vouch
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.errors import AlreadyDone, NotFound, WrongState
from novacore.states import OrderStatus
from novacore.workflows.goods.masking import hidden_in, mask_for
from novacore.workflows.machine import job_kinds, jobs, loading, panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor, Permission, Who, authorise
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import check_comment, check_reason, read_stars
from novacore.workflows.orders.table import ORDERS

_WRITE = Permission(frozenset({Who.buyer}), "write a vouch for this order")
_HIDE = Permission(frozenset({Who.staff}), "hide a vouch")


def write(shop: Shop, actor: Actor, order_id: str, rating_text: str, comment: str) -> Vouch:
    """Keep what the buyer says: the first time it is written, later it is edited. The same words again change nothing.

    Raises BadInput, NotFound (also for a stranger's order), NotAllowed for staff, WrongState for an order that is not
    delivered, a vouch that staff have hidden, or words that can't be checked for codes: everybody would read them.
    """
    rating, words = read_stars(rating_text), _without_codes(shop, actor, check_comment(comment))
    with writing(shop.database) as tx:
        # The order's lock is the vouch's as well: there may be no row of its own yet.
        order, kind = loading.locked(tx, ORDERS, _WRITE, actor, order_id)
        _require_delivered(order)
        vouch = tx.session.get(Vouch, order.id)
        if vouch is None:
            vouch = _first(tx, order, rating, words)
            _count(tx, vouch, 1, rating)
        elif not _edited(tx, vouch, rating, words):
            return vouch
        _follow(tx, NewEvent("order", order.id, WRITE_VOUCH({"rating": rating}), actor, kind))
    return vouch


def refuse_early(shop: Shop, actor: Actor, order_id: str) -> None:
    """Raise what `write` would at the sight of who asks and where the order is: before a form asks for the words."""
    with reading(shop.database) as session:
        order = session.get(Order, order_id)
        if order is None:
            raise NotFound(ORDERS.missing)
        authorise(_WRITE, actor, order.customer_id)
        _require_delivered(order)
        vouch = session.get(Vouch, order.id)
    if vouch is not None:
        _require_shown(vouch)


def _require_delivered(order: Order) -> None:
    if order.status is not OrderStatus.delivered:
        raise WrongState(f"Vouches are for delivered orders, and this one is {order.status.row.label}.")


def _require_shown(vouch: Vouch) -> None:
    if vouch.hidden_at is not None:
        raise WrongState("Our staff have hidden this vouch, so it can't be changed. Is that a mistake? Tell our staff.")


def hide(shop: Shop, actor: Actor, order_id: str, reason: str) -> Vouch:
    """Take a vouch down for good. Raises BadInput, NotFound, NotAllowed, AlreadyDone."""
    why = check_reason(reason, "the details of the order keep it")
    with writing(shop.database) as tx:
        order, kind = loading.locked(tx, ORDERS, _HIDE, actor, order_id)
        vouch = tx.session.get(Vouch, order.id)
        if vouch is None:
            raise NotFound("Nobody has written a vouch for this order.")
        if vouch.hidden_at is not None:
            raise AlreadyDone("Already done: this vouch is hidden.")
        why = hidden_in(shop, tx.session, order.customer_id, why)
        vouch.hidden_at, vouch.hidden_by, vouch.hidden_reason = tx.now, actor.id, why
        _count(tx, vouch, -1, -vouch.rating)
        _follow(tx, NewEvent("order", order.id, HIDE_VOUCH({"reason": why}), actor, kind))
    return vouch


def _first(tx: Transaction, order: Order, rating: int, comment: str) -> Vouch:
    vouch = Vouch(
        order_id=order.id,
        customer_id=order.customer_id,
        product_id=order.product_id,
        rating=rating,
        comment=comment,
        written_at=tx.now,
    )
    tx.session.add(vouch)
    return vouch


def _edited(tx: Transaction, vouch: Vouch, rating: int, comment: str) -> bool:
    """Change what changed and tell whether anything did."""
    _require_shown(vouch)
    if (vouch.rating, vouch.comment) == (rating, comment):
        return False
    _count(tx, vouch, 0, rating - vouch.rating)
    vouch.rating, vouch.comment, vouch.edited_at = rating, comment, tx.now
    return True


def _count(tx: Transaction, vouch: Vouch, vouches: int, stars: int) -> None:
    """Keep the product's sums, and let the panel show what has become of them."""
    if not (vouches or stars):
        return
    row = insert_into(tx, Rating).values(product_id=vouch.product_id, vouches=vouches, stars=stars)
    sums = {"vouches": Rating.vouches + row.excluded.vouches, "stars": Rating.stars + row.excluded.stars}
    tx.session.execute(row.on_conflict_do_update(index_elements=["product_id"], set_=sums))
    panel.touch(tx)


def _follow(tx: Transaction, what: NewEvent) -> None:
    event_id = record(tx, what)
    jobs.enqueue(tx, [job_kinds.POST_VOUCH.about(what.subject_kind, what.subject_id)], event_id=event_id)


def _without_codes(shop: Shop, actor: Actor, words: str) -> str:
    if not words:
        return words
    try:
        with reading(shop.database) as session:
            return mask_for(shop, session, actor.id or 0, [words])(words)
    except GoodsUnreadable:
        raise WrongState(
            "We can't check your words for codes at the moment, so your vouch was not saved. Please try again later."
        ) from None
