"""The last defence: no token, key or password in a line of the log or in a report to Sentry.

Whoever writes a line must not put a secret in; this is for the line that someone else's library writes. `telemetry`
passes everything through here. Known secrets are given to `redact` at start; the shapes below need no introduction.
"""

import re
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

HIDDEN = "[hidden]"
_SHORTEST = 8
"""Shorter secrets are hidden only where their shape gives them away: hiding "nova" everywhere would eat the log."""

# Text from outside reaches the log: every repetition that something must follow has an end, so that no text is slow.
_SHAPES = (
    # https://discord.com/api/v10/webhooks/<application>/<token>/messages/@original, and /interactions/.../callback
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?#\"'<>]+"), rf"\1{HIDDEN}"),
    # postgresql://user:password@host, redis://:password@host, https://key@sentry
    (re.compile(r"(\w://[^\s/@:\"']{0,64}:)[^\s\"'<>]{1,200}(?=@)"), rf"\1{HIDDEN}"),
    (re.compile(r"(https?://)[0-9a-f]{16,128}(?=@)"), rf"\1{HIDDEN}"),
    # Authorization: Bot <token>
    (re.compile(r"(\b(?:Bot|Bearer) )[\w.+/=-]{20,}"), rf"\1{HIDDEN}"),
    # A Discord token: the account's id, a moment and a signature, in base64 with dots between.
    (re.compile(r"(?<![\w.-])[\w-]{18,40}\.[\w-]{5,8}\.[\w-]{25,120}(?![\w-])"), HIDDEN),
    # The token of an interaction: "interaction:<id>:..." in base64.
    (re.compile(r"(?<![\w-])aW50ZXJhY3Rpb246[\w+/=-]{16,}"), HIDDEN),
    # A Fernet key (SECRET_KEY).
    (re.compile(r"(?<![\w-])[\w-]{43}=(?![\w=])"), HIDDEN),
)

_known: dict[str, None] = {}
_pattern: list[re.Pattern[str]] = []


def redact(*secrets: str) -> None:
    """Hide these from now on, wherever they stand; of an address, its password (or its key) as well."""
    for secret in secrets:
        for form in _forms(secret):
            if len(form) >= _SHORTEST:
                _known[form] = None
    # Longest first, so that no secret survives in part because a shorter one is its beginning.
    longest_first = sorted(_known, key=len, reverse=True)
    _pattern[:] = [re.compile("|".join(map(re.escape, longest_first)))] if longest_first else []


def forget() -> None:
    """Drop what `redact` was given: for tests."""
    _known.clear()
    _pattern.clear()


def redacted(text: str) -> str:
    """Return the text with every secret replaced by [hidden]."""
    for pattern in _pattern:
        text = pattern.sub(HIDDEN, text)
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def _forms(secret: str) -> set[str]:
    """The ways in which a secret is written: as it is, quoted for an address, and in Python's repr."""
    inner = {secret, *_address_parts(secret)}
    inner |= {unquote(part) for part in inner}
    return {form for part in inner for form in (part, quote(part, safe=""), quote_plus(part), repr(part)[1:-1])}


def _address_parts(text: str) -> set[str]:
    try:
        parts = urlsplit(text)
    except ValueError:
        return set()
    found = {value for name, value in parse_qsl(parts.query) if name.endswith(("password", "secret"))}
    if parts.password:
        found.add(parts.password)
    elif parts.username and parts.scheme.startswith("http"):
        found.add(parts.username)
    return found
