"""A code as it is stocked: its one normal form, and the hash that finds repeats without giving a code away."""

import secrets
from collections.abc import Callable
from functools import partial

from novacore import crypto
from novacore.db.models import ShopFact
from novacore.db.queries.sealed import FINGERPRINT_KEY
from novacore.db.unit_of_work import reading, writing
from novacore.db.upsert import add_missing
from novacore.workflows.machine.shop import Shop

Marker = Callable[[str], bytes]


def tidy(code: str) -> str:
    """Return a code without the blanks around it. Nothing else is changed: capitals and small letters differ."""
    return code.strip()


def of_file(digest: str) -> str:
    """Return what stands for a file as a code does for itself; `digest` is the SHA-256 of its bytes, in hex."""
    return f"file:{digest}"


def marker(shop: Shop) -> Marker:
    """Return the function that hashes a code. The key is made when it is first asked for. Not inside a transaction."""
    return marker_with(_pepper(shop) or _new_pepper(shop))


def marker_with(pepper: bytes) -> Marker:
    """Return the function that hashes a code with this very key."""
    return partial(_mark, pepper)


def known_marker(shop: Shop) -> Marker | None:
    """Return the same function without making its key: None if no code was ever stocked."""
    pepper = _pepper(shop)
    return partial(_mark, pepper) if pepper else None


def _mark(pepper: bytes, code: str) -> bytes:
    return crypto.fingerprint(tidy(code), pepper)


def _pepper(shop: Shop) -> bytes | None:
    with reading(shop.database) as session:
        fact = session.get(ShopFact, FINGERPRINT_KEY)
    return bytes.fromhex(shop.cipher.open(fact.value["sealed"].encode())) if fact else None


def _new_pepper(shop: Shop) -> bytes:
    sealed = shop.cipher.seal(secrets.token_bytes(32).hex()).decode()
    with writing(shop.database) as tx:
        add_missing(tx, ShopFact, {"name": FINGERPRINT_KEY, "value": {"sealed": sealed}, "at": tx.now})
    made = _pepper(shop)  # of two that make one at once, one wins
    if made is None:
        raise RuntimeError("The fingerprints' key was deleted in the moment it was made.")
    return made
