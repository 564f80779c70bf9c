"""Secrets in files of their own: `DISCORD_TOKEN_FILE=/run/secrets/discord_token`, as container hosts give them.

Only `reading` calls it. No fault quotes what a file holds.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from novacore.settings.env_file import clean

NAMES: Final = ("discord_token", "secret_key", "database_url", "celery_broker_url", "sentry_dsn")
"""The settings that are secret. Each may be given as NAME_FILE instead."""
_SUFFIX: Final = "_file"
FILE_NAMES: Final = tuple(name + _SUFFIX for name in NAMES)
_MAX_BYTES: Final = 16 * 1024


class Resolved(NamedTuple):
    """Settings by name in small letters, with the files read in, and for each that is of no use a sentence."""

    values: dict[str, str]
    faults: dict[str, str]


def resolve(given: Mapping[str, str]) -> Resolved:
    """Put the content of each file in the place of its NAME_FILE."""
    values = {name: value for name, value in given.items() if name not in FILE_NAMES}
    faults: dict[str, str] = {}
    for name in NAMES:
        file = given.get(name + _SUFFIX)
        if file is None:
            continue
        if name in values:
            faults[name] = f"{name.upper()} and {name.upper()}_FILE are both set. Keep one of them."
            continue
        try:
            values[name] = _read(Path(file))
        except _Unusable as problem:
            faults[name] = f"{name.upper()}_FILE cannot be used: {problem}."
    return Resolved(values, faults)


class _Unusable(Exception):
    """Its text says why, as part of a sentence."""


def _read(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise _Unusable("it isn't a file")
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _Unusable(f"the file can't be read ({error.strerror})") from None
    except ValueError:
        raise _Unusable("that can't be the name of a file") from None
    if len(content) > _MAX_BYTES:
        raise _Unusable("the file is far too large for a secret")
    try:
        value = clean(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _Unusable("the file is not plain text") from None
    if not value:
        raise _Unusable("the file is empty")
    return value
