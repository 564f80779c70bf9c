"""Hides what the shop sold from texts that are kept: codes never stand in a stored message or a transcript."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from novacore.crypto import GoodsUnreadable, fingerprint
from novacore.db.models import GoodsVersion, Order, ShopFact, Unit
from novacore.db.queries.sealed import FINGERPRINT_KEY
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

MOST_UNITS = 5_000
"""Codes of one customer that are opened, the newest first: a transaction may wait for it."""

_AT_ONCE = 500
"""Fingerprints in one question: SQLite takes some thousands of bound values."""

_UNSEEN = frozenset("*_~|`\\\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff")
"""What may stand inside of a code without being seen in Discord: marks for bold and the like, letters without width."""

_WORD = re.compile(r"[^\s`<>\"'()\[\]{}|]+")
_PIECE = re.compile(r"[^\s`<>\"'()\[\]{}|=:,;/]+")
"""Of a word such as "code=..." or "...,...", which people write without a blank."""
_LABEL = re.compile(r"[^\W\d_][\w .-]{0,59}:\s+(?=\S)")
"""The name of a column in front of its value, as in "Serial number: ...": words that a customer may well write."""
_PART = re.compile(r"([^\s:;|,]+)(:?)(?=(\s?))")
"""Of an account, say; a label in front ("Password: ...") is no secret."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides what it knows. Its repr shows nothing of it.

    The work grows with the text alone, however many secrets there are: a pattern of twenty thousand codes took seconds
    for a page of text.
    """

    known: "_Known" = field(repr=False)
    bare: "_Known" = field(repr=False)
    """The same without what isn't seen in Discord, for texts that have some of it."""

    def __call__(self, text: str) -> str:
        """Return the text with dots in place of every secret, in whatever case it was typed, and however marked up."""
        text = _dotted(text, range(len(text)), self.known)
        seen = [at for at, one in enumerate(text) if one not in _UNSEEN] if _UNSEEN.intersection(text) else ()
        return _dotted(text, seen, self.bare)


_Known = Mapping[str, Mapping[int, AbstractSet[str]]]
"""Secrets by their first letters, then by their lengths, the longest first; all folded."""


def _dotted(text: str, places: Sequence[int], known: _Known) -> str:
    """Hide what is known; of the text only the letters at these places count."""
    if not known or not places:
        return text
    letters = text if len(places) == len(text) else "".join([text[place] for place in places])
    folded, shown, done, at = _folded(letters), [], 0, 0
    while (at := _next_place(folded, at, known)) < len(folded):
        length = _length_at(folded, at, known)
        if length:
            shown += [text[done : places[at]], DOTS]
            done = places[at + length - 1] + 1
        at += length or 1
    return "".join([*shown, text[done:]])


def _next_place(folded: str, start: int, known: _Known) -> int:
    """Return where a secret may begin next; the length of the text for nowhere. Large texts spend their time here."""
    places = range(start, len(folded))
    return next((at for at in places if folded[at : at + SHORTEST] in known), len(folded))


def _length_at(folded: str, at: int, known: _Known) -> int:
    """Return the length of the secret that begins here; 0 for none."""
    lengths = known.get(folded[at : at + SHORTEST], {})
    return next((length for length, secrets in lengths.items() if folded[at : at + length] in secrets), 0)


def mask_of(secrets: Iterable[str]) -> Mask:
    """Return what hides these. Those that are too short are left out."""
    folded = {_folded(one) for one in secrets}
    return Mask(_sorted(folded), _sorted({_seen(one) for one in folded}))


def _sorted(secrets: Iterable[str]) -> _Known:
    known: dict[str, dict[int, set[str]]] = {}
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            known.setdefault(secret[:SHORTEST], {}).setdefault(len(secret), set()).add(secret)
    return known


def _seen(text: str) -> str:
    return "".join(one for one in text if one not in _UNSEEN)


def _folded(text: str) -> str:
    """Return the text in one case, letter by letter: places in it are places in the text."""
    if len(whole := text.casefold()) == len(text):  # no letter becomes two
        return whole
    return "".join(folded if len(folded := one.casefold()) == 1 else one for one in text)


def hidden(shop: Shop, session: Session, customer_id: int, texts: Sequence[str]) -> list[str]:
    """Return the texts as they may be kept: without codes, or without a word where that cannot be checked."""
    try:
        mask = mask_for(shop, session, customer_id, texts)
    except GoodsUnreadable:
        return [UNCHECKED for _ in texts]
    return [mask(text) for text in texts]


def hidden_in(shop: Shop, session: Session, customer_id: int, text: str) -> str:
    """Do the same for one text."""
    return hidden(shop, session, customer_id, [text])[0]


def mask_for(shop: Shop, session: Session, customer_id: int, texts: Iterable[str]) -> Mask:
    """Return what hides the goods of this customer, and any code in stock or sold that is a word of these texts.

    Raises GoodsUnreadable when no key fits: what cannot be checked must not be kept.
    """
    return mask_of([*_goods(shop, session, customer_id), *_stocked(shop, session, texts)])


# Built once, for every reason that someone types is looked through.
_ORDERS = (
    select(Order.id, Order.goods_version_id)
    .where(Order.customer_id == bindparam("customer"))
    .order_by(Order.placed_at.desc())
    .limit(MOST_ORDERS)
)
_OF_ORDERS = (Unit.order_id.in_(bindparam("orders", expanding=True)),)
_CODES = (
    select(Unit.content)
    .where(*_OF_ORDERS, Unit.content.is_not(None), Unit.file_id.is_(None))  # nobody types a file
    .order_by(Unit.id.desc())
    .limit(MOST_UNITS)
)
_VERSIONS = select(GoodsVersion.content).where(GoodsVersion.id.in_(bindparam("versions", expanding=True)))
_KEY = select(ShopFact.value).where(ShopFact.name == FINGERPRINT_KEY)
_FINGERPRINTS = select(Unit.fingerprint).where(Unit.fingerprint.in_(bindparam("marks", expanding=True)))


def _goods(shop: Shop, session: Session, customer_id: int) -> Iterator[str]:
    orders = session.execute(_ORDERS, {"customer": customer_id}).all()
    for sealed in session.execute(_CODES, {"orders": [row[0] for row in orders]}).scalars():
        yield from _parts(str(shop.cipher.open(sealed or b"")))
    versions = {row[1] for row in orders if row[1] is not None}
    for content in session.execute(_VERSIONS, {"versions": [*versions]}).scalars() if versions else ():
        for item in open_items(shop.cipher, content):
            yield from _parts(item.value) if item.type.row.is_secret else _lines(item.value)


def _parts(secret: str) -> Iterator[str]:
    yield from _lines(secret)
    for line in secret.splitlines():
        label = _LABEL.match(line)
        found = _PART.findall(line, label.end() if label else 0)
        yield from (part for part, colon, blank in found if not (colon and blank))


def _lines(secret: str) -> Iterator[str]:
    yield secret.strip()
    yield from (line.strip() for line in secret.splitlines())


def _stocked(shop: Shop, session: Session, texts: Iterable[str]) -> Iterator[str]:
    """Find the words that are codes of the shop, whoever they belong to."""
    kept = session.execute(_KEY).scalar_one_or_none()
    if kept is None:
        return
    pepper = bytes.fromhex(shop.cipher.open(kept["sealed"].encode()))
    typed = {word for text in texts for pattern in (_WORD, _PIECE) for word in pattern.findall(text)}
    bare = {bare for word in typed for bare in _spellings(word) if len(bare) >= SHORTEST}
    marks = {fingerprint(cased, pepper): word for word in bare for cased in (word.lower(), word.upper(), word)}
    every = sorted(marks)
    for start in range(0, len(every), _AT_ONCE):
        found = session.execute(_FINGERPRINTS, {"marks": every[start : start + _AT_ONCE]}).scalars()
        yield from (marks[mark] for mark in found if mark is not None)


def _spellings(word: str) -> Iterator[str]:
    """Give what a word may mean: as it is, without stops around it, and without marks in it."""
    yield word
    yield word.strip(".,;:!?*_~")
    yield "".join(one for one in word if one == "_" or one not in _UNSEEN).strip(".,;:!?_")
    yield _seen(word).strip(".,;:!?")
