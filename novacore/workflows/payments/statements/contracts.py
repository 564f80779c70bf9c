"""Finds the contracts of tokens in a list. A token is known only by its contract: anybody can use its name. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from novacore.wallets.not_wallets import symbol_of_token
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN

_CONTRACT: Final = re.compile("contract|mint(?!ed)|(?:token|asset|coin|currency)(?:address|addr|hash|id)")
"""What a header says of a column with contracts, whatever else it says."""

_NAMES: Final = re.compile("name|symbol|ticker|label|note|memo|comment|description|tag")
"""What it says of a column in which the maker of a token, or whoever sent it, may write what they like."""

_ADDRESS: Final = re.compile(r"(?<![0-9A-Za-z])(?:0x[0-9A-Fa-f]{40}|[1-9A-HJ-NP-Za-km-z]{32,44})(?![0-9A-Za-z])")
"""An address of Ethereum, TRON or Solana."""

_MOST_CELL: Final = 200


@dataclass(frozen=True, slots=True)
class ContractColumns:
    """Where contracts may stand besides the column that each kind of list has for them."""

    by_header: frozenset[int] = frozenset()
    unexplained: frozenset[int] = frozenset()
    """Columns that no header explains; none unless those of sender and recipient are known: they have some, too."""


NO_CONTRACTS: Final = ContractColumns()


def columns(header: Mapping[str, int], explained: Collection[int], parties: Collection[int]) -> ContractColumns:
    """Find the columns in a folded header; `parties` are those of sender and recipient, as far as they are known."""
    places = {name: place for name, place in header.items() if not _NAMES.search(name) and place not in parties}
    by_header = frozenset(place for name, place in places.items() if _CONTRACT.search(name))
    others = frozenset(places.values()) - by_header - {*explained}
    return ContractColumns(by_header, others if len(parties) == 2 else frozenset())


def addresses(cells: Sequence[str], places: Collection[int]) -> frozenset[str]:
    """Return what looks like an address in some columns of a row."""
    found = (cells[place] for place in places if place < len(cells))
    return frozenset(one for cell in found for one in _ADDRESS.findall(cell[:_MOST_CELL]))


def coin_of(contracts: Collection[str]) -> str | None:
    """Return the coin that all of these contracts stand for, or UNKNOWN_COIN; None if there are none."""
    known = {symbol_of_token(one) for one in contracts}
    return (known.pop() if len(known) == 1 else None) or UNKNOWN_COIN if known else None
