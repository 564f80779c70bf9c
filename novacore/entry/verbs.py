"""What each verb of the command line does. Called by `cli`, which reads the arguments and says what went wrong.

A verb returns its exit code; None is 0. Each imports what it needs itself: the quick ones stay quick.
"""

import argparse
import asyncio
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from novacore import memory, private_files
from novacore.entry import called_as
from novacore.entry.greeting import Folder, greeting
from novacore.errors import NovaCoreError, SettingsError
from novacore.telemetry import vital_signs

if TYPE_CHECKING:
    from novacore.settings import Settings


def _offline_settings() -> "Settings":
    """Read the settings for a verb that meets neither Discord nor a customer, and keep the shop's files private."""
    from novacore.settings import load_settings  # noqa: PLC0415 - loads pydantic, which a healthcheck does without

    settings = load_settings(live=False)
    private_files.tighten(settings.own_files())
    return settings


def greet(_options: argparse.Namespace) -> None:
    """Say what to do next in this folder."""
    from novacore.settings import has_token  # noqa: PLC0415 - see _offline_settings

    without_token = Folder.unfinished if Path(".env").exists() else Folder.empty
    print(greeting(Folder.ready if has_token() else without_token))


def run(options: argparse.Namespace) -> None:
    """Open the live shop; without a token, a rehearsal."""
    with memory.loading():
        from novacore.settings import has_token, load_settings  # noqa: PLC0415 - see _offline_settings

    if not has_token():
        _say_what_was_likely_meant()
        play(options)
        return
    with memory.loading():
        from novacore.entry.run_shop import run_live  # noqa: PLC0415 - loads discord.py and Celery: no other verb needs them

    try:
        settings = load_settings()
    except SettingsError as refusal:
        hint = f"`{called_as.program()} go-live` sets up what is missing and asks for the rest."
        raise SettingsError([*refusal.faults, hint]) from None
    run_live(settings)


def _say_what_was_likely_meant() -> None:
    """Someone may have filled in a whole `.env`, and wonder where the shop is."""
    from novacore.settings import likely_misspellings  # noqa: PLC0415 - see _offline_settings

    found = likely_misspellings()
    for hint in found:
        print(hint)
    if found:
        print("To open the live shop, end this with Ctrl-C, put that right and start it again.\n")


def bot(_options: argparse.Namespace) -> None:
    """Run the bot alone; workers are processes of their own. Raises SettingsError without a broker."""
    with memory.loading():
        from novacore.entry.run_shop import run_live  # noqa: PLC0415 - see run
        from novacore.settings import load_settings  # noqa: PLC0415 - see _offline_settings

    run_live(load_settings(require_broker=True))


def play(options: argparse.Namespace) -> None:
    """Rehearse the shop in a browser. Raises NovaCoreError where the rehearsal is not installed."""
    from novacore.settings import face_given, has_token  # noqa: PLC0415 - see _offline_settings

    program, is_live = called_as.program(), has_token()
    why = "" if is_live else "No DISCORD_TOKEN is set. "
    if not called_as.has_rehearsal():
        raise NovaCoreError(
            f"{why}Set up the live shop with `{program} go-live`. The rehearsal isn't installed here; this adds it: "
            f"{called_as.how_to_install('rehearsal')}"
        )
    from novacore.entry.rehearsal_shop import SampleShop  # noqa: PLC0415 - see below
    from novacore.rehearsal import rehearse  # noqa: PLC0415 - an extra that production does not install

    unused = " The shop's DISCORD_TOKEN is not used." if is_live else ""
    print(f"{why}This is a rehearsal: the real bot on a pretended Discord, on this machine only.{unused}")
    print(f"`{program} {'run` opens the' if is_live else 'go-live` sets up a'} shop on Discord.")
    face, say = face_given(), partial(_say_where, options.port)
    asyncio.run(rehearse(SampleShop(face), options.port, say, face.get("SHOP_NAME", "")))


def go_live(arguments: argparse.Namespace) -> int:
    """Exit with 1 when the doctor finds a fault at the end."""
    from novacore.entry.going_live import go_live as going  # noqa: PLC0415 - see run
    from novacore.entry.going_live import options  # noqa: PLC0415
    from novacore.entry.going_live.console import Terminal  # noqa: PLC0415

    given = options.read(
        server=arguments.server,
        owner=arguments.owner,
        use=arguments.use,
        pay=arguments.pay,
        agreed=arguments.yes,
        sample=arguments.sample,
    )
    return going.go_live(Terminal(), given)


def _say_where(port: int, address: str) -> None:
    if port and not address.endswith(f":{port}/"):
        print(f"Port {port} is in use, so another one was taken.")
    print(f"\n  Open {address} in your browser. Ctrl-C ends it.\n", flush=True)


def migrate(_options: argparse.Namespace) -> None:
    """Bring the database to this release's schema."""
    from novacore.workflows.upkeep import opening  # noqa: PLC0415 - see run

    opening.migrate(_offline_settings())
    print("The database is at this release's schema.")


def samples(options: argparse.Namespace) -> int:
    """Exit with 1 when the owner says no."""
    from novacore.settings import has_token  # noqa: PLC0415 - see _offline_settings
    from novacore.workflows.upkeep import sample  # noqa: PLC0415 - see run
    from novacore.workflows.upkeep.opening import open_migrated, require_own_folder  # noqa: PLC0415

    require_own_folder(_offline_settings(), f"{called_as.program()} sample")
    if options.remove:
        print(sample.remove(open_migrated(_offline_settings())).told())
        return 0
    is_live = has_token()
    if is_live and sys.stdin.isatty() and not _wants_samples():
        print("Nothing was put on sale.")
        return 1
    print(f"{sample.fill(open_migrated(_offline_settings()))} sample products are on sale.")
    if is_live:
        print(
            "This shop has a DISCORD_TOKEN, so customers can buy them. "
            f"`{called_as.program()} sample --remove` takes them out again."
        )
    return 0


def _wants_samples() -> bool:
    print("This shop has a DISCORD_TOKEN: customers would see the sample products, and could order and pay for them.")
    return _typed("Put them on sale? [y/N] ") in {"y", "yes"}


def doctor(options: argparse.Namespace) -> int:
    """Exit with 1 when there is a fault; warnings alone are 0."""
    if options.quick and not options.json and vital_signs.is_well(options.quick):
        print(f"The {options.quick} is healthy: it reported a moment ago.")
        return 0
    from novacore.doctor.findings import as_json, exit_code, written  # noqa: PLC0415 - see run

    if options.quick:
        from novacore.entry import healthcheck  # noqa: PLC0415

        found = healthcheck.check(healthcheck.Process(options.quick))
    else:
        from novacore.entry import check_up  # noqa: PLC0415

        found = check_up.check_up()
    columns, colours = shutil.get_terminal_size((100, 24)).columns, sys.stdout.isatty()
    here = [replace(one, text=called_as.here(one.text), fix=called_as.here(one.fix)) for one in found]
    print(as_json(found) if options.json else written(here, columns, colours=colours))
    return exit_code(found)


def audit(options: argparse.Namespace) -> int:
    """Exit with 1 when something in the books is wrong."""
    from novacore.doctor import books  # noqa: PLC0415 - see run
    from novacore.doctor.findings import as_json, exit_code, written  # noqa: PLC0415
    from novacore.entry import audit as auditing  # noqa: PLC0415

    answers = auditing.audit(_offline_settings())
    found = [answer.finding for answer in answers]
    if options.json:
        print(as_json(found))
    elif wrong := [answer.finding for answer in answers if answer.subjects]:
        columns = shutil.get_terminal_size((100, 24)).columns
        print(written(wrong, columns, colours=sys.stdout.isatty()))
    else:
        print(books.summary(answers))
    return exit_code(found)


def states(options: argparse.Namespace) -> None:
    """Write the page of the state tables."""
    from novacore.workflows.upkeep.diagrams import states_page  # noqa: PLC0415 - see run

    options.to.parent.mkdir(parents=True, exist_ok=True)
    _write_page(options.to, states_page())
    print(f"Written: {options.to}")


def _write_page(path: Path, text: str) -> None:
    """Write a page whole or not at all."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")  # a pipe, or a device: nothing takes its place
        return
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def import_legacy(options: argparse.Namespace) -> int:
    """Exit with 2 when the file can't be read."""
    from novacore.legacy import command, report  # noqa: PLC0415 - see run
    from novacore.legacy.old_file import UnreadableFile  # noqa: PLC0415
    from novacore.terminal_text import printable  # noqa: PLC0415
    from novacore.workflows.upkeep.opening import open_migrated  # noqa: PLC0415

    shop = open_migrated(_offline_settings())
    try:
        found = (command.bring_in if options.apply else command.survey)(shop, options.file, options.currency)
    except UnreadableFile as fault:
        print(printable(str(fault)), file=sys.stderr)
        return 2
    print(report.written(found, everything=options.all))
    print("\nThat is what came in." if options.apply else "\nNothing was changed. `--apply` brings it in.")
    return 0


def columns(options: argparse.Namespace) -> None:
    """Write the columns of every export under what was written by hand. Raises NovaCoreError without such a page."""
    from novacore.messages.reports.exports import COLUMNS_BEGIN, columns_page  # noqa: PLC0415 - see run

    if not options.to.is_file():
        raise NovaCoreError(f"{options.to} is not there, or is no file. Name the page whose end is to be written.")
    written_by_hand = options.to.read_text(encoding="utf-8").split(COLUMNS_BEGIN)[0]
    _write_page(options.to, written_by_hand + columns_page())
    print(f"Written: {options.to}")


def new_key(options: argparse.Namespace) -> None:
    """Print a new key; or give up the goods that a lost one sealed, and go on with another."""
    from novacore import crypto  # noqa: PLC0415 - see run

    if not options.give_up_goods:
        print(crypto.new_key())
        return
    from novacore.entry.give_up_goods import give_up_goods  # noqa: PLC0415 - see run

    print(give_up_goods(_offline_settings(), partial(_agrees_to_lose, options.yes)))


def _agrees_to_lose(is_agreed: bool, question: str) -> bool:
    print(question)
    if is_agreed:
        return True
    if not sys.stdin.isatty():
        raise NovaCoreError("Nothing was given up. There is no terminal to ask at. Add --yes.")
    return _typed("Type yes to give all of that up for good: ") == "yes"


def _typed(prompt: str) -> str:
    """Ask at the terminal. Ctrl-D is an empty answer."""
    try:
        return input(prompt).strip().lower()
    except EOFError:
        print()
        return ""


def rotate_key(_options: argparse.Namespace) -> None:
    """Seal all goods under the first key."""
    from novacore.entry import rotate_key as rotation  # noqa: PLC0415 - see run

    print(rotation.rotate_key(_offline_settings()))
