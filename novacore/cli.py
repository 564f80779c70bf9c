"""The command line: wires everything together and says plainly what is wrong. `novacore --help` lists the verbs."""

import argparse
import asyncio
import logging
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from novacore import __version__, private_files, telemetry
from novacore.entry.arguments import ArgumentParser
from novacore.errors import NovaCoreError
from novacore.settings import Settings, has_token, likely_misspellings, load_settings

log = logging.getLogger(__name__)

Verb = Callable[[argparse.Namespace], int | None]
"""What a verb returns is the exit code; None is 0."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code. What is no bug is a sentence on stderr, without a traceback."""
    private_files.guard_process()
    telemetry.guard_stderr()
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, TextIOWrapper):
            output.reconfigure(errors="backslashreplace")  # a console that knows no emoji gets its code
    try:
        return _run_verb(arguments)
    except BrokenPipeError:  # `novacore doctor | head`: whoever reads has enough
        _flush_or_drop(sys.stdout)
        return 1
    except Exception as error:  # noqa: BLE001 - a bug is raised again
        return _give_up(error)


def _run_verb(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
        verb: Verb = options.verb
        return verb(options) or 0
    finally:
        # Here, and not when Python ends: what can't be written is said, and the exit code is 1.
        if sys.stdout is not None:
            sys.stdout.flush()


def _give_up(error: Exception) -> int:
    """Say what is wrong and return the exit code. Raises the error again where it is a bug."""
    from novacore.entry import last_words  # noqa: PLC0415 - see _run

    sentence = last_words.sentence(error)
    if sentence is None:
        raise error
    log.debug("What went wrong", exc_info=error)
    _flush_or_drop(sys.stdout)
    with suppress(OSError):
        print(sentence, file=sys.stderr)
    _flush_or_drop(sys.stderr)
    return 1


def _flush_or_drop(stream: TextIO | None) -> None:
    """Forget what an output does not take: Python would complain about it once more at its end."""
    if stream is None:  # closed before we began
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError), Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="novacore", description="The Discord bot that runs a digital-goods shop.")
    parser.add_argument("--version", action="version", version=f"NovaCore {__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    run = _add(verbs, "run", _run, "open the shop: live with a DISCORD_TOKEN, otherwise a rehearsal in the browser")
    rehearse = _add(verbs, "rehearse", _rehearse, "play the shop in the browser, without a Discord account")
    for verb in (run, rehearse):
        verb.add_argument("--port", type=int, default=8765, help="of the rehearsal's page on this machine")
    _add(verbs, "bot", _bot, "run the bot alone, beside worker processes (production)")
    _add(verbs, "migrate", _migrate, "bring the database to this release's schema")
    samples = _add(verbs, "sample", _sample, "put a sample shop into an empty database")
    samples.add_argument(
        "--remove", action="store_true", help="take the sample products out again; what was sold stays"
    )
    doctor = _add(verbs, "doctor", _doctor, "look at every part of the shop: what is wrong, and how to fix it")
    doctor.add_argument(
        "--quick",
        choices=("bot", "worker", "beat"),
        help="look at one process only, without asking Discord: for the healthchecks of containers",
    )
    states = _add(verbs, "states", _states, "write docs/states.md from the state tables")
    states.add_argument("--to", type=Path, default=Path("docs/states.md"))
    old = _add(verbs, "import-legacy", _import_legacy, "bring in the products and orders of an older bot; see docs")
    old.add_argument("file", type=Path, help="the SQLite file of the older bot; it is only read")
    old.add_argument("--apply", action="store_true", help="do it; without this it only says what would come in")
    old.add_argument("--currency", help="of the old prices; the shop's own where it is not given")
    old.add_argument("--all", action="store_true", help="name every odd row, not only the first of each kind")
    columns = _add(verbs, "columns", _columns, "write the columns of every export into docs/exports.md")
    columns.add_argument("--to", type=Path, default=Path("docs/exports.md"))
    key = _add(verbs, "new-key", _new_key, "print a new key for SECRET_KEY")
    key.add_argument(
        "--give-up-goods",
        action="store_true",
        help="the old key is lost: withdraw what it sealed, and go on with another",
    )
    key.add_argument("--yes", action="store_true", help="don't ask before goods are given up")
    _add(verbs, "rotate-key", _rotate_key, "seal all goods under a new key; may be stopped and run again")
    return parser


def _add(verbs: "argparse._SubParsersAction[ArgumentParser]", name: str, verb: Verb, text: str) -> ArgumentParser:
    parser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(verb=verb)
    return parser


def _offline_settings() -> Settings:
    """Read the settings for a verb that meets neither Discord nor a customer, and keep the shop's files private."""
    settings = load_settings(live=False)
    private_files.tighten(settings.own_files())
    return settings


def _run(options: argparse.Namespace) -> None:
    if not has_token():
        _say_what_was_likely_meant()
        _rehearse(options)
        return
    from novacore.entry.run_shop import run_live  # noqa: PLC0415 - loads discord.py and Celery, which no other verb needs

    run_live(load_settings())


def _say_what_was_likely_meant() -> None:
    """Somebody may have filled in a whole `.env`, and wonder where the shop is."""
    found = likely_misspellings()
    for hint in found:
        print(hint)
    if found:
        print("To open the live shop, end this with Ctrl-C, put that right and start it again.\n")


def _bot(_options: argparse.Namespace) -> None:
    from novacore.entry.run_shop import run_live  # noqa: PLC0415 - see _run

    run_live(load_settings(require_broker=True))


def _rehearse(options: argparse.Namespace) -> None:
    try:
        from novacore.entry.rehearsal_shop import SampleShop  # noqa: PLC0415
        from novacore.rehearsal import rehearse  # noqa: PLC0415 - an extra that production does not install
    except ModuleNotFoundError as missing:
        raise NovaCoreError(
            f"The rehearsal needs the package {missing.name}. Install it with `make setup`, or set DISCORD_TOKEN "
            "in .env to open the live shop."
        ) from None
    print("No DISCORD_TOKEN is set, so this is a rehearsal: the real bot on a pretended Discord, on this machine only.")
    asyncio.run(rehearse(SampleShop(), options.port, ready=partial(_say_where, options.port)))


def _say_where(port: int, address: str) -> None:
    if not address.endswith(f":{port}/"):
        print(f"Port {port} is in use, so another one was taken.")
    print(f"\n  Open {address} in your browser. Ctrl-C ends it.\n", flush=True)


def _migrate(_options: argparse.Namespace) -> None:
    from novacore.workflows.upkeep.opening import migrate  # noqa: PLC0415 - see _run

    migrate(_offline_settings())
    print("The database is at this release's schema.")


def _sample(options: argparse.Namespace) -> int:
    """Exit with 1 when the owner says no."""
    from novacore.workflows.upkeep import sample  # noqa: PLC0415 - see _run
    from novacore.workflows.upkeep.opening import open_migrated  # noqa: PLC0415

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
            "This shop has a DISCORD_TOKEN, so customers can buy them. `novacore sample --remove` takes them out again."
        )
    return 0


def _wants_samples() -> bool:
    print("This shop has a DISCORD_TOKEN: customers would see the sample products, and could order and pay for them.")
    return _typed("Put them on sale? [y/N] ") in {"y", "yes"}


def _doctor(options: argparse.Namespace) -> int:
    """Exit with 1 when there is a fault; warnings alone are 0."""
    from novacore.doctor.findings import exit_code, written  # noqa: PLC0415 - see _run

    if options.quick:
        from novacore.entry import healthcheck  # noqa: PLC0415

        found = healthcheck.check(healthcheck.Process(options.quick))
    else:
        from novacore.entry import check_up  # noqa: PLC0415

        found = check_up.check_up()
    print(written(found, shutil.get_terminal_size((100, 24)).columns, colours=sys.stdout.isatty()))
    return exit_code(found)


def _states(options: argparse.Namespace) -> None:
    from novacore.workflows.upkeep.diagrams import states_page  # noqa: PLC0415 - see _run

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


def _import_legacy(options: argparse.Namespace) -> int:
    """Exit with 2 when the file can't be read."""
    from novacore.legacy import command, report  # noqa: PLC0415 - see _run
    from novacore.legacy.old_file import UnreadableFile  # noqa: PLC0415
    from novacore.workflows.upkeep.opening import open_migrated  # noqa: PLC0415

    shop = open_migrated(_offline_settings())
    try:
        found = (command.bring_in if options.apply else command.survey)(shop, options.file, options.currency)
    except UnreadableFile as fault:
        print(report.printable(str(fault)), file=sys.stderr)
        return 2
    print(report.written(found, everything=options.all))
    print("\nThat is what came in." if options.apply else "\nNothing was changed. `--apply` brings it in.")
    return 0


def _columns(options: argparse.Namespace) -> None:
    from novacore.messages.reports.exports import COLUMNS_BEGIN, columns_page  # noqa: PLC0415 - see _run

    if not options.to.is_file():
        raise NovaCoreError(f"{options.to} is not there, or is no file. Name the page whose end is to be written.")
    written_by_hand = options.to.read_text(encoding="utf-8").split(COLUMNS_BEGIN)[0]
    _write_page(options.to, written_by_hand + columns_page())
    print(f"Written: {options.to}")


def _new_key(options: argparse.Namespace) -> None:
    from novacore.crypto import new_key  # noqa: PLC0415 - see _run

    if not options.give_up_goods:
        print(new_key())
        return
    from novacore.entry.give_up_goods import give_up_goods  # noqa: PLC0415 - see _run

    print(give_up_goods(_offline_settings(), partial(_agrees_to_lose, options.yes)))


def _agrees_to_lose(is_agreed: bool, question: str) -> bool:
    print(question)
    if is_agreed:
        return True
    if not sys.stdin.isatty():
        raise NovaCoreError("Nothing was given up. Without a terminal to ask, say --yes as well.")
    return _typed("Type yes to give all of that up for good: ") == "yes"


def _typed(prompt: str) -> str:
    """Ask at the terminal. Ctrl-D is an empty answer."""
    try:
        return input(prompt).strip().lower()
    except EOFError:
        print()
        return ""


def _rotate_key(_options: argparse.Namespace) -> None:
    from novacore.entry.rotate_key import rotate_key  # noqa: PLC0415 - see _run

    print(rotate_key(_offline_settings()))
