"""Discount codes as people type them: any case, with blanks from copying."""

import re
from typing import Final

from novacore.db.models.orders.discounts import CODE_LIMIT
from novacore.workflows.machine.typed_text import tidy_name

SHORTEST: Final = 3

_CODE: Final = re.compile(rf"[A-Z0-9_-]{{{SHORTEST},{CODE_LIMIT}}}", re.ASCII)


def plain(typed: str) -> str:
    """Return what was typed in capitals and without blanks; empty for nothing. Right or wrong."""
    return "".join(tidy_name(typed).split()).upper()


def read_code(typed: str) -> str | None:
    """Return a code as it is stored; None for what can't be one."""
    bare = plain(typed)
    return bare if _CODE.fullmatch(bare) else None
