"""Headings are held against the rows below them: taken where both say so, asked about where they don't agree."""

import pytest

from novacore.workflows.stock.files.tables import Choice, Question
from tests.workflows.stock.files.reading import read

CODES = "RX7K-90\nQ2MM-41\n"

TAKEN = {
    "a word we know": f"Codes\n{CODES}",
    "with a colon": f"Keys:\n{CODES}",
    "German": f"Gutscheincode\n{CODES}",
    "Spanish with an accent": f"CÓDIGO\n{CODES}",
    "Russian": f"Ключ активации\n{CODES}".replace(" активации", ""),
    "Chinese": "卡密\n883401\n771203\n",
    "Japanese": f"シリアルコード\n{CODES}",
    "Arabic": f"رمز\n{CODES}",
    "two words": f"Serial number\n{CODES}",
    "snake case": f"activation_code\n{CODES}",
    "in one case with the codes": "VOUCHER\nRX7K-90\nQ2MM-41\n",
    "over letters only": "Key\nABCDEFGH\nIJKLMNOP\n",
    "over one code": "Pin\n0042\n",
    "of accounts": "email:password\nann@example.com:pw\nbob@example.com:pw2\n",
    "after empty lines": f"\n\n  \nCodes\n{CODES}",
    "after a ruled line": f"--------\nCodes\n--------\n{CODES}",
    "again where files were put together": f"Codes\n{CODES}codes\nZ9PP-17\n",
}


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN.keys())
@pytest.mark.parametrize("ending", ["txt", "csv"])
def test_a_heading_is_taken_and_never_stocked(ending: str, content: str) -> None:
    found = read(f"a.{ending}", content)
    assert found.question is None
    assert found.heading.is_taken
    words = [line.strip().casefold() for line in content.splitlines()]
    assert not {found.heading.text.casefold()} & {one.casefold() for one in found.codes}
    assert {words[number - 1] for number in found.heading.lines} == {found.heading.text.casefold()}
    assert found.codes


ASKED = {
    "a word that could be a code": "password\nmonkey\ndragon\n",
    "a word alone": "code\n",
    "codes of the same shape": "VOUCHER\nABCDEFG\nHIJKLMN\n",
    "words we don't know": f"Winter collection\n{CODES}",
    "a name of a game": f"Starfall\n{CODES}",
    "another alphabet": f"Коллекция\n{CODES}",
    "a part of it known": f"My Starfall keys\n{CODES}",
    "a comment": f"# from March\n{CODES}",
    "a date": f"2026-03-01\n{CODES}",
    "a count": f"2 pieces\n{CODES}",
    "a shorter first code": "RX7K\nRX7K-90\nQ2MM-41\nQ2MM-42\n",
    "a heading further down": f"{CODES}price\nZ9PP-17\n",
    "a heading further down, twice": "RX7K-90\nprice\nQ2MM-41\nprice\n",
    "a comment further down": f"{CODES}// second box\nZ9PP-17\n",
    "a word of thanks below": f"{CODES}Z9PP-17\nThank you for your purchase!\n",
    "thanks below codes of any length": "RX7K90\nQM42AB1\nZ9\nK1AB22XY\nB3D4XX9QR\nThank you for your purchase!\n",
    "a title of two lines": f"Starfall deluxe\nHave fun with it!\n{CODES}Z9PP-17\n",
    "a note below a heading": f"Codes\n{CODES}Made by Shopper 2.1 on Monday\n",
    "titles of parts": f"[EU]\n{CODES}[US]\nZ9PP-17\nZ9PP-18\n",
    "an account without a password": "ann:pw1\nbob@example.com\ncarl:pw2\ndora:pw3\n",
    "two headings that differ": f"Codes\n{CODES}Keys\nZ9PP-17\n",
}


@pytest.mark.parametrize("content", ASKED.values(), ids=ASKED.keys())
@pytest.mark.parametrize("ending", ["txt", "csv"])
def test_where_it_is_in_doubt_the_owner_is_asked_and_either_answer_holds(ending: str, content: str) -> None:
    found = read(f"a.{ending}", content)
    assert (found.question, found.codes) == (Question.heading, [])
    lines = [line for line in content.splitlines() if line]
    as_heading = read(f"a.{ending}", content, Choice(takes_heading=True))
    in_question = {lines[number - 1] for number in found.heading.lines}
    assert in_question
    assert not in_question & set(as_heading.codes)
    as_goods = read(f"a.{ending}", content, Choice(takes_heading=False))
    assert as_goods.codes == [*dict.fromkeys(lines)]


GOODS = {
    "alike": CODES,
    "one": "RX7K-90\n",
    "of any letters": "AAA\nbbb\n",
    "that begin with a word": "KEY-ABCD\nKEY-EFGH\n",
    "that are words with numbers": "CODE1\nCODE2\nCODE3\n",
    "random": "\n".join(f"{n * 7919 % 100_003:05X}-{n * 104_729 % 99_991:05X}" for n in range(1, 400)),
    "accounts of any length": "ann:pw\nbob.the.builder@example.com:A longer one!\ncarl:x\n",
    "accounts of mail": "Ann@example.com:secret\nbob1@example.com:A1b2\ncarl_2@example.com:x-y\n",
    "links": "https://example.com/a\nhttps://example.com/bc?d=1\n",
    "that all begin like comments": "#RX7K-90\n#Q2MM-41\n#Z9PP-17\n",
    "passwords": "monkey\npassword\ndragon\nsunshine\n",
    "in brackets": "[RX7K]\n[Q2MM]\n",
    "with blanks": "RX7K 90AB\nQ2MM 41CD\n",
    "with blanks or dashes": "RX7K-90AB\nQ2MM 41CD\nZ9PP-17EF\nK1KK22GH\n",
    "of any length, some without digits": "RX7K90\nQMMXABC\nZ9PP17EF4\nK1\nB33DD44EEF\nABCD1\n",
}


@pytest.mark.parametrize("content", GOODS.values(), ids=GOODS.keys())
def test_goods_are_never_asked_about_nor_eaten(content: str) -> None:
    found = read("a.txt", content)
    assert found.question is None
    assert found.codes == content.splitlines()
    assert not found.heading.lines


def test_what_a_row_of_several_columns_says_is_held_against_each_column() -> None:
    data = read("a.csv", "ann,hunter2\nbob,s3cret9\n")
    assert data.question is Question.columns
    assert not data.heading.lines
    in_doubt = read("a.csv", "ann,password\nbob,hunter2\ncarl,s3cret9\n")
    assert in_doubt.question is Question.heading
    assert read("a.csv", "login,password\nbob,hunter2\ncarl,s3cret9\n").codes[0] == "login: bob\npassword: hunter2"


def test_a_heading_that_comes_again_between_rows_is_left_out_again() -> None:
    found = read("a.csv", "code,note\nRX7K-90,x\nCode,Note\nQ2MM-41,y\n")
    assert (found.codes, found.heading.lines) == (["RX7K-90", "Q2MM-41"], [1, 3])


def test_another_heading_between_rows_is_asked_about() -> None:
    found = read("a.csv", "code,note\nRX7K-90,x1\nkey,comment\nQ2MM-41,y1\n")
    assert (found.question, found.heading.lines) == (Question.heading, [1, 3])
    without = read("a.csv", "RX7K-90,17\nkey,price\nQ2MM-41,18\n")
    assert (without.question, without.heading.lines) == (Question.heading, [2])


@pytest.mark.parametrize(
    "above", ["Sheet 1;;\n", "Starfall export;;\n;;\n", "Made on 2026-11-01\n\n", "Order;#4821\nDate;2026-11-01\n\n"]
)
def test_below_a_title_the_heading_that_fits_names_the_columns(above: str) -> None:
    content = f"{above}Code;PIN;Price\nRX7K-90;0042;3,10\nQ2MM-41;0043;3,10\n"
    assert read("a.csv", content).question is Question.heading
    found = read("a.csv", content, Choice(takes_heading=True))
    assert found.codes == ["Code: RX7K-90\nPIN: 0042", "Code: Q2MM-41\nPIN: 0043"]
    assert all(fault == "above the heading, with fewer cells" for _, fault in found.malformed)


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ("Code,PIN\nRX7K-90,0042\nTotal,1\n", ["Code: RX7K-90\nPIN: 0042"]),
        ("Code;Preis\nRX7K-90;3,10\nSumme;3,10\n", ["RX7K-90"]),
        ("RX7K-90\nQ2MM-41\nTotal: 2\n", ["RX7K-90", "Q2MM-41"]),
    ],
)
def test_a_total_is_no_code(content: str, codes: list[str]) -> None:
    found = read("a.csv", content)
    assert (found.codes, [fault for _, fault in found.malformed]) == (codes, ["a total instead of a code"])


def test_a_note_below_several_columns_is_asked_about() -> None:
    found = read("a.csv", "Code,Price\nRX7K-90,3.10\nQ2MM-41,3.10\nMade by Shopper on Monday,\n")
    assert (found.question, found.heading.lines) == (Question.heading, [1, 4])


def test_rows_of_another_table_below_are_named() -> None:
    content = "Code,PIN\nRX7K-90,0417\n\nProduct,Price\nStarfall,3.10\n\nCode,PIN\nQ2MM-41,9981\n"
    found = read("a.csv", content, Choice(takes_heading=True))
    assert found.codes == ["Code: RX7K-90\nPIN: 0417", "Code: Q2MM-41\nPIN: 9981"]
    assert found.malformed == [(5, "below another heading: upload that table as a file of its own")]


def test_codes_behind_a_word_in_one_row_are_not_taken_for_a_heading() -> None:
    assert read("a.csv", "Code,RX7K-90,Q2MM-41\nPIN,0417,9981\n").question is Question.heading


def test_a_heading_without_rows_is_asked_about() -> None:
    assert read("a.csv", "code,note\n").question is Question.heading
    assert read("a.csv", "code,note\n", Choice(takes_heading=True)).codes == []


def test_rows_that_no_one_can_see_are_no_heading() -> None:
    found = read("a.txt", "\u2800\n\u200b\nRX7K-90\n")
    assert (found.question, found.codes) == (None, ["RX7K-90"])


def test_one_row_of_another_kind_in_a_thousand_hides_no_heading() -> None:
    rows = "\n".join(["Inventory", *(f"QX{n:04}-A" for n in range(999)), "UNUSUAL"])
    assert read("a.txt", rows).question is Question.heading


def test_a_repr_shows_no_first_line() -> None:
    assert "correcthorse" not in repr(read("a.txt", f"correcthorse battery\n{CODES}"))
