"""Files of codes as people really have them, and as nobody should: read, or refused with a sentence."""

import json

import pytest

from novacore.errors import BadInput
from novacore.workflows.stock.files import limits
from novacore.workflows.stock.files.limits import MAX_BYTES, MAX_LINES
from novacore.workflows.stock.files.tables import Question
from tests.workflows.stock.files.reading import read


def codes(name: str, content: bytes | str) -> list[str]:
    """Read a file that has to be all right."""
    found = read(name, content)
    assert not found.malformed
    return list(found.codes)


# ---- text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_has_a_code_a_line(end: str) -> None:
    assert codes("keys.txt", end.join(["AAA-1", "", "  bbb-2 ", "ÄÖ-3", ""])) == ["AAA-1", "bbb-2", "ÄÖ-3"]


def test_a_file_without_an_ending_is_text() -> None:
    assert codes("keys", "A\nB") == ["A", "B"]


def test_capitals_and_small_letters_are_two_codes() -> None:
    assert codes("keys.txt", "abc\nABC") == ["abc", "ABC"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["keys.txt", "keys.csv", "keys.json"])
def test_every_encoding_that_says_what_it_is(encoding: str, name: str) -> None:
    content = '["schlüssel-1"]' if name.endswith("json") else "schlüssel-1\n"
    assert codes(name, content.encode(encoding)) == ["schlüssel-1"]


def test_repeats_are_told_by_line_and_come_in_once() -> None:
    found = read("keys.txt", b"A\nB\n\n A \nB")
    assert (found.codes, found.lines, found.repeated) == (["A", "B"], [1, 2], [4, 5])


# ---- CSV


def test_csv_with_a_header_takes_the_column_of_that_name() -> None:
    assert codes("stock.csv", "id,Code,note\n1,AAA,x\n2,BBB,y\n") == ["AAA", "BBB"]


def test_csv_without_a_header_has_one_column() -> None:
    assert codes("stock.csv", 'AAA\nBBB,\n"C,1"\n') == ["AAA", "BBB", "C,1"]


@pytest.mark.parametrize("content", ["AAA,x\nBBB,y\n", "AAAA-1;12\nBBBB-2;13\n", "bob|hunter2\nann|s3cret9\n"])
def test_csv_whose_columns_nobody_named_is_asked_about_before_half_of_it_is_lost(content: str) -> None:
    found = read("stock.csv", content.encode())
    assert (found.question, found.codes) == (Question.columns, [])


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_as_spreadsheets_of_other_countries_write_it(delimiter: str) -> None:
    assert codes("stock.csv", f"id{delimiter}code\r\n1{delimiter}AAA,1\r\n") == ["AAA,1"]


def test_csv_in_quotation_marks_may_hold_commas_and_lines() -> None:
    found = read("stock.csv", b'code,x\n"A,1",\n"user1\npassword",\nC-2,\n')
    assert (found.codes, found.lines) == (["A,1", "user1\npassword", "C-2"], [2, 3, 5])


def test_csv_with_rows_that_lack_the_code() -> None:
    found = read("stock.csv", b"id,code\n1,AAA\n2\n3,\n\n4,BBB\n")
    assert list(found.codes) == ["AAA", "BBB"]
    assert found.malformed == [(3, "no code in it"), (4, "no code in it")]


def test_broken_csv_is_refused_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"Line 3 of that CSV file is broken.*quotation mark"):
        read("stock.csv", b'code\nA\n"B')


# ---- JSON


def test_json_as_a_list_of_texts_or_of_objects() -> None:
    assert codes("stock.json", '["A", "B"]') == ["A", "B"]
    assert codes("stock.json", '[{"code": "A", "id": 1}, {"key": "B"}]') == ["A", "B"]
    assert codes("stock.json", '{"codes": ["A"]}') == ["A"]


def test_json_in_a_text_file_is_not_taken_for_codes() -> None:
    assert codes("stock.txt", '[\n  "A",\n  "B"\n]') == ["A", "B"]
    assert codes("stock.txt", "[A]\n[B]") == ["[A]", "[B]"]


def test_json_entries_that_are_no_codes() -> None:
    found = read("stock.json", b'["A", 12345, null, {"id": 1}, "", ["B"], "A", "\\ud800"]')
    assert (list(found.codes), found.repeated, found.counted) == (["A"], [7], "entry")
    assert [number for number, _ in found.malformed] == [2, 3, 4, 5, 6, 8]


@pytest.mark.parametrize("content", ["{", '["A",]', "[" * 100_000, '{"a": 1}', '"A"', "[" + "1" * 5_000 + "]x"])
def test_broken_json_is_refused(content: str) -> None:
    with pytest.raises(BadInput, match="JSON file"):
        read("stock.json", content.encode())


def test_broken_json_names_the_line() -> None:
    with pytest.raises(BadInput, match="Look at line 2"):
        read("stock.json", b'["A",\n}')


# ---- what nobody should upload


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file(content: bytes) -> None:
    for name in ("keys.txt", "keys.csv", "keys.json"):
        with pytest.raises(BadInput, match="is empty"):
            read(name, content)


def test_a_picture_is_not_a_text_file() -> None:
    with pytest.raises(BadInput, match="not a text file"):
        read("keys.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00")


def test_zero_bytes_in_text() -> None:
    with pytest.raises(BadInput, match="zero bytes"):
        read("keys.txt", b"A\0B\n")


def test_another_encoding_is_told_by_line() -> None:
    with pytest.raises(BadInput, match=r"Line 2 .* UTF-8"):
        read("keys.txt", "AAA\nschlüssel\n".encode("latin-1"))


def test_half_a_character_in_utf_16() -> None:
    with pytest.raises(BadInput, match=r"cannot be read as text|not a text file"):
        read("keys.txt", b"\xff\xfe\x00\xd8A\x00")


def test_two_million_lines() -> None:
    for name in ("keys.txt", "keys.csv"):
        with pytest.raises(BadInput, match="2,000,000 lines, and 100,000 is the most"):
            read(name, b"A\n" * 2_000_000)


def test_too_many_json_entries() -> None:
    with pytest.raises(BadInput, match="100,001 lines"):
        read("keys.json", json.dumps(["A"] * (MAX_LINES + 1)).encode())


def test_the_most_that_is_taken() -> None:
    found = read("keys.txt", "\n".join(f"K{n}" for n in range(MAX_LINES)).encode())
    assert len(found.codes) == MAX_LINES


def test_a_single_line_of_nine_mebibytes() -> None:
    found = read("keys.txt", b"A" * 9 * 1024**2)
    assert (len(found.codes), found.malformed) == (0, [(1, "longer than 4,000 characters")])
    with pytest.raises(BadInput, match="broken"):
        read("keys.csv", b"A" * 9 * 1024**2)


def test_more_than_ten_mebibytes() -> None:
    with pytest.raises(BadInput, match="larger than 10 MiB"):
        read("keys.txt", b"A" * (MAX_BYTES + 1))


@pytest.mark.parametrize("code", ["A\x1bB", "A\u200bB", "A\u202eB", "A\x07"])
def test_what_nobody_can_see_makes_a_line_malformed(code: str) -> None:
    found = read("keys.txt", f"OK\n{code}\n".encode())
    assert (list(found.codes), found.malformed) == (["OK"], [(2, "invisible characters in it")])


@pytest.mark.parametrize("end", ["\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("name", ["keys.txt", "keys.csv"])
def test_line_breaks_that_only_some_programs_know_make_no_code_of_several(name: str, end: str) -> None:
    found = read(name, f"A-1{end}A-2{end}A-3\nB-1\n")
    assert (found.codes, [number for number, _ in found.malformed]) == (["B-1"], [1])
    assert "press Enter" in found.malformed[0][1]


def test_neither_a_repr_nor_a_refusal_shows_a_code() -> None:
    assert "SECRET" not in repr(read("keys.txt", b"SECRET-1"))
    for name, content in (("a.json", b'["SECRET-1"'), ("a.csv", b'"SECRET-1'), ("a.txt", b"SECRET-1\xff")):
        with pytest.raises(BadInput) as refusal:
            read(name, content)
        assert "SECRET" not in str(refusal.value)


def test_the_limits_are_those_that_the_command_tells() -> None:
    assert (limits.MAX_BYTES, limits.MAX_LINES) == (10 * 1024 * 1024, 100_000)
