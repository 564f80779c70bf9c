"""Ways to pay that are turned off: `BTC_ADDRESS=off`. One that is missing is a fault: it may be forgotten.

All of them may be off: the owner's own ways to pay stand in the database, and the first one is added in Discord.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from pydantic import BeforeValidator

from novacore.states import PaymentMethod

OFF: Final = "off"
"""The one word for it, in any case. Others (`none`, `no`, `-`) are refused, with this one named."""

SETTINGS: Final = tuple(method.row.setting for method in PaymentMethod)

NOTHING_ON: Final = "Every way to pay is off, so nobody can pay."

TURN_ON: Final = (
    f"Turn on at least one of {', '.join(name.upper() for name in SETTINGS[:-1])} or {SETTINGS[-1].upper()} and start "
    "the shop again, or add a way to pay of your own in Discord with `/payment add`."
)

_T = TypeVar("_T")


def is_off(text: str) -> bool:
    """Tell whether the owner does not take this way to pay."""
    return text.lower() == OFF


def unless_off(read: Callable[[str], _T]) -> BeforeValidator:
    """Read a setting that may be off; None is off."""

    def read_or_none(text: str) -> _T | None:
        return None if is_off(text) else read(text)

    return BeforeValidator(read_or_none)
