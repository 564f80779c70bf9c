"""What the owner may write about a product. Pure: what was typed becomes what will be stored, and a list of slips."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from novacore.errors import BadInput
from novacore.money import currency_exponent, parse_price
from novacore.states import GoodsType, ProductKind
from novacore.states.sold_roles import SoldRole, sold_role
from novacore.workflows.machine.typed_text import length, storable, tidy_name

NAME_LIMIT: Final = 100
CATEGORY_LIMIT: Final = 80
DESCRIPTION_LIMIT: Final = 2000
"""Characters, counted as Discord's clients do. A description longer than this would be cut on the product's page."""
MOST_WARRANTY_DAYS: Final = 3650
MOST_QUANTITY: Final = 1000

SHARED_KINDS: Final = (ProductKind.shared, ProductKind.unlimited)
"""Kinds in which every buyer gets the same goods, so that these have to be there before anybody buys."""

_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?:[/?#][!#-;=?-\[\]-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_ADDRESS_LIMIT: Final = 500


@dataclass(frozen=True, slots=True)
class Typed:
    """A product as it was typed, right or wrong. Kept in a draft, so that the form can show it again."""

    name: str = ""
    description: str = ""
    category: str = ""
    price: str = ""
    kind: ProductKind = ProductKind.unique
    unit_type: GoodsType = GoodsType.code
    warranty_days: int = 0
    max_quantity: int = 10
    role_id: int | None = None
    role_name: str = ""
    role_days: int | None = None

    def stored(self) -> dict[str, Any]:
        """Return it as JSON may hold it."""
        return asdict(self)

    @classmethod
    def read(cls, form: Mapping[str, Any]) -> "Typed":
        """Read what `stored` made; what an older release did not know keeps its default."""
        known = {one.name: form[one.name] for one in fields(cls) if one.name in form}
        kinds = {"kind": ProductKind(known["kind"]), "unit_type": GoodsType(known["unit_type"])}
        return cls(**known | kinds)


@dataclass(frozen=True, slots=True)
class Described:
    """A product as it would be stored. Where there are slips it is as near as can be, for the page that shows them."""

    name: str
    description: str
    category: str
    price_minor: int
    kind: ProductKind
    unit_type: GoodsType
    warranty_days: int
    max_quantity: int
    role: SoldRole | None


def describe(typed: Typed, currency: str) -> tuple[Described, tuple[str, ...]]:
    """Return what would be stored, and a sentence for everything that is wrong with it."""
    slips: list[str] = []
    described = Described(
        name=_name(typed.name, NAME_LIMIT, "The name", slips),
        description=_description(typed.description, slips),
        category=_name(typed.category, CATEGORY_LIMIT, "The category", slips),
        price_minor=_price(typed.price, currency, slips),
        kind=typed.kind,
        unit_type=typed.unit_type,
        warranty_days=_between(typed.warranty_days, 0, MOST_WARRANTY_DAYS, "The warranty in days", slips),
        max_quantity=_between(typed.max_quantity, 1, MOST_QUANTITY, "The most of one order", slips),
        role=sold_role(typed.role_id, typed.role_name, typed.role_days),
    )
    return described, tuple(slips)


def is_picture_address(url: str) -> bool:
    """Tell whether Discord would take this for the address of a picture: a host with a name, in a form that it knows.

    For one that it would not take it refuses the whole page, and nobody could buy that product.
    """
    return len(url) <= _ADDRESS_LIMIT and _ADDRESS.fullmatch(url) is not None


def price_text(minor: int, currency: str) -> str:
    """Return a price as its owner would type it: `9.99`."""
    digits = currency_exponent(currency)
    if not digits:
        return str(minor)
    return f"{minor // 10**digits}.{minor % 10**digits:0{digits}d}"


def _name(text: str, limit: int, what: str, slips: list[str]) -> str:
    bare = tidy_name(text)
    if not any(one.isalnum() for one in bare):
        slips.append(f"{what} needs at least one letter or digit: emoji and signs alone can't be searched or read out.")
    elif length(bare) > limit:
        slips.append(f"{what} has {length(bare)} characters; {limit} is the most.")
    return bare


def _description(text: str, slips: list[str]) -> str:
    bare = storable(text)
    if length(bare) > DESCRIPTION_LIMIT:
        slips.append(
            f"The description has {length(bare)} characters; the page has room for {DESCRIPTION_LIMIT}. "
            "Please shorten it: what you typed is still in the form."
        )
    return bare


def _price(text: str, currency: str, slips: list[str]) -> int:
    try:
        return parse_price(text, currency)
    except BadInput as slip:
        slips.append(slip.sentence)
        return 0


def _between(number: int, least: int, most: int, what: str, slips: list[str]) -> int:
    if not least <= number <= most:
        slips.append(f"{what} has to be from {least} to {most}.")
    return number
