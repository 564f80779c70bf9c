"""Ways to pay; proofs, and which way money went.

`PaymentMethod` has a row for each that the shop knows by itself. The owner adds others: `Method` is what both look like
to everybody who pays, checks or counts, and what an order keeps: `order.paid_by.label`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from novacore.money.coins import Coin
from novacore.states.rows import RowEnum


class ReferenceForm(StrEnum):
    """What the ids of payments look like; `workflows.payments.transaction_ids` knows each."""

    paypal = "paypal"
    hex = "hex"
    """64 characters of 0-9 and a-f, without 0x in front."""
    ethereum = "ethereum"
    solana = "solana"


@dataclass(frozen=True, slots=True)
class Network:
    """A ledger on which payments are made."""

    name: str
    """As customers read it; the name that `novacore.wallets.addresses` gives begins with it."""
    chain: str
    """What is stored to tell its ids from those of other ledgers. Never changes."""
    form: ReferenceForm = ReferenceForm.hex
    links: tuple[str, ...] = ()
    """What names it in the link of a block explorer, in small letters."""


_ETHEREUM: Final = Network("Ethereum", "ethereum", ReferenceForm.ethereum, ("etherscan", "/ethereum/", "/eth/"))
_SOLANA: Final = Network("Solana", "solana", ReferenceForm.solana, ("solscan", "solana"))
_TRON: Final = Network("TRON", "tron", links=("tronscan", "/tron/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """What is known about a way to pay."""

    label: str
    short: str
    """For the owner's lists."""
    emoji: str
    setting: str
    """The field of `Settings` that holds the address or turns it off."""
    example: str
    """An address for rehearsals and tests, as published in BIP 173, TRON's and Solana's documentation and EIP-55."""
    networks: tuple[Network, ...]
    coin: str = ""
    """Completes "Send ... worth exactly $5"; empty where it isn't a coin."""
    unit: Coin | None = None
    """In what its amounts are asked for; None if the shop's own currency is sent."""
    pegged_to: str = ""
    """The currency of which one coin is worth one, unless the owner says otherwise."""
    scheme: str = ""
    """With what a link begins that wallets read the address and the amount from; empty where they agree on none."""
    spellings: tuple[str, ...] = ()
    """What other shops call it, in small letters, besides its own key."""

    def network(self, name: str) -> Network:
        """Return the network by the name that an order has; one that isn't known here is a ledger of its own."""
        first = name.split(" ", maxsplit=1)[0]
        known = (one for one in self.networks if len(self.networks) == 1 or one.name == first)
        return next(known, Network(name, first.lower()))


class PaymentMethod(RowEnum):
    """How customers pay, where the shop knows the way by itself."""

    row: PaymentRow

    @classmethod
    def of(cls, key: str) -> "PaymentMethod | None":
        """Return the member with this key; None for the owner's own."""
        return next((one for one in cls if one == key), None)

    paypal = (
        "paypal",
        PaymentRow(
            label="PayPal",
            short="PayPal",
            emoji="🅿️",
            setting="paypal_email",
            example="shop@example.com",
            networks=(Network("PayPal", "paypal", ReferenceForm.paypal),),
            spellings=("pp",),
        ),
    )
    btc = (
        "btc",
        PaymentRow(
            label="Bitcoin (BTC)",
            short="BTC",
            emoji="🟠",
            setting="btc_address",
            example="bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            networks=(Network("Bitcoin", "btc", links=("mempool.space", "blockstream.info", "/bitcoin/", "/btc/")),),
            coin="Bitcoin (BTC)",
            unit=Coin("BTC", 8, is_padded=True),
            scheme="bitcoin",
            spellings=("bitcoin",),
        ),
    )
    ltc = (
        "ltc",
        PaymentRow(
            label="Litecoin (LTC)",
            short="LTC",
            emoji="⚪",
            setting="ltc_address",
            example="ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",
            networks=(Network("Litecoin", "ltc", links=("litecoinspace", "/litecoin/", "/ltc/")),),
            coin="Litecoin (LTC)",
            unit=Coin("LTC", 8, is_padded=True),
            scheme="litecoin",
            spellings=("litecoin",),
        ),
    )
    usdt = (
        "usdt",
        PaymentRow(
            label="Tether (USDT)",
            short="USDT",
            emoji="🟢",
            setting="usdt_address",
            example="TZ4UXDV5ZhNW7fb2AMSbgfAEZ7hWsnYS2g",
            networks=(_TRON, _ETHEREUM, _SOLANA),
            coin="Tether (USDT)",
            unit=Coin("USDT", 6),
            pegged_to="USD",
            spellings=("tether",),
        ),
    )
    sol = (
        "sol",
        PaymentRow(
            label="Solana (SOL)",
            short="SOL",
            emoji="🟣",
            setting="sol_address",
            example="83astBRguLMdt2h5U1Tpdq5tjFoJ6noeGwaY3mDLVcri",
            networks=(_SOLANA,),
            coin="Solana (SOL)",
            unit=Coin("SOL", 8),
            scheme="solana",
            spellings=("solana",),
        ),
    )
    eth = (
        "eth",
        PaymentRow(
            label="Ethereum (ETH)",
            short="ETH",
            emoji="🔷",
            setting="eth_address",
            example="0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            networks=(_ETHEREUM,),
            coin="Ether (ETH)",
            unit=Coin("ETH", 8),
            scheme="ethereum",
            spellings=("ethereum",),
        ),
    )


class ReferenceNeed(StrEnum):
    """Whether a proof of payment comes with a reference: a transaction id, or what the owner calls it."""

    required = "required"
    optional = "optional"
    none = "none"


TRANSACTION_ID: Final = "transaction id"
"""What the reference of every `PaymentMethod` is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to pay as people meet it: one of `PaymentMethod`, or the owner's own."""

    key: str
    """What is stored and sent: the word of a `PaymentMethod`, or what `own_key` makes."""
    label: str
    emoji: str
    address: str = ""
    """Where the money goes; may be empty for the owner's own."""
    network: str = ""
    instructions: str = ""
    """The owner's words. On an order `{total}` and `{order}` are filled in. Empty for those of `PaymentMethod`."""
    reference: str = TRANSACTION_ID
    """What a payment is known by, in the middle of a sentence."""
    need: ReferenceNeed = ReferenceNeed.required

    @property
    def known(self) -> PaymentMethod | None:
        """The row that the shop has by itself; None for the owner's own."""
        return PaymentMethod.of(self.key)

    @property
    def coin(self) -> str:
        """Completes "Send ... worth exactly $5"; empty where it isn't a coin that the shop knows."""
        return self.known.row.coin if self.known else ""

    @property
    def unit(self) -> Coin | None:
        """In what its amounts are asked for; None if the shop's own currency is sent, and for the owner's own."""
        return self.known.row.unit if self.known else None


def known_method(known: PaymentMethod, address: str = "", network: str = "") -> Method:
    """Return a way to pay that the shop knows by itself, as customers are offered it."""
    row = known.row
    return Method(key=known.value, label=row.label, emoji=row.emoji, address=address, network=network)


def own_key(number: int) -> str:
    """Return the key of the owner's own method with this number: no `PaymentMethod` ever has one like it."""
    return f"own_{number}"


def own_number(key: str) -> int | None:
    """Return the number in a key that `own_key` made; None for any other text."""
    digits = key.removeprefix("own_")
    return int(digits) if digits != key and digits.isascii() and digits.isdigit() and len(digits) < _DIGITS else None


_DIGITS: Final = 19
"""Below which a number fits into a database's 64 bits."""


class RateSource(StrEnum):
    """Who says what a coin costs."""

    owner = "owner"
    feed = "feed"
    """Two public tickers that agree."""
    par = "par"
    """One coin is one of the currency that it is pegged to."""


class LedgerDirection(StrEnum):
    """Which way money went."""

    received = "received"
    returned = "returned"


class ProofState(StrEnum):
    """What became of an uploaded picture."""

    stored = "stored"
    processed = "processed"
    unreadable = "unreadable"
