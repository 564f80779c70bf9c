"""What is sold, and where units, batches and pictures of products stand."""

from dataclasses import dataclass
from enum import StrEnum

from novacore.states.rows import RowEnum


class UnitStatus(StrEnum):
    """The life of one sellable thing."""

    available = "available"
    reserved = "reserved"
    sold = "sold"
    revoked = "revoked"
    replaced = "replaced"
    withdrawn = "withdrawn"


class StockLevel(StrEnum):
    """How much of a product is on sale, as it was when someone was last told of it."""

    plenty = "plenty"
    low = "low"
    """At or under the number at which the owner wants to hear of it."""
    out = "out"


class BatchState(StrEnum):
    """The life of one restock."""

    asking = "asking"
    """Looked through and sealed; the owner has yet to say what in it are goods."""
    staged = "staged"
    """Looked through and sealed; the owner has yet to say yes."""
    filling = "filling"
    filled = "filled"
    discarded = "discarded"


class NewsKind(StrEnum):
    """What is new about a product, the most telling first: a message of one day says only that."""

    new = "new"
    reduced = "reduced"
    """It has a sale price."""
    restocked = "restocked"


class ProductKind(StrEnum):
    """How a product's goods are kept."""

    unique = "unique"
    """Each unit carries its own code, sold once."""
    shared = "shared"
    """Everybody gets the same goods; the units are only a count."""
    unlimited = "unlimited"
    """Everybody gets the same goods, without a count."""
    by_hand = "by_hand"
    """Staff do the work and press `fulfil`."""


class PictureState(StrEnum):
    """Where the picture of a product that is being written stands."""

    unchanged = "unchanged"
    """The product's own picture stays, if it has one."""
    waiting = "waiting"
    """Given, and a worker is fetching and cleaning it."""
    ready = "ready"
    refused = "refused"
    removed = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRow:
    """What is known about a type of goods."""

    emoji: str
    plural: str
    is_secret: bool
    """Whether it is worth money by itself: then it is masked even where someone quotes only a part of it. Everything
    else that was bought is masked line by line."""
    is_prose: bool = False
    """Whether it is read rather than copied."""
    is_address: bool = False
    """Whether blanks are no part of it."""
    spellings: tuple[str, ...] = ()
    """What else people write for it, in small letters."""


class GoodsType(RowEnum):
    """What one item of the goods is."""

    row: GoodsRow

    code = (
        "code",
        GoodsRow(emoji="🎟️", plural="codes", is_secret=True, spellings=("gift card", "giftcard", "voucher", "coupon")),
    )
    account = "account", GoodsRow(emoji="👤", plural="accounts", is_secret=True, spellings=("login", "credentials"))
    file = "file", GoodsRow(emoji="📁", plural="files", is_secret=False, is_address=True, spellings=("download",))
    link = "link", GoodsRow(emoji="🔗", plural="links", is_secret=False, is_address=True, spellings=("url",))
    guide = (
        "guide",
        GoodsRow(
            emoji="📖", plural="guides", is_secret=False, is_prose=True, spellings=("tutorial", "manual", "ebook")
        ),
    )
    support = (
        "support",
        GoodsRow(emoji="🛟", plural="kinds of support", is_secret=False, is_prose=True, spellings=("help",)),
    )
    service = "service", GoodsRow(emoji="🛠️", plural="services", is_secret=False, is_prose=True)
    warranty = "warranty", GoodsRow(emoji="🛡️", plural="warranties", is_secret=False, is_prose=True)
    key = "key", GoodsRow(emoji="🔑", plural="keys", is_secret=True, spellings=("licence", "license", "serial"))
