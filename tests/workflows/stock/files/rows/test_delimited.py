"""Text and CSV in all their dialects, and rows that don't fit the heading."""

import pytest

from novacore.errors import BadInput
from tests.workflows.stock.files.reading import read

ROWS = (("code", "cost"), ("RX7K-90", "3.10"), ("Q2MM-41", "4.20"))


def written(delimiter: str, end: str = "\n") -> str:
    """The rows above in one dialect."""
    return end.join(delimiter.join(row) for row in ROWS) + end


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("ending", ["csv", "tsv", "tab", "psv", "txt", ""])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_every_dialect_is_read_whatever_the_ending_says(delimiter: str, end: str, ending: str, encoding: str) -> None:
    found = read(f"a.{ending}", written(delimiter, end).encode(encoding))
    assert found.codes == ["RX7K-90", "Q2MM-41"]
    assert [one.name for one in found.columns] == ["code", "cost"]


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=; ", "\ufeffsep=;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("ending", ["csv", "txt"])
def test_excels_line_names_the_delimiter_and_is_no_code(line: str, end: str, ending: str) -> None:
    found = read(f"a.{ending}", f"{line}{end}{written(';', end)}")
    assert (found.codes, found.lines, found.heading.lines) == (["RX7K-90", "Q2MM-41"], [3, 4], [2])


@pytest.mark.parametrize(("line", "delimiter"), [("sep=\t", "\t"), ("sep=\\t", "\t"), ("sep=|", "|"), ("sep=^", "^")])
def test_excels_line_may_name_any_delimiter(line: str, delimiter: str) -> None:
    assert read("a.csv", f"{line}\n{written(delimiter)}").codes == ["RX7K-90", "Q2MM-41"]


@pytest.mark.parametrize("line", ["sep=", "sep= ", "sep=||", "sep=tab"])
def test_excels_line_that_names_no_delimiter_is_still_no_code(line: str) -> None:
    assert read("a.csv", f"{line}\n{written('|')}").codes == ["RX7K-90", "Q2MM-41"]
    assert read("a.txt", f"{line}\nRX7K-90\nQ2MM-41\n").codes == ["RX7K-90", "Q2MM-41"]


def test_excels_line_is_counted_in_what_is_said_of_broken_files() -> None:
    with pytest.raises(BadInput, match="Line 4 of that CSV"):
        read("a.csv", 'sep=;\ncode;cost\nRX7K-90;3\n"Q2MM-41;4')


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("code\nann@x:pa,ss\nbob@x:word\n", 2),
        ("code,pin\nRX7K-90,0042\nQ2MM,41,0043\n", 3),
        ("code;note\nRX7K-90;x;y\nQ2MM-41;x\n", 2),
        ("email|password\nann@x|on|e\nbob@x|two\n", 2),
        ("code\tcost\nRX7K-90\t3\t4\nQ2MM-41\t3\n", 2),
        ("ann@x:pa,ss\nbob@x:word\ncarl@x:w0rd\n", 1),
    ],
)
def test_a_row_with_more_cells_than_the_heading_is_refused_with_its_line(content: str, line: int) -> None:
    found = read("a.csv", content)
    assert [number for number, fault in found.malformed if fault.startswith("more cells")] == [line]
    assert not any("ann@x" in one or "Q2MM\n" in one for one in found.codes if line == 2)
    assert len(found.codes) == content.count("\n") - 1 - bool(found.heading.lines)


def test_every_row_wider_than_the_heading_leaves_nothing_to_sell() -> None:
    found = read("a.csv", "code\nRX7K-90;3.10\nQ2MM-41;3.10\n")
    assert found.codes == []
    assert [number for number, _ in found.malformed] == [2, 3]


def test_without_a_heading_rows_are_held_against_each_other() -> None:
    found = read("a.csv", "RX7K-90\nQ2MM-41\nZ9PP,17\nK1KK-22\n")
    assert found.codes == ["RX7K-90", "Q2MM-41", "K1KK-22"]
    assert found.malformed == [(3, "more cells than the others")]


def test_commas_in_plain_text_belong_to_the_code() -> None:
    assert read("a.txt", "ann@x:pa,ss\nbob@x:word\n").codes == ["ann@x:pa,ss", "bob@x:word"]
    assert read("a.txt", "code\nann@x:pa,ss\nbob@x:word\n").codes == ["ann@x:pa,ss", "bob@x:word"]


def test_a_table_of_markdown_or_of_a_terminal_is_read_without_its_lines() -> None:
    found = read("a.txt", "| code    | cost |\n|---------|------|\n| RX7K-90 | 3.10 |\n| Q2MM-41 | 4.20 |\n")
    assert (found.codes, [number for number, _ in found.malformed]) == (["RX7K-90", "Q2MM-41"], [2])
    terminal = "+---------+\n| code    |\n+---------+\n| RX7K-90 |\n| Q2MM-41 |\n+---------+\n"
    assert read("a.csv", terminal).codes == ["RX7K-90", "Q2MM-41"]


@pytest.mark.parametrize(
    "content",
    [
        "RX7K-90,Q2MM-41,Z9PP-17",
        "RX7K-9011 Q2MM-4122 Z9PP-1733",
        "RX7K-90; Q2MM-41; Z9PP-17\n",
        '"RX7K-90","Q2MM-41","Z9PP-17"',
    ],
)
@pytest.mark.parametrize("ending", ["csv", "txt"])
def test_a_list_in_one_line_is_refused_and_not_sold_as_one_code(ending: str, content: str) -> None:
    with pytest.raises(BadInput, match="Line 1 looks like a list of 3 codes"):
        read(f"a.{ending}", content)


@pytest.mark.parametrize(
    "content",
    [
        '"RX7K-90",\n"Q2MM-41",\n"Z9PP-17"',
        "RX7K-90,\nQ2MM-41,\nZ9PP-17,",
        "“RX7K-90”\n“Q2MM-41”\n“Z9PP-17”",
        "'RX7K-90'\n'Q2MM-41'\n'Z9PP-17'",
        "**RX7K-90**\n**Q2MM-41**\n**Z9PP-17**",
        "`RX7K-90`\n`Q2MM-41`\n`Z9PP-17`",
        "RX7K-90|\nQ2MM-41|\nZ9PP-17|",
    ],
)
def test_what_stands_around_the_codes_of_a_pasted_list_is_taken_off_and_said(content: str) -> None:
    found = read("a.txt", content)
    assert found.codes == ["RX7K-90", "Q2MM-41", "Z9PP-17"]
    assert found.notes


@pytest.mark.parametrize("delimiter", [";", ",", "|", "\t"])
def test_a_delimiter_behind_every_line_is_no_part_of_the_code(delimiter: str) -> None:
    content = f"Code{delimiter}\nRX7K-90{delimiter}\nQ2MM-41{delimiter}\n{delimiter}\n"
    assert read("a.csv", content).codes == ["RX7K-90", "Q2MM-41"]
    assert read("a.csv", content.removeprefix("Code")[1:]).codes == ["RX7K-90", "Q2MM-41"]


@pytest.mark.parametrize(
    "content",
    [
        'Code;Preis\n"RX7K-90;3,10"\n"Q2MM-41;3,10"\n',
        '"Code;Preis"\n"RX7K-90;""3,10"""\n"Q2MM-41;""3,10"""\n',
        "sep=,\nCode;Preis\nRX7K-90;3\nQ2MM-41;3\n",
    ],
)
def test_whole_lines_in_one_cell_are_split_before_the_buying_price_is_sold(content: str) -> None:
    assert read("a.csv", content).codes == ["RX7K-90", "Q2MM-41"]


@pytest.mark.parametrize("content", ["Code\nA1-XX|x9\nB2-YY|y9|z9\nC3-ZZ\n", "Code\nA1-XX;x9\nB2-YY;y9;z9\n"])
def test_a_heading_of_one_word_speaks_for_no_columns(content: str) -> None:
    assert read("a.txt", content.encode()).codes == content.splitlines()[1:]


def test_a_code_with_a_delimiter_in_quotation_marks_stays_whole() -> None:
    content = 'Code,Note\n"RX,7K"\nQ2MM-41,x\nZ9PP-17,y\nK1KK-22,z\n'
    assert read("a.csv", content).codes[0] == "RX,7K"
    assert read("a.csv", 'Code\n"RX,7K"\n"Q2,MM"\n').codes == ["RX,7K", "Q2,MM"]


def test_a_card_number_in_groups_is_one_code() -> None:
    assert read("a.txt", "6035 1111 2222 3333\n").codes == ["6035 1111 2222 3333"]


def test_a_table_of_a_terminal_keeps_its_columns_apart_whatever_stands_below() -> None:
    table = (
        "+----+---------+\n| id | code    |\n+----+---------+\n|  7 | RX7K-90 |\n|  9 | Q2MM-41 |\n+----+---------+\n"
    )
    assert read("a.txt", table).codes == ["RX7K-90", "Q2MM-41"]
    assert read("a.txt", f"{table}2 rows in set (0.00 sec)\n").question is not None


def test_json_between_code_fences_is_json() -> None:
    assert read("a.txt", '```json\n["RX7K-90", "Q2MM-41"]\n```\n').codes == ["RX7K-90", "Q2MM-41"]


def test_a_mark_that_only_some_codes_have_stays() -> None:
    assert read("a.txt", "RX7K-90\nQ2MM-41,\nZ9PP-17\n").codes == ["RX7K-90", "Q2MM-41,", "Z9PP-17"]
    assert read("a.txt", 'Q2MM-41\n"RX7K"\nZ9PP-17\nK1KK-22').codes[1] == '"RX7K"'


@pytest.mark.parametrize(
    "content",
    [
        "1. RX7K-90\n2. Q2MM-41\n",
        "- RX7K-90\n- Q2MM-41\n",
        "codes:\n  - RX7K-90\n  - Q2MM-41\n",
        "7) RX7K-90\n8) Q2MM-41",
    ],
)
def test_list_marks_are_taken_off_and_said(content: str) -> None:
    found = read("a.txt", content)
    assert found.codes == ["RX7K-90", "Q2MM-41"]
    assert found.notes == ["The list mark in front of each code was left out."]


def test_list_marks_that_do_not_count_up_stay_and_are_named() -> None:
    found = read("a.txt", "1. RX7K-90\n7. Q2MM-41\n")
    assert found.codes == ["1. RX7K-90", "7. Q2MM-41"]
    assert "buyers would get it" in found.notes[0]
    assert read("a.txt", "RX7K-90\nQ2MM-41\n").notes == []


@pytest.mark.parametrize(
    "line", ["Q2MM-41, Z9PP-17", "Q2MM-41 Z9PP-17", "Q2MM-41;Z9PP-17;K1KK-22", '"Q2MM-41", "Z9PP-17"']
)
def test_a_line_with_several_codes_is_refused_and_not_sold_as_one(line: str) -> None:
    found = read("a.txt", f"RX7K-90\nRX7K-91\n{line}\nRX7K-92\n")
    assert found.malformed == [(3, "several codes on one line")]
    assert found.codes == ["RX7K-90", "RX7K-91", "RX7K-92"]


@pytest.mark.parametrize("ending", ["txt", "csv"])
@pytest.mark.parametrize(
    "content", ["'code';'cost'\n'RX7K-90';'3.10'\n'Q2MM-41';'4.20'", "code;cost\n“RX7K-90”;3.10\n“Q2MM-41”;4.20"]
)
def test_other_quotation_marks_around_cells_are_taken_off(ending: str, content: str) -> None:
    found = read(f"a.{ending}", content)
    assert (found.codes, [one.name for one in found.columns]) == (["RX7K-90", "Q2MM-41"], ["code", "cost"])
    assert found.notes


@pytest.mark.parametrize("ending", ["txt", "csv"])
def test_a_colon_splits_only_where_the_heading_says_what_the_shop_paid(ending: str) -> None:
    assert read(f"a.{ending}", "code:cost\nRX7K-90:3.10\nQ2MM-41:4.20").codes == ["RX7K-90", "Q2MM-41"]
    assert read(f"a.{ending}", "email:password\nann@x.com:1\nbob@x.com:2").codes == ["ann@x.com:1", "bob@x.com:2"]


def test_columns_that_are_set_with_blanks_are_columns() -> None:
    found = read("a.txt", "code       cost\nRX7K-90    3.10\nQ2MM-41    14.20\n")
    assert (found.codes, found.has_lines) == (["RX7K-90", "Q2MM-41"], True)


def test_what_is_drawn_around_codes_is_no_code() -> None:
    found = read("a.txt", "```\nRX7K-90\n----------\nQ2MM-41\n```\n")
    assert (found.codes, [number for number, _ in found.malformed]) == (["RX7K-90", "Q2MM-41"], [1, 3, 5])


def test_a_title_over_lines_that_can_be_split_leaves_whole_lines_to_choose() -> None:
    found = read("a.txt", "Accounts\nann|hunter2\nbob|s3cret9\n")
    assert (found.heading.is_taken, found.has_lines) == (True, True)
    assert [one.name for one in found.columns] == ["", ""]
