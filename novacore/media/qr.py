"""QR codes of payment addresses and links. Called where the payment instructions are built."""

import io
from functools import lru_cache

import segno

from novacore.errors import BadInput

# What still gives a code that a phone reads from a screen; the longest address in use has under 110 characters.
_MAX_LETTERS = 300
_SIDE = 400
# White modules around the code, as the standard asks (ISO/IEC 18004): on a dark page the code is lost without them.
_QUIET = 4


@lru_cache(maxsize=64)  # five milliseconds on the bot's event loop, and a page is often built more than once
def payment_qr(text: str) -> bytes:
    """A PNG of about 400 by 400 pixels, black on white with a white margin. Raises BadInput when empty or too long.

    `novacore.wallets.payment_links` says what wallets read.
    """
    if not 0 < len(text) <= _MAX_LETTERS:
        raise BadInput(f"A QR code needs a text of 1 to {_MAX_LETTERS} characters.")
    code = segno.make(text, micro=False, error="m")
    modules, _ = code.symbol_size(border=_QUIET)
    file = io.BytesIO()
    code.save(file, kind="png", scale=_SIDE // modules, border=_QUIET, dark="#000", light="#fff")
    return file.getvalue()
