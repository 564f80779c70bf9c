"""Shows what will be done at Discord, and does it once the owner agrees. Where nothing is missing, nothing is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from novacore.discord_facts import invitation
from novacore.discord_facts.privileged_intents import ALL
from novacore.doctor.server import Server
from novacore.entry.going_live.at_discord import owners, planning
from novacore.entry.going_live.at_discord.building import Builder, changes, ids_of
from novacore.entry.going_live.at_discord.owners import Gift
from novacore.entry.going_live.at_discord.planning import Place
from novacore.entry.going_live.at_discord.provenance import Provenance
from novacore.entry.going_live.at_discord.site import Site
from novacore.entry.going_live.console import Console, Stopped, agrees
from novacore.entry.going_live.notes import Notes
from novacore.entry.going_live.options import Options
from novacore.errors import NovaCoreError
from novacore.plurals import listed
from novacore.terminal_text import printable

_INTENTS: Final = (
    "switch on the bot's intents for Server Members (to hear who leaves) and Message Content (for transcripts of "
    "tickets)"
)
_NOT_FOR_BUILDING: Final = discord.Permissions(mention_everyone=True)
"""An owner may have taken it away on purpose; the doctor says what that costs."""
_BY_HAND: Final = (
    "  Discord leaves the intents to you: open https://discord.com/developers/applications, your application, then "
    "Bot, and switch on Server Members Intent and Message Content Intent. The shop opens without them as well."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided for each slot, and everything that will be done, a line each."""

    places: Sequence[Place]
    lines: Sequence[str]
    intents: bool
    """Whether to switch them on: with a new shop alone, as they are no part of what may be missing."""
    gift: Gift | None


def set_up(console: Console, site: Site, notes: Notes, options: Options) -> None:
    """Make the server what the shop needs. Raises NovaCoreError, or Stopped where the owner says no."""
    server = site.read()
    name = printable(server.guild.name)
    if server.commands is None:
        console.say(
            f"In {name} the bot may have no slash commands yet. Open this link and confirm:\n\n  {site.invitation}\n"
        )
    plan = _plan(console, site, server, notes, options)
    if not plan.lines:
        console.say("\n".join([f"Nothing is missing in {name}.", *planning.leftovers(server, ids_of(notes))]))
        _offer_intents(console, site, server, options)
        return
    _require_permissions(site, server, name)
    notes.require_open(place.slot.setting for place in plan.places if place.is_new_to_settings)
    console.say("\n".join([f"In {name} the bot will:", *(f"  - {line}" for line in plan.lines), ""]))
    _require_agreement(console, options)
    if plan.intents:
        _switch_on(console, site)
    Builder(console, site, notes).build(plan.places, plan.gift)
    if not plan.intents:
        _offer_intents(console, site, server, options)


def _offer_intents(console: Console, site: Site, server: Server, options: Options) -> None:
    """Ask in a shop that stands already: its owner, or Discord, may have switched them off."""
    if len(server.granted) < len(ALL) and console.asks and not options.agreed:
        console.say("The bot's intents aren't all on.")
        if agrees(console, f"Do you want the bot to {_INTENTS}?", by_default=False):
            _switch_on(console, site)


def _switch_on(console: Console, site: Site) -> None:
    if not site.switch_on_intents():
        console.say(_BY_HAND)


def _plan(console: Console, site: Site, server: Server, notes: Notes, options: Options) -> Plan:
    asks = console if console.asks and not options.agreed else None
    whom, counts = owners.recipient(site, server, options.owner), site.role_counts()
    places = planning.decide(server, notes, options.use, Provenance(server, counts, whom.roles), asks)
    _require_no_clash(notes, places)
    is_first = not any(notes.ids(place.slot.setting) for place in places)
    intents = is_first and len(server.granted) < len(ALL)
    role_id = next(iter(ids_of(notes, places)["owner_role_id"]), None)
    holders = counts.get(role_id or 0, 0)
    gift = owners.gift(site, whom, role_id, holders, asks if options.owner is None else None)
    lines = list(_lines(server, notes, places, gift, intents=intents))
    if role_id and role_id not in notes.ids("owner_role_id") and (also := owners.shared(site, whom, role_id, holders)):
        lines.append(also)
    return Plan(places, lines, intents, gift)


def _lines(server: Server, notes: Notes, places: Sequence[Place], gift: Gift | None, *, intents: bool) -> Iterator[str]:
    if intents:
        yield _INTENTS
    for place in places:
        yield from place.lines(server)
    yield from (change.sentence for change in changes(server, ids_of(notes, places)))
    if gift is not None:
        yield gift.line


def _require_no_clash(notes: Notes, places: Sequence[Place]) -> None:
    planned = {place.slot.setting: ",".join(map(str, place.ids)) for place in places if place.ids}
    if fault := notes.clash(planned):
        raise NovaCoreError(fault)


def _require_permissions(site: Site, server: Server, name: str) -> None:
    if missing := invitation.lacking(server.me.guild_permissions | _NOT_FOR_BUILDING):
        raise NovaCoreError(
            f"In {name} the bot lacks {listed(missing, len(missing))}. Open this link, choose the server and confirm, "
            f"which gives the bot what it needs:\n\n  {site.invitation}\n\nThen run `novacore go-live` again. Nothing "
            "was changed."
        )


def _require_agreement(console: Console, options: Options) -> None:
    if options.agreed:
        return
    if not console.asks:
        raise NovaCoreError("Nothing was changed. There is no terminal to ask at. Add --yes.")
    if not agrees(console, "Go ahead?", by_default=True):
        raise Stopped
