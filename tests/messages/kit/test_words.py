"""Strangers' texts, made harmless: each of these was made to deceive, to ping, or to break the page."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novacore.messages.kit import words
from novacore.plurals import counted
from tests.fixtures.effort import lines
from tests.messages import samples

HIDDEN = "\u200b"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Robin", "Robin"),
        ("Zoë O'Neill 3rd", "Zoë O'Neill 3rd"),
        ("  two\n lines ", "two lines"),
        ("**bold** _it_ ~~no~~ `code` ||spoiler||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`code\` \|\|spoiler\|\|"),
        ("# Headline", r"\# Headline"),
        ("-# small", r"\-# small"),
        ("> quoted", r"\> quoted"),
        ("back\\slash", r"back\\slash"),
        ("@everyone", f"@{HIDDEN}everyone"),
        ("@HERE", f"@{HIDDEN}HERE"),
        ("<@123>", f"<{HIDDEN}@123>"),
        ("<@&123>", f"<{HIDDEN}@&123>"),
        ("<#123>", f"<{HIDDEN}#123>"),
        ("</shop:123>", f"<{HIDDEN}/shop:123>"),
        ("<t:1:R>", f"<{HIDDEN}t:1:R>"),
        ("<:evil:123>", f"<{HIDDEN}:evil:123>"),
        ("[free](https://e.vil)", f"[free]{HIDDEN}(https:{HIDDEN}//e.vil)"),
        ("https://e.vil", f"https:{HIDDEN}//e.vil"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("a\u200bb\u2060c\ufeffd", "abcd"),
        ("Z" + "\u0301" * 50, "Z" + "\u0301" * 3),
        ("\u200b\u200d\u2060", "(no name)"),
        ("\u3164\u115f", "(no name)"),
        ("", "(no name)"),
        ("a < b", "a < b"),
        ("me@example.com", "me@example.com"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("محمد", "\u2068محمد\u2069"),
    ],
)
def test_a_name_shows_as_it_was_typed_and_does_nothing(name: str, shown: str) -> None:
    assert words.escape(name) == shown


@given(st.text(), st.integers(min_value=2, max_value=120))
def test_a_name_is_one_line_visible_and_short(name: str, limit: int) -> None:
    shown = words.escape(name, limit)
    assert "\n" not in shown
    assert any(unicodedata.category(one)[0] in "LNPS" for one in shown)
    assert words.units(shown) <= 2 * limit + 2, "escaping doubles a name at the most"


@given(st.text(alphabet=st.sampled_from("a👩\u200d\ufe0f\n "), max_size=60), st.integers(min_value=1, max_value=40))
def test_shortening_keeps_within_the_limit_by_either_way_to_count(text: str, limit: int) -> None:
    short = words.shorten(text, limit)
    assert len(short) <= words.units(short) <= limit
    assert short == text or short.endswith("…")


def test_a_hundred_emoji_are_counted_as_discords_clients_count() -> None:
    assert words.units("🎉" * 100) == 200
    assert words.units(words.shorten("🎉" * 100, 100)) <= 100


def test_a_reason_keeps_its_lines_and_its_plain_address() -> None:
    reason = "Look:\n\n\n\nhttps://help.example/a_b_c says *why*\t\n- @everyone"
    shown = words.paragraph(reason, 500)
    assert shown == f"Look:\n\nhttps://help.example/a_b_c says \\*why\\*\n\\- @{HIDDEN}everyone"


def test_a_quotation_marks_each_line() -> None:
    assert words.quote("one\n\ntwo", 100) == "> one\n> \n> two"


def test_the_owners_own_words_may_use_markdown_but_hide_nothing() -> None:
    shown = words.harmless("**Cheap** [codes](https://e.vil) <@&1>", 100)
    assert shown == f"**Cheap** [codes]{HIDDEN}(https://e.vil) <{HIDDEN}@&1>"


def test_a_code_block_cannot_be_left() -> None:
    shown = words.block("a\n```\n@everyone")
    assert shown.startswith("```\n")
    assert shown.endswith("\n```")
    assert shown.count("```") == 2


def test_code_within_a_line_cannot_be_left() -> None:
    assert words.inline("a`b <@1>") == f"`aˋb <{HIDDEN}@1>`"


def test_times_are_left_to_the_readers_own_zone() -> None:
    assert words.stamp(samples.NOW) == "<t:1773500966:R>"
    assert words.stamp(samples.NOW, "f") == "<t:1773500966:f>"


def test_amounts_and_counts_read_as_people_say_them() -> None:
    order = samples.order()
    assert words.total(order) == "$19.98"
    assert words.bought(order) == "2 × Game gift card"
    assert [counted(n, "reply", "replies") for n in (0, 1, 2000)] == ["0 replies", "1 reply", "2,000 replies"]


@pytest.mark.parametrize(
    "hostile",
    ["[", "](", "[a](", " \u2800\n", "\n", "\t", "<", "@", "https://", "-", "> ", "#", "*", "a\u0301", "🎉", "\\", "`"],
)
@pytest.mark.parametrize("make", [words.paragraph, words.escape, words.harmless, words.inline, words.quote])
def test_the_work_grows_with_the_text_and_no_faster(make: Callable[[str, int], str], hostile: str) -> None:
    def work(count: int) -> int:
        return lines(lambda: make(hostile * count, count))

    assert work(800) <= 2.2 * work(400)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x\n  - one", "x\n  \\- one"),
        ("\u2800\n\u2800\n- one", "\\- one"),
        ("a - b", "a - b"),
        (">>> all of it", "\\>>> all of it"),
        ("a > b", "a > b"),
        ("### Big", "\\### Big"),
        ("see #12", "see #12"),
        ("<**bold**:/x>", f"<{HIDDEN}\\*\\*bold\\*\\*:/x>"),
        ("https://a.example/b_c*d, *so*", "https://a.example/b_c*d, \\*so\\*"),
        ("[a](https://b.example/_c_)", f"[a]{HIDDEN}(https://b.example/_c_)"),
    ],
)
def test_markdown_shows_as_it_was_typed(text: str, shown: str) -> None:
    assert words.paragraph(text, 500) == shown


@given(st.text("`ab\n", max_size=30))
def test_a_block_stays_one_and_gives_back_what_it_was_given(text: str) -> None:
    shown = words.block(text)
    assert shown.count("```") == 2
    assert words.unblocked(shown) == text
