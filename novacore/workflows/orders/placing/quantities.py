"""How many a person typed that they want. Called by the bot when the form comes back."""

from typing import Final

from novacore.errors import BadInput
from novacore.money.reader import quoted

_DIGITS: Final = 4
"""As many as the form takes."""


def parse_quantity(text: str) -> int:
    """Read a quantity that a person typed. Raises BadInput for everything but a whole number of at most four digits.

    How many one order may hold is said by `rules.require_quantity`, which knows the product and its limit.
    """
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit() and len(bare) <= _DIGITS and int(bare)):
        raise BadInput(f"{quoted(bare)} is not a quantity I can use. Please type a whole number from 1 up.")
    return int(bare)
