"""What the fields of the settings are made of: their checks, and the sentences that say how to fix them."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from novacore.settings import payments, values
from novacore.wallets import addresses
from novacore.wallets.addresses import PaymentAddress


def read_usdt(text: str, info: ValidationInfo) -> PaymentAddress | None:
    """Read a USDT address on the network that was given with it, if one was. None if it is off."""
    return None if payments.is_off(text) else addresses.usdt(text, info.data.get("usdt_network", ""))


def read_usdt_network(text: str) -> str:
    """Read the network that USDT is taken on. Raises ValueError for one that isn't known."""
    if text.lower() not in addresses.USDT_NETWORKS:
        raise ValueError(f"isn't one of {', '.join(addresses.USDT_NETWORKS)}.")
    return text.lower()


def within(low: int, high: int) -> BeforeValidator:
    """Make the check of a whole number that has to lie between two others, both included."""

    def check(text: str) -> int:
        number = values.whole_number(text)
        if not low <= number <= high:
            raise ValueError(f"is not between {low} and {high}.")
        return number

    return BeforeValidator(check)


def database_file(text: str) -> Path:
    """Read the name of the database's file. Raises ValueError for an address."""
    if re.match(r":|file:|[a-z0-9+]+://", text, re.IGNORECASE):
        raise ValueError("is not a file's name.")
    return values.path(text)


def must_have(unset: Any, fix: str) -> Any:
    """A setting that a live shop must have. Commands that never meet Discord or a customer do without (`unset`)."""
    return Field(default=unset, description=fix, json_schema_extra={"live": True})


def id_of(what: str, entry: str = "Copy Channel ID") -> str:
    """Say where in Discord the id of a channel or role is found."""
    return f"In Discord (with Developer Mode on), right-click the {what} and choose {entry}."


def own_address(what: str, name: str) -> str:
    """Say where a payment address comes from, and how to do without."""
    return f"Copy {what} from your wallet; never type it by hand. If you don't take this coin, write {name}=off."


def explorer(network: str) -> str:
    """Say what the setting of a block explorer is for."""
    return f"It is the website on which staff look at payments on {network}, like https://example.com, or off."


Id = Annotated[int, BeforeValidator(values.snowflake)]
