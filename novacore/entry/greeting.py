"""What `novacore` says when it is asked for nothing, or for a verb that there is not. Called by `cli` and `verbs`."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Final

from novacore import __version__
from novacore.entry import called_as

LIST: Final = "`novacore --help` lists all verbs."


class Folder(Enum):
    """How far the shop of a folder is set up."""

    empty = "No shop is set up in this folder yet. What to do next:"
    unfinished = "The shop in this folder is not set up yet: its .env has no DISCORD_TOKEN. What to do next:"
    ready = "The shop in this folder is set up. What to do next:"


_NEXT: Final[Mapping[Folder, Mapping[str, str]]] = {
    Folder.empty: {
        "rehearse": "try the shop in your browser, without a Discord account",
        "go-live": "set up your shop on Discord: it asks for what it needs",
    },
    Folder.unfinished: {
        "go-live": "set up the rest: it asks for the token, and keeps what is there",
        "rehearse": "try the shop in your browser, without a Discord account",
    },
    Folder.ready: {
        "run": "open the shop; Ctrl-C closes it",
        "doctor": "look at every part of the shop: what is wrong, and how to fix it",
    },
}

_OTHER_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("start", "serve", "open", "up"), "run"),
    **dict.fromkeys(("demo", "try", "preview"), "rehearse"),
    **dict.fromkeys(("setup", "init", "install", "configure", "golive"), "go-live"),
    **dict.fromkeys(("check", "status", "health"), "doctor"),
    **dict.fromkeys(("upgrade", "update"), "migrate"),
    **dict.fromkeys(("import", "legacy"), "import-legacy"),
}
"""What the verbs are called elsewhere."""


def greeting(folder: Folder) -> str:
    """Say what this is and what to do next in such a folder."""
    steps = {verb: text for verb, text in _NEXT[folder].items() if verb != "rehearse" or called_as.has_rehearsal()}
    width, program = max(map(len, steps)), called_as.program()
    lines = [f"  {program} {verb:{width}}   {text}" for verb, text in steps.items()]
    head = f"NovaCore {__version__}: a shop for digital goods that runs inside your Discord server."
    return "\n".join([head, "", folder.value, "", *lines, "", LIST])


def unknown(word: str, verbs: Collection[str]) -> str:
    """Say that there is no such verb, and which one was most likely meant."""
    typed = word.lower()
    near = [_OTHER_WORDS[typed]] if typed in _OTHER_WORDS else get_close_matches(typed, [*verbs, *_OTHER_WORDS], 1, 0.6)
    meant = f" Did you mean `novacore {_OTHER_WORDS.get(near[0], near[0])}`?" if near else ""
    return f"There is no verb {ascii(word)[:40]}.{meant} {LIST}"
