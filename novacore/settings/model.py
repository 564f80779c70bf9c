"""The settings as the rest of the house sees them: one frozen object, with types, defaults and how to fix each.

Made by `reading`; the rooms above take it as an argument.
"""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
)
from sqlalchemy.engine import URL, make_url

from novacore import private_files
from novacore.settings import key_file, payments, values
from novacore.settings.fields import (
    Id,
    database_file,
    explorer,
    id_of,
    must_have,
    own_address,
    read_usdt,
    read_usdt_network,
    within,
)
from novacore.settings.postgres_url import read_postgres_url
from novacore.settings.redis_url import read_broker_url
from novacore.settings.values import ReportSchedule
from novacore.states import PaymentMethod
from novacore.states.staff_hours import StaffHours, read_hours
from novacore.wallets import addresses, explorers
from novacore.wallets.addresses import PaymentAddress


class Settings(BaseModel):
    """All settings, checked. Made by `load_settings` or `rehearsal_settings` only; its repr shows no secret.

    A field's name is the setting's name in small letters; its description says how to fix it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, arbitrary_types_allowed=True)

    discord_token: Annotated[SecretStr, BeforeValidator(values.discord_token)] = must_have(
        SecretStr(""), "Copy it from the Discord developer portal: your application, Bot, Reset Token."
    )
    main_channel_id: Id = must_have(0, id_of("channel for the shop"))
    staff_channel_id: Id = must_have(0, id_of("staff channel"))
    public_log_channel_id: Id = must_have(0, id_of("channel for purchase notices"))
    vouch_channel_id: Id = must_have(0, id_of("channel for vouches"))
    ticket_panel_channel_id: Id = must_have(0, id_of("channel where customers open tickets"))
    ticket_category_id: Id = must_have(0, id_of("category for ticket channels", "Copy Category ID"))
    customer_role_id: Id = must_have(0, id_of("role of your customers (Server Settings, Roles)", "Copy Role ID"))
    staff_role_ids: Annotated[frozenset[int], BeforeValidator(values.snowflakes)] = must_have(
        frozenset(),
        id_of("role of your staff (Server Settings, Roles)", "Copy Role ID") + " Several: put commas between them.",
    )
    owner_role_id: Id = must_have(0, id_of("role of the owner (Server Settings, Roles)", "Copy Role ID"))
    paypal_email: Annotated[str | None, payments.unless_off(values.email)] = must_have(
        None, "It is the e-mail of your PayPal account. If you don't take PayPal, write PAYPAL_EMAIL=off."
    )
    btc_address: Annotated[PaymentAddress | None, payments.unless_off(addresses.bitcoin)] = must_have(
        None, own_address("a Bitcoin address", "BTC_ADDRESS")
    )
    ltc_address: Annotated[PaymentAddress | None, payments.unless_off(addresses.litecoin)] = must_have(
        None, own_address("a Litecoin address", "LTC_ADDRESS")
    )
    usdt_network: Annotated[str, BeforeValidator(read_usdt_network)] = Field(
        default="", description="Leave it out: the form of USDT_ADDRESS tells it."
    )
    usdt_address: Annotated[PaymentAddress | None, BeforeValidator(read_usdt)] = must_have(
        None, own_address("a USDT address (on TRON, Ethereum or Solana)", "USDT_ADDRESS")
    )
    sol_address: Annotated[PaymentAddress | None, payments.unless_off(addresses.solana)] = must_have(
        None, own_address("a Solana address", "SOL_ADDRESS")
    )
    eth_address: Annotated[PaymentAddress | None, payments.unless_off(addresses.ethereum)] = must_have(
        None, own_address("an Ethereum address", "ETH_ADDRESS")
    )
    database_path: Annotated[Path, BeforeValidator(database_file)] = Field(
        default=Path(), description="It is the file for the shop's database, like data/novacore.db."
    )
    log_dir: Annotated[Path, BeforeValidator(values.path)] = Field(
        default=Path(), description="It is the folder for log files, like logs."
    )

    postgres_url: Annotated[SecretStr | None, BeforeValidator(read_postgres_url)] = Field(
        default=None,
        validation_alias="database_url",
        description="Write it like postgresql://user:password@host:5432/novacore, or leave it out to use SQLite.",
    )
    celery_broker_url: Annotated[SecretStr | None, BeforeValidator(read_broker_url)] = Field(
        default=None,
        description="Write it like redis://host:6379/0, or leave it out and start everything with `novacore run`.",
    )
    discord_api_url: Annotated[str | None, BeforeValidator(values.api_url)] = Field(
        default=None,
        description="Leave it out, unless all processes share a proxy in place of https://discord.com/api/v10.",
    )
    sentry_dsn: Annotated[SecretStr | None, BeforeValidator(values.sentry_dsn)] = Field(
        default=None, description="Copy it from your Sentry project (Settings, Client Keys), or leave it out."
    )
    sentry_environment: str = Field(default="production", description="It is a name of your choice.")
    secret_key: Annotated[tuple[SecretStr, ...], BeforeValidator(values.secret_keys)] = Field(
        default=(), description="Several keys have commas between them; the first encrypts, all decrypt."
    )
    shop_name: Annotated[str, BeforeValidator(values.shop_name)] = Field(
        default="", description="It is what the shop calls itself, like Moonlight Store."
    )
    shop_colour: Annotated[int | None, BeforeValidator(values.colour)] = Field(
        default=None, description=f"Write it like #5865F2, or one of {', '.join(values.COLOURS)}."
    )
    currency: Annotated[str, BeforeValidator(values.currency)] = Field(
        default="USD", description="It is the currency of all prices."
    )
    timezone: Annotated[ZoneInfo, BeforeValidator(values.time_zone)] = Field(
        default=ZoneInfo("UTC"), description="It is the zone in which you read dates and reports."
    )
    order_expiry_hours: Annotated[int, within(1, 720)] = Field(
        default=24, description="It is how many hours a customer has to pay."
    )
    late_proof_days: Annotated[int, within(0, 90)] = Field(
        default=7, description="It is how many days after expiry a proof of payment still counts."
    )
    max_open_orders: Annotated[int, within(1, 100)] = Field(
        default=3, description="It is how many unpaid orders one customer may have."
    )
    max_orders_per_hour: Annotated[int, within(1, 1_000)] = Field(
        default=10, description="It is how many orders one customer may place within an hour."
    )
    max_quantity: Annotated[int, within(1, 10_000)] = Field(
        default=100, description="It is how many units one order may hold."
    )
    purchase_log_mentions: Annotated[bool, BeforeValidator(values.yes_or_no)] = Field(
        default=True, description="yes: the public log of purchases mentions the buyer. no: it doesn't name them."
    )
    purchase_log_amounts: Annotated[bool, BeforeValidator(values.yes_or_no)] = Field(
        default=False, description="yes: the public log of purchases tells what was paid."
    )
    reviewer_role_ids: Annotated[frozenset[int], BeforeValidator(values.snowflakes)] = Field(
        default=frozenset(),
        description=id_of("role of those who may decide on proofs and nothing else", "Copy Role ID")
        + " Several: put commas between them. Or leave it out.",
    )
    review_ping: Annotated[int | None, payments.unless_off(values.snowflake)] = Field(
        default=None,
        description=id_of("role to call when a proof waits (Server Settings, Roles)", "Copy Role ID")
        + " Or write off.",
    )
    review_remind_minutes: Annotated[int, within(5, 10_080)] = Field(
        default=60, description="It is after how many minutes staff are reminded of proofs that wait."
    )
    ticket_overflow_category_id: Annotated[int | None, BeforeValidator(values.snowflake)] = Field(
        default=None,
        description=id_of("second category for tickets, used when the first is full", "Copy Category ID")
        + " Or leave it out.",
    )
    staff_hours: Annotated[StaffHours | None, BeforeValidator(read_hours)] = Field(
        default=None,
        description="It is when your staff are there, in your TIMEZONE, like mon-fri 09:00-18:00, sat 10:00-14:00.",
    )
    ticket_idle_hours: Annotated[int, within(1, 720)] = Field(
        default=24, description="It is after how many hours without a reply a customer is reminded of their ticket."
    )
    ticket_close_hours: Annotated[int, within(2, 2160)] = Field(
        default=72, description="It is after how many hours without a reply a customer's ticket is closed."
    )
    ticket_cooldown_minutes: Annotated[int, within(0, 1440)] = Field(
        default=5, description="It is how many minutes a customer waits before they can open another ticket."
    )
    report_channel_id: Annotated[int | None, BeforeValidator(values.snowflake)] = Field(
        default=None, description=id_of("channel for sales reports") + " Or leave it out."
    )
    report_schedule: Annotated[ReportSchedule | None, BeforeValidator(values.report_schedule)] = Field(
        default=ReportSchedule("week", time(9)),
        description="Write daily 09:00, weekly monday 09:00, monthly 1 09:00 or off.",
    )
    retention_days: Annotated[int, within(1, 3650)] = Field(
        default=90, description="It is after how many days the finished jobs of orders and tickets are cleared away."
    )
    rate_feed: Annotated[bool, BeforeValidator(values.yes_or_no)] = Field(
        default=False, description="on: prices of coins are fetched from two public tickers. off: only your own count."
    )
    rate_hold_minutes: Annotated[int, within(5, 1440)] = Field(
        default=60, description="It is for how many minutes the amount in a coin holds that a customer is asked for."
    )
    explorer_btc: Annotated[str | None, payments.unless_off(values.explorer)] = Field(
        default=explorers.DEFAULTS["btc"], description=explorer("Bitcoin")
    )
    explorer_ltc: Annotated[str | None, payments.unless_off(values.explorer)] = Field(
        default=explorers.DEFAULTS["ltc"], description=explorer("Litecoin")
    )
    explorer_eth: Annotated[str | None, payments.unless_off(values.explorer)] = Field(
        default=explorers.DEFAULTS["ethereum"], description=explorer("Ethereum")
    )
    explorer_sol: Annotated[str | None, payments.unless_off(values.explorer)] = Field(
        default=explorers.DEFAULTS["solana"], description=explorer("Solana")
    )
    explorer_tron: Annotated[str | None, payments.unless_off(values.explorer)] = Field(
        default=explorers.DEFAULTS["tron"], description=explorer("TRON")
    )
    news_channel_id: Annotated[int | None, BeforeValidator(values.snowflake)] = Field(
        default=None, description=id_of("channel for news of your products") + " Or leave it out."
    )
    news_role_id: Annotated[int | None, BeforeValidator(values.snowflake)] = Field(
        default=None,
        description=id_of("role of those who want news (Server Settings, Roles)", "Copy Role ID") + " Or leave it out.",
    )
    log_level: Annotated[str, BeforeValidator(values.log_level)] = Field(default="INFO", description="Usual is info.")
    log_format: Annotated[str, BeforeValidator(values.log_format)] = Field(
        default="plain", description="It is plain for people, or json for programs that collect logs."
    )
    metrics_address: Annotated[values.Address | None, BeforeValidator(values.address)] = Field(
        default=None, description="Usual is 127.0.0.1:9464, which only this machine can reach."
    )

    warnings: tuple[str, ...] = ()
    """What works but deserves a look, for the doctor: sentences. Not a setting: it has no description."""

    @property
    def database_url(self) -> URL:
        """The database: DATABASE_URL with psycopg 3, else SQLite at DATABASE_PATH. Its repr hides the password."""
        if self.postgres_url:
            return make_url(self.postgres_url.get_secret_value())
        return URL.create("sqlite+pysqlite", database=str(self.database_path))

    @property
    def is_embedded(self) -> bool:
        """Whether bot, worker and beat share one process, there being no broker between them."""
        return self.celery_broker_url is None

    @property
    def order_expiry(self) -> timedelta:
        """How long a new order waits for its payment."""
        return timedelta(hours=self.order_expiry_hours)

    @property
    def late_window(self) -> timedelta:
        """How long after expiry a proof still counts (flagged late)."""
        return timedelta(days=self.late_proof_days)

    @property
    def payment_addresses(self) -> Mapping[PaymentMethod, PaymentAddress]:
        """Where each way to pay that is not off pays to, with the network's name as the customer reads it."""
        found = {method: getattr(self, method.row.setting) for method in PaymentMethod}
        plain = {key: PaymentAddress(one, key.row.label) if isinstance(one, str) else one for key, one in found.items()}
        return {method: address for method, address in plain.items() if address}

    @property
    def explorers(self) -> Mapping[str, str]:
        """Where payments can be looked at, by ledger, apart from those that are off."""
        chains = {"btc": "btc", "ltc": "ltc", "ethereum": "eth", "solana": "sol", "tron": "tron"}
        found = {chain: getattr(self, f"explorer_{name}") for chain, name in chains.items()}
        return {chain: home for chain, home in found.items() if home}

    @property
    def key_file(self) -> Path:
        """Where the key to the goods is kept while SECRET_KEY is not set: next to the SQLite database."""
        return self.database_path.with_name(f"{self.database_path.name}.key")

    def own_files(self) -> Iterator[Path]:
        """Find the files that the shop has written on this machine: its database, key, logs and copies of reports."""
        return private_files.files_of(None if self.postgres_url else self.database_path, self.log_dir)

    def goods_keys(self) -> tuple[str, ...]:
        """Return the keys for `crypto.GoodsCipher`: those of SECRET_KEY, else those in the key file.

        The key file is made at the first call. Raises SettingsError.
        """
        if self.secret_key:
            return tuple(key.get_secret_value() for key in self.secret_key)
        return key_file.read_or_create(self.key_file)

    def secret_values(self) -> tuple[str, ...]:
        """Return every secret given here, for `telemetry.redact`."""
        single = (self.discord_token, self.postgres_url, self.celery_broker_url, self.sentry_dsn)
        secrets = [secret for secret in single if secret] + list(self.secret_key)
        return tuple(secret.get_secret_value() for secret in secrets)
