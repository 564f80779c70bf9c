"""Reads a `.env` file as people really save it: with a BOM, CRLF, quotes, stray spaces, a line gone wrong.

Only `reading` calls it. It knows no setting's meaning and quotes no value: any line may hold a secret.
"""

import codecs
import io
import re
from pathlib import Path
from typing import NamedTuple

from dotenv.parser import Binding, parse_stream

MAX_BYTES = 256 * 1024
_EDGES = " \t\r\n\v\f\u00a0\u200b\u200e\u200f\u2060\ufeff"
"""What copying from a browser or a chat leaves around a value, some of it invisible."""
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "`": "`"}


class EnvFile(NamedTuple):
    """What a `.env` file says: cleaned, non-empty values by name (capitals), and what is wrong with the file."""

    values: dict[str, str]
    faults: tuple[str, ...]
    unread: frozenset[str] = frozenset()
    """Names on lines that can't be read: nobody knows whether they are set."""
    is_unread: bool = False
    """Whether the whole file can't be read."""


def read_env_file(path: Path) -> EnvFile:
    """Read a `.env` file; a missing one is an empty one. Faults are sentences and never quote the file."""
    try:
        text = _text(path)
    except FileNotFoundError:
        return EnvFile({}, ())
    except OSError as error:
        return _unread(f"{path} cannot be read: {error.strerror}. Check the file and its permissions.")
    except UnicodeDecodeError:
        return _unread(f"{path} is not plain text. Save it again with the encoding UTF-8.")
    except _TooLarge:
        return _unread(f"{path} is far too large for a settings file. Is it the right file?")
    return _collect(path, list(parse_stream(io.StringIO(text))))


def _unread(fault: str) -> EnvFile:
    return EnvFile({}, (fault,), is_unread=True)


def clean(value: str) -> str:
    """Strip outer spaces, invisible characters and one pair of quotes."""
    value = value.replace("\t", " ").strip(_EDGES)
    if len(value) >= 2 and _QUOTES.get(value[0]) == value[-1]:
        value = value[1:-1].strip(_EDGES)
    return value


def has_stray_quote(value: str) -> bool:
    """Tell whether a quote stands at one end only: a line that someone cut or joined by mistake."""
    return bool(value) and (value[0] in _QUOTES) != (value[-1] in _QUOTES.values())


class _TooLarge(Exception):
    """More bytes than settings can have: reading on would only waste memory."""


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _TooLarge
    # PowerShell and old editors of Windows save UTF-16.
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_wide else "utf-8-sig")


def _collect(path: Path, bindings: list[Binding]) -> EnvFile:
    values: dict[str, str] = {}
    faults: list[str] = []
    unread: set[str] = set()
    for binding in bindings:
        line = _line_number(binding)
        if binding.error or (binding.key and binding.value is None):
            faults.append(f"Line {line} of {path} cannot be read. Write it as NAME=value, with every quote closed.")
            unread.update(re.findall(r"[A-Z][A-Z0-9_]+", binding.original.string.upper()))
            continue
        name, value = (binding.key or "").upper(), clean(binding.value or "")
        if not value:
            continue
        if values.setdefault(name, value) != value:
            faults.append(
                f"Line {line} of {path} sets {_shown(name)} a second time, to another value. Keep one of them."
            )
    return EnvFile(values, tuple(faults), frozenset(unread))


def _line_number(binding: Binding) -> int:
    """The line where the binding itself starts: the parser counts from the blank lines before it."""
    text = binding.original.string
    before = text[: len(text) - len(text.lstrip())]
    return binding.original.line + len(re.findall(r"\r\n|\n|\r", before))


def _shown(name: str) -> str:
    """A name fit for a sentence. What stands left of an equals sign may be part of a secret as well."""
    return name if re.fullmatch(r"[A-Z][A-Z0-9_]{0,40}", name) else "a name"
