"""Text on pictures: always within its width, always in letters that the typeface has."""

from hypothesis import given
from hypothesis import strategies as st

from novacore.media.lettering import plain, shortened, typeface, wrapped

FACE = typeface(40)


@given(st.text())
def test_plain_text_is_ascii_on_one_line(text: str) -> None:
    assert plain(text).isascii()
    assert "\n" not in plain(text)


def test_accents_are_dropped_and_the_rest_is_a_question_mark() -> None:
    assert plain("  Día's\n größe: 支 ") == "Dia's gro?e: ?"


@given(st.text(alphabet="abc WMi"), st.integers(60, 600))
def test_shortened_text_fits(text: str, width: int) -> None:
    assert FACE.getlength(shortened(text, FACE, width)) <= width


def test_what_fits_is_not_shortened() -> None:
    assert shortened("Gift Card", FACE, 600) == "Gift Card"
    assert shortened("Gift Card", FACE, 100) == "Gift..."


@given(st.text(alphabet="abc WMi"), st.integers(60, 600), st.integers(1, 3))
def test_wrapped_text_fits(text: str, width: int, lines: int) -> None:
    rows = wrapped(text, FACE, width, lines)
    assert 1 <= len(rows) <= lines
    assert all(FACE.getlength(row) <= width for row in rows)


def test_lines_are_filled_evenly() -> None:
    assert wrapped("Streaming Account, 12 months", FACE, 530, 2) == ["Streaming Account,", "12 months"]


def test_what_is_over_is_cut_with_dots() -> None:
    rows = wrapped("one two three four five six seven", FACE, 200, 2)
    assert len(rows) == 2
    assert rows[1].endswith("...")
