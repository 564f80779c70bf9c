"""The whole way from a token to a shop that can open. `cli` calls it through `verbs`."""

from pathlib import Path
from typing import Final

from novacore import private_files
from novacore.entry.going_live import finish, login, paying
from novacore.entry.going_live.alone import alone
from novacore.entry.going_live.at_discord import agreement, servers
from novacore.entry.going_live.console import Console, Stopped
from novacore.entry.going_live.notes import Notes
from novacore.entry.going_live.options import Options

ENV_FILE: Final = Path(".env")


def go_live(console: Console, options: Options) -> int:
    """Set up what is missing, in this folder and at Discord, and return the exit code.

    Raises NovaCoreError with a sentence; whatever was done until then is kept, and the next run goes on from there.
    """
    try:
        return _run(console, options)
    except KeyboardInterrupt:
        raise Stopped from None


def _run(console: Console, options: Options) -> int:
    finish.require_possible(options)
    with alone(ENV_FILE):
        return _run_alone(console, options)


def _run_alone(console: Console, options: Options) -> int:
    private_files.tighten(file for file in (ENV_FILE,) if file.is_file())
    notes = Notes(ENV_FILE)
    with login.logged_in(console, notes) as bot:
        site = servers.choose(console, bot, notes, options)
        agreement.set_up(console, site, notes, options)
    paying.ask(console, notes, options.pay)
    return finish.finish(console, site, notes, options)
