"""A typed item of goods, and how a list of them is sealed and opened. No error or repr holds what was decrypted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from novacore.crypto import GoodsCipher
from novacore.states import GoodsType


@dataclass(frozen=True, slots=True)
class GoodsItem:
    """One thing that the buyer gets. `value` is the secret; the repr leaves it out."""

    name: str
    type: GoodsType
    value: str = field(repr=False)


def seal_items(cipher: GoodsCipher, items: Sequence[GoodsItem]) -> bytes:
    """Encrypt a list of items."""
    return cipher.seal([{"name": item.name, "type": item.type, "value": item.value} for item in items])


def open_items(cipher: GoodsCipher, sealed: bytes) -> list[GoodsItem]:
    """Decrypt what `seal_items` made. Raises GoodsUnreadable when no key fits."""
    return [_item(row) for row in cipher.open(sealed)]


def _item(row: dict[str, Any]) -> GoodsItem:
    return GoodsItem(row["name"], GoodsType(row["type"]), row["value"])
