"""The transcript's page and text: nothing that people wrote becomes markup, and both fit into Discord's limit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from novacore.db.models import Ticket
from novacore.messages.tickets.transcripts import KeptFile, Line, Talk, Wording, page, plain
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
        "reason": "Mended.",
    }
    return Ticket(**(values | changes))


def line(text: str = "Hello", number: int = 1, **changes: object) -> Line:
    """A message of the customer."""
    at = NOON + timedelta(minutes=number)
    return replace(Line(number, "customer", 1001, False, at, (Wording(at, text),)), **changes)  # type: ignore[arg-type]


def talk(*lines: Line, **changes: object) -> Talk:
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
    assert "@customer asks @77 and @staff 2026-03-01 12:00 UTC" in said


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
