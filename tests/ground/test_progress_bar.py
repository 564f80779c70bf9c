"""What a long command shows of itself, on a terminal and in a log."""

import io

import pytest

from novacore.progress_bar import track


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_for_each_tenth() -> None:
    log = io.StringIO()
    with track("Reading", 1000, log) as bar:
        for _ in range(1000):
            bar.advance()
    lines = log.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("Reading  10%  100 of 1,000, ")
    assert lines[-1] == "Reading 100%  1,000 of 1,000"


def test_a_step_over_several_tenths_is_one_line() -> None:
    log = io.StringIO()
    with track("Reading", 10, log) as bar:
        bar.advance(7)
        bar.advance(3)
    assert [line.split("%")[0] for line in log.getvalue().splitlines()] == ["Reading  70", "Reading 100"]


def test_a_terminal_gets_one_line_that_moves() -> None:
    terminal = Terminal()
    with track("Reading", 4, terminal) as bar:
        for _ in range(4):
            bar.advance()
    shown = terminal.getvalue()
    assert shown.count("\n") == 1
    assert shown.endswith("\n")
    assert f"\rReading [{'#' * 30}] 100%  4 of 4" in shown


def test_a_terminal_is_not_redrawn_for_every_step() -> None:
    terminal = Terminal()
    with track("Reading", 100_000, terminal) as bar:
        for _ in range(100_000):
            bar.advance()
    assert terminal.getvalue().count("\r") < 100


def test_an_error_begins_on_a_line_of_its_own() -> None:
    terminal = Terminal()

    def break_off() -> None:
        with track("Reading", 10, terminal) as bar:
            bar.advance(3)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_off()
    assert terminal.getvalue().splitlines()[-1].startswith(f"Reading [{'#' * 9}{'.' * 21}]  30%  3 of 10")


def test_nothing_to_do_is_done() -> None:
    terminal = Terminal()
    with track("Reading", 0, terminal):
        pass
    assert "100%  0 of 0" in terminal.getvalue()


def test_it_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with track("Reading", 1) as bar:
        bar.advance()
    assert capsys.readouterr() == ("", "Reading 100%  1 of 1\n")
