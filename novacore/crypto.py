"""Goods at rest: encryption with keys that rotate, and fingerprints that find repeats without giving a code away."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from novacore.errors import NovaCoreError


class GoodsUnreadable(NovaCoreError):
    """Goods were stored under a key that is not among those given. Put the old key back behind the new one."""


class GoodsCipher:
    """Encrypts and decrypts goods. The first key encrypts, all decrypt. Its repr shows no key."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._first = Fernet(keys[0])
        self._box = MultiFernet([Fernet(key) for key in keys])

    def seal(self, value: Any) -> bytes:
        """Encrypt anything that JSON can hold."""
        return self._box.encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def open(self, sealed: bytes) -> Any:
        """Decrypt what `seal` made. Raises GoodsUnreadable when no key fits."""
        try:
            return json.loads(self._box.decrypt(sealed))
        except InvalidToken:
            raise GoodsUnreadable("These goods were stored under a SECRET_KEY that is not set any more.") from None

    def rotate(self, sealed: bytes) -> bytes:
        """Encrypt again under the first key. Raises GoodsUnreadable when no key fits."""
        try:
            return self._box.rotate(sealed)
        except InvalidToken:
            raise GoodsUnreadable("These goods were stored under a SECRET_KEY that is not set any more.") from None

    def is_current(self, sealed: bytes) -> bool:
        """Tell whether it is sealed under the first key."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def new_key() -> str:
    """Make a key for SECRET_KEY: 32 random bytes, URL-safe base64."""
    return Fernet.generate_key().decode()


def fingerprint(code: str, pepper: bytes) -> bytes:
    """Hash a code (32 bytes, HMAC-SHA-256). `pepper` is a key of its own: rotating SECRET_KEY leaves it be."""
    return hmac.new(pepper, code.strip().encode(), hashlib.sha256).digest()
