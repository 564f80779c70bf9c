"""Names of files that are goods: shown as they were, and never a path or a trick."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novacore.workflows.goods.file_names import NAME_LIMIT, clean_name, same_file, sent_as


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Handbuch – 2. Auflage.pdf", "Handbuch – 2. Auflage.pdf"),
        ("überlays.tar.gz", "überlays.tar.gz"),
        ("README", "README"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\keys.txt", "keys.txt"),
        ("/", "file"),
        ("", "file"),
        ("...", "file"),
        (".env", "env"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("two\nlines\t.zip", "two lines.zip"),
        ('<b>"x"|?*.txt', "bx.txt"),
        ("\0\0.pdf", "pdf"),
        ("`@everyone`.txt", "@everyone.txt"),
    ],
)
def test_a_name_is_cleaned(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert clean_name("a" * 500 + ".pdf") == "a" * (NAME_LIMIT - 4) + ".pdf"


@given(st.text(max_size=200))
def test_whatever_it_was_called_it_has_a_name_without_a_path(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= NAME_LIMIT
    assert not re.search(r"[/\\\0\n\r]", kept)
    assert kept == clean_name(kept)


@given(st.lists(st.text(max_size=40), max_size=10))
def test_discord_is_sent_plain_names_each_once(names: list[str]) -> None:
    sent = sent_as([clean_name(one) for one in names])
    assert len({one.casefold() for one in sent}) == len(names)
    assert all(len(one) <= NAME_LIMIT for one in sent)
    assert all(re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9]+)?", one) for one in sent)


def test_names_that_become_one_are_told_apart() -> None:
    assert sent_as(["ä.pdf", "ö.pdf", "a.TXT", "A.txt", "a-4.txt"]) == [
        "file-1.pdf",
        "file-2.pdf",
        "a.TXT",
        "A-4.txt",
        "a-4-5.txt",
    ]
    assert same_file("A.txt", "a.TXT")
