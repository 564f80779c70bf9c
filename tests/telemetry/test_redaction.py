"""Secrets that nobody meant to log."""

import time
from collections.abc import Iterator

import pytest

from novacore.crypto import new_key
from novacore.telemetry.redaction import HIDDEN, forget, redact, redacted

TOKEN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GabcdE.mhBV-jR0uPq1s2t3u4v5w6x7y8z9A0B1C2D3E4"
INTERACTION = "aW50ZXJhY3Rpb246MTE5OTk5OTk5OTk5OTk5OTk5OTpBYmNkRWZnSGlKa0xtTm9QcVJzVHVWd1h5Wg"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    forget()


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"POST https://discord.com/api/v10/webhooks/119/{INTERACTION}/messages/@original 404", INTERACTION),
        (f"PATCH http://proxy/webhooks/119/{INTERACTION}?wait=true", INTERACTION),
        (f"route /interactions/120/{INTERACTION}/callback", INTERACTION),
        (f"DELETE '/webhooks/119/{INTERACTION}'", INTERACTION),
        (f"the page of {INTERACTION} is gone", INTERACTION),
        ("cannot reach postgresql+psycopg://nova:hunter2@db/shop", "hunter2"),
        ("cannot reach postgresql://nova:p@ss:w/rd@db/shop", "p@ss"),
        ("Error 111 connecting to redis://:redispass@h:6379/0.", "redispass"),
        ("rediss://default:redispass@h:6379/0", "redispass"),
        ("https://0123456789abcdef0123456789abcdef@o1.sentry.example/2", "0123456789abcdef"),
        (f"Authorization: Bot {TOKEN}", TOKEN),
        (f"login with {TOKEN!r} failed", TOKEN),
        (f"{{'token':'{TOKEN}'}}", "mhBV-jR0uPq1"),
    ],
)
def test_secrets_are_known_by_their_shape(line: str, secret: str) -> None:
    assert secret not in redacted(line)
    assert HIDDEN in redacted(line)


@pytest.mark.parametrize(
    "line",
    [
        "NC-20261122-7KQ2MX approved by 1199999999999999999 after 00:12:07.123",
        "GET https://discord.com/api/v10/channels/119/messages/120 200",
        "novacore.workflows.machine.fire.fire took 0.8 ms at 10:22:31",
        "sqlite+pysqlite:////srv/data/novacore.db and redis://localhost:6379/0",
        "tasks.deliver_order[1f0c6a1e-8f4e-4e52-9d3c-0a4d1b2c3d4e] on worker-2.example.com",
        "write to owner@shop.example: see https://novacore.example/docs?a=1",
    ],
)
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    assert redacted(line) == line


def test_a_key_is_hidden_wherever_it_stands() -> None:
    key = new_key()
    assert key not in redacted(f"keys: {key},{key}; repr={key!r}")


@pytest.mark.parametrize(
    "text",
    [
        "p%40ss%20word%2F9",
        "p@ss word/9",
        "correct horse/battery",
        "correct%20horse%2Fbattery",
        "correct+horse%2Fbattery",
    ],
)
def test_what_was_registered_is_hidden_in_every_way_of_writing_it(text: str) -> None:
    redact("postgresql://nova:p%40ss%20word%2F9@db/shop", "correct horse/battery")
    assert redacted(f"<{text}>") == f"<{HIDDEN}>"


def test_what_was_registered_is_hidden_in_a_repr() -> None:
    redact("back\\slash'quote")
    assert "slash" not in redacted(repr({"key": "back\\slash'quote"}))


def test_a_secret_that_begins_another_leaves_no_rest() -> None:
    redact("abcdefgh", "abcdefgh-and-more")
    assert redacted("x abcdefgh-and-more y") == f"x {HIDDEN} y"


def test_short_secrets_do_not_eat_the_log() -> None:
    redact("nova", "")
    assert redacted("novacore") == "novacore"


def test_hiding_a_long_line_takes_no_time() -> None:
    """Text from outside reaches the log: no pattern may be slow on any of it."""
    for piece in (
        "a:",
        "a://a:",
        "x.",
        "MTE5.",
        "-" * 30 + ".",
        "https://",
        "https://a",
        "/webhooks/1/",
        "Bot ",
        "/webhooks/1",
    ):
        text = piece * (50_000 // len(piece))
        begun = time.process_time()
        redacted(text)
        assert time.process_time() - begun < 1.0, piece
