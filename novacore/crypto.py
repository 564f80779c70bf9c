"""Goods at rest: encryption with keys that rotate, and fingerprints that find repeats without giving a code away.

What is sealed begins with the mark of its key, a fingerprint that tells which key it needs without trying any: a shop
sees at its start whether it has the keys to all of its goods. Goods of an earlier release have none and get one once
(`workflows.upkeep.keys.key_marks`).
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from novacore.errors import Refusal

MARK_BYTES: Final = 12
"""How much of what is sealed is the mark of its key: a "k", and 64 bits in URL-safe base64."""

FIRST_MARK: Final = b"k"
"""Every mark is this or comes after it, in the order of bytes; goods without a mark come before ("gAAAAA...")."""

UNKNOWN: Final = b"kUnknown----"
"""The mark of old goods that none of the keys opened which were at hand when they got one."""

_PURPOSE: Final = b"novacore: which key is this?"


class GoodsUnreadable(Refusal):
    """Goods are sealed under a key that is not among those given."""

    def __init__(self) -> None:
        super().__init__("The shop can't open these goods: their key is missing. `/doctor` tells the owner what to do.")


def mark_of(key: str) -> bytes:
    """Return the mark of a key, which gives nothing of it away."""
    digest = hmac.new(base64.urlsafe_b64decode(key), _PURPOSE, hashlib.sha256).digest()
    return FIRST_MARK + base64.urlsafe_b64encode(digest[:8]).rstrip(b"=")


class GoodsCipher:
    """Encrypts and decrypts goods. The first key encrypts, all decrypt. Its repr shows no key."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._boxes = {mark_of(key): Fernet(key) for key in keys}
        self._all = MultiFernet([*self._boxes.values()])
        self.mark = mark_of(keys[0])
        """The mark of the key that encrypts."""

    @property
    def marks(self) -> frozenset[bytes]:
        """The marks of all keys."""
        return frozenset(self._boxes)

    def seal(self, value: Any) -> bytes:
        """Encrypt anything that JSON can hold."""
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return self.mark + self._boxes[self.mark].encrypt(plain)

    def open(self, sealed: bytes) -> Any:
        """Decrypt what `seal` made. Raises GoodsUnreadable when no key fits."""
        box, token = self._box_of(sealed)
        try:
            return json.loads(box.decrypt(token))
        except InvalidToken:
            raise GoodsUnreadable from None

    def rotate(self, sealed: bytes) -> bytes:
        """Encrypt again under the first key. Raises GoodsUnreadable when no key fits."""
        _, token = self._box_of(sealed)
        try:
            return self.mark + self._all.rotate(token)
        except InvalidToken:
            raise GoodsUnreadable from None

    def is_current(self, sealed: bytes) -> bool:
        """Tell whether it is sealed under the first key, and marked as such."""
        return sealed.startswith(self.mark)

    def marked(self, sealed: bytes) -> bytes:
        """Return goods without a known mark with that of the key that opens them, or UNKNOWN where none does."""
        token = _token_of(sealed)
        for mark, box in self._boxes.items():
            try:
                box.decrypt(token)
            except InvalidToken:
                continue
            return mark + token
        return UNKNOWN + token

    def _box_of(self, sealed: bytes) -> tuple[Fernet | MultiFernet, bytes]:
        mark = sealed[:MARK_BYTES]
        if mark < FIRST_MARK or mark == UNKNOWN:
            return self._all, _token_of(sealed)
        if mark not in self._boxes:
            raise GoodsUnreadable
        return self._boxes[mark], sealed[MARK_BYTES:]


def _token_of(sealed: bytes) -> bytes:
    return sealed if sealed < FIRST_MARK else sealed[MARK_BYTES:]


_NONCE_BYTES: Final = 12


class FileBox:
    """Encrypts the parts of one file (AES-256-GCM), each bound to its place. Its repr shows no key.

    The key belongs to that file alone and is sealed by `GoodsCipher`: a new SECRET_KEY leaves the parts as they are.
    """

    def __init__(self, key: str) -> None:
        self._box = AESGCM(base64.urlsafe_b64decode(key))

    def seal(self, number: int, part: bytes) -> bytes:
        """Encrypt the part of that number."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._box.encrypt(nonce, part, str(number).encode())

    def open(self, number: int, sealed: bytes) -> bytes:
        """Decrypt what `seal` made of the part of that number. Raises GoodsUnreadable for anything else."""
        try:
            return self._box.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], str(number).encode())
        except InvalidTag:
            raise GoodsUnreadable from None


def new_key() -> str:
    """Make a key for SECRET_KEY: 32 random bytes, URL-safe base64."""
    return Fernet.generate_key().decode()


def fingerprint(code: str, pepper: bytes) -> bytes:
    """Hash a code (32 bytes, HMAC-SHA-256). `pepper` is a key of its own: rotating SECRET_KEY leaves it be."""
    return hmac.new(pepper, code.strip().encode(), hashlib.sha256).digest()
