"""What events about discount codes say."""

from typing import NotRequired, TypedDict

from novacore.db.event_kinds.kind import EventKind


class AddDiscount(TypedDict):
    """What it gives, and its limits where it has any; `until` in ISO 8601."""

    code: str
    percent: NotRequired[int]
    amount_minor: NotRequired[int]
    currency: str
    uses: NotRequired[int]
    per_person: NotRequired[int]
    until: NotRequired[str]


class EndDiscount(TypedDict):
    """Which one."""

    code: str


class WidenDiscount(TypedDict):
    """What it is for now, besides what it was for."""

    code: str
    product_id: NotRequired[int]
    category_id: NotRequired[int]


ADD_DISCOUNT = EventKind("add_discount", AddDiscount)
END_DISCOUNT = EventKind("end_discount", EndDiscount)
WIDEN_DISCOUNT = EventKind("widen_discount", WidenDiscount)
