"""What kind of list a file is, by its header, and which column says what.

Columns are found by name, never by place: PayPal lets people choose them, and every release of a wallet adds some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from novacore.workflows.payments.statements import contracts
from novacore.workflows.payments.statements.contracts import NO_CONTRACTS, ContractColumns
from novacore.workflows.payments.statements.kinds import KINDS, Kind, Role
from novacore.workflows.payments.statements.words import fold, symbol

_SYMBOLS: Final = {
    "*": ("btc", "xbt", "ltc", "eth", "sol", "usdt"),
    "+": ("eur", "usd", "gbp", "chf", "pln", "brl", "cad", "aud"),
}
"""What may follow the name of a column, by the mark that stands for it in `Kind.columns`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, by place."""

    kind: Kind
    columns: Mapping[Role, int]
    symbol: str = ""
    """The coin that the header names."""
    is_english: bool = True
    contracts: ContractColumns = NO_CONTRACTS

    def picked(self, cells: Sequence[str]) -> Mapping[Role, str]:
        """Return what a row says in the columns that are read, without those in which it says nothing."""
        found = ((role, cells[place].strip()) for role, place in self.columns.items() if place < len(cells))
        return {role: cell for role, cell in found if cell}


def recognised(header: Sequence[str]) -> Layout | None:
    """Return the layout that a header stands for; None if it is no header of a statement."""
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        places.setdefault(fold(cell), place)
    return next((found for kind in KINDS if (found := _laid_out(kind, places))), None)


def _laid_out(kind: Kind, places: Mapping[str, int]) -> Layout | None:
    columns: dict[Role, int] = {}
    coin = ""
    for role, names in kind.columns.items():
        for name, said in _spellings(names):
            if name in places:
                columns[role] = places[name]
                coin = coin or said
                break
    if not all(role in columns for role in kind.needs):
        return None
    columns.pop(Role.text, None)
    is_english = not kind.english or any(one in places for one in kind.english.split())
    parties = {columns[role] for role in (Role.sender, Role.to) if role in columns}
    found = contracts.columns(places, columns.values(), parties)
    return Layout(kind, columns, symbol(coin), is_english, found)


def _spellings(names: str) -> Sequence[tuple[str, str]]:
    """Return each name that a column may have, with the coin that it then names."""
    found: list[tuple[str, str]] = []
    for name in names.split():
        bare, mark = name.rstrip("*+"), name[-1]
        found += [(bare, ""), *((bare + one, one) for one in _SYMBOLS.get(mark, ()))]
    return found
