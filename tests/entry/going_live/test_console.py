"""The real terminal: what it shows, and what the end of its input means."""

import io
import os

import pytest

from novacore.entry.going_live.console import Stopped, Terminal, agrees
from tests.entry.going_live.conftest import Owner


def test_nothing_said_can_change_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().say("one\n\x1b[31mtwo\u202e\r")
    assert capsys.readouterr().out == "one\n\ufffd[31mtwo\ufffd\ufffd\n"


def test_a_terminal_gets_whole_words_and_addresses_in_one_piece(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((20, 24)))
    address = "https://discord.example/oauth2?client_id=1&scope=bot"
    Terminal().say(f"  Invite your bot by opening {address} now.\n\nDone.")
    assert capsys.readouterr().out.split("\n") == [
        "  Invite your bot by", "  opening", f"  {address}", "  now.", "", "Done.", "",
    ]  # fmt: skip


def test_the_end_of_the_input_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    terminal = Terminal()
    assert not terminal.asks
    with pytest.raises(Stopped):
        terminal.ask("Who?")


@pytest.mark.parametrize(
    ("typed", "by_default", "answer"), [("", True, True), ("", False, False), ("YES", False, True)]
)
def test_enter_is_the_answer_in_capitals(typed: str, by_default: bool, answer: bool) -> None:
    someone = Owner({"Really?": ["perhaps", typed]})
    assert agrees(someone, "Really?", by_default=by_default) is answer
    assert "[Y/n]" in someone.said or not by_default
