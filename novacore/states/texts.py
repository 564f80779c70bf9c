"""The texts that an owner may write in their own words: a row each, with what the shop says otherwise."""

from dataclasses import dataclass
from typing import Final

from novacore.states.orders import OrderStatus
from novacore.states.rows import RowEnum

TEXT_LIMIT: Final = 1000
"""Characters of one text, with everything in braces filled in."""

TERMS_LIMIT: Final = 3400
"""Characters of the shop's terms: with what stands around them they fit into one message of 4000."""

ANY_LANGUAGE: Final = ""
"""The language of what is read by everybody for whom there is nothing in a language of their own."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """What is known of a text. `place` is whatever may stand in braces, with the longest that it is filled in with."""

    label: str
    emoji: str
    where: str
    """Says where customers read it, and when."""
    default: str
    """What the shop says by itself, as an owner may begin from it."""
    place: str = ""
    place_meaning: str = ""
    limit: int = TEXT_LIMIT
    """Characters that it may have, with its place filled in."""
    place_units: int = 0
    """What the place is filled in with has so many characters at most."""


class ShopText(RowEnum):
    """The texts. Names equal values."""

    row: TextRow

    panel = (
        "panel",
        TextRow(
            label="Panel",
            emoji="🛍️",
            where="It stands on the shop's panel, under the shop's name.",
            default="Digital goods, delivered to your DMs.",
        ),
    )
    how_it_works = (
        "how_it_works",
        TextRow(
            label="How it works",
            emoji="🧭",
            where="It stands on the shop's panel, under the line, and explains how to buy.",
            default="**1.** Pick a category, then a product\n**2.** Pay by {ways} and send us a proof\n**3.** We check "
            "your payment, and the goods arrive in your DMs\n-# Your orders: `/orders`",
            place="ways",
            place_meaning="the ways to pay that you offer",
            place_units=200,
        ),
    )
    after_payment = (
        "after_payment",
        TextRow(
            label="After payment",
            emoji="⏳",
            where="Customers read it on their order once they have sent a proof, while your staff check it.",
            default=OrderStatus.under_review.row.sentence,
        ),
    )
    vouch = (
        "vouch",
        TextRow(
            label="Vouch invitation",
            emoji="⭐",
            where="Customers get it by DM some hours after their goods, above the button that opens the form.",
            default="You bought {bought}. A few words from you help others to decide, and us to get better.",
            place="bought",
            place_meaning="what was bought: 2 × Game key",
            place_units=210,
        ),
    )
    terms = (
        "terms",
        TextRow(
            label="Terms",
            emoji="📜",
            where="Customers can read them on each product's page, and accept them when they say how many they want.",
            default="",
            limit=TERMS_LIMIT,
        ),
    )
