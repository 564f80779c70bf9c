"""What the shop's panel says, by itself or in its owner's words. `window` puts it together."""

from collections.abc import Collection, Mapping
from typing import Final

from novacore.messages.kit import words
from novacore.messages.kit.own_words import own_words
from novacore.states import Method
from novacore.states.texts import ShopText

PANEL_TEXTS: Final = (ShopText.panel, ShopText.how_it_works)
"""What an owner may write in their own words on the panel."""

NAME: Final = "NovaCore Products"
"""What a shop is called that has no name of its own."""


def about(own: Mapping[ShopText, str]) -> str:
    """Return the line under the shop's name."""
    words_of_owner = own.get(ShopText.panel)
    return own_words(ShopText.panel, words_of_owner) if words_of_owner else ShopText.panel.row.default


def how_it_works(methods: Collection[Method], own: Mapping[ShopText, str]) -> list[str]:
    """Explain how to buy here; `methods` are the ways to pay that customers are offered."""
    if told := own.get(ShopText.how_it_works):
        return [own_words(ShopText.how_it_works, told, _ways(methods))]
    return [_PICK, _how_to_pay(methods), _THEN]


_PICK = "**1.** Pick a category, then a product"
_THEN = "**3.** We check your payment, and the goods arrive in your DMs\n-# Your orders: `/orders`"


def _how_to_pay(methods: Collection[Method]) -> str:
    only_coins = all(one.coin for one in methods)
    return f"**2.** Pay {'in' if only_coins else 'by'} {_ways(methods)} and send us a proof"


def _ways(methods: Collection[Method]) -> str:
    """Name the ways to pay: "PayPal, crypto or Bank transfer"."""
    coins = [one for one in methods if one.coin]
    if len(coins) == len(methods):
        return coins[0].label if len(coins) == 1 else "crypto"
    own = [words.escape(one.label) for one in methods if not one.known]
    paypal = ["PayPal"] if len(coins) + len(own) < len(methods) else []
    named = [*paypal, *(["crypto"] if coins else []), *(own if len(own) <= _NAMED else [f"{len(own)} other ways"])]
    return " or ".join(filter(None, (", ".join(named[:-1]), named[-1])))


_NAMED: Final = 2
"""The owner's own ways to pay that the panel names; it counts more of them."""
