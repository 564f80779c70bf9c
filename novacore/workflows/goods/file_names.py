"""What files that are goods are called, whatever their names were when they were uploaded. Pure.

A name is shown, and stands in no path: nothing here or at Discord opens a file by it.
"""

import re
from collections.abc import Sequence
from typing import Final

from novacore.workflows.machine.typed_text import tidy_name

NAME_LIMIT: Final = 80
"""Characters of a name, its ending included."""

_STEM_LIMIT: Final = 50
"""Characters before the ending of what Discord is sent: numbers may follow."""

_ENDING = re.compile(r"\.[^\W_]{1,12}\Z")
_PLAIN = re.compile(r"[^A-Za-z0-9-]+")
_RESERVED = re.compile(r'[<>:"|?*`]')
"""What some system or another does not take in a name, or Discord reads as a mark."""


def clean_name(name: str) -> str:
    """Return a name to be shown: one line, no path, no sign that turns the reading round; never empty."""
    last = tidy_name(name.replace("\\", "/").rpartition("/")[2])
    bare = " ".join(_RESERVED.sub("", last).split()).strip(" .-")
    if not any(one.isalnum() for one in bare):
        return "file"
    stem, ending = _split(bare)
    return stem[: NAME_LIMIT - len(ending)].rstrip(" .-") + ending


def _split(name: str) -> tuple[str, str]:
    found = _ENDING.search(name)
    return (name[: found.start()], found[0]) if found else (name, "")


def same_file(one: str, other: str) -> bool:
    """Tell whether two names are one, on systems that make no difference between small letters and large ones too."""
    return one.casefold() == other.casefold()


def sent_as(names: Sequence[str]) -> list[str]:
    """Return the names under which Discord is sent files: letters, digits, dots and hyphens, each only once.

    Discord would change anything else, and the message that refers to a file has to know what it is called.
    """
    found: list[str] = []
    for number, name in enumerate(names, 1):
        stem, ending = (_PLAIN.sub("-", part).strip("-") for part in _split(name))
        stem, dot = stem[:_STEM_LIMIT].rstrip("-") or f"file-{number}", "." if ending else ""
        while any(same_file(f"{stem}{dot}{ending}", one) for one in found):
            stem = f"{stem}-{number}"
        found.append(f"{stem}{dot}{ending}")
    return found
