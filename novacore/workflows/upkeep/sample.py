"""A shop to look at: every kind of product and every type of goods, with pictures. For rehearsals and first steps."""

import io
import zipfile
from dataclasses import dataclass

from sqlalchemy import exists, select, update

from novacore import ids
from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.products import REMOVE_PRODUCT, WITHDRAW_STOCK
from novacore.db.models import Event, Order, Product, StockBatch, Unit
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import Refusal
from novacore.media.artwork import product_picture
from novacore.money import currency_exponent
from novacore.plurals import counted, listed
from novacore.states import ActorKind, GoodsType, ProductKind, UnitStatus
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.goods import files
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.machine import panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import units

SAMPLER = Actor(0, "Sample shop", is_owner=True)


@dataclass(frozen=True, slots=True)
class Sample:
    """A product of the sample shop. `price` counts hundredths of the currency's main unit."""

    category: str
    name: str
    description: str
    kind: ProductKind
    type: GoodsType
    price: int
    value: str
    """The shared goods; for unique units the form of their codes, with `{code}` in it."""
    stock: int = 0
    warranty_days: int = 0
    file_name: str = ""
    """A file that every buyer gets, next to the value."""


SAMPLES = (
    Sample(
        "Games",
        "Starfall Odyssey key",
        "Activation key for the full game. Redeem it in the launcher under *Activate*.",
        ProductKind.unique,
        GoodsType.key,
        1999,
        "SAMPLE-{code}",
        stock=25,
        warranty_days=14,
    ),
    Sample(
        "Games",
        "Arcade credit, 500 coins",
        "A code for 500 coins. Enter it in the game's shop.",
        ProductKind.unique,
        GoodsType.code,
        499,
        "COINS-{code}",
        stock=40,
        warranty_days=7,
    ),
    Sample(
        "Games",
        "Founder's badge",
        "There is only one of these left.",
        ProductKind.unique,
        GoodsType.code,
        4900,
        "BADGE-{code}",
        stock=1,
    ),
    Sample(
        "Accounts",
        "Music account, one year",
        "A fresh account, paid for one year. Change the password after the first login.",
        ProductKind.unique,
        GoodsType.account,
        2450,
        "login: sample-{code}@example.com / password: {code}",
        stock=12,
        warranty_days=30,
    ),
    Sample(
        "Learning",
        "Streaming starter guide",
        "Forty pages on lights, sound and first steps.",
        ProductKind.unlimited,
        GoodsType.guide,
        900,
        "Read it here: https://example.com/sample/streaming-guide",
    ),
    Sample(
        "Learning",
        "Overlay pack",
        "Twenty overlays for your stream, in one archive.",
        ProductKind.unlimited,
        GoodsType.file,
        1250,
        "Unpack it, and add the pictures to your scene.",
        file_name="overlays.zip",
    ),
    Sample(
        "Community",
        "Club invite",
        "A link into the members' club. Only a few places.",
        ProductKind.shared,
        GoodsType.link,
        500,
        "https://example.com/sample/club-invite",
        stock=5,
    ),
    Sample(
        "Community",
        "Workshop seat",
        "Last workshop is full; the next one is announced in the server.",
        ProductKind.shared,
        GoodsType.link,
        3000,
        "https://example.com/sample/workshop",
    ),
    Sample(
        "Services",
        "Logo design",
        "We draw your logo by hand. Staff get in touch after the payment.",
        ProductKind.by_hand,
        GoodsType.service,
        6000,
        "Staff will contact you here.",
    ),
    Sample(
        "Services",
        "Priority support, 30 days",
        "Your questions come first for 30 days.",
        ProductKind.unlimited,
        GoodsType.support,
        1500,
        "Tell our staff this word when you write to them: SAMPLE-PRIORITY",
    ),
    Sample(
        "Services",
        "Extended warranty",
        "A year of replacement for one purchase.",
        ProductKind.unlimited,
        GoodsType.warranty,
        700,
        "Keep this message: it is your warranty certificate.",
        warranty_days=365,
    ),
)


def fill(shop: Shop) -> int:
    """Put the sample products into a shop that has neither products nor orders; return how many.

    Raises Refusal where there are any: samples must not turn up among real goods.
    """
    with reading(shop.database) as session:
        if session.execute(select(exists().where(Order.id.is_not(None)))).scalar_one():
            raise Refusal("This database has orders, so it is a real shop; samples belong in an empty database.")
        if session.execute(select(exists().where(Product.id.is_not(None)))).scalar_one():
            raise Refusal("This database has products already; samples belong in an empty database.")
    for sample in SAMPLES:
        _add(shop, sample)
    return len(SAMPLES)


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out again, by name. `kept`: its owner has changed or restocked it; only sample codes left it."""

    products: tuple[str, ...]
    kept: tuple[str, ...]

    def told(self) -> str:
        """Say it to the owner."""
        gone = counted(len(self.products), "sample product was", "sample products were")
        kept = f"\nStill there, because you have changed or restocked them: {listed([*self.kept], 20)}."
        return f"{gone} taken out of the shop.{kept if self.kept else ''}"


def remove(shop: Shop) -> Removed:
    """Take the samples out of the shop: off sale, with every code of theirs that nobody has ordered. Sold ones stay."""
    with writing(shop.database) as tx:
        mine = select(Event.subject_id).where(
            Event.subject_kind == "product", Event.trigger == "add_product", Event.actor_name == SAMPLER.name
        )
        ids = [int(one) for one in tx.session.execute(mine.order_by(Event.id)).scalars()]
        rows = select(Product).where(Product.id.in_(ids), Product.is_deleted.is_(False)).order_by(Product.id)
        products = tx.session.execute(rows.with_for_update(key_share=True)).scalars().all()
        for one in products:
            _withdraw(tx, one)
        kept = [one for one in products if _is_the_owners(tx, one)]
        gone = [one for one in products if one not in kept]
        for one in gone:
            one.is_deleted, one.is_on_sale, one.version = True, False, one.version + 1
            _record(tx, one, REMOVE_PRODUCT({"name": one.name}))
        panel.touch(tx)
    return Removed(tuple(one.name for one in gone), tuple(one.name for one in kept))


def _withdraw(tx: Transaction, product: Product) -> None:
    batches = select(StockBatch.id).where(StockBatch.product_id == product.id, StockBatch.added_by == SAMPLER.id)
    unsold = Unit.product_id == product.id, Unit.status == UnitStatus.available, Unit.batch_id.in_(batches)
    gone = update(Unit).where(*unsold).values(status=UnitStatus.withdrawn, fingerprint=None).returning(Unit.id)
    count = len(tx.session.execute(gone.execution_options(synchronize_session=False)).all())
    if count:
        _record(tx, product, WITHDRAW_STOCK({"count": count}))
        units.watch(tx, product.id)


def _is_the_owners(tx: Transaction, product: Product) -> bool:
    """Tell whether someone has changed it, or put stock of their own into it: then it is no sample any more."""
    others = exists().where(StockBatch.product_id == product.id, StockBatch.added_by != SAMPLER.id)
    return product.version > 1 or bool(tx.session.execute(select(others)).scalar_one())


def _record(tx: Transaction, product: Product, what: Detailed) -> None:
    record(tx, NewEvent("product", str(product.id), what, SAMPLER, ActorKind.owner))


def _add(shop: Shop, sample: Sample) -> None:
    unique = sample.kind is ProductKind.unique
    kind = GoodsType.guide if sample.file_name else sample.type
    items = () if unique else (GoodsItem(sample.name, kind, sample.value),)
    draft = NewProduct(
        sample.category,
        sample.name,
        sample.description,
        sample.kind,
        max(1, sample.price * 10 ** currency_exponent(shop.terms.currency) // 100),
        unit_type=sample.type,
        items=items,
        files=[files.store(shop, sample.file_name, _pack(sample))] if sample.file_name else (),
        warranty_days=sample.warranty_days,
        picture=("image/png", product_picture(sample.name, sample.type)),
    )
    product_id = offers.add_product(shop, SAMPLER, draft)
    if unique:
        codes = [sample.value.format(code=ids.new_token(10)) for _ in range(sample.stock)]
        offers.add_codes(shop, SAMPLER, product_id, codes)
    elif sample.stock:
        offers.add_count(shop, SAMPLER, product_id, sample.stock)


def _pack(sample: Sample) -> bytes:
    """Make a small archive with a picture and a text in it, so that there is a real file to look at."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("overlay.png", product_picture(sample.name, sample.type))
        archive.writestr("README.txt", f"{sample.name}: a sample. {sample.value}\n")
    return content.getvalue()
