"""Which server the shop is for: prints the invite link, waits until the bot is in one, asks where it is in several."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from novacore.doctor.server import CATEGORIES, CHANNELS
from novacore.entry.going_live.at_discord.site import Site
from novacore.entry.going_live.at_discord.slots import SLOTS
from novacore.entry.going_live.console import Console
from novacore.entry.going_live.notes import Notes
from novacore.entry.going_live.options import Options
from novacore.errors import NovaCoreError
from novacore.terminal_text import printable

WAIT_SECONDS: Final = 5.0
MOST_WAITS: Final = 120
"""Ten minutes, where nobody is there to end it."""
_GAVE_UP: Final = (
    "The bot was let into no server for ten minutes. Open the link above, and run `novacore go-live` again: it goes on "
    "from there."
)
_SETTINGS: Final = tuple(dict.fromkeys((*CHANNELS, *CATEGORIES, *(slot.setting for slot in SLOTS))))


def choose(console: Console, site: Site, notes: Notes, options: Options) -> Site:
    """Return the site of the shop's server. Waits for as long as the bot is in none; Ctrl-C ends that.

    Without a terminal it ends by itself: raises NovaCoreError.
    """
    found = _awaited(console, replace(site, guild_id=options.server or 0), options.server)
    if options.server:
        return replace(site, guild_id=options.server)
    home = _of_settings(site, notes, found)
    if home is None and len(found) == 1:
        home = _only(console, notes, options, found)
    return replace(site, guild_id=home or _asked(console, found))


def _only(console: Console, notes: Notes, options: Options, found: Mapping[int, str]) -> int:
    """Return the only server. One that has nothing of a shop's settings is not built up without a word."""
    guild_id, name = next(iter(found.items()))
    if _named(notes) and (options.agreed or not console.asks):
        raise NovaCoreError(
            f"Nothing that .env names is in {printable(name)}, the only server that the bot is in. Invite the bot to "
            f"the shop's server again. To set the shop up here instead, say --server {guild_id} as well."
        )
    return guild_id


def _awaited(console: Console, site: Site, wanted: int | None) -> Mapping[int, str]:
    """Return the servers once there is one, or the one that is wanted."""
    found = site.servers()
    if _is_in(found, wanted):
        return found
    console.say(
        f"Open this link, choose your server and confirm. It gives the bot exactly what a shop needs:\n\n"
        f"  {site.invitation}\n"
    )
    waits = 0
    while not _is_in(found, wanted):
        if waits == MOST_WAITS and not console.asks:
            raise NovaCoreError(_GAVE_UP)
        waits += 1
        console.say(f"Waiting for the bot to be in {'that' if wanted else 'your'} server. Ctrl-C ends this.")
        console.wait(WAIT_SECONDS)
        found = site.servers()
    return found


def _is_in(found: Mapping[int, str], wanted: int | None) -> bool:
    return wanted in found if wanted else bool(found)


def _of_settings(site: Site, notes: Notes, found: Mapping[int, str]) -> int | None:
    """Return the server that has most of what the settings name; None if none of them has anything of it."""
    named = _named(notes)
    known = {guild_id: len(site.ids_in(guild_id) & named) for guild_id in found} if named else {}
    best = max(known, key=lambda guild_id: known[guild_id], default=None)
    return best if best is not None and known[best] else None


def _named(notes: Notes) -> set[int]:
    return {each for name in _SETTINGS for each in notes.ids(name)}


def _asked(console: Console, found: Mapping[int, str]) -> int:
    rows = [f"  {number}. {printable(name)} ({guild_id})" for number, (guild_id, name) in enumerate(found.items(), 1)]
    listed = "\n".join(["The bot is in several servers:", *rows])
    if not console.asks:
        raise NovaCoreError(f"{listed}\nSay which one with --server and its id.")
    console.say(listed)
    while True:
        said = console.ask(f"For which one is the shop? (1 to {len(found)})")
        if said.isascii() and said.isdigit() and 1 <= int(said) <= len(found):
            return list(found)[int(said) - 1]
        console.say("Please answer with one of these numbers.")
