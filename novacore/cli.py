"""The command line: wires everything together and says plainly what is wrong. `novacore --help` lists the verbs."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from novacore import __version__, private_files, telemetry
from novacore.entry import greeting, verbs
from novacore.entry.arguments import ArgumentParser

log = logging.getLogger(__name__)

Verb = Callable[[argparse.Namespace], int | None]
"""What a verb returns is the exit code; None is 0."""

Headings = dict[str, dict[str, str]]
"""The verbs with their texts, by the heading that they stand under in the help."""

WRONG_USE = 2
"""argparse's own exit code for a command line that it can't read."""


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
        given = sys.argv[1:] if arguments is None else arguments
        headings: Headings = {}
        parser = _parser(headings)
        known = [name for listed in headings.values() for name in listed]
        if given and not given[0].startswith("-") and given[0] not in known:
            print(greeting.unknown(given[0], known), file=sys.stderr)
            return WRONG_USE
        options = parser.parse_args(given)
        verb: Verb = options.verb
        return verb(options) or 0
    finally:
        # Here, and not when Python ends: what can't be written is said, and the exit code is 1.
        if sys.stdout is not None:
            sys.stdout.flush()


def _give_up(error: Exception) -> int:
    """Say what is wrong and return the exit code. Raises the error again where it is a bug."""
    from novacore.entry import called_as, last_words  # noqa: PLC0415 - see verbs

    sentence = last_words.sentence(error)
    if sentence is None:
        raise error
    log.debug("What went wrong", exc_info=error)
    _flush_or_drop(sys.stdout)
    with suppress(OSError):
        print(called_as.here(sentence), file=sys.stderr)
    _flush_or_drop(sys.stderr)
    return 1


def _flush_or_drop(stream: TextIO | None) -> None:
    """Forget what an output does not take: Python would complain about it once more at its end."""
    if stream is None:  # closed before we began
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError), Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def _parser(headings: Headings | None = None) -> ArgumentParser:
    """Make the parser, and note in `headings` every verb with its text."""
    headings = {} if headings is None else headings
    parser = ArgumentParser(
        prog="novacore",
        description="The Discord bot that runs a digital-goods shop.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="novacore [-h] [--version] VERB ...",
    )
    parser.add_argument("--version", action="version", version=f"NovaCore {__version__}")
    parser.set_defaults(verb=verbs.greet)
    under = partial(partial, _add, parser.add_subparsers(prog="novacore", help=argparse.SUPPRESS), headings)
    _add_verbs_that_open(under("to begin with"))
    _add_verbs_that_check(under("to look after the shop"))
    _add_verbs_for_goods(under("to look after the shop"))
    _add_verbs_for_processes(under("for workers as processes of their own"))
    _add_verbs_for_developers(under("for developers of NovaCore"))
    parser.epilog = "\n\n".join(_listed(*each) for each in headings.items())
    return parser


def _listed(heading: str, texts: Mapping[str, str]) -> str:
    return "\n".join([f"{heading}:", *(f"  {name:14} {text}" for name, text in texts.items())])


def _add_verbs_that_open(add: Callable[..., ArgumentParser]) -> None:
    run = add("run", verbs.run, "open the shop: live with a DISCORD_TOKEN, otherwise a rehearsal in the browser")
    rehearse = add("rehearse", verbs.play, "play the shop in the browser, without a Discord account")
    for verb in (run, rehearse):
        verb.add_argument("--port", type=int, default=8765, help="of the rehearsal's page on this machine")
    _add_options_of_going_live(
        add("go-live", verbs.go_live, "set up the live shop: asks for the bot's token, makes channels and roles")
    )


def _add_options_of_going_live(verb: ArgumentParser) -> None:
    verb.add_argument("--server", metavar="ID", help="the server of the shop, where the bot is in several")
    verb.add_argument("--owner", metavar="USER_ID", help="who gets the owner's role, if not the server's owner")
    verb.add_argument(
        "--use",
        metavar="NAME=ID",
        action="append",
        default=[],
        help="use a channel, category or role that is there, by its id or name: shop, purchases, vouches, support, "
        "staff, tickets, customer-role, staff-role or owner-role",
    )
    verb.add_argument(
        "--pay",
        metavar="NAME=ADDRESS",
        action="append",
        default=[],
        help="where a way to pay pays to, or off: paypal, btc, ltc, usdt, sol or eth",
    )
    verb.add_argument("--sample", action="store_true", help="put the sample products on sale")
    verb.add_argument("--yes", action="store_true", help="go ahead without asking")


def _add_verbs_that_check(add: Callable[..., ArgumentParser]) -> None:
    doctor = add("doctor", verbs.doctor, "look at every part of the shop: what is wrong, and how to fix it")
    doctor.add_argument(
        "--quick",
        choices=("bot", "worker", "beat"),
        help="look at one process only, without asking Discord: for the healthchecks of containers",
    )
    doctor.add_argument("--json", action="store_true", help="write what was found for programs: docs/operations.md")
    audit = add("audit", verbs.audit, "check that orders, units, money and jobs fit together")
    audit.add_argument("--json", action="store_true", help="write what was found for programs, as the doctor does")


def _add_verbs_for_processes(add: Callable[..., ArgumentParser]) -> None:
    add("bot", verbs.bot, "run the bot alone, next to its workers")
    add("migrate", verbs.migrate, "bring the database to this release's schema; `run` does so by itself")


def _add_verbs_for_developers(add: Callable[..., ArgumentParser]) -> None:
    states = add("states", verbs.states, "write docs/states.md from the state tables")
    states.add_argument("--to", type=Path, default=Path("docs/states.md"))
    columns = add("columns", verbs.columns, "write the columns of every export into docs/exports.md")
    columns.add_argument("--to", type=Path, default=Path("docs/exports.md"))


def _add_verbs_for_goods(add: Callable[..., ArgumentParser]) -> None:
    samples = add("sample", verbs.samples, "put a sample shop into an empty database")
    samples.add_argument(
        "--remove", action="store_true", help="take the sample products out again; what was sold stays"
    )
    old = add("import-legacy", verbs.import_legacy, "bring in the products and orders of an older bot; see docs")
    old.add_argument("file", type=Path, help="the SQLite file of the older bot; it is only read")
    old.add_argument("--apply", action="store_true", help="do it; without this it only says what would come in")
    old.add_argument("--currency", help="of the old prices; the shop's own where it is not given")
    old.add_argument("--all", action="store_true", help="name every odd row, not only the first of each kind")
    key = add("new-key", verbs.new_key, "print a new key for SECRET_KEY")
    key.add_argument(
        "--give-up-goods",
        action="store_true",
        help="the old key is lost: withdraw what it sealed, and go on with another",
    )
    key.add_argument("--yes", action="store_true", help="don't ask before goods are given up")
    add("rotate-key", verbs.rotate_key, "seal all goods under a new key; may be stopped and run again")


def _add(
    to: "argparse._SubParsersAction[ArgumentParser]",
    headings: Headings,
    heading: str,
    name: str,
    verb: Verb,
    text: str,
) -> ArgumentParser:
    parser = to.add_parser(name, description=text)
    parser.set_defaults(verb=verb)
    headings.setdefault(heading, {})[name] = text
    return parser
