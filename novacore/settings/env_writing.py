"""Puts values into a `.env` file that people write, too: their other lines, comments and order stay as they are.

`entry.going_live` calls it. The file is the old one or the whole new one, and its owner's alone, whoever could read it
before. It stays whose it was: a service that runs as a user of its own has to read what root has changed.
"""

import io
import re
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from novacore import private_files, systems
from novacore.errors import SettingsError
from novacore.settings.env_file import read_env_file

_HEAD = """\
# Settings of your NovaCore shop. Keep this file to yourself: whoever has the token is your bot.
# Every other setting has a value of its own until you give it one. They are explained in .env.example, which comes with
# the project's sources and stands next to this file in a clone.
"""
_TEMPLATE = "# Settings of your NovaCore shop."
"""How the project's own .env.example begins; one of another program may lie in the folder."""

_LINE = re.compile(r"(?P<before>\s*(?:export\s+)?[^=\s]+\s*=[^\S\r\n]*)(?P<value>.*?)(?P<after>\s+#.*)?", re.DOTALL)
_QUOTED = re.compile(
    r"""(?P<before>\s*(?:export\s+)?[^=\s]+\s*=[^\S\r\n]*)(?P<value>'[^']*'|"[^"]*")(?P<after>.*)""", re.DOTALL
)
_PLAIN = re.compile(r"[^\s'\"#`\\$]+")


def put(path: Path, values: Mapping[str, str]) -> None:
    """Set these values (by setting's name in small letters) and leave everything else. Raises OSError.

    A name that stands there gets its new value in its place, every time that it stands there; the others come at the
    end. Raises SettingsError, and changes nothing, where the file would not be read as it is meant, or belongs to
    another user who would lose it.
    """
    place = path.resolve()  # a link stays one
    text = _changed(_text(place), {name.upper(): value for name, value in values.items()})
    draft = place.with_name(f"{place.name}.new")
    draft.unlink(missing_ok=True)  # of a process that was killed
    private_files.write_new(draft, text.encode())
    _require_read(draft, path, values)
    _give(draft, place)
    draft.replace(place)
    private_files.settle(place.parent)


def _give(draft: Path, place: Path) -> None:
    """Give the draft to whoever has the file, or else the folder."""
    before = place.stat() if place.exists() else None
    try:
        systems.give(draft, before or place.parent.stat())
    except OSError:
        if before is None or systems.is_mine(before):
            return  # its group alone is another: nobody but its owner may read it
        draft.unlink()
        name = systems.owner_of(before)
        raise SettingsError([f"{place} belongs to {name}. Run this as that user: sudo -u {name} ..."]) from None


def _require_read(draft: Path, path: Path, values: Mapping[str, str]) -> None:
    file = read_env_file(draft)
    if file.faults or any(file.values.get(name.upper()) != value for name, value in values.items()):
        draft.unlink()
        names = ", ".join(name.upper() for name in values)
        raise SettingsError([f"{names} can't be put into {path}. Look for a quote there that is not closed."])


def _text(path: Path) -> str:
    if path.exists():
        raw = path.read_bytes()
        return raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    example = path.with_name(".env.example")
    given = example.read_text(encoding="utf-8") if example.is_file() else ""
    return given if given.startswith(_TEMPLATE) else _HEAD


def _changed(text: str, values: Mapping[str, str]) -> str:
    parts, left = [], dict(values)
    for binding in parse_stream(io.StringIO(text, newline="")):
        name = (binding.key or "").upper()
        parts.append(_with(binding, values[name]) if name in values else binding.original.string)
        left.pop(name, None)
    whole = "".join(parts)
    end = "\r\n" if "\r\n" in whole else "\n"
    if left and whole and not whole.endswith(("\n", "\r")):
        whole += end
    return whole + "".join(f"{name}={_written(value)}{end}" for name, value in left.items())


def _with(binding: Binding, value: str) -> str:
    """Return the line with another value: what stands before it, a comment behind it and the line's end stay."""
    line = binding.original.string
    body = line.rstrip("\r\n")
    found = _QUOTED.fullmatch(body) or _LINE.fullmatch(body)
    if found is None:  # a name without an equals sign
        return f"{body}={_written(value)}{line[len(body) :]}"
    return f"{found['before']}{_written(value)}{found['after'] or ''}{line[len(body) :]}"


def _written(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
