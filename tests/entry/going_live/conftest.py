"""Going live at the stand-in for Discord, in an empty folder, with an owner who answers as the test says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import discord
import pytest

from novacore.discord_facts.invitation import PERMISSIONS
from novacore.entry.going_live.console import Stopped
from novacore.entry.going_live.go_live import go_live
from novacore.entry.going_live.options import read
from novacore.settings import given_values
from novacore.states import PaymentMethod
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire
from tests.wire.world.permissions import effective

__all__ = ["wire"]

ROLES = {"CUSTOMER_ROLE_ID": "Customer", "STAFF_ROLE_IDS": "Staff", "OWNER_ROLE_ID": "Shop Owner"}
CHANNELS = {
    "TICKET_CATEGORY_ID": "Tickets",
    "MAIN_CHANNEL_ID": "shop",
    "PUBLIC_LOG_CHANNEL_ID": "purchases",
    "VOUCH_CHANNEL_ID": "vouches",
    "TICKET_PANEL_CHANNEL_ID": "support",
    "STAFF_CHANNEL_ID": "shop-staff",
}
PAYPAL = PaymentMethod.paypal.row.example
UNKNOWN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GabcdE.mhBV-jR0uPq1s2t3u4v5w6x7y8z9A0B1C2D3E4"
"""What looks like a token."""


PLAIN_ANSWERS = {"Go ahead?": ["y"], "Use it?": ["n"], "Names with commas": [""], "sample products": ["n"]}


def owner(answers: Mapping[str, str | list[str]] = MappingProxyType({})) -> "Owner":
    """Someone at the terminal who goes ahead and wants nothing special, but for these answers by their question."""
    given = {question: [said] if isinstance(said, str) else said for question, said in answers.items()}
    return Owner(given | {one: said for one, said in PLAIN_ANSWERS.items() if one not in given})


@dataclass
class Owner:
    """Whoever sits at the terminal. `answers` are found by a part of the question; an unknown question ends the test.

    Several answers to one question are given in turn, the last of them from then on. `meanwhile` is done while the bot
    waits.
    """

    answers: dict[str, list[str]] = field(default_factory=dict)
    asks: bool = True
    meanwhile: Callable[[], object] = lambda: None
    heard: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.heard.append(text)

    def ask(self, question: str) -> str:
        self.heard.append(question)
        for part, answers in self.answers.items():
            if part in question:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        raise Stopped

    def ask_hidden(self, question: str) -> str:
        return self.ask(f"hidden: {question}")

    def wait(self, seconds: float) -> None:
        self.meanwhile()

    @property
    def said(self) -> str:
        return "\n".join(self.heard)


@dataclass
class Stage:
    """A server at Discord that the bot was just let into, and the folder of a shop to come."""

    wire: Wire
    env: Path

    def run(self, at_terminal: Owner | None = None, **options: Any) -> Owner:
        """Go live once with `--yes` and nobody to ask, or with an owner; who heard everything is returned."""
        someone = at_terminal or Owner(asks=False)
        given: dict[str, Any] = {"server": None, "owner": None, "use": (), "pay": (f"paypal={PAYPAL}",)}
        given |= {"agreed": at_terminal is None, "sample": False}
        self.code = go_live(someone, read(**given | options))
        return someone

    @property
    def values(self) -> Mapping[str, str]:
        """What stands in `.env`."""
        return {name.upper(): text for name, text in given_values(self.env).items()}

    def id_of(self, setting: str) -> int:
        return int(self.values[setting])

    def channels(self) -> dict[str, int]:
        return self.wire.channel_ids()

    def roles(self) -> dict[str, int]:
        return self.wire.ask(lambda world: {one.name: one.id for one in world.roles.values()})

    def changes(self) -> list[str]:
        """Every request that was no question."""
        return [f"{one.method} {one.path}" for one in self.wire.requests() if one.method != "GET"]

    def may(self, user_id: int, channel_id: int) -> discord.Permissions:
        return discord.Permissions(self.wire.ask(lambda world: effective(world, user_id, world.channels[channel_id])))


@pytest.fixture
def stage(wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_folder: None) -> Iterator[Stage]:
    """Stand in an empty folder; the token and Discord's address are all that the environment says."""
    for name in ("DATABASE_PATH", "LOG_DIR"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("DISCORD_API_URL", wire.url)
    monkeypatch.setenv("DISCORD_TOKEN", wire.token)
    wire.permit_bot(PERMISSIONS)
    yield Stage(wire, tmp_path / ".env")
    assert wire.requests("DELETE") == []
