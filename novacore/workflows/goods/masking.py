"""Hides what the shop sold from texts that are kept: codes never stand in a stored message or a transcript."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.crypto import GoodsUnreadable, fingerprint
from novacore.db.models import GoodsVersion, Order, ShopFact, Unit
from novacore.states import GoodsType
from novacore.workflows.goods.items import open_items
from novacore.workflows.machine.shop import Shop

DOTS = "••••"
"""What stands in place of a code."""

UNCHECKED = "(This message was not kept: it could not be checked for codes.)"
"""What stands in place of words while no key fits."""

SHORTEST = 6
"""Characters of what is hidden: anything shorter would stand in half the words of a language."""

MOST_ORDERS = 200
"""Orders of one customer whose goods are looked up, the newest first. Their codes are found by fingerprint as well."""

_AT_ONCE = 500
"""Fingerprints in one question: SQLite takes some thousands of bound values."""

_IN_PARTS = frozenset({GoodsType.code, GoodsType.account, GoodsType.key})
"""Secrets that people quote in parts: the password of an account without its name."""

_WORD = re.compile(r"[^\s`<>\"'()\[\]{}|]+")
_PART = re.compile(r"[^\s:;|,]++(?!:\s)")
"""Of an account, say; a label in front ("Password: ...") is no secret."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides what it knows. Its repr shows nothing of it."""

    pattern: re.Pattern[str] | None = field(repr=False)

    def __call__(self, text: str) -> str:
        """Return the text with dots in place of every secret, in whatever case it was typed."""
        return self.pattern.sub(DOTS, text) if self.pattern else text


def hidden(shop: Shop, session: Session, customer_id: int, texts: Sequence[str]) -> list[str]:
    """Return the texts as they may be kept: without codes, or without a word where that cannot be checked."""
    try:
        mask = mask_for(shop, session, customer_id, texts)
    except GoodsUnreadable:
        return [UNCHECKED for _ in texts]
    return [mask(text) for text in texts]


def mask_for(shop: Shop, session: Session, customer_id: int, texts: Iterable[str]) -> Mask:
    """Return what hides the goods of this customer, and any code in stock or sold that is a word of these texts.

    Raises GoodsUnreadable when no key fits: what cannot be checked must not be kept.
    """
    secrets = {*_goods(shop, session, customer_id), *_stocked(shop, session, texts)}
    longest_first = sorted((one for one in secrets if len(one) >= SHORTEST), key=len, reverse=True)
    if not longest_first:
        return Mask(None)
    return Mask(re.compile("|".join(re.escape(one) for one in longest_first), re.IGNORECASE))


def _goods(shop: Shop, session: Session, customer_id: int) -> Iterator[str]:
    mine = select(Order.id, Order.goods_version_id).where(Order.customer_id == customer_id)
    orders = session.execute(mine.order_by(Order.placed_at.desc()).limit(MOST_ORDERS)).all()
    codes = select(Unit.content).where(Unit.order_id.in_([row[0] for row in orders]), Unit.content.is_not(None))
    for sealed in session.execute(codes).scalars():
        yield from _parts(str(shop.cipher.open(sealed or b"")))
    versions = {row[1] for row in orders if row[1] is not None}
    for content in session.execute(select(GoodsVersion.content).where(GoodsVersion.id.in_(versions))).scalars():
        for item in open_items(shop.cipher, content):
            yield from _parts(item.value) if item.type in _IN_PARTS else _lines(item.value)


def _parts(secret: str) -> Iterator[str]:
    yield from _lines(secret)
    for line in secret.splitlines():
        yield from _PART.findall(line)


def _lines(secret: str) -> Iterator[str]:
    yield secret.strip()
    yield from (line.strip() for line in secret.splitlines())


def _stocked(shop: Shop, session: Session, texts: Iterable[str]) -> Iterator[str]:
    """Find the words that are codes of the shop, whoever they belong to."""
    kept = session.get(ShopFact, "fingerprint_key")
    if kept is None:
        return
    pepper = bytes.fromhex(shop.cipher.open(kept.value["sealed"].encode()))
    words = {word for text in texts for typed in _WORD.findall(text) for word in (typed, typed.strip(".,;:!?*_~"))}
    marks = {fingerprint(word, pepper): word for word in words if len(word) >= SHORTEST}
    every = sorted(marks)
    for start in range(0, len(every), _AT_ONCE):
        some = select(Unit.fingerprint).where(Unit.fingerprint.in_(every[start : start + _AT_ONCE]))
        yield from (marks[mark] for mark in session.execute(some).scalars() if mark is not None)
