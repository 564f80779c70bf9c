"""Tells which columns of a file are the goods, by their names and by what stands below; None if it isn't clear.

Pure. What the shop paid for a code, and for whom it was meant, is never goods unless the owner says so.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Final

from novacore.workflows.stock.files import spreadsheet
from novacore.workflows.stock.files.columns.vocabulary import Role
from novacore.workflows.stock.files.columns.words import role

_AMOUNT = re.compile(r"[€$£¥₽]\s?\d{1,6}(?:[.,]\d{1,2})?|\d{1,6}[.,]\d{2}(?:\s?(?:[€$£¥₽]|[A-Z]{3}))?|\d{1,3}")
_ABOUT: Final = frozenset({Role.inside, Role.number})
"""What a row is about: no goods where another column is."""
_LEAST_OF_A_CODE: Final = 6
"""Characters from which on a cell of digits may be a code, where the column's name leaves it open."""


def suggested(
    names: Sequence[str], columns: Mapping[int, Sequence[str]], *, are_fields: bool = False
) -> tuple[int, ...] | None:
    """Return the numbers of the columns that are goods; None if the owner has to choose.

    `columns` holds the cells of every column with something in it. `are_fields` says that the names are fields of JSON
    objects: then even a single one has to be known.
    """
    if not columns:
        return ()  # no row can be read: each one is named with what is wrong
    roles = {n: role(names[n]) for n in columns}
    if len(columns) == 1 and not are_fields:
        return _only(roles, columns)
    goods = tuple(n for n in columns if roles[n] not in _ABOUT)
    kinds = [roles[n] for n in goods]
    numbers = [columns[n] for n in columns if roles[n] is Role.number]
    if kinds == [Role.unsure]:
        return goods if _are_codes(columns[goods[0]]) and not any(map(_are_codes, numbers)) else None
    if not _belong_together(kinds):
        return None
    if not {Role.code, Role.account} & {*kinds} and any(map(_may_be_sold, numbers)):
        return None  # a PIN or a password: what it belongs to may stand under "Number"
    return goods if _may_be_sold(columns[_main(goods, kinds)]) else None


def _only(roles: Mapping[int, Role | None], columns: Mapping[int, Sequence[str]]) -> tuple[int, ...] | None:
    """Return the one column of a file, unless it is called a price, or holds amounts under a doubtful name."""
    ((number, cells),) = columns.items()
    if roles[number] is Role.inside or (roles[number] in {Role.unsure, Role.number} and not _are_codes(cells)):
        return None
    return (number,)


def _belong_together(kinds: Collection[Role | None]) -> bool:
    """Tell whether these are what one buyer needs: a code with its PIN, or an account with its password."""
    has_password, has_account = Role.password in kinds, Role.account in kinds
    codes = sum(one is Role.code for one in kinds)
    if not kinds or codes > 1 or None in kinds or Role.unsure in kinds:
        return False
    return not has_account if codes else has_password or not has_account


def _main(goods: Sequence[int], kinds: Sequence[Role | None]) -> int:
    """Return the column by which a unit is known."""
    leading = (kinds.index(one) for one in (Role.code, Role.account) if one in kinds)
    return goods[next(leading, 0)]


def _may_be_sold(cells: Sequence[str]) -> bool:
    """Tell whether cells look like units of goods: no amounts, no numbers of rows, not the same again and again."""
    filled = [one for one in cells if one]
    if filled and (all(_AMOUNT.fullmatch(one) for one in filled) or _count_up(filled)):
        return False
    return len(filled) < 3 or len({*filled}) > len(filled) / 2


def _are_codes(cells: Sequence[str]) -> bool:
    """Tell the same where the name leaves it open: then digits alone may just as well be amounts or phone numbers."""
    filled = [one for one in cells if one]
    are_long = all(len(one) >= _LEAST_OF_A_CODE or not one.isdigit() for one in filled)
    return bool(filled) and are_long and not all(map(spreadsheet.is_changed, filled)) and _may_be_sold(filled)


def _count_up(cells: Sequence[str]) -> bool:
    if len(cells) < 2 or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in cells):
        return False
    return all(int(after) - int(one) == 1 for one, after in pairwise(cells))
