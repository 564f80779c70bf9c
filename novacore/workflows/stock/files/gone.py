"""Tells which rows of a file are marked as used, sold or expired: whoever got that code would get nothing.

Pure. A column says so by its name ("Used", "Sold to", "Redeemed at") or in its cells ("Status": "sold"). Whatever isn't
known says nothing.
"""

import re
from typing import Final

_NAME = re.compile(
    r"(?:(?:is|was|already|ist|bereits|est|déjà|ya)\s)?"
    r"(?:used|sold|redeemed|claimed|activated|delivered|benutzt|verwendet|verkauft|eingelöst|utilisée?|vendue?|usad[oa]|"
    r"vendid[oa]|canjead[oa]|usat[oa]|vendut[oa]|gebruikt|verkocht|użyt[ye]|sprzedan[ye]|использован[оы]?|продан[оы]?|"
    r"kullanıldı|satıldı|已使用|已售|使用済み?|販売済み?|사용됨|판매됨)"
    r"(?:\s(?:to|by|at|on|an|am|von|à|a|le|el|date|time))?\??",
)
_STATES: Final = frozenset(
    {"status", "state", "zustand", "estado", "état", "statut", "stato", "stan", "статус", "状态", "상태"}
)
_GONE = re.compile(
    r"(?:already\s)?(?:used|sold|sold out|redeemed|claimed|spent|delivered|refunded|revoked|banned|dead|invalid|"
    r"expired|benutzt|verkauft|eingelöst|abgelaufen|ungültig|vendue?|utilisée?|vendid[oa]|usad[oa]|caducad[oa]|"
    r"vendut[oa]|usat[oa]|scadut[oa]|verkocht|gebruikt|verlopen|sprzedany|użyty|продан|использован|satıldı|"
    r"kullanıldı|已使用|已售|已售出|使用済み|販売済み|사용됨|판매됨)"
)
_NO: Final = """
no, n, false, 0, -, –, not, never, none, null, n/a, na, open, free, available, unused, unsold, not sold, not used,
not yet, nein, non, faux, falsch, nee, nie, não, нет, hayır, 否, 未使用, 아니요, いいえ
"""
_NOT: Final = frozenset(word.strip() for word in _NO.split(","))
_SEAM = re.compile(r"[_-]+|(?<=[a-z])(?=[A-Z])")


def fault(name: str) -> str:
    """Return what is wrong with a row that says so under this name."""
    return f"marked as used, sold or expired under “{name}”"


def may_say(name: str) -> bool:
    """Tell whether the cells under this name may say it."""
    title = _title(name)
    return _NAME.fullmatch(title) is not None or title in _STATES


def is_gone(name: str, cell: str) -> bool:
    """Tell whether a cell under this name says that the code next to it is used or sold."""
    title, said = _title(name), cell.strip().strip(".!").casefold()
    if title in _STATES:
        return _GONE.fullmatch(said) is not None
    is_number = said != "1" and said.replace(".", "").replace(",", "").isdigit()  # how often, or for how much
    return _NAME.fullmatch(title) is not None and bool(said) and said not in _NOT and not is_number


def _title(name: str) -> str:
    return " ".join(_SEAM.sub(" ", name).split()).casefold()
