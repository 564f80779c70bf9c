"""Codes that look the same to a buyer, and characters that no keyboard has although they look so."""

import pytest

from novacore.workflows.stock.files.look_alikes import groups, is_deceptive, skeleton
from tests.workflows.stock.files.reading import read

PAIRS = {
    "capitals": ("abcd-1", "ABCD-1"),
    "O and 0": ("AO-17", "A0-17"),
    "I, l and 1": ("AIl1-7", "A1Il-7"),
    "Cyrillic": ("PX-7", "РХ-7"),
    "Greek": ("BETA-7", "ΒΕΤΑ-7"),
    "a non-breaking hyphen": ("AB-7", "AB\u20117"),
    "a long dash": ("AB-7", "AB–7"),
    "a minus": ("AB-7", "AB−7"),
    "a hard blank": ("AB 7", "AB\u00a07"),
    "a wide blank": ("AB 7", "AB\u30007"),
    "two blanks": ("AB é7", "AB  é7"),
    "full width": ("AB-7", "ＡＢ-7"),
    "a letter of mathematics": ("AB-7", "𝐀B-7"),
    "a curly apostrophe": ("A'B7", "A’B7"),
    "an accent apart": ("é-7", "e\u0301-7"),
}


@pytest.mark.parametrize(("one", "other"), PAIRS.values(), ids=PAIRS.keys())
def test_codes_that_look_the_same_are_a_group(one: str, other: str) -> None:
    found = read("a.txt", f"ZZ-99-Q\n{one}\n{other}\nYY-88-W\n", None)
    if found.question is not None:
        assert groups([one, other], [2, 3]) == [(2, 3)]
        return
    assert found.codes[1:3] == [one, other]
    assert found.look_alikes == [(2, 3)]


@pytest.mark.parametrize(
    ("one", "other"), [("AB-7", "AB-8"), ("AB7", "AB-7"), ("AB5", "ABS"), ("ПРИВЕТ", "PRIVET"), ("AB 7", "AB7")]
)
def test_codes_that_differ_to_the_eye_are_not(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_three_of_a_kind_are_one_group() -> None:
    assert groups(["AO", "A0", "ao", "B"], [1, 2, 3, 4]) == [(1, 2, 3)]


@pytest.mark.parametrize("code", ["РХ-7", "AB\u20117", "AB\u00a07", "ＡＢ-7", "ΒΕ-7", "A’B"])
def test_a_character_that_only_looks_like_a_key_is_named_without_a_twin(code: str) -> None:
    assert is_deceptive(code)
    assert read("a.csv", f"code\n{code}-44\nZZ-99-1\n").deceptive == [2]


@pytest.mark.parametrize("code", ["AB-7", "ПРИВЕТ-7", "ΚΩΔΙΚΟΣ-7", "schlüssel-7", "コード-7", "👍-7"])
def test_words_of_another_language_are_no_deception(code: str) -> None:
    assert not is_deceptive(code)


def test_pairs_in_several_columns_are_found_by_all_of_them() -> None:
    found = read("a.csv", "code,pin\nAO-17,1234\nA0-17,1234\nAO-17,9999\n")
    assert found.look_alikes == [(2, 3)]
