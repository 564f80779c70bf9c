"""A Discord server in which everything is as the shop needs it; each test breaks one thing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import discord
import pytest

from novacore.discord_facts.command_bits import FOR_OWNER, FOR_STAFF
from novacore.doctor import examine
from novacore.doctor.findings import Finding, Level
from novacore.settings import Settings, rehearsal_settings
from novacore.tasks.discord.calls import Calls
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]

CHANNELS = {
    "MAIN_CHANNEL_ID": "shop",
    "STAFF_CHANNEL_ID": "staff",
    "PUBLIC_LOG_CHANNEL_ID": "purchases",
    "VOUCH_CHANNEL_ID": "vouches",
    "TICKET_PANEL_CHANNEL_ID": "support",
    "REPORT_CHANNEL_ID": "reports",
}
SEE = discord.Permissions(view_channel=True).value


@dataclass(frozen=True)
class Town:
    """The server on the stand-in, the settings that belong to it, and a client for the doctor."""

    wire: Wire
    settings: Settings
    calls: Calls

    def examine(self) -> list[Finding]:
        """Let the doctor look at the server."""
        return self.calls.call(lambda client: examine.server(client, self.settings))

    def bad(self) -> list[Finding]:
        """What the doctor finds wrong there."""
        return [each for each in self.examine() if each.level is not Level.ok]

    def with_settings(self, **changes: object) -> "Town":
        """The same server under other settings."""
        return replace(self, settings=self.settings.model_copy(update=changes))


@pytest.fixture
def town(wire: Wire, tmp_path: Path) -> Iterator[Town]:
    """Build the server: staff's channels are private, the bot's role stands above that of customers."""
    ids: dict[str, int | str] = {setting: wire.add_channel(name) for setting, name in CHANNELS.items()}
    for private in ("STAFF_CHANNEL_ID", "REPORT_CHANNEL_ID"):
        wire.set_overwrite(int(ids[private]), wire.guild_id, deny=SEE)
        wire.set_overwrite(int(ids[private]), wire.bot_id, allow=SEE)
    ids |= {
        "TICKET_CATEGORY_ID": wire.add_category("tickets"),
        "CUSTOMER_ROLE_ID": wire.add_role("Customer"),
        "STAFF_ROLE_IDS": wire.add_role("Staff", FOR_STAFF.value),
        "OWNER_ROLE_ID": wire.add_role("Owner", FOR_STAFF.value | FOR_OWNER.value),
    }
    wire.ask(lambda world: world.commands.update({world.guild_id: [{"id": "1", "name": "shop"}]}))
    calls = Calls.rest(wire.token, wire.url)
    yield Town(wire, rehearsal_settings(tmp_path, ids), calls)
    calls.close()
