"""Goods as owners really write them: JSON, the older comma-separated text, and JSON with a slip in it."""

import json

import pytest

from novacore.errors import BadInput
from novacore.states import GoodsType
from novacore.workflows.goods.format import (
    MOST_ITEMS,
    MOST_TEXT,
    read_form,
    read_goods,
    write_goods,
)
from novacore.workflows.goods.json_items import looks_like_json
from novacore.workflows.goods.types import said_type


def read(text: str, default: GoodsType = GoodsType.code) -> list[tuple[str, str, str]]:
    """Read goods as plain tuples: name, type, value."""
    return [(one.name, one.type.value, one.value) for one in read_goods(text, default)]


JSON_SAMPLES = {
    '[{"item": "Netflix Premium Account", "type": "account"}, {"item": "30 Day Warranty", "type": "warranty"}]': [
        ("Account", "account", "Netflix Premium Account"),
        ("Warranty", "warranty", "30 Day Warranty"),
    ],
    '[{"name": "Steam", "type": "account", "value": "gamer1:hunter2"}]': [("Steam", "account", "gamer1:hunter2")],
    '[{"item": "Windows 11 Pro", "type": "KEY", "content": "VK7JG-NPHTM"}]': [("Windows 11 Pro", "key", "VK7JG-NPHTM")],
    '[{"name": "Mail", "type": "account", "username": "a@example.com", "password": "p, w"}]': [
        ("Mail", "account", "username: a@example.com\npassword: p, w")
    ],
    '["https://example.com/file.zip", "code: ABCD-EFGH", "plain"]': [
        ("Link", "link", "https://example.com/file.zip"),
        ("Code", "code", "ABCD-EFGH"),
        ("Code", "code", "plain"),
    ],
    '{"items": [{"name": "Guide", "value": "Step 1\\nStep 2", "type": "guide"}], "note": 1}': [
        ("Guide", "guide", "Step 1\nStep 2")
    ],
    '{"item": "Lifetime support"}': [("Support", "support", "Lifetime support")],
    '[{"code": "XYZ-1"}]': [("Code", "code", "XYZ-1")],
    '[{"type": "code", "value": 123456789012345678901234567890}]': [("Code", "code", "123456789012345678901234567890")],
    '[{"type": "code", "value": 1.10}, {"name": "PIN", "value": "0042", "item": null}]': [
        ("Code", "code", "1.10"),
        ("PIN", "code", "0042"),
    ],
    '[{"type": "gift card", "value": "GC-1"}, {"type": "links", "value": "https://example.com"}]': [
        ("Code", "code", "GC-1"),
        ("Link", "link", "https://example.com"),
    ],
    '\ufeff [ {"item": "Überraschung 🎁", "type": "file"} ] ': [("File", "file", "Überraschung 🎁")],
    '[{"item": "Club", "type": "link", "url": "https://example.com/x"}]': [
        ("Club", "link", "url: https://example.com/x")
    ],
}


@pytest.mark.parametrize("text", JSON_SAMPLES)
def test_json_is_read(text: str) -> None:
    assert read(text) == JSON_SAMPLES[text]


TEXT_SAMPLES = {
    "Netflix Premium Account, 30 Day Warranty, Setup Guide": [
        ("Account", "account", "Netflix Premium Account"),
        ("Warranty", "warranty", "30 Day Warranty"),
        ("Guide", "guide", "Setup Guide"),
    ],
    "code:ABCD-EFGH": [("Code", "code", "ABCD-EFGH")],
    "Account: user@example.com:pass:word": [("Account", "account", "user@example.com:pass:word")],
    "license: 1234 , link: https://example.com/a?b=c": [
        ("Key", "key", "1234"),
        ("Link", "link", "https://example.com/a?b=c"),
    ],
    "https://example.com/download": [("Link", "link", "https://example.com/download")],
    "AAAA-1\r\nBBBB-2\n\nCCCC-3": [("Code", "code", one) for one in ("AAAA-1", "BBBB-2", "CCCC-3")],
    '"guide: First this, then that", key: K-1,': [("Guide", "guide", "First this, then that"), ("Key", "key", "K-1")],
    "[EU] Premium Account, note: keep it": [
        ("Account", "account", "[EU] Premium Account"),
        ("Code", "code", "note: keep it"),
    ],
    "12345": [("Code", "code", "12345")],
    "Lifetime access": [("Code", "code", "Lifetime access")],
}


@pytest.mark.parametrize("text", TEXT_SAMPLES)
def test_the_older_text_is_read(text: str) -> None:
    assert read(text) == TEXT_SAMPLES[text]


def test_lines_that_say_what_they_are_and_addresses_keep_their_commas() -> None:
    typed = "Email: ann@example.com\nPassword: a,b\nhttps://example.com/a,b\nA-1, A-2"
    values = ["Email: ann@example.com", "Password: a,b", "https://example.com/a,b", "A-1", "A-2"]
    assert [one.value for one in read_form(typed)] == values
    assert [one.value for one in read_form("Games: A, B")] == ["Games: A", "B"]
    assert [one.value for one in read_form("Mail: a, Pass: b\nC")] == ["Mail: a", "Pass: b", "C"]


def test_where_nothing_says_the_type_it_is_the_products() -> None:
    assert read("Ask Sam", GoodsType.service) == [("Service", "service", "Ask Sam")]
    assert read('["Ask Sam"]', GoodsType.service) == [("Service", "service", "Ask Sam")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"item": "a", "type": "code"}, {"item": "b" "type": "key"}]', "line 1, column 46"),
        ("[{'item': 'a'}]", "line 1, column 3"),
        ('[\n  "a",\n  "b",\n]', "line [34]"),
        ('{"items": ["a"', "line 1, column 15"),
        ('["a"] and more', "line 1, column 7"),
        ("{item: 1}", "line 1, column 2"),
        ("[", "line 1"),
    ],
)
def test_broken_json_is_told_with_its_place_and_never_read_as_text(text: str, place: str) -> None:
    with pytest.raises(BadInput, match=place) as refused:
        read_goods(text)
    assert "looks like JSON" in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no goods"),
        (" \n\ufeff\0", "no goods"),
        (", ,\n,", "no goods"),
        ("[]", "no goods"),
        ('{"items": []}', "no goods"),
        ('["a", ""]', "Item 2 is empty"),
        ('[{"item": " "}]', "Item 1 is empty"),
        ("{}", "Item 1 is empty"),
        ('["a", 5.0, ["b"]]', "Item 3 is neither"),
        ('["a", null]', "Item 2 is neither"),
        ('[{"item": "a", "type": "coupons of doom"}]', "`coupons of doom`, which I don't know"),
        ('[{"item": {"a": 1}}]', "a list or an object"),
        ("[" * 100_000, "lists within lists"),
        ("x" * (MOST_TEXT + 1), "too much"),
        ("a," * (MOST_ITEMS + 1), f"I count {MOST_ITEMS + 1}"),
        ('"' + "a" * 99_000 + "\0b", None),
    ],
)
def test_what_cannot_be_goods_is_refused_with_a_sentence(text: str, sentence: str | None) -> None:
    if sentence is None:
        assert read_goods(text)
        return
    with pytest.raises(BadInput, match=sentence):
        read_goods(text)


def test_no_refusal_quotes_the_goods() -> None:
    for text in ('["SECRET-1", {"item": ""}]', '[{"item": "SECRET-1", "type": [1]}]', '["SECRET-1" "SECRET-2"]'):
        with pytest.raises(BadInput) as refused:
            read_goods(text)
        assert "SECRET" not in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("guide: First this, then that", [("guide", "First this, then that")]),
        ('guide: "Read this, friend"', [("guide", "Read this, friend")]),
        ("link: https://x.example/?a=1,2\nguide: a, b", [("link", "https://x.example/?a=1,2"), ("guide", "a, b")]),
        ("account: bob:p,w", [("account", "bob:p,w")]),
        (
            "link: https://x.example/a, 30 day warranty",
            [("link", "https://x.example/a"), ("warranty", "30 day warranty")],
        ),
        ("code: A, code: B", [("code", "A"), ("code", "B")]),
        ("Setup guide, 30 day support", [("guide", "Setup guide"), ("support", "30 day support")]),
        ('"first\nguide: a, b", X', [("guide", "first\nguide: a, b"), ("code", "X")]),
        ("plain\nguide: a, b\nC, D", [("code", "plain"), ("guide", "a, b"), ("code", "C"), ("code", "D")]),
        ('["guide: a, b"]', [("guide", "a, b")]),
    ],
)
def test_in_the_form_a_line_that_names_its_type_is_one_item(text: str, items: list[tuple[str, str]]) -> None:
    assert [(one.type.value, one.value) for one in read_form(text)] == items


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Premium account with 30 day warranty", GoodsType.account),
        ("Account setup guide", GoodsType.guide),
        ("Guide to accounts", GoodsType.guide),
        ("2 Game Keys", GoodsType.key),
        ("Netflix", None),
        ("Decoder", None),
        ("account " * 20, None),
    ],
)
def test_the_type_is_guessed_only_where_the_text_says_it(text: str, kind: GoodsType | None) -> None:
    assert said_type(text) is kind


def test_what_was_written_is_read_back() -> None:
    items = read_goods('[{"name": "A \\"b\\"", "type": "file", "value": "x, y\\nz"}, "code: ünï"]')
    assert read_goods(write_goods(items)) == items
    assert len(json.loads(write_goods(items))) == 2
    assert looks_like_json(write_goods(items))
