"""Sale prices, and the first day on which a product is on sale. Both count by the clock: nothing is written then.

What follows at such a moment is a job, due then: the panel is shown again, who waits for the product is called, and the
next moment gets its job. One that runs too early, too late or twice does no harm: it looks at what is so by then.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.products import END_SALE, SET_FIRST_DAY, SET_SALE, SetSale
from novacore.db.models import Product
from novacore.db.unit_of_work import Transaction, writing
from novacore.errors import AlreadyDone, BadInput, NotFound
from novacore.money import format_money, parse_price
from novacore.money.reader import quoted
from novacore.money.sale_prices import is_out, is_over, next_change, sale_price
from novacore.states import ActorKind
from novacore.states.goods import NewsKind
from novacore.workflows.machine import job_kinds, jobs, panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import read_begin, read_end
from novacore.workflows.stock import news, units

_HELP: Final = "Write a day, like 2026-12-24, or day and hour, like 2026-12-24 18:00."


def set_sale(shop: Shop, actor: Actor, product_id: int, price: str, begins: str, until: str) -> Product:
    """Let a product cost less for a time; return it. Typed nothing: it begins at once, or lasts until it is ended.

    `begins` and `until` are a day or a day with an hour, in the shop's time zone; of `until` the day is the last one.
    Raises NotAllowed, NotFound, AlreadyDone where nothing would change, and BadInput.
    """
    require_owner(actor, "set sale prices")
    with writing(shop.database) as tx:
        product = _found(tx, product_id)
        sale = _price(product, price)
        first, last = _begin(shop, tx, begins), _end(shop, tx, until)
        if first and last and last <= first:
            raise BadInput(f"A sale has to end after it begins. {_HELP}")
        if (product.sale_price_minor, product.sale_from, product.sale_until) == (sale, first, last):
            raise AlreadyDone("Nothing changes: this is its sale price already.")
        product.sale_price_minor, product.sale_from, product.sale_until = sale, first, last
        _record(tx, actor, product, SET_SALE(_told(product, sale)))
        _follow(tx, product)
        if sale_price(product, tx.now) is not None:
            news.tell(shop, tx, product_id, NewsKind.reduced)
        return product


def end_sale(shop: Shop, actor: Actor, product_id: int) -> Product:
    """Let a product cost its ordinary price from now on. Raises NotAllowed, NotFound, AlreadyDone."""
    require_owner(actor, "end sales")
    with writing(shop.database) as tx:
        product = _found(tx, product_id)
        price = product.sale_price_minor
        if price is None or is_over(product, tx.now):
            raise AlreadyDone("Already done: this product has no sale price.")
        forget_sale(product)
        _record(tx, actor, product, END_SALE({"price_minor": price}))
        _follow(tx, product)
        return product


def forget_sale(product: Product) -> None:
    """Take its sale price away, with the times of it."""
    product.sale_price_minor = product.sale_from = product.sale_until = None


def set_first_day(shop: Shop, actor: Actor, product_id: int, typed: str) -> Product:
    """Keep a product from customers until a day, or (typed nothing) put it on sale at once; return it.

    Raises NotAllowed, NotFound, AlreadyDone where nothing would change, and BadInput.
    """
    require_owner(actor, "set the first day of a product")
    with writing(shop.database) as tx:
        product = _found(tx, product_id)
        at = read_begin(shop.terms.zone, typed)
        if typed.strip() and (at is None or at <= tx.now):
            raise BadInput(f"I can't use {quoted(typed)} as the first day: it has to be in the future. {_HELP}")
        if at == product.on_sale_from or (at is None and is_out(product, tx.now)):
            raise AlreadyDone("That is its first day already." if at else "It is on sale already.")
        before, product.on_sale_from = product.on_sale_from, at
        _record(tx, actor, product, SET_FIRST_DAY({"at": [_iso(before), _iso(at)]}))
        _follow(tx, product)
        units.watch(tx, product.id)  # someone may have waited for it
        return product


def _found(tx: Transaction, product_id: int) -> Product:
    product = _locked(tx, product_id)
    if product is None:
        raise NotFound(PRODUCT_MISSING)
    if product.is_deleted:
        raise BadInput("This product is removed. Bring it back first: `/product list` shows it.")
    return product


def _locked(tx: Transaction, product_id: int) -> Product | None:
    # Not against orders and units, whose foreign keys hold the product as well: no buyer waits for the owner.
    rows = select(Product).where(Product.id == product_id).with_for_update(key_share=True)
    return tx.session.execute(rows).scalar_one_or_none()


def _price(product: Product, typed: str) -> int:
    price = parse_price(typed, product.currency)
    if price >= product.price_minor:
        ordinary = format_money(product.price_minor, product.currency)
        raise BadInput(f"A sale price has to be lower than the ordinary one, which is {ordinary}.")
    return price


def _begin(shop: Shop, tx: Transaction, typed: str) -> datetime | None:
    """Return when the sale begins; None for at once, which a day means that has come already."""
    at = read_begin(shop.terms.zone, typed)
    if typed.strip() and at is None:
        raise BadInput(f"I can't read {quoted(typed)} as the day on which the sale begins. {_HELP}")
    return at if at is not None and at > tx.now else None


def _end(shop: Shop, tx: Transaction, typed: str) -> datetime | None:
    at = read_end(shop.terms.zone, typed)
    if typed.strip() and at is None:
        raise BadInput(f"I can't read {quoted(typed)} as the last day of the sale. {_HELP}")
    if at is not None and at <= tx.now:
        raise BadInput(f"A sale has to end in the future. {_HELP}")
    return at


def _told(product: Product, sale: int) -> SetSale:
    return {
        "price_minor": sale,
        "ordinary_minor": product.price_minor,
        "currency": product.currency,
        "begins": _iso(product.sale_from),
        "until": _iso(product.sale_until),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _record(tx: Transaction, actor: Actor, product: Product, what: Detailed) -> None:
    record(tx, NewEvent("product", str(product.id), what, actor, ActorKind.owner))


# ---- what follows when the moment has come


def _follow(tx: Transaction, product: Product) -> None:
    panel.touch(tx)
    news.touch(tx, product.id)
    _plan(tx, product)


def _plan(tx: Transaction, product: Product) -> None:
    at = next_change(product, tx.now)
    if at is not None:
        jobs.enqueue(tx, [job_kinds.CHANGE_SHELF.about("product", str(product.id), due_at=at)])


def change(shop: Shop, product_id: int) -> datetime | None:
    """Do what follows as customers see something else of a product; return when that will be so again."""
    with writing(shop.database) as tx:
        product = _locked(tx, product_id)  # before the panel and the news, as whatever changes one product does
        if product is None:
            return None
        _follow(tx, product)
        _tell(shop, tx, product)
        units.watch(tx, product_id)
        return next_change(product, tx.now)


_FRESH: Final = timedelta(days=1)
"""How long after its moment a first day or a sale is news: the moment stays with the product for ever."""


def _tell(shop: Shop, tx: Transaction, product: Product) -> None:
    """Make news of a first day or a sale that has come; not twice, should this be done again."""
    sale = product.sale_from if sale_price(product, tx.now) is not None else None
    come = {NewsKind.new: product.on_sale_from, NewsKind.reduced: sale}
    for kind, at in come.items():
        if at is not None and at <= tx.now < at + _FRESH and not news.was_told_since(tx, product.id, at):
            news.tell(shop, tx, product.id, kind)


def plan_again(shop: Shop) -> int:
    """Ask again for what follows at each moment to come, after the clock was set back; return for how many products.

    Jobs that were done in the time that is to come again would be missing.
    """
    with writing(shop.database) as tx:
        ahead = (column > tx.now for column in (Product.on_sale_from, Product.sale_from, Product.sale_until))
        found = tx.session.execute(select(Product).where(or_(*ahead)).order_by(Product.id)).scalars().all()
        for product in found:
            _plan(tx, product)
        return len(found)
