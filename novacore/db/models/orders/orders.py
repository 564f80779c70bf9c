"""An order: one product, a quantity, and everything frozen that the customer agreed to."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, Minor, Moment, Snowflake, UtcDateTime, Word
from novacore.db.models.orders.discounts import CODE_LIMIT
from novacore.states import TRANSACTION_ID, Method, OrderStatus, PaymentMethod, ProductKind, RateSource, ReferenceNeed
from novacore.states.sold_roles import SoldRole, sold_role

_HAS_ROLE = text("role_id IS NOT NULL")


class Order(Base):
    """One order. `status` is written by `workflows.machine.fire` alone; `version` grows with every write of the row."""

    __tablename__ = "orders"
    __table_args__ = (
        Index(None, "customer_id", "placed_at"),
        # What `queries.orders.unpaid` and the limits ask of one person, however many orders they have placed.
        Index(None, "customer_id", "status", "unpaid_at"),
        Index(None, "status", "submitted_at", "id"),
        Index(None, "placed_at"),
        # `/find-payment`: which order ever asked for this amount.
        Index(None, "method", "coin_amount"),
        Index(None, "product_id", "placed_at"),
        # Who has earned roles, and which orders give one: few orders of most shops.
        Index("ix_orders_role_id", "role_id", postgresql_where=_HAS_ROLE, sqlite_where=_HAS_ROLE),
        Index("ix_orders_role_customer_id", "customer_id", postgresql_where=_HAS_ROLE, sqlite_where=_HAS_ROLE),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    status: Mapped[OrderStatus]
    version: Mapped[int] = mapped_column(default=1)
    checkout_key: Mapped[str] = mapped_column(String(80), unique=True)
    """One checkout is one order, however often it is pressed."""
    customer_id: Mapped[Snowflake] = mapped_column(ForeignKey("people.id"))

    # What the customer agreed to, frozen at `place`.
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    product_name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[ProductKind]
    goods_version_id: Mapped[int | None] = mapped_column(ForeignKey("goods_versions.id"))
    warranty_days: Mapped[int]
    role_id: Mapped[int | None] = mapped_column(BigInteger)
    """The role that comes with it, as the product's row says; so with the next two."""
    role_name: Mapped[str | None] = mapped_column(String(100))
    role_days: Mapped[int | None]
    quantity: Mapped[int]
    unit_price_minor: Mapped[Minor]
    before_sale_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What one cost without the sale price that it was ordered at; none if it was ordered at the ordinary one."""
    total_minor: Mapped[Minor]
    """What is to be paid: the price of all units less `discount_minor`."""
    discount_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    discount_code: Mapped[str | None] = mapped_column(String(CODE_LIMIT))
    """The code that took it off, if one did; `DiscountUse` counts it."""
    discount_label: Mapped[str | None] = mapped_column(String(60))
    """What took it off, as people read it: `SUMMER (10% off)`."""
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[Word]
    """The key of a `states.Method`. What it was when the order was placed stands in the next columns: `paid_by`."""
    method_label: Mapped[str | None] = mapped_column(String(100))
    """None in orders of older releases, whose methods were all of `PaymentMethod`; so with the next four."""
    method_emoji: Mapped[str | None] = mapped_column(String(40))
    pay_address: Mapped[str] = mapped_column(String(200))
    pay_network: Mapped[str] = mapped_column(String(40))
    pay_instructions: Mapped[str | None] = mapped_column(Text)
    """The owner's words, with total and order filled in."""
    reference_name: Mapped[str | None] = mapped_column(String(40))
    """What the customer was asked for as `Method.reference`."""
    reference_need: Mapped[ReferenceNeed | None]
    terms_version: Mapped[int | None]
    """The version of the shop's terms that its customer accepted; none if the shop had none."""

    # What it asks for in the coin; all of it empty where none was asked for, or the shop knew no rate.
    coin_amount: Mapped[int | None] = mapped_column(BigInteger)
    """In smallest units; the method's row says how many decimals these have."""
    coin_rate: Mapped[str | None] = mapped_column(String(40))
    """The price of one coin in the order's currency: the digits of a Decimal."""
    coin_rate_source: Mapped[RateSource | None]
    coin_rate_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the rate was set or fetched."""
    coin_holds_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when this amount was promised; empty where it holds for as long as the order does."""
    coin_is_unique: Mapped[bool | None]
    """Whether no other order asked for the same amount when this one did. Now: `queries.orders.amounts.shared`."""
    coin_amount_before: Mapped[int | None] = mapped_column(BigInteger)
    """What it asked for before the customer got a new amount; what it asked for before that stands in its claims."""
    coin_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they got it."""

    # Where it stands.
    placed_at: Mapped[Moment]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the units go back on sale; none once a proof has arrived."""
    expired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unpaid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it ended without a payment, where that counts against its customer; none if it doesn't."""
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the present review round began."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_round: Mapped[int] = mapped_column(default=0)
    is_late: Mapped[bool] = mapped_column(default=False)
    """The proof came after the order had expired: its units may be gone."""
    reason: Mapped[str | None] = mapped_column(Text)
    """The last sentence that staff, or the system, gave for what happened to it."""

    @property
    def role(self) -> SoldRole | None:
        """The role that its customer gets."""
        return sold_role(self.role_id, self.role_name, self.role_days)

    @property
    def paid_by(self) -> Method:
        """The way to pay as it was when the order was placed."""
        known = PaymentMethod.of(self.method)
        return Method(
            key=self.method,
            label=self.method_label or (known.row.label if known else self.method),
            emoji=self.method_emoji or (known.row.emoji if known else ""),
            address=self.pay_address,
            network=self.pay_network,
            instructions=self.pay_instructions or "",
            reference=self.reference_name or TRANSACTION_ID,
            need=self.reference_need or ReferenceNeed.required,
        )
