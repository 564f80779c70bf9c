"""Which columns become the goods: by name where it is clear, asked about where it isn't, and never the shop's own."""

import pytest

from novacore.errors import BadInput
from novacore.workflows.stock.files.tables import WHOLE_LINES, Choice, Question
from tests.workflows.stock.files.reading import read

CLEAR = {
    "a code and notes": ("id,code,note\n1,RX7K-90,x\n2,Q2MM-41,y", ["RX7K-90", "Q2MM-41"]),
    "and a buying price": ("Voucher;Einkaufspreis\nRX7K-90;3,10\nQ2MM-41;3,10", ["RX7K-90", "Q2MM-41"]),
    "a price first": ("cost|serial\n3.10|RX7K-90\n3.10|Q2MM-41", ["RX7K-90", "Q2MM-41"]),
    "a product's name": ("Product\tKey\nStarfall\tRX7K-90\nStarfall\tQ2MM-41", ["RX7K-90", "Q2MM-41"]),
    "a code and its PIN": ("code,pin\nRX7K-90,0042", ["code: RX7K-90\npin: 0042"]),
    "an account": ("login,pass,price\nann,pw1,3\nbob,pw2,3", ["login: ann\npass: pw1", "login: bob\npass: pw2"]),
    "in Chinese": (
        "价格,卡号,密码\n25,883401,2217\n25,771203,4418",
        ["卡号: 883401\n密码: 2217", "卡号: 771203\n密码: 4418"],
    ),
    "in Russian": ("Ключ;Закупочная цена\nRX7K-90;310\nQ2MM-41;310", ["RX7K-90", "Q2MM-41"]),
    "in French": ("Clé;Prix d'achat;Fournisseur\nRX7K-90;3;x\nQ2MM-41;3;y", ["RX7K-90", "Q2MM-41"]),
    "columns without anything": ("code,,\nRX7K-90,,\nQ2MM-41,,", ["RX7K-90", "Q2MM-41"]),
    "a number that a compound names": ("Gutscheinnummer;PIN\nRX7K-90;0042", ["Gutscheinnummer: RX7K-90\nPIN: 0042"]),
    "without blanks between words": (
        "商品番号,シリアル番号\nA1,RX7K-90\nA2,Q2MM-41",
        ["RX7K-90", "Q2MM-41"],
    ),
    "two scripts in one name": ("PIN番号,カード番号\n0042,RX7K-90", ["PIN番号: 0042\nカード番号: RX7K-90"]),
    "PINs of one product": ("Product,PIN\nStarfall,0417\nStarfall,9921\nStarfall,3307", ["0417", "9921", "3307"]),
    "a value that is no amount": ("id,value\n7,RX7K-90\n9,Q2MM-41", ["RX7K-90", "Q2MM-41"]),
}


@pytest.mark.parametrize(("content", "goods"), CLEAR.values(), ids=CLEAR.keys())
def test_columns_whose_names_say_it_become_the_goods(content: str, goods: list[str]) -> None:
    found = read("a.csv", content)
    assert found.question is None
    assert found.codes == goods


UNCLEAR = {
    "a face value": "Card number,PIN,Value\nRX7K-90,0042,25\nQ2MM-41,0043,25",
    "an unknown name": "code,blorp\nRX7K-90,abc1\nQ2MM-41,abc2",
    "two codes": "key,serial\nRX7K-90,ABCD-1\nQ2MM-41,ABCD-2",
    "an address without a password": "email,name\nann@example.com,Ann\nbob@example.com,Bob",
    "a code next to an address": "code,email\nRX7K-90,ann@example.com\nQ2MM-41,bob@example.com",
    "prices alone": "price\n3.10\n4.20",
    "amounts under a doubtful name": "value\n25\n50",
    "numbers of rows under a good name": "key,note\n1,abc1\n2,abc2",
    "numbers that count up": "key,note\n7001,abc1\n7002,abc2\n7003,abc3",
    "the same again and again": "code,note\nSTARFALL-1,a1\nSTARFALL-1,a2\nSTARFALL-1,a3",
    "an expiry": "code,valid until\nRX7K-90,2027-01-01\nQ2MM-41,2027-01-01",
    "a PIN next to a number": "Number,PIN\n6006491,0042\n6006498,0043\n6006433,0044",
    "a password next to an id": "ID;Passwort\nann;pw1\nbob;pw2\ncarl;pw3",
    "an expiry next to a serial number": "シリアル番号,有効期限\nRX7K-90,2027-12-31\nQ2MM-41,2027-11-30",
    "a number of something unknown": "Code,Blorp number\nRX7K-90,0042\nQ2MM-41,0043",
    "no heading at all": "RX7K-90,0042\nQ2MM-41,0043",
    "an index without a name": ",code\n0,RX7K-90\n1,Q2MM-41",
}


@pytest.mark.parametrize("content", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_where_it_is_not_clear_the_owner_chooses(content: str) -> None:
    found = read("a.csv", content)
    assert (found.question, found.codes) == (Question.columns, [])
    assert found.columns
    chosen = read("a.csv", content, Choice(columns=(found.columns[0].number,)))
    assert chosen.question is None
    assert chosen.codes


@pytest.mark.parametrize(
    "name",
    [
        "price", "Purchase price", "cost", "buying_price", "Supplier", "sold to", "Customer email", "order number",
        "EK-Preis", "Kosten", "precio de compra", "coste", "prix", "fournisseur", "preço", "prezzo",
        "prijs", "cena zakupu",
        "цена", "закупка", "fiyat", "giá nhập", "价格", "成本", "仕入", "가격", "السعر", "harga", "date added",
        "Notes", "status",
    ],
)  # fmt: skip
def test_the_shops_own_affairs_are_never_goods_unasked(name: str) -> None:
    found = read("a.csv", f'"{name}",code\n3.10,RX7K-90\n4.20,Q2MM-41')
    assert found.codes == ["RX7K-90", "Q2MM-41"]
    assert found.goods == (1,)
    assert read("a.csv", f'code,"{name}",blorp\nRX7K-90,4.20,x1').question is Question.columns


@pytest.mark.parametrize(
    ("name", "cells"),
    [("Status", ("available", "SOLD", "new")), ("Used", ("FALSE", "TRUE", "")), ("Sold to", ("", "ann", "-")),
     ("redeemed_at", ("", "2026-01-01", "")), ("Verkauft", ("nein", "ja", "nein")), ("状态", ("新", "已售", "新"))],
)  # fmt: skip
def test_rows_that_say_they_are_gone_are_not_sold_again(name: str, cells: tuple[str, str, str]) -> None:
    codes = zip(("RX7K-90", "Q2MM-41", "Z9PP-17"), cells, strict=True)
    found = read("a.csv", f"Code,{name}\n" + "\n".join(map(",".join, codes)))
    assert found.codes == ["RX7K-90", "Z9PP-17"]
    assert found.malformed == [(3, f"marked as used, sold or expired under “{name}”")]


def test_several_columns_are_a_line_each_with_their_names() -> None:
    content = "Card number,PIN,Value\nRX7K-90,0042,25"
    assert read("a.csv", content, Choice(columns=(1, 0))).codes == ["Card number: RX7K-90\nPIN: 0042"]
    assert read("a.csv", content, Choice(columns=(0,))).codes == ["RX7K-90"]
    assert read("a.csv", "RX7K-90,0042\nQ2MM-41,0043", Choice(columns=(0, 1))).codes[0] == "RX7K-90\n0042"


def test_the_same_goods_under_other_names_are_the_same() -> None:
    named = read("a.csv", "code,pin\nRX7K-90,0042").entries[0]
    otherwise = read("a.csv", "Voucher code;PIN\nRX7K-90;0042").entries[0]
    assert named.text != otherwise.text
    assert named.mark == otherwise.mark


def test_a_row_without_one_of_the_values_is_malformed() -> None:
    found = read("a.csv", "code,pin,note\nRX7K-90,,x\n,0043,x\nQ2MM-41,0044\n")
    assert found.malformed == [(2, "nothing under “pin”"), (3, "nothing under “code”")]
    assert found.codes == ["code: Q2MM-41\npin: 0044"]


def test_whole_lines_of_plain_text_stay_as_they_stand() -> None:
    content = "ann|hunter2|x\nbob|s3cret9|y\n"
    found = read("a.txt", content)
    assert (found.question, found.has_lines) == (Question.columns, True)
    assert read("a.txt", content, Choice(columns=(WHOLE_LINES,))).codes == ["ann|hunter2|x", "bob|s3cret9|y"]
    assert read("a.txt", content, Choice(columns=(WHOLE_LINES, 1))).codes == ["ann|hunter2|x", "bob|s3cret9|y"]
    assert read("a.txt", content, Choice(columns=(1,))).codes == ["hunter2", "s3cret9"]


@pytest.mark.parametrize("columns", [(), (9,), (0, 9), (WHOLE_LINES,), (-7,)])
def test_columns_that_are_not_there_are_refused(columns: tuple[int, ...]) -> None:
    with pytest.raises(BadInput, match="choose again"):
        read("a.csv", "code,blorp\nRX7K-90,abc1\n", Choice(columns=columns))


def test_more_columns_than_a_menu_shows_are_refused_only_where_they_have_to_be_chosen() -> None:
    many = [f"blorp{'x' * n}" for n in range(30)]
    with pytest.raises(BadInput, match="more than 25 columns"):
        read("a.csv", ",".join([*many, "code"]) + "\n" + ",".join(f"v{n}" for n in range(31)))
    known = ["note"] * 30
    assert read("a.csv", ",".join([*known, "code"]) + "\n" + ",".join(f"V{n}-A" for n in range(31))).codes == ["V30-A"]


def test_a_name_that_cannot_be_seen_or_never_ends_is_tidied() -> None:
    header = f"code\u202e\u200b,pin{'n' * 300}"
    found = read("a.csv", f"{header}\nRX7K-90,0042", Choice(takes_heading=True, columns=(0, 1)))
    assert found.columns[0].name == "code"
    assert len(found.columns[1].name) <= 60
    assert "\u202e" not in found.codes[0]
