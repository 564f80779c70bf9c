"""What every command needs to know of the shop: its database, its terms, where money goes, and the key to the goods."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.db.queries import sealed
from novacore.errors import SettingsError
from novacore.settings import Settings
from novacore.settings.values import ReportSchedule
from novacore.states import PaymentMethod
from novacore.states.staff_hours import StaffHours
from novacore.wallets.addresses import PaymentAddress
from novacore.wallets.explorers import DEFAULTS, Explorers

GIVE_UP_COMMAND = "novacore new-key --give-up-goods"

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules that the owner sets."""

    currency: str = "USD"
    order_expiry: timedelta = timedelta(hours=24)
    late_window: timedelta = timedelta(days=7)
    """How long after its expiry an order still takes a proof; it is then reviewed as late."""
    max_open_orders: int = 3
    max_orders_per_hour: int = 1_000
    max_quantity: int = 1_000
    """The most that one order may hold of anything; a product may allow less."""
    rate_feed: bool = False
    """Whether prices of coins are fetched from public tickers."""
    rate_hold: timedelta = timedelta(minutes=60)
    """How long an amount in a coin is promised for."""
    gives_downtime_back: bool = True
    """False in a rehearsal, whose clock jumps while the shop is open."""
    review_remind: timedelta = timedelta(hours=1)
    """How long a proof waits before staff are reminded of it; the owner after twice as long."""
    vouch_delay: timedelta = timedelta(hours=2)
    log_mentions: bool = True
    """Whether the public log of purchases mentions the buyer."""
    log_amounts: bool = False
    """Whether it tells what was paid."""
    ticket_idle: timedelta = timedelta(hours=24)
    """How long a ticket waits for its customer before they are reminded."""
    ticket_close: timedelta = timedelta(hours=72)
    """How long it waits before it is closed."""
    ticket_cooldown: timedelta = timedelta(minutes=5)
    """How soon the same person may open another one."""
    staff_hours: StaffHours | None = None
    """When staff are there, in `zone`; None if nothing is said about it."""
    ticket_reopen: timedelta = timedelta(days=7)
    """How long a customer may reopen what was closed; staff may any time."""

    retention: timedelta = timedelta(days=90)
    """How long the finished jobs of what has ended, and their tries, can be looked at."""

    zone: ZoneInfo = _UTC
    """Whose days the reports count."""
    report_schedule: ReportSchedule | None = None
    report_folder: Path | None = None
    """Where a copy of each report is kept for the owner, on the machine that made it."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where in Discord the shop speaks, by id."""

    main_channel_id: int = 0
    staff_channel_id: int = 0
    public_log_channel_id: int = 0
    vouch_channel_id: int = 0
    customer_role_id: int = 0
    ticket_category_id: int = 0
    ticket_overflow_category_id: int | None = None
    """Where tickets go while the first category is full."""
    staff_role_ids: frozenset[int] = frozenset()
    reviewer_role_ids: frozenset[int] = frozenset()
    """The roles of those who decide on proofs and nothing else."""
    owner_role_id: int = 0
    report_channel_id: int | None = None
    news_channel_id: int | None = None
    """Where news of products stand; none if there are to be none."""
    news_role_id: int | None = None
    """The role that news mention, which people give themselves; none if nobody is mentioned."""
    review_ping_role_id: int | None = None
    """The role that is called when a proof waits; none if nobody is."""

    @property
    def roles_of_people(self) -> frozenset[int]:
        """The roles by which the shop knows people: nobody may give them to themselves."""
        named = {self.customer_role_id, self.owner_role_id, self.review_ping_role_id or 0}
        return self.staff_role_ids | self.reviewer_role_ids | named - {0}

    @property
    def own_roles(self) -> frozenset[int]:
        """The same, and the one for news: none of them may be sold."""
        return self.roles_of_people | {self.news_role_id or 0} - {0}


@dataclass(frozen=True, slots=True)
class Face:
    """What the shop calls itself, and the colour of its neutral pages (0xRRGGBB). Without them it looks as ever."""

    name: str = ""
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop. Passed to every command; holds no state of its own."""

    database: Database
    cipher: GoodsCipher
    addresses: Mapping[PaymentMethod, PaymentAddress]
    terms: Terms = Terms()
    places: Places = Places()
    explorers: Explorers = field(default_factory=lambda: DEFAULTS)
    """Where staff look at payments, by ledger."""
    face: Face = Face()

    def for_long_work(self) -> "Shop":
        """Return the same shop for what takes minutes and nobody waits for: its transactions have longer limits."""
        return replace(self, database=self.database.for_long_work())


def open_shop(settings: Settings) -> Shop:
    """Open the database and the key to the goods. Raises SettingsError where the key is lost or broken.

    Whether the key fits is seen by `upkeep.opening`, once the schema is this release's.
    """
    database = Database(settings.database_url.render_as_string(hide_password=False))
    try:
        cipher = GoodsCipher(_goods_keys(settings, database))
    except BaseException:
        database.close()
        raise
    return shop_of(settings, database, cipher)


def shop_of(settings: Settings, database: Database, cipher: GoodsCipher) -> Shop:
    """Gather what the settings say of the shop, around a database and keys that are open already."""
    return Shop(
        database=database,
        cipher=cipher,
        addresses=settings.payment_addresses,
        terms=_terms(settings),
        explorers=settings.explorers,
        places=places_of(settings),
        face=Face(settings.shop_name, settings.shop_colour),
    )


def places_of(settings: Settings) -> Places:
    """Gather where in Discord the shop is."""
    return Places(
        main_channel_id=settings.main_channel_id,
        staff_channel_id=settings.staff_channel_id,
        public_log_channel_id=settings.public_log_channel_id,
        vouch_channel_id=settings.vouch_channel_id,
        customer_role_id=settings.customer_role_id,
        ticket_category_id=settings.ticket_category_id,
        ticket_overflow_category_id=settings.ticket_overflow_category_id,
        staff_role_ids=settings.staff_role_ids,
        reviewer_role_ids=settings.reviewer_role_ids,
        owner_role_id=settings.owner_role_id,
        report_channel_id=settings.report_channel_id,
        review_ping_role_id=settings.review_ping,
        news_channel_id=settings.news_channel_id,
        news_role_id=settings.news_role_id,
    )


def _goods_keys(settings: Settings, database: Database) -> tuple[str, ...]:
    """Return the keys. A key file is made for a shop that holds no goods yet, and never in place of a lost one."""
    is_lost = not settings.secret_key and not settings.key_file.exists() and sealed.is_anything(database)
    # Asked again: a process that started with us may just have made the file, and sealed the first goods.
    if is_lost and not settings.key_file.exists():
        raise SettingsError([lost_key(settings)])
    return settings.goods_keys()


def lost_key(settings: Settings) -> str:
    """Say that the key file is gone while there are goods, and what to do."""
    return (
        f"The key file {settings.key_file} is missing, and without it nobody can open the goods in "
        f"{settings.database_path}. Put it back from your backup, or set SECRET_KEY if that was where you had the key. "
        f"No new key was made. If the key is lost for good: {GIVE_UP_COMMAND}"
    )


def _terms(settings: Settings) -> Terms:
    return Terms(
        currency=settings.currency,
        order_expiry=settings.order_expiry,
        late_window=settings.late_window,
        max_open_orders=settings.max_open_orders,
        max_orders_per_hour=settings.max_orders_per_hour,
        max_quantity=settings.max_quantity,
        rate_feed=settings.rate_feed,
        rate_hold=timedelta(minutes=settings.rate_hold_minutes),
        log_mentions=settings.purchase_log_mentions,
        log_amounts=settings.purchase_log_amounts,
        staff_hours=settings.staff_hours,
        ticket_idle=timedelta(hours=settings.ticket_idle_hours),
        ticket_close=timedelta(hours=settings.ticket_close_hours),
        ticket_cooldown=timedelta(minutes=settings.ticket_cooldown_minutes),
        review_remind=timedelta(minutes=settings.review_remind_minutes),
        retention=timedelta(days=settings.retention_days),
        zone=settings.timezone,
        report_schedule=settings.report_schedule,
        report_folder=settings.log_dir / "reports",
    )
