"""Ids, numbers and texts as older bots wrote them: any type in any column."""

from typing import Any

import pytest

from novacore.legacy.fields.values import as_key, as_text, as_whole, is_garbled, read_person

LONG = 1112345678901234567
"""An id of an account made since July 2022 has 19 digits."""


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        (7.0, 7),
        ("7", 7),
        (" 7 ", 7),
        (b"7", 7),
        ("7.0", 7),
        ("7.00", 7),
        ("1,000", 1000),
        ("1 000", 1000),
        ("1'000,000", None),
        ("12,345,678", 12345678),
        ("-3", -3),
        (2**63 - 1, 2**63 - 1),
        ("9" * 19, None),
        (None, None),
        ("", None),
        ("7.5", None),
        ("1,5", None),
        ("1.000", None),
        ("seven", None),
        ("9" * 30, None),
        (7.5, None),
        (float("nan"), None),
        (float("inf"), None),
        ("\u0663", None),
    ],
    ids=repr,
)
def test_a_whole_number(value: Any, number: int | None) -> None:
    assert as_whole(value) == number


@pytest.mark.parametrize("value", [7, 7.0, "7", b"7"], ids=repr)
def test_an_id_is_one_whatever_its_type(value: Any) -> None:
    assert as_key(value) == "7"


@pytest.mark.parametrize(
    ("value", "person"),
    [
        (LONG, LONG),
        (str(LONG), LONG),
        (f" {LONG} ", LONG),
        (f"<@{LONG}>", LONG),
        (f"<@!{LONG}>", LONG),
        (str(LONG).encode(), LONG),
        (412345678901234567, 412345678901234567),
        (53905483156684800, 53905483156684800),
        (2**63 - 1, 2**63 - 1),
        (str(2**63 - 1), 2**63 - 1),
    ],
    ids=repr,
)
def test_ids_of_every_length_are_read(value: Any, person: int) -> None:
    assert read_person(value) == (person, "")


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (None, "no customer id"),
        ("", "no customer id"),
        ("abc", "isn't a Discord id"),
        ("ann#1234", "isn't a Discord id"),
        (0, "isn't a Discord id"),
        (-1, "isn't a Discord id"),
        (str(2**63), "isn't a Discord id"),
        ("9" * 40, "isn't a Discord id"),
        (1.5, "isn't a Discord id"),
        (float("nan"), "isn't a Discord id"),
        (float("inf"), "isn't a Discord id"),
        ("1,112,345", "isn't a Discord id"),
        (412345678901234567.0, "lost its last digits"),
        (float(LONG), "lost its last digits"),
        ("4.12345678901235e+17", "lost its last digits"),
        ("412345678901234567.0", "lost its last digits"),
        ("4.1E17", "lost its last digits"),
        (float(2**53 + 2), "lost its last digits"),
    ],
    ids=repr,
)
def test_an_id_that_may_be_someone_elses_is_not_taken(value: Any, what: str) -> None:
    person, said = read_person(value)
    assert person is None
    assert what in said


@pytest.mark.parametrize("value", [1001, "1001", 1001.0, "1001.0"], ids=repr)
def test_an_id_too_short_for_discord_is_taken_but_named(value: Any) -> None:
    assert read_person(value) == (1001, "a customer id that is short for a Discord id")


def test_text_in_any_encoding_or_type() -> None:
    assert [as_text(one) for one in (None, 7, "x", b"x", "ö".encode("utf-16"), b"\xef\xbb\xbfx")] == [
        "",
        "7",
        "x",
        "x",
        "ö",
        "x",
    ]
    assert [is_garbled(one) for one in ("x", b"x", None, 7, "ö".encode("utf-16"))] == [False] * 5
    assert [is_garbled(one) for one in (b"\xff\x00raw", "a\ufffd", "a\0b", b"\x80\x04\x95pickle")] == [True] * 4
