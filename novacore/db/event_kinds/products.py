"""What events about products and their stock say."""

from typing import NotRequired, TypedDict

from novacore.db.event_kinds.kind import EventKind, Pair, Silent


class AddProduct(TypedDict, total=False):
    """Events of the first release say nothing."""

    name: str
    category: str
    kind: str
    price_minor: int
    currency: str


class EditProduct(TypedDict, total=False):
    """What changed; of goods and picture only that they did."""

    name: Pair
    category: Pair
    description: Pair
    price_minor: Pair
    currency: Pair
    max_quantity: Pair
    warranty_days: Pair
    role: Pair
    sale_price_minor: Pair
    goods: str
    picture: str


class Named(TypedDict):
    """What it was called."""

    name: str


class Moved(Named):
    """Where it stands now, counted from 1."""

    position: int


class NamedWhy(Named):
    """`why` is a word for what made the shop do it: "key_missing"."""

    why: str


class TakeOffSale(NamedWhy):
    """Units whose key is missing, by state; `shared`: goods for every buyer are among them."""

    available: int
    reserved: int
    shared: bool


class SetSale(TypedDict):
    """The sale price, and from when to when it counts; none for at once, and until it is ended."""

    price_minor: int
    ordinary_minor: int
    currency: str
    begins: str | None
    until: str | None


class EndSale(TypedDict):
    """The sale price that counts no more."""

    price_minor: int


class SetFirstDay(TypedDict):
    """From when on it is on sale; none for at once."""

    at: Pair


ADD_PRODUCT = EventKind("add_product", AddProduct)
EDIT_PRODUCT = EventKind("edit_product", EditProduct)
REMOVE_PRODUCT = EventKind("remove_product", Named)
RESTORE_PRODUCT = EventKind("restore_product", Named)
MOVE_PRODUCT = EventKind("move_product", Moved)
MOVE_CATEGORY = EventKind("move_category", Moved)
SET_SALE = EventKind("set_sale", SetSale)
END_SALE = EventKind("end_sale", EndSale)
SET_FIRST_DAY = EventKind("set_first_day", SetFirstDay)
HANG_PICTURE = EventKind("hang_picture", Silent)
TAKE_OFF_SALE = EventKind("take_off_sale", TakeOffSale)
PUT_ON_SALE = EventKind("put_on_sale", NamedWhy)
GIVE_UP_GOODS = EventKind("give_up_goods", NamedWhy)


# ---- stock


class StageStock(TypedDict):
    """How many units a preview shows."""

    batch_id: int
    count: int


class ConfirmStock(TypedDict):
    """The batch that someone said yes to."""

    batch_id: int


class DiscardStock(TypedDict):
    """The batch that was thrown away, in whole or in part."""

    batch_id: int
    why: NotRequired[str]


class Restock(TypedDict):
    """How many units came in. `refused`: those of a file that did not."""

    batch_id: int
    count: int
    refused: NotRequired[int]


class WithdrawStock(TypedDict):
    """How many units went: of one batch, or of all whose key is lost."""

    batch_id: NotRequired[int]
    name: NotRequired[str]
    count: int
    reserved: NotRequired[int]
    why: NotRequired[str]


class SetSteps(TypedDict):
    """What it gave by quantity, and what it gives now, as the product keeps it."""

    steps: Pair


class Threshold(TypedDict):
    """How few are few."""

    threshold: int


class FreeReserved(TypedDict):
    """How much was taken back, and from how many people."""

    orders: int
    units: int
    people: int


STAGE_STOCK = EventKind("stage_stock", StageStock)
CONFIRM_STOCK = EventKind("confirm_stock", ConfirmStock)
DISCARD_STOCK = EventKind("discard_stock", DiscardStock)
RESTOCK = EventKind("restock", Restock)
WITHDRAW_STOCK = EventKind("withdraw_stock", WithdrawStock)
SET_STEPS = EventKind("set_steps", SetSteps)
SET_ALERT = EventKind("set_alert", Threshold)
LOW_STOCK = EventKind("low_stock", Threshold)
SOLD_OUT = EventKind("sold_out", Threshold)
STOCK_IS_BACK = EventKind("stock_is_back", Threshold)
FREE_RESERVED = EventKind("free_reserved", FreeReserved)
