"""The addresses of buttons, selects and forms: `nc:<noun>:<verb>[:<id>...]`. Built and parsed here, nowhere else.

Messages stay in Discord for years, so a custom id is an interface: never change what one means, only add. Whatever
comes in may be forged; `parse` lets through what this file could have built itself.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from novacore.db.models.orders.discounts import CODE_LIMIT
from novacore.ids import parse_order_id
from novacore.states.texts import ShopText
from novacore.workflows.machine.buttons import Counts
from novacore.workflows.orders.discounts.typed_codes import plain, read_code
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.orders.ways import WAYS
from novacore.workflows.tickets.table import TICKETS

MAX_LENGTH = 100
"""Discord's limit on a custom id."""

PREFIX = "nc"

_Reader = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class CustomId:
    """What was pressed. `args` are checked and in their stored form: an order id, a round, a page."""

    noun: str
    verb: str
    args: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The custom id as Discord keeps it."""
        return ":".join((PREFIX, self.noun, self.verb, *self.args))

    @property
    def order_id(self) -> str:
        """The order that this is about. Raises IndexError where the noun has none: a bug, not an input."""
        return self.args[0]

    @property
    def subject_id(self) -> str | None:
        """The order or ticket that it names, which marks the log lines; None for a page, a product and the like."""
        readers, _ = _KNOWN.get((self.noun, self.verb), ((), 0))
        named = (arg for read, arg in zip(readers, self.args, strict=False) if read in (parse_order_id, _ticket_id))
        return next(named, None)

    @property
    def round(self) -> int | None:
        """The review round of the staff card that was pressed; None on a card of the buyer."""
        return int(self.args[1]) if len(self.args) > 1 else None

    def number(self, position: int) -> int:
        """Return an argument as a whole number: a product, a quantity, a page."""
        return int(self.args[position])


def parse(text: object) -> CustomId | None:
    """Return what a custom id means, or None for one that this shop never makes: forged, or older than the release."""
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        return None
    prefix, *parts = text.split(":")
    if prefix != PREFIX or len(parts) < 2:
        return None
    noun, verb, *given = parts
    readers, least = _KNOWN.get((noun, verb), ((), 1))
    if not least <= len(given) <= len(readers):
        return None
    args = [read(one) for read, one in zip(readers, given, strict=False)]
    known = tuple(arg for arg in args if arg is not None)
    return CustomId(noun, verb, known) if len(known) == len(given) else None


def build(noun: str, verb: str, *args: object) -> str:
    """Return the custom id as text. Raises ValueError for one that would not parse back: a bug, not an input."""
    made = CustomId(noun, verb, tuple(str(arg) for arg in args))
    if parse(made.text) != made:
        raise ValueError(f"{made.text[:MAX_LENGTH]!r} is no custom id of this shop.")
    return made.text


def order(verb: str, order_id: str, review_round: int | None = None) -> str:
    """Return the id of a button or form on an order. Staff cards name their round; the buyer's cards have none."""
    return build("order", verb, order_id) if review_round is None else build("order", verb, order_id, review_round)


def _whole(least: int, most: int) -> _Reader:
    def read(text: str) -> str | None:
        fits = re.fullmatch(r"0|[1-9]\d{0,18}", text, re.ASCII) and least <= int(text) <= most
        return text if fits else None

    return read


def _one_of(*words: str) -> _Reader:
    return lambda text: text if text in words else None


def _ticket_id(text: str) -> str | None:
    return text if re.fullmatch(r"[A-Za-z0-9-]{1,40}", text, re.ASCII) else None


def _promise(text: str) -> str | None:
    """The digest of what a page promises, and the version of the terms that its reader has accepted."""
    return text if re.fullmatch(r"[0-9a-f]{10}(?:t[1-9]\d{0,6})?", text, re.ASCII) else None


def _promise_or_more(text: str) -> str | None:
    return _promise(text) or _MORE(text)


def _code(text: str) -> str | None:
    return text if read_code(text) == text else None


def _code_or_more(text: str) -> str | None:
    return _code(text) or _MORE(text)


def _as_typed(text: str) -> str | None:
    return text if text and text == kept_code(text) else None


def kept_code(typed: str) -> str:
    """Return what was typed as a discount code, right or wrong, as far as a custom id keeps it to be corrected."""
    return "".join(one for one in plain(typed) if one.isalnum() or one in "-_")[:CODE_LIMIT]


_MORE = _one_of("more")
"""The second of two selects in one message. A discount code is in capitals, so that none reads like it."""
BESIDE = "beside"
"""Opens a page of its own: the one that was pressed stays."""
_BESIDE = _one_of(BESIDE)
_ROW = _whole(1, 2**63 - 1)
_MAYBE_ROW = _whole(0, 2**63 - 1)
"""0 where there is none."""
_QUANTITY = _whole(1, 1000)
_ROUND = _whole(0, 1_000_000)
_PAGE = _whole(0, 100_000)
_VERSION = _whole(1, 1_000_000)
_MOMENT = _whole(1, 2**32 - 1)
"""Seconds since 1970."""
_TEXT = _one_of(*ShopText)
_TICKET_KIND = _one_of("product_issue", "refund_request", "other")

_READ_AS: Mapping[Counts, tuple[tuple[_Reader, ...], int]] = {
    Counts.always: ((parse_order_id,), 1),
    Counts.this_round: ((parse_order_id, _ROUND), 2),
    Counts.any_round: ((parse_order_id, _ROUND), 1),
    Counts.once: ((parse_order_id, _ROUND), 2),
}

# (noun, verb): how each argument is read, and how many of them there have to be.
_KNOWN: Mapping[tuple[str, str], tuple[tuple[_Reader, ...], int]] = {
    ("shop", "category"): ((), 0),
    ("shop", "product"): ((), 0),
    ("shop", "categories"): ((_PAGE,), 1),
    ("shop", "shelf"): ((_ROW, _PAGE), 2),
    ("shop", "buy"): ((_ROW, _VERSION), 1),  # a form names the version of the terms that it asks about
    ("shop", "terms"): ((_VERSION,), 1),
    ("shop", "change"): ((_ROW, _QUANTITY, _as_typed), 2),  # what stands in the form already
    ("shop", "method"): ((_ROW, _QUANTITY, _promise_or_more, _code_or_more, _MORE), 2),
    ("shop", "look"): ((_ROW,), 1),
    ("shop", "notify"): ((_ROW,), 1),
    ("shop", "forget_notify"): ((_ROW,), 1),
    ("stock", "files"): ((_ROW,), 1),
    ("stock", "heading"): ((_ROW,), 1),
    ("stock", "columns"): ((_ROW,), 1),
    ("stock", "confirm"): ((_ROW,), 1),
    ("stock", "discard"): ((_ROW,), 1),
    ("stock", "batches"): ((_ROW, _PAGE), 2),
    ("stock", "batch"): ((), 0),
    ("stock", "withdraw"): ((_ROW,), 1),
    ("stock", "ask_free"): ((_ROW,), 1),
    ("stock", "free"): ((_ROW, _MOMENT), 2),
    ("product", "form"): ((_ROW,), 1),
    ("product", "goods"): ((_ROW,), 1),
    ("product", "files"): ((_ROW,), 1),
    ("product", "role"): ((_ROW,), 1),
    ("product", "save"): ((_ROW,), 1),
    ("product", "discard"): ((_ROW,), 1),
    ("product", "look"): ((_ROW,), 1),
    ("product", "shelves"): ((_PAGE,), 1),
    ("product", "category"): ((), 0),
    ("product", "shelf"): ((_ROW, _PAGE), 2),
    ("product", "pick"): ((), 0),
    ("product", "page"): ((_ROW,), 1),
    ("product", "edit"): ((_ROW,), 1),
    ("product", "ask_remove"): ((_ROW,), 1),
    ("product", "remove"): ((_ROW,), 1),
    ("product", "restore"): ((_ROW,), 1),
    **{("product", verb): ((_ROW,), 1) for verb in ("up", "down")},
    **{("category", verb): ((_ROW,), 1) for verb in ("up", "down")},
    **{("payment", verb): ((_ROW,), 1) for verb in ("form", "save", "discard", "page", "edit", "hide", "show")},
    ("payment", "list"): ((_PAGE,), 1),
    ("payment", "pick"): ((), 0),
    ("text", "pick"): ((), 0),
    ("text", "list"): ((_PAGE,), 1),
    ("text", "edit"): ((_TEXT,), 1),
    ("text", "reset"): ((_TEXT, _ROUND), 2),  # the version that they were shown
    **{("text", verb): ((_ROW,), 1) for verb in ("form", "save", "discard")},
    **{("order", verb): _READ_AS[button.counts] for verb, button in {**ORDERS.buttons, **WAYS}.items()},
    ("order", "cancel_now"): ((parse_order_id, _ROUND), 1),  # the version that they were asked about
    ("order", "keep"): ((parse_order_id,), 1),
    ("order", "page"): ((_PAGE,), 1),
    ("order", "details"): ((parse_order_id, _PAGE), 1),  # numbered where one list has an order in several rows
    ("order", "queue"): ((_PAGE,), 1),
    ("order", "story"): ((parse_order_id, _PAGE), 2),
    ("news", "role"): ((), 0),
    ("proof", "retry"): ((_ROW,), 1),
    ("person", "blocks"): ((_PAGE,), 1),
    ("person", "page"): ((_ROW, _BESIDE), 1),
    ("person", "notes"): ((_ROW, _PAGE, _BESIDE), 2),
    **{("person", verb): ((_ROW, _PAGE), 2) for verb in ("orders", "tickets", "vouches")},
    **{("person", verb): ((_ROW,), 1) for verb in ("note", "block", "unblock")},
    ("order", "note"): ((parse_order_id,), 1),
    ("order", "found"): ((_MAYBE_ROW, _MAYBE_ROW, _MAYBE_ROW, _PAGE), 4),  # a person, a product, a proof
    ("note", "ask_remove"): ((_ROW,), 1),
    ("note", "remove"): ((_ROW,), 1),
    ("answer", "form"): ((_ROW, _VERSION), 0),  # nothing for a new one
    ("answer", "list"): ((_PAGE,), 1),
    ("discount", "list"): ((_PAGE,), 1),
    ("job", "retry"): ((_ROW,), 1),
    ("job", "retry_all"): ((_ROW,), 1),
    ("ticket", "open"): ((_TICKET_KIND, parse_order_id), 1),
    **{("ticket", verb): ((_ticket_id,), 1) for verb in TICKETS.buttons},
    ("ticket", "claim"): ((_ticket_id,), 1),
    ("ticket", "release"): ((_ticket_id,), 1),
    ("ticket", "transfer"): ((_ticket_id,), 1),
    ("ticket", "priority"): ((_ticket_id,), 1),
    ("ticket", "link_order"): ((_ticket_id,), 1),
    ("ticket", "waiting"): ((_PAGE,), 1),
    ("ticket", "ask_close"): ((_ticket_id,), 1),
    ("ticket", "staff"): ((_ticket_id,), 1),
    ("ticket", "rate"): ((_ticket_id,), 1),
    ("vouch", "write"): ((parse_order_id,), 1),
}
