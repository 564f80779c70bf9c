"""Goods of older bots: unpacked however often they were packed, and never on sale as fragments."""

import base64
import json
import pickle
from collections.abc import Sequence
from typing import Any

import pytest

from novacore.legacy.goods import read_items
from novacore.legacy.oddities import Judged
from novacore.legacy.units import Goods, judge_goods, read_stock
from novacore.states import GoodsType, ProductKind

CODES = ["A-1", "A-2", "A-3"]
OBJECTS = [{"item": "A-1", "type": "code"}, {"item": "A-2", "type": "code"}, {"item": "A-3", "type": "code"}]


def _packed(value: Any, times: int) -> str:
    text = json.dumps(value)
    for _ in range(times - 1):
        text = json.dumps(text)
    return text


def _read(value: Any) -> tuple[Sequence[str], Judged]:
    judged = Judged()
    return [one.value for one in read_items(value, judged)], judged


@pytest.mark.parametrize("times", [1, 2, 3, 7])
@pytest.mark.parametrize(
    "value", [CODES, OBJECTS, {"items": CODES}, {"codes": OBJECTS}], ids=["texts", "objects", "w", "c"]
)
def test_goods_that_were_packed_any_number_of_times(value: Any, times: int) -> None:
    values, judged = _read(_packed(value, times))
    assert values == CODES
    assert judged.is_on_sale
    assert bool(judged.odd) == (times > 1)


@pytest.mark.parametrize(
    "value",
    [
        json.dumps([json.dumps(one) for one in CODES]),
        json.dumps([json.dumps(one) for one in OBJECTS]),
        json.dumps([json.dumps(CODES)]),
        json.dumps([json.dumps(CODES[:2]), json.dumps(CODES[2:])]),
        json.dumps({"items": json.dumps(CODES)}),
        json.dumps({"goods": _packed(CODES, 2)}),
        json.dumps([CODES[:1], CODES[1:]]),
        json.dumps(CODES).encode(),
        json.dumps(CODES).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(CODES).encode(),
        "A-1, A-2, A-3",
        "A-1\nA-2\r\nA-3\n",
        '"A-1","A-2","A-3"',
        json.dumps(CODES, indent=2),
    ],
    ids=range(14),
)
def test_goods_packed_in_other_ways(value: Any) -> None:
    values, judged = _read(value)
    assert values == CODES
    assert judged.is_on_sale


def test_numbers_and_long_lists_come_in_to_the_last_digit() -> None:
    assert _read("[12345678901234567890123, 0.10]")[0] == ["12345678901234567890123", "0.10"]
    many = [f"CODE-{number}" for number in range(1_234)]
    for text in (json.dumps(many), ", ".join(many), "\n".join(many)):
        assert _read(text)[0] == many


@pytest.mark.parametrize(
    "value",
    [
        r"[\"A-1\", \"A-2\", \"A-3\"]",
        "[&quot;A-1&quot;, &quot;A-2&quot;]",
        "['A-1', 'A-2', 'A-3']",
        "('A-1', 'A-2')",
        "'A-1', 'A-2'",
        '["A-1", "A-2"',
        '{"a": [1, {"b": 2}]}',
        'a:2:{i:0;s:3:"A-1";i:1;s:3:"A-2";}',
        "<ul><li>A-1</li><li>A-2</li></ul>",
        "- A-1\n- A-2",
        'b\'["A-1", "A-2"]\'',
        "%5B%22A-1%22%2C%22A-2%22%5D",
        base64.b64encode(json.dumps(CODES).encode()).decode(),
        base64.b64encode(json.dumps(OBJECTS).encode()).decode(),
        "1. A-1\n2. A-2",
        "• A-1\n• A-2",
        pickle.dumps(CODES),
        b"\xff\x00\x01\x02",
        "A\ufffd1",
        "A-1\0A-2",
        "[[[[" * 50_000,
        '"' * 1000,
    ],
    ids=range(22),
)
def test_what_was_not_understood_is_not_on_sale(value: Any) -> None:
    items, judged = _read(value)
    assert items
    assert not judged.is_on_sale
    assert not any("A-1" in f"{one.what}{one.detail}" for one in judged.odd), "the report shows no goods"


@pytest.mark.parametrize("value", [None, "", "[]", "{}", "null", '""', "None", "   "], ids=repr)
def test_no_goods(value: Any) -> None:
    assert _read(value) == ([], Judged())


# ---- what one buyer gets


def _judge(goods: Any, stock: Any = None, *, has_stock: bool = True) -> tuple[Goods, bool]:
    judged = Judged()
    text = goods if isinstance(goods, str) else json.dumps(goods)
    items = read_items(text, judged)
    said = read_stock(stock, len(items), has_column=has_stock, judged=judged)
    return judge_goods(items, said, judged), judged.is_on_sale


def test_as_many_codes_as_stock_are_one_for_each_buyer() -> None:
    for goods in (CODES, OBJECTS, "A-1, A-2, A-3", "key: A-1, key: A-2, key: A-3"):
        found, is_on_sale = _judge(goods, 3)
        assert (found.kind, [*found.codes], is_on_sale) == (ProductKind.unique, CODES, True)


@pytest.mark.parametrize("stock", [0, 1, 2, 4, 9, 50, None, "", "many", "1.000", -5])
def test_codes_whose_number_is_not_the_stock_are_not_on_sale_and_never_given_to_all(stock: Any) -> None:
    found, is_on_sale = _judge(CODES, stock)
    assert (found.kind, [*found.codes], is_on_sale) == (ProductKind.unique, CODES, False)


def test_several_codes_without_a_word_on_stock_are_not_on_sale() -> None:
    found, is_on_sale = _judge(CODES, has_stock=False)
    assert (found.kind, is_on_sale) == (ProductKind.unique, False)
    for plenty in ("unlimited", -1, "-1", "∞", 10**6):
        assert not _judge(CODES, plenty)[1]


@pytest.mark.parametrize(
    ("goods", "stock"),
    [
        ("A;B;C", 3),
        ("A;B;C", 2),
        ("A|B|C", 3),
        (["A;B;C"], 3),
        (["A\nB\nC"], 3),
        (["AAA-1,BBB-2"], 2),
        ("AAA-111 BBB-222 CCC-333", 3),
        ("https://x.example/1;https://x.example/2", 2),
        ([*CODES, {"item": "How to", "type": "guide"}], 3),
        (["a:1", {"item": "c:2", "type": "account"}, {"item": "b:2", "type": "account"}], 50),
        (["https://x.example/1", "https://x.example/2"], 2),
        ([{"item": "a", "type": "file"}, {"item": "b", "type": "file"}], 2),
        ([{"item": "K-1", "type": "key"}, {"item": "a:b", "type": "account"}], 2),
        ("Lifetime access, Discord role", 2),
        (["KEY-1234"], 5),
        ("KEY-1234", 2),
        ([{"item": "KEY-1234", "type": "key"}, {"item": "How to", "type": "guide"}], 5),
    ],
)
def test_what_may_be_meant_for_one_buyer_only_is_not_given_to_all(goods: Any, stock: int) -> None:
    found, is_on_sale = _judge(goods, stock)
    assert (found.kind, is_on_sale) == (ProductKind.shared, False)


@pytest.mark.parametrize(
    ("goods", "stock", "kind"),
    [
        ("Premium account, Setup guide, 30 day support", 4, ProductKind.shared),
        ("Lifetime access, Discord role, Priority help", 50, ProductKind.shared),
        ([{"item": "vpn-login", "type": "account"}, {"item": "How to", "type": "guide"}], 50, ProductKind.shared),
        (["https://x.example/file.zip"], 10, ProductKind.shared),
        (["https://x.example/file.zip"], "unlimited", ProductKind.unlimited),
        (["WELCOME-10"], "unlimited", ProductKind.unlimited),
        (["KEY-1234"], 1, ProductKind.shared),
        (["KEY-1234"], 0, ProductKind.shared),
        ("", 5, ProductKind.by_hand),
    ],
)
def test_goods_for_everyone_stay_on_sale(goods: Any, stock: Any, kind: ProductKind) -> None:
    found, is_on_sale = _judge(goods, stock)
    assert (found.kind, is_on_sale) == (kind, True)


def test_as_many_codes_as_stock_may_be_very_many() -> None:
    many = [f"CODE-{number}" for number in range(10_001)]
    found, is_on_sale = _judge(many, 10_001)
    assert (found.kind, len(found.codes), is_on_sale) == (ProductKind.unique, 10_001, True)


def test_one_code_and_no_word_on_stock_is_not_sold_to_everyone() -> None:
    assert _judge(["KEY-1234"], has_stock=False)[1] is False
    assert _judge(["Just ask in the channel"], has_stock=False)[1] is True


def test_codes_that_a_buyer_could_not_type_are_not_on_sale() -> None:
    for bad in ("A\u200b-1", "\u200b", "x" * 4001, "#N/A", "-----"):
        assert _judge([bad, "B-1"], 2)[1] is False, bad


def test_codes_that_a_spreadsheet_changed_are_not_on_sale() -> None:
    for bad in ("1.23457E+15", "3-May", "nan", '="0012345678"'):
        assert _judge([bad, "ABCD-1234"], 2)[1] is False, bad


def test_a_phones_quotation_marks_hold_one_item_each() -> None:
    assert _read("[“A-1, part two”, “B-2”]")[0] == ["A-1, part two", "B-2"]
    assert _read("“A-1, part two”, “B-2”")[0] == ["A-1, part two", "B-2"]


def test_codes_that_were_stored_with_numbers_are_a_list() -> None:
    for goods in ({"1": "A-1", "2": "A-2", "3": "A-3"}, {f"code{number}": code for number, code in enumerate(CODES)}):
        assert _read(json.dumps(goods))[0] == CODES


@pytest.mark.parametrize(
    "goods",
    [
        [{"code": "A-1", "used": True}, {"code": "A-2", "used": False}, {"code": "A-3", "used": False}],
        [{"code": "A-1", "buyer": "412345678901234567"}, {"code": "A-2"}, {"code": "A-3"}],
        [{"code": "A-1", "cost": 2}, {"code": "A-2", "cost": 2}, {"code": "A-3", "cost": 2}],
        {"A-01": False, "A-02": True, "A-03": False},
        "files/guide.pdf",
        r"C:\shop\guide.zip",
        "https://cdn.discordapp.com/attachments/1/2/guide.pdf?ex=65",
    ],
    ids=range(7),
)
def test_what_was_not_meant_for_a_buyer_or_is_not_there_is_not_on_sale(goods: Any) -> None:
    judged = Judged()
    text = goods if isinstance(goods, str) else json.dumps(goods)
    judge_goods(read_items(text, judged), read_stock(3, 3, has_column=True, judged=judged), judged)
    assert not judged.is_on_sale
    assert not any("A-" in one.detail for one in judged.odd), "the report shows no goods"


def test_titles_of_codes_are_named_when_they_stay_out() -> None:
    judged = Judged()
    rows = [{"name": "Steam", "type": "code", "value": "A-1"}, {"name": "Epic", "type": "code", "value": "A-2"}]
    said = read_stock(2, 2, has_column=True, judged=judged)
    found = judge_goods(read_items(json.dumps(rows), judged), said, judged)
    assert [*found.codes] == ["A-1", "A-2"]
    assert "codes with titles" in [one.what for one in judged.odd]
    assert found.unit_type is GoodsType.code
