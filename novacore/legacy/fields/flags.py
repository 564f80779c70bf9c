"""Reads flags of older bots: a number, a word, or the moment at which something was deleted."""

import re
from enum import StrEnum
from typing import Any, Final

from novacore.legacy.fields.moments import is_zero_date, read_moment
from novacore.legacy.fields.values import as_text

_NO: Final = frozenset(
    {"0", "0.0", "false", "f", "no", "n", "off", "inactive", "in active", "not active", "disabled", "hidden", "draft"}
    | {"unavailable", "unpublished", "archived", "paused", "discontinued", "removed", "deleted", "sold out"}
    | {"out of stock"}
)
_YES: Final = frozenset(
    {"1", "1.0", "true", "t", "yes", "y", "on", "active", "enabled", "visible", "available", "published", "live"}
    | {"on sale", "for sale", "in stock", "✓", "✔", "✅"}
)
_YES_OF_DELETED: Final = frozenset({"deleted", "removed", "archived"})
_BETWEEN: Final = re.compile(r"(?<=[a-z])[-_](?=[a-z])")
_UNSAID: Final = frozenset({"", "none", "null", "nil", "nan", "n/a", "undefined"})


class Flag(StrEnum):
    """What a flag says."""

    yes = "yes"
    no = "no"
    unsaid = "unsaid"
    unknown = "unknown"


def read_flag(value: Any, *, of_deleted: bool = False) -> Flag:
    """Read a flag. Nothing at all is not a no; a word that nobody here knows is neither.

    `of_deleted` is for the flag that a product is gone: there `archived` is a yes, elsewhere a no.
    """
    word = " ".join(_BETWEEN.sub(" ", as_text(value).casefold()).split())
    if word in _UNSAID:
        return Flag.unsaid
    if of_deleted and word in _YES_OF_DELETED:
        return Flag.yes
    if word in _NO or is_zero_date(value):
        return Flag.no
    if word in _YES or read_moment(value).at is not None:
        return Flag.yes
    return Flag.unknown
