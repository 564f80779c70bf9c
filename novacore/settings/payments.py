"""Ways to pay that are turned off: `BTC_ADDRESS=off`. One that is missing is a fault: it may be forgotten."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from pydantic import BeforeValidator

from novacore.states import PaymentMethod

OFF: Final = "off"
"""The one word for it, in any case. Others (`none`, `no`, `-`) are refused, with this one named."""

SETTINGS: Final = tuple(method.row.setting for method in PaymentMethod)

_T = TypeVar("_T")


def is_off(text: str) -> bool:
    """Tell whether the owner does not take this way to pay."""
    return text.lower() == OFF


def unless_off(read: Callable[[str], _T]) -> BeforeValidator:
    """Read a setting that may be off; None is off."""

    def read_or_none(text: str) -> _T | None:
        return None if is_off(text) else read(text)

    return BeforeValidator(read_or_none)


def all_off(given: Mapping[str, str]) -> bool:
    """Tell whether customers could not pay in any way, judging by the settings that are given."""
    return all(is_off(given.get(name, "")) for name in SETTINGS)
