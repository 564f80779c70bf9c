"""Where a transaction and an address can be looked at: links to a block explorer. The shop itself asks none of them."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

MOST_LETTERS: Final = 512
"""Discord's limit on the address of a link button."""

_USUAL: Final = ("/tx/", "/address/")
_PATHS: Final[Mapping[str, tuple[str, str]]] = {"tron": ("/#/transaction/", "/#/address/")}
"""By ledger: what stands before a transaction and before an address, where explorers of it differ from others."""

Explorers = Mapping[str, str]
"""The explorer's own address, without a slash at its end, by ledger; one that is missing is turned off."""

NO_EXPLORERS: Final[Explorers] = {}

DEFAULTS: Final[Explorers] = {
    "btc": "https://mempool.space",
    "ltc": "https://litecoinspace.org",
    "ethereum": "https://etherscan.io",
    "solana": "https://explorer.solana.com",
    "tron": "https://tronscan.org",
}


def transaction_link(explorers: Explorers, chain: str, reference: str) -> str | None:
    """Return where this transaction can be seen; None without an explorer, or where the link would be too long."""
    if chain == "ethereum" and not reference.startswith("0x"):
        reference = f"0x{reference}"
    return _link(explorers, chain, 0, reference)


def address_link(explorers: Explorers, chain: str, address: str) -> str | None:
    """Return where the payments to this address can be seen; None as above."""
    return _link(explorers, chain, 1, address)


def _link(explorers: Explorers, chain: str, which: int, what: str) -> str | None:
    home = explorers.get(chain)
    if not home or not what:
        return None
    link = f"{home}{_PATHS.get(chain, _USUAL)[which]}{quote(what, safe='', errors='replace')}"
    return link if len(link) <= MOST_LETTERS else None
