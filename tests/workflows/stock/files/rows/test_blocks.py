"""Units of several lines: read as units where their labels say so, asked about where they stand apart."""

import pytest

from novacore.errors import BadInput
from novacore.workflows.stock.files.tables import WHOLE_LINES, Choice, Question
from tests.workflows.stock.files.reading import read

ANN = "Mail: ann@example.com\nPassword: tulip,1"
BOB = "Mail: bob@example.com\nPassword: lily:2"

TOGETHER = {
    "one below the other": f"{ANN}\n{BOB}\n",
    "with blank lines between": f"{ANN}\n\n{BOB}\n\n",
    "with ruled lines between": f"{ANN}\n----\n{BOB}\n----\n",
    "with other marks": f"{ANN}\n{BOB}\n".replace(": ", " = "),
}


@pytest.mark.parametrize("content", TOGETHER.values(), ids=TOGETHER.keys())
def test_lines_with_labels_are_one_unit(content: str) -> None:
    found = read("a.txt", content)
    assert (found.question, found.codes) == (None, [ANN, BOB])
    assert not found.malformed
    assert "one unit" in found.notes[0]


def test_one_account_alone_is_one_unit() -> None:
    assert read("a.txt", f"{ANN}\n").codes == [ANN]


@pytest.mark.parametrize("content", ["Key: RX7K-90\nKey: Q2MM-41\n", "Key 1: RX7K-90\nKey 2: Q2MM-41\n"])
def test_a_label_alone_is_taken_off(content: str) -> None:
    found = read("a.txt", content)
    assert found.codes == ["RX7K-90", "Q2MM-41"]
    assert "label" in found.notes[0]


def test_a_unit_that_lacks_a_line_is_named() -> None:
    found = read("a.txt", f"{ANN}\nMail: eve@example.com\n{BOB}\n")
    assert (found.codes, found.malformed) == ([ANN, BOB], [(3, "nothing under “Password”")])


APART = {
    "blank lines": "ann@example.com\ntulip1\n\nbob@example.com\nlily22\n",
    "ruled lines": "ann@example.com\ntulip1\n=====\nbob@example.com\nlily22\n",
}


@pytest.mark.parametrize("content", APART.values(), ids=APART.keys())
def test_lines_that_stand_apart_are_asked_about_and_either_answer_holds(content: str) -> None:
    assert read("a.txt", content).question is Question.columns
    units = read("a.txt", content, Choice(columns=(0, 1)))
    assert units.codes == ["ann@example.com\ntulip1", "bob@example.com\nlily22"]
    lines = read("a.txt", content, Choice(columns=(WHOLE_LINES,)))
    assert lines.codes == ["ann@example.com", "tulip1", "bob@example.com", "lily22"]


def test_titles_above_each_part_are_asked_about_where_lines_are_units() -> None:
    content = "Starfall:\nRX7K-90\nQ2MM-41\n\nMoonrise:\nZ9PP-17\nZ9PP-18\n"
    asked = read("a.txt", content, Choice(columns=(WHOLE_LINES,)))
    assert (asked.question, asked.heading.lines) == (Question.heading, [1, 5])
    found = read("a.txt", content, Choice(takes_heading=True, columns=(WHOLE_LINES,)))
    assert found.codes == ["RX7K-90", "Q2MM-41", "Z9PP-17", "Z9PP-18"]


def test_units_of_different_lengths_are_refused() -> None:
    with pytest.raises(BadInput, match="several lines each"):
        read("a.txt", "[Peer]\nkey abc\n----\n[Peer]\nkey def\nport 1\n----\n[Peer]\nkey ghi\n")


@pytest.mark.parametrize(
    "content",
    [
        "RX7K-90\nQ2MM-41\n\nZ9PP-17\nZ9PP-18\n",
        "RX7K-90\n\nQ2MM-41\n\nZ9PP-17\n",
        "ann:tulip1\nbob:lily22\nlogin:rose33\n",
        "https://example.com/a\nhttps://example.com/b\n",
    ],
)
def test_codes_in_groups_accounts_and_links_are_a_unit_a_line(content: str) -> None:
    found = read("a.txt", content)
    assert (found.question, found.codes) == (None, content.split())
