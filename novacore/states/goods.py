"""What is sold, and where units, batches and pictures of products stand."""

from enum import StrEnum


class UnitStatus(StrEnum):
    """The life of one sellable thing."""

    available = "available"
    reserved = "reserved"
    sold = "sold"
    revoked = "revoked"
    replaced = "replaced"
    withdrawn = "withdrawn"


class StockLevel(StrEnum):
    """How much of a product is on sale, as it was when somebody was last told of it."""

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


class GoodsType(StrEnum):
    """What one item of the goods is; each has its emoji."""

    code = "code"
    account = "account"
    file = "file"
    link = "link"
    guide = "guide"
    support = "support"
    service = "service"
    warranty = "warranty"
    key = "key"
