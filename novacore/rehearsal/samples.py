"""What a customer of the rehearsal pays with: a picture and a transaction id, new ones each time.

The shop refuses a picture or a transaction id that has paid before, so one file for all would work once.
"""

import secrets

from base58_bech32 import base58

from novacore import clock
from novacore.media.artwork import sample_receipt

_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_APPS = ("SamplePay", "Sample Wallet", "Bank of Samples", "SampleCoin")


def proof_picture() -> bytes:
    """Draw a PNG that looks like a payment app's screenshot, with the shop's date and the word SAMPLE across it."""
    paid_on = f"{clock.now():%d %B %Y, %H:%M}"
    number = _pick(_DIGITS + _CAPITALS, 17)
    return sample_receipt("Paid in full", "The shop", number, paid_on, secrets.choice(_APPS))


def references() -> dict[str, str]:
    """Make a well-formed transaction id for each way to pay; none of them exists."""
    return {
        "PayPal": _pick(_DIGITS + _CAPITALS, 17),
        "BTC, LTC, USDT on Tron": secrets.token_hex(32),
        "ETH, USDT on Ethereum": f"0x{secrets.token_hex(32)}",
        "SOL, USDT on Solana": base58.b58encode(secrets.token_bytes(64)).decode("ascii"),
    }


def _pick(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))
