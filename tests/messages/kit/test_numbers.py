"""A number in a custom id names one row for ever: an old button must not find another row under it."""

import ast
from typing import Any

import pytest

from novacore.db.models import (
    CannedAnswer,
    Category,
    Event,
    Job,
    KeptProof,
    OwnMethod,
    OwnMethodDraft,
    OwnText,
    Person,
    Product,
    ProductDraft,
    StaffNote,
    StockBatch,
    TermsVersion,
    TextDraft,
)
from novacore.messages.kit import custom_ids
from tests.house.source import modules

NUMBERED: dict[tuple[str, str], Any] = {
    ("shop", "category"): Category,
    ("shop", "product"): Product,
    ("shop", "shelf"): Category,
    **{("shop", verb): Product for verb in ("buy", "change", "look", "method", "notify", "forget_notify")},
    **{("stock", verb): StockBatch for verb in ("heading", "columns", "confirm", "discard", "batch", "withdraw")},
    **{("stock", verb): Product for verb in ("files", "batches", "ask_free", "free")},
    **{("product", verb): ProductDraft for verb in ("form", "goods", "files", "role", "save", "discard", "look")},
    **{("product", verb): Category for verb in ("category", "shelf")},
    **{
        ("product", verb): Product for verb in ("pick", "page", "edit", "ask_remove", "remove", "restore", "up", "down")
    },
    **{("category", verb): Category for verb in ("up", "down")},
    **{("payment", verb): OwnMethodDraft for verb in ("form", "save", "discard")},
    **{("payment", verb): OwnMethod for verb in ("page", "edit", "hide", "show", "pick")},
    ("shop", "terms"): TermsVersion,
    **{("text", verb): TextDraft for verb in ("form", "save", "discard")},
    ("text", "pick"): OwnText,
    ("proof", "retry"): KeptProof,
    **{
        ("person", verb): Person
        for verb in ("note", "notes", "page", "orders", "tickets", "vouches", "block", "unblock")
    },
    **{("note", verb): StaffNote for verb in ("ask_remove", "remove")},
    ("answer", "form"): CannedAnswer,
    ("job", "retry"): Job,
    ("job", "retry_all"): Event,
}
"""What the first number of each custom id names; of those without one, what the values of their menu name."""

NUMBERLESS = {("news", "role")}
"""Buttons that name no row, and are no menu."""

NEWEST_STAY = {Job}
"""Rows of these are deleted when they are old, by a job that is newer. SQLite gives only the newest row's number again,
and the numbers that a transaction takes back at once were never shown to anybody."""


def _deleted() -> set[str]:
    """The models whose rows are deleted somewhere: the first argument of `delete`, and the second of `delete_free`."""
    found = set()
    for module in modules("novacore"):
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            named = {"delete": call.args[:1], "delete_free": call.args[1:2]}.get(name, [])
            found |= {one.id for one in named if isinstance(one, ast.Name)}
    return found


def test_it_is_known_what_every_number_names() -> None:
    with_one = {
        which
        for which, (readers, _) in custom_ids._KNOWN.items()
        if {custom_ids._ROW, custom_ids._VERSION} & {*readers[:1]}
    }
    menus = {which for which, (readers, _) in custom_ids._KNOWN.items() if not readers}
    assert with_one | menus == NUMBERED.keys() | NUMBERLESS
    nowhere_else = [which for which, (readers, _) in custom_ids._KNOWN.items() if custom_ids._ROW in readers[1:]]
    assert not nowhere_else


@pytest.mark.parametrize("model", sorted({*NUMBERED.values()}, key=str), ids=lambda model: model.__name__)
def test_a_number_is_never_used_again(model: Any) -> None:
    once = model.__table__.dialect_options["sqlite"]["autoincrement"]
    assert once or model in NEWEST_STAY or model.__name__ not in _deleted(), "Cure: __table_args__ = (NUMBERED_ONCE,)"


def test_it_is_seen_what_is_deleted() -> None:
    assert {"ProductDraft", "OwnMethodDraft", "KeptProof", "Job"} <= _deleted()
