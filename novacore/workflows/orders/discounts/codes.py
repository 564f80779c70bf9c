"""What the owner does with discount codes: adds one, widens what it is for, ends it. Orders stay as placed.

What a code gives can't be changed: a page may have promised it. End it and add it again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, exists, select

from novacore.db.event_kinds.discounts import ADD_DISCOUNT, END_DISCOUNT, WIDEN_DISCOUNT, AddDiscount, WidenDiscount
from novacore.db.event_kinds.kind import Detailed
from novacore.db.models import Category, Discount, Product
from novacore.db.models.orders.discounts import CODE_LIMIT
from novacore.db.unit_of_work import Transaction, writing
from novacore.db.upsert import insert_into
from novacore.errors import AlreadyDone, BadInput, NotFound
from novacore.money import parse_money
from novacore.money.reader import quoted
from novacore.states import ActorKind
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import read_end
from novacore.workflows.orders.discounts.typed_codes import SHORTEST, plain, read_code

MISSING: Final = "I can't find that code. `/discount list` shows them all."

MOST_PERCENT: Final = 99
MOST_USES: Final = 1_000_000
MOST_WIDENED: Final = 50
"""Products and categories that one code may name."""


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as the owner typed it. `until` is empty or a day, perhaps with an hour; a product or category is an id."""

    code: str
    percent: int | None = None
    amount: str = ""
    uses: int | None = None
    per_person: int | None = None
    until: str = ""
    product_id: int | None = None
    category_id: int | None = None
    least_quantity: int | None = None
    least_total: str = ""


def add(shop: Shop, actor: Actor, typed: NewCode) -> Discount:
    """Add a code, good from now on. Raises NotAllowed, NotFound, and BadInput for what is wrong with it.

    A code of the same name whose time is over makes way.
    """
    require_owner(actor, "add discount codes")
    with writing(shop.database) as tx:
        new = _described(shop, tx, typed)
        _end_past(tx, new.code)
        row = {key: value for key, value in vars(new).items() if not key.startswith("_")}
        added = insert_into(tx, Discount).values(row).on_conflict_do_nothing().returning(Discount.id)
        discount_id = tx.session.execute(added).scalar_one_or_none()
        if discount_id is None:
            raise BadInput(f"There is a code {new.code} already. End it first with `/discount end`, or choose another.")
        new.id = discount_id
        _record(tx, actor, new.id, ADD_DISCOUNT(_told(new)))
    return new


def _described(shop: Shop, tx: Transaction, typed: NewCode) -> Discount:
    currency = shop.terms.currency
    if (typed.percent is None) == (not typed.amount.strip()):
        raise BadInput("Please say what the code takes off: either `percent`, like 10, or `amount`, like 5.00.")
    return Discount(
        code=_code(typed.code),
        percent=_between(typed.percent, MOST_PERCENT, "percent"),
        amount_minor=_money(typed.amount, currency),
        currency=currency,
        scope=_scope(tx, typed.product_id, typed.category_id),
        least_quantity=_between(typed.least_quantity, 1000, "least_quantity"),
        least_total_minor=_money(typed.least_total, currency),
        uses=_between(typed.uses, MOST_USES, "uses"),
        per_person=_between(typed.per_person, MOST_USES, "per_person"),
        until=_until(shop, typed.until, tx.now),
        created_at=tx.now,
    )


def _code(typed: str) -> str:
    code = read_code(typed)
    if code is None:
        raise BadInput(
            f"{quoted(plain(typed))} can't be a code. Use {SHORTEST} to {CODE_LIMIT} letters from A to Z, digits, "
            "hyphens and underscores, like SUMMER-10."
        )
    return code


def _between(number: int | None, most: int, what: str) -> int | None:
    if number is not None and not 1 <= number <= most:
        hint = " An order always has something to pay: its payment is what you decide by." if what == "percent" else ""
        raise BadInput(f"`{what}` has to be from 1 to {most:,}.{hint}")
    return number


def _money(typed: str, currency: str) -> int | None:
    if not typed.strip():
        return None
    minor = parse_money(typed, currency).minor
    if minor == 0:
        raise BadInput("The amount has to be more than zero.")
    return minor


def _scope(tx: Transaction, product_id: int | None, category_id: int | None) -> dict[str, list[int]]:
    _require_there(tx, product_id, category_id)
    found = {"products": product_id, "categories": category_id}
    return {name: [one] for name, one in found.items() if one is not None}


def _require_there(tx: Transaction, product_id: int | None, category_id: int | None) -> None:
    if product_id is not None and not tx.session.execute(select(exists().where(Product.id == product_id))).scalar_one():
        raise NotFound(PRODUCT_MISSING)
    category = select(exists().where(Category.id == category_id))
    if category_id is not None and not tx.session.execute(category).scalar_one():
        raise NotFound("I can't find that category. `/product list` shows them all.")


_HELP: Final = "Write its last day, like 2026-12-24, or day and hour, like 2026-12-24 18:00."


def _until(shop: Shop, typed: str, now: datetime) -> datetime | None:
    """Read the end of a code in the shop's time zone: the end of a day, or an hour of it."""
    if not typed.strip():
        return None
    ends = read_end(shop.terms.zone, typed)
    if ends is None:
        raise BadInput(f"I can't read {quoted(typed)} as an end date. {_HELP}")
    if ends <= now:
        raise BadInput(f"A code has to end in the future. {_HELP}")
    return ends


def _end_past(tx: Transaction, code: str) -> None:
    found = tx.session.execute(_live(code)).scalar_one_or_none()
    if found is not None and found.until is not None and found.until <= tx.now:
        found.ended_at = tx.now
        tx.flush()


def _live(code: str | None) -> Select[Discount]:
    live = select(Discount).where(Discount.code == code, Discount.ended_at.is_(None)).order_by(Discount.id)
    return live.with_for_update(key_share=True)


def _told(new: Discount) -> AddDiscount:
    told: AddDiscount = {"code": new.code, "currency": new.currency}
    if new.percent is not None:
        told["percent"] = new.percent
    if new.amount_minor is not None:
        told["amount_minor"] = new.amount_minor
    if new.uses is not None:
        told["uses"] = new.uses
    if new.per_person is not None:
        told["per_person"] = new.per_person
    if new.until is not None:
        told["until"] = new.until.isoformat()
    return told


def end(shop: Shop, actor: Actor, typed: str) -> str:
    """End a code for every order from now on; return it. Raises NotAllowed, NotFound, AlreadyDone."""
    require_owner(actor, "end discount codes")
    with writing(shop.database) as tx:
        found = _found(tx, typed)
        found.ended_at = tx.now
        _record(tx, actor, found.id, END_DISCOUNT({"code": found.code}))
        return found.code


def widen(shop: Shop, actor: Actor, typed: str, product_id: int | None, category_id: int | None) -> Discount:
    """Let a code count for another product or category too. Raises NotAllowed, NotFound, AlreadyDone, BadInput."""
    require_owner(actor, "change discount codes")
    if (product_id is None) == (category_id is None):
        raise BadInput("Please choose either a product or a category.")
    with writing(shop.database) as tx:
        found = _found(tx, typed)
        _require_there(tx, product_id, category_id)
        found.scope = _widened(found, product_id, category_id)
        _record(tx, actor, found.id, WIDEN_DISCOUNT(_added(found.code, product_id, category_id)))
        return found


def _widened(found: Discount, product_id: int | None, category_id: int | None) -> dict[str, list[int]]:
    if not found.scope:
        raise AlreadyDone(f"Already done: {found.code} is for everything.")
    scope = {"products": [*found.scope.get("products", ())], "categories": [*found.scope.get("categories", ())]}
    if product_id in scope["products"] or category_id in scope["categories"]:
        raise AlreadyDone(f"Already done: {found.code} is for that already.")
    if sum(map(len, scope.values())) >= MOST_WIDENED:
        raise BadInput(f"A code can name {MOST_WIDENED} products and categories at most. Choose a whole category.")
    scope["products"] += [product_id] if product_id is not None else []
    scope["categories"] += [category_id] if category_id is not None else []
    return scope


def _added(code: str, product_id: int | None, category_id: int | None) -> WidenDiscount:
    if product_id is not None:
        return {"code": code, "product_id": product_id}
    return {"code": code, "category_id": category_id or 0}


def _found(tx: Transaction, typed: str) -> Discount:
    code = read_code(typed)
    found = tx.session.execute(_live(code)).scalar_one_or_none()
    if found is not None:
        return found
    if tx.session.execute(select(exists().where(Discount.code == code))).scalar_one():
        raise AlreadyDone(f"Already done: the code {code} has ended.")
    raise NotFound(MISSING)


def _record(tx: Transaction, actor: Actor, discount_id: int, what: Detailed) -> None:
    record(tx, NewEvent("discount", str(discount_id), what, actor, ActorKind.owner))
