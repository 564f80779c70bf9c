"""How many a person typed that they want. Called by the bot when the form comes back."""

from novacore.errors import BadInput
from novacore.money.reader import quoted


def parse_quantity(text: str) -> int:
    """Read a quantity that a person typed. Raises BadInput for everything but a whole number from 1 to 1000."""
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit()) or not 1 <= int(bare[:5]) <= 1000 or len(bare) > 4:
        raise BadInput(f"{quoted(bare)} is not a quantity I can use. Please type a whole number from 1 up.")
    return int(bare)
