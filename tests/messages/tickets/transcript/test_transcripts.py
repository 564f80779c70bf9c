"""The transcript's page and text: nothing that people wrote becomes markup, and both fit into Discord's limit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from novacore.db.models import Ticket
from novacore.messages.tickets.transcript.talk import (
    Fate,
    KeptFile,
    Names,
    Talk,
    TranscriptMessage,
    Wording,
    as_customer_reads,
)
from novacore.messages.tickets.transcript.transcripts import page, plain
from novacore.states import TicketKind, TicketPriority, TicketStatus

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\"'"


def ticket(**changes: object) -> Ticket:
    """A closed ticket."""
    values: dict[str, object] = {
        "id": "T-000012",
        "number": 12,
        "status": TicketStatus.closed,
        "round": 1,
        "customer_id": 1001,
        "kind": TicketKind.other,
        "subject": "It fails",
        "description": "All of it.",
        "priority": TicketPriority.normal,
        "opened_at": NOON,
        "reason": "Fixed.",
    }
    return Ticket(**(values | changes))


def line(text: str = "Hello", number: int = 1, **changes: object) -> TranscriptMessage:
    """A message of the customer."""
    at = NOON + timedelta(minutes=number)
    return replace(TranscriptMessage(number, "customer", 1001, False, at, (Wording(at, text),)), **changes)  # type: ignore[arg-type]


def talk(*lines: TranscriptMessage, **changes: object) -> Talk:
    """A talk of these lines."""
    return Talk(ticket(**changes), 1, "customer", None, lines, NOON)


class Seen(HTMLParser):
    """Reads a page as a browser would, and takes down its elements and their addresses."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.words = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        self.words += data


def test_nothing_that_people_wrote_becomes_markup() -> None:
    bad = KeptFile(HOSTILE, 10, "image/svg+xml", b"<svg onload=alert(3)>")
    html = KeptFile("x.html", 10, "text/html", b"<script>alert(4)</script>")
    lines = [
        line(HOSTILE, author=HOSTILE, embeds=(HOSTILE,), files=(bad, html)),
        line("after", wordings=(Wording(NOON, HOSTILE), Wording(NOON, HOSTILE + "2")), deleted_at=NOON),
    ]
    seen = Seen(page(talk(*lines, subject=HOSTILE, description=HOSTILE, reason=HOSTILE)))
    assert "script" not in seen.tags
    assert "svg" not in seen.tags
    assert "img" not in seen.tags
    assert seen.handlers == []
    assert all(one.startswith("data:application/octet-stream;base64,") for one in seen.addresses)
    assert seen.words.count("alert(1)") == 9


def test_no_name_turns_what_stands_behind_it() -> None:
    turned = "Sam\u202e\u2066"
    one = line("Hello", author=turned, files=(KeptFile(f"{turned}gpj.exe", 10, content=b"x"),))
    for told in (page(talk(one)).decode(), plain(talk(one)).decode()):
        assert "Sam" in told
        assert not {"\u202e", "\u2066"} & {*told}


def test_the_page_asks_the_network_for_nothing() -> None:
    png = KeptFile("shot.png", 4, "image/png", b"\x89PNG")
    content = page(talk(line("see https://example.com/a?b=1&c=2", files=(png,))))
    seen = Seen(content)
    assert [one for one in seen.addresses if not one.startswith("data:")] == ["https://example.com/a?b=1&c=2"]
    assert b"default-src 'none'; img-src data:" in content
    assert {"link", "iframe", "script", "object", "form"}.isdisjoint(seen.tags)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "[x](javascript:alert(1))"])
def test_only_web_addresses_become_links(text: str) -> None:
    assert Seen(page(talk(line(text)))).addresses == []


def test_mentions_and_times_read_as_in_discord() -> None:
    said = plain(talk(line("<@1001> asks <@!77> and <@&5> <t:1772366400:R>"))).decode()
    assert "@customer asks @77 and @deleted-role 2026-03-01 12:00 UTC" in said


def test_every_wording_is_there_and_what_was_deleted_says_so() -> None:
    later = NOON + timedelta(hours=1)
    one = line(wordings=(Wording(NOON, "first"), Wording(later, "second")), deleted_at=later)
    said = plain(talk(one)).decode()
    assert "customer (edited 2026-03-01 13:00 UTC, deleted 2026-03-01 13:00 UTC)" in said
    assert "    (before) first\n    second" in said
    seen = Seen(page(talk(one)))
    assert "first" in seen.words
    assert "edited 2026-03-01 13:00 UTC" in seen.words


def test_a_page_that_is_too_large_gives_up_its_files_first() -> None:
    big = KeptFile("big.bin", 50_000, content=b"x" * 50_000)
    lines = [line(f"words {number}", number, files=(big,)) for number in range(1, 5)]
    content = page(talk(*lines), 40_000)
    assert len(content) <= 40_000
    words = Seen(content).words
    assert all(f"words {number}" in words for number in range(1, 5))
    assert words.count("big.bin (50 kB): not kept") == 4


@pytest.mark.parametrize("make", [page, plain])
def test_then_the_oldest_words_and_it_says_so(make: object) -> None:
    lines = [line(f"words {number} " + "€" * 500, number) for number in range(1, 101)]
    content = make(talk(*lines), 60_000)  # type: ignore[operator]
    assert len(content) <= 60_000
    assert "words 100 " in content.decode()
    assert "words 1 " not in content.decode()
    assert "did not fit" in content.decode()


def test_halves_of_characters_break_nothing() -> None:
    assert page(talk(line("\ud83d \ud800 \x00")))
    assert plain(talk(line("\ud83d \ud800")))


def test_the_ticket_itself_is_hidden_where_it_holds_a_code() -> None:
    hiding = replace(
        talk(line(), subject="CODE-123", description="my CODE-123", reason="gave CODE-123"),
        hide=lambda text: text.replace("CODE-123", "••••"),
    )
    for content in (page(hiding), plain(hiding)):
        assert "CODE-123" not in content.decode()
        assert content.decode().count("••••") == 3


def test_its_repr_shows_no_bytes() -> None:
    assert "secret" not in repr(KeptFile("x", 6, content=b"secret"))


# ---- answers and notices


def told(*lines: TranscriptMessage) -> tuple[str, str]:
    """What both forms say."""
    return Seen(page(talk(*lines))).words, plain(talk(*lines)).decode()


def test_a_reply_names_whom_and_what_it_answers() -> None:
    asked = line("Which of the <@1001> codes?", 1, author="Sam", author_id=7)
    for said in told(asked, line("The second.", 2, answers=1)):
        assert "Reply to Sam: “Which of the @customer codes?”" in said


@pytest.mark.parametrize(
    ("target", "excerpt"),
    [
        (line("", 1, files=(KeptFile("shot.png", 9),)), "shot.png"),
        (line("", 1, embeds=("Sticker: Sad duck",)), "Sticker: Sad duck"),
        (line("x" * 500, 1), "x" * 119 + "…"),
        (line("one\ntwo", 1), "one two"),
        (line("old", 1, wordings=(Wording(NOON, "old"), Wording(NOON, "new"))), "new"),
    ],
)
def test_the_excerpt_is_short_and_the_last_wording(target: TranscriptMessage, excerpt: str) -> None:
    for said in told(target, line("Yes", 2, answers=1)):
        assert f"Reply to customer: “{excerpt}”" in said


def test_a_reply_to_what_nobody_has_any_more_says_so() -> None:
    for said in told(line("Yes", 2, answers=1)):
        assert "Reply to a message that was deleted" in said


def test_a_notice_is_told_as_one() -> None:
    pin = line("Sam pinned a message to this channel.", 2, author="Sam", author_id=7, answers=1, is_notice=True)
    for said in told(line("It fails", 1), pin):
        assert "Sam pinned a message to this channel." in said
        assert "customer: “It fails”" in said
        assert "Reply to" not in said
    assert b'<article class="notice">' in page(talk(line(), pin))


def test_a_link_in_a_sentence_keeps_no_bracket() -> None:
    seen = Seen(page(talk(line("(see https://example.com/a_(b)), or <https://example.com/c>."))))
    assert seen.addresses == ["https://example.com/a_(b)", "https://example.com/c"]
    assert "(see https://example.com/a_(b)), or https://example.com/c." in seen.words


@pytest.mark.parametrize("fate", [one for one in Fate if one is not Fate.kept])
def test_a_file_that_is_not_there_says_why(fate: Fate) -> None:
    for said in told(line(files=(KeptFile("shot.png", 4_000_000, fate=fate),))):
        assert "shot.png" in said
        assert "4.0 MB" in said
        assert "not kept" in said
        assert ("message of its own" in said) == (fate is Fate.beside)
        assert ("deleted" in said) == (fate is Fate.deleted)


# ---- the customer's copy

SECRET = "the internal price list"
THEIRS = [
    line(SECRET, 1, author="Sam", author_id=7, deleted_at=NOON, files=(KeptFile("list.pdf", 9, fate=Fate.deleted),)),
    line(SECRET, 2, author="Sam", author_id=7, is_deleted=True, embeds=(f"Forwarded:\n{SECRET}",)),
    line(SECRET, 3, deleted_at=NOON),
    line("now", 4, author="Sam", author_id=7, wordings=(Wording(NOON, SECRET), Wording(NOON, "now"))),
    line("mine", 5, wordings=(Wording(NOON, SECRET), Wording(NOON, "mine"))),
    line("Yes", 6, answers=1),
    line("See above", 7, answers=4),
    line("Sam pinned a message.", 8, author="Sam", author_id=7, is_notice=True, answers=2),
    line("Look", 9, files=(KeptFile("kept.png", 9), KeptFile("taken-out.png", 9, fate=Fate.removed))),
]


def test_the_customers_copy_leaves_out_what_was_deleted_and_earlier_wordings() -> None:
    copy = as_customer_reads(talk(*THEIRS))
    for said in (Seen(page(copy)).words, plain(copy).decode()):
        assert SECRET not in said
        assert "list.pdf" not in said
        assert "taken-out.png" not in said
        assert said.count("A message was deleted.") == 3
        assert "Reply to a message that was deleted" in said
        assert "A message that was deleted" in said
        assert "Reply to Sam: “now”" in said
        for kept in ("now", "mine", "Yes", "See above", "kept.png"):
            assert kept in said


def test_staff_read_everything() -> None:
    for said in told(*THEIRS):
        assert said.count(SECRET) == 8, "five wordings, one forward, two excerpts"
        assert "list.pdf" in said
        assert "taken-out.png" in said


def test_where_nothing_was_deleted_both_read_the_same() -> None:
    whole = talk(line(), line("Yes", 2, answers=1))
    assert as_customer_reads(whole) is whole


def test_nothing_of_what_is_told_becomes_markup() -> None:
    lines = [
        line(HOSTILE, 1, author=HOSTILE, author_id=7, embeds=(HOSTILE,)),
        line(HOSTILE, 2, answers=1, files=(KeptFile(HOSTILE, 9, fate=Fate.gone),)),
        line(HOSTILE, 3, answers=2, is_notice=True),
        line("<@7> <@&5> <#9> </x:1> <:y:2>", 4),
    ]
    known = replace(talk(*lines), names=Names({7: HOSTILE}, {5: HOSTILE}, {9: HOSTILE}))
    for each in (known, as_customer_reads(known)):
        seen = Seen(page(each))
        assert {"script", "svg", "img"}.isdisjoint(seen.tags)
        assert (seen.handlers, seen.addresses) == ([], [])


def test_a_shop_with_a_name_stands_at_the_top() -> None:
    named = replace(talk(line()), shop_name="Moon<b>light")
    shown, text = page(named).decode(), plain(named).decode()
    assert "<title>Ticket 12 · Moon&lt;b&gt;light</title>" in shown
    assert "<dt>Shop</dt><dd>Moon&lt;b&gt;light</dd>" in shown
    assert "\nShop: Moon<b>light\n" in text
    assert "<title>Ticket 12</title>" in page(talk(line())).decode()
    assert "Shop: " not in plain(talk(line())).decode()
