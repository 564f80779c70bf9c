"""What is decided so far: the settings that `.env` and the environment give, as text. What is new is kept at once."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from novacore.errors import NovaCoreError
from novacore.settings import fault_of, given_values, is_in_environment, is_in_secret_file, rules
from novacore.settings.env_file import read_env_file
from novacore.settings.env_writing import put
from novacore.settings.values import snowflake, snowflakes

DEFAULTS: Final[Mapping[str, str]] = {"database_path": "data/novacore.db", "log_dir": "logs"}


class Notes:
    """The settings by name in small letters. Raises SettingsError for a `.env` that can't be read."""

    def __init__(self, env_file: Path) -> None:
        self.env_file = env_file
        self._given = given_values(env_file)

    def text(self, name: str) -> str:
        """Return what is given; empty if nothing is."""
        return self._given.get(name, "")

    def fault(self, name: str, text: str) -> str | None:
        """Return what is wrong with a value next to all others, or None."""
        return fault_of(name, text, self._given)

    def is_fine(self, name: str) -> bool:
        """Tell whether a setting is given and can be used."""
        return name in self._given and self.fault(name, self._given[name]) is None

    def ids(self, name: str) -> list[int]:
        """Return the Discord ids that a setting names; an empty list if it is missing or holds something else."""
        try:
            found = snowflakes(self.text(name)) if name == "staff_role_ids" else {snowflake(self.text(name))}
        except ValueError:
            return []
        return sorted(found)

    def clash(self, planned: Mapping[str, str]) -> str | None:
        """Return what could not be together once these were kept as well, or None."""
        return next(rules.clashes({**self._given, **planned}), None)

    def keep(self, **values: str) -> None:
        """Write what is new into `.env`, by setting's name; what has a secret file of its own stays there alone.

        What the environment gives fills a gap there and is never written over another value: that may be the only copy.
        Raises NovaCoreError for what would have to change in such a file, or in the environment.
        """
        secret = {name for name in values if is_in_secret_file(name, self.env_file)}
        for name, value in values.items():
            if (name in secret or is_in_environment(name)) and self._given[name] != value:
                raise NovaCoreError(_elsewhere(name, in_file=name in secret))
        written = read_env_file(self.env_file).values
        kept = {name for name in values if is_in_environment(name) and name.upper() in written}
        new = {name: value for name, value in values.items() if name not in secret | kept}
        if new := {name: value for name, value in new.items() if written.get(name.upper()) != value}:
            put(self.env_file, new)
        self._given.update(values)

    def is_another_in_file(self, name: str) -> bool:
        """Tell whether `.env` has a value for this that the environment takes the place of."""
        written = read_env_file(self.env_file).values.get(name.upper())
        return is_in_environment(name) and written is not None and written != self.text(name)

    def require_open(self, names: Iterable[str]) -> None:
        """Refuse before anything is made, where it could not be written down. Raises NovaCoreError."""
        for name in names:
            if is_in_environment(name):
                raise NovaCoreError(_elsewhere(name, in_file=False))

    def defaults(self) -> dict[str, str]:
        """Return what a shop needs to have and its owner need not think about, as far as it is missing."""
        needed = ("log_dir",) if "database_url" in self._given else ("database_path", "log_dir")
        return {name: DEFAULTS[name] for name in needed if name not in self._given}


def _elsewhere(name: str, *, in_file: bool) -> str:
    place = f"the file that {name.upper()}_FILE names" if in_file else "the environment of this process"
    return (
        f"{name.upper()} has to change, but it is set in {place}, which takes precedence over .env. "
        "Change it there, or take it out, and run `novacore go-live` again."
    )
