"""What `go-live` is told on its command line, so that it can do without questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from novacore.entry.going_live.at_discord.slots import SLOTS
from novacore.errors import NovaCoreError
from novacore.settings.values import snowflake
from novacore.states import PaymentMethod


@dataclass(frozen=True, slots=True)
class Options:
    """Everything may be left out."""

    server: int | None = None
    owner: int | None = None
    use: Mapping[str, str] = field(default_factory=dict)
    """What is there already and is to be used, by the key of its slot: an id or a name."""
    pay: Mapping[PaymentMethod, str] = field(default_factory=dict)
    """Addresses, or `off`."""
    agreed: bool = False
    """Go ahead without asking."""
    sample: bool = False
    """Put the sample products on sale."""


def read(
    *, server: str | None, owner: str | None, use: Iterable[str], pay: Iterable[str], agreed: bool, sample: bool
) -> Options:
    """Read the options as they were typed. Raises NovaCoreError for one that can't be meant."""
    methods = {one.value: one for one in PaymentMethod}
    return Options(
        server=_id("--server", server),
        owner=_id("--owner", owner),
        use=dict(_pair("--use", one, [slot.key for slot in SLOTS]) for one in use),
        pay={methods[key]: text for key, text in (_pair("--pay", one, list(methods)) for one in pay)},
        agreed=agreed,
        sample=sample,
    )


def _id(option: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return snowflake(text)
    except ValueError as fault:
        raise NovaCoreError(f"{option} {fault}") from None


def _pair(option: str, text: str, keys: list[str]) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    key = key.strip().lower()
    if key not in keys or not equals or not value.strip():
        raise NovaCoreError(f"{option} is written as NAME=value, and NAME is one of: {', '.join(keys)}.")
    return key, value.strip()
