"""Lines that can't be written: a full disk, a closed stream, a console without emoji. Nothing raw, and little noise."""

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from novacore import telemetry
from novacore.telemetry import log_handlers, redaction
from novacore.telemetry.log_handlers import QUIET_SECONDS, Console, OwnFile, losses
from novacore.telemetry.redaction import redact

ROOT = Path(__file__).parents[2]
SECRET = "correct-horse-battery"
ELEVEN = f"""
import logging, sys
from pathlib import Path
from novacore.telemetry import configure_logging, redact
redact({SECRET!r})
configure_logging(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
log = logging.getLogger("novacore.tests")
for number in range(11):
    try:
        raise RuntimeError({SECRET!r})
    except RuntimeError:
        log.exception("%s 🎉 %s", number, {SECRET!r})
"""


def run(program: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it wrote to what is not full."""
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8", "cwd": ROOT} | options
    return subprocess.run([sys.executable, "-c", program, *map(str, arguments)], check=False, **given)  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def full_disk(tmp_path: Path) -> Path:
    """Make a folder of logs whose disk is full."""
    (tmp_path / "novacore.log").symlink_to("/dev/full")
    return tmp_path


def test_a_full_disk_is_one_line_and_the_console_has_them_all(full_disk: Path) -> None:
    said = run(ELEVEN, full_disk)
    (line,) = said.stderr.splitlines()
    assert line.endswith(
        " WARNING - novacore.telemetry.log_handlers: 1 line could not be logged: No space left on device."
    )
    assert said.stdout.count("Z ERROR - novacore.tests: ") == 11
    assert SECRET not in said.stdout + said.stderr


def test_a_console_that_is_full_as_well_is_no_second_line(full_disk: Path) -> None:
    with Path("/dev/full").open("w") as full:
        said = run(ELEVEN + "sys.stdout = None", full_disk, stdout=full)
    assert [line.split(": ", 1)[1] for line in said.stderr.splitlines() if "novacore" in line] == [
        "1 line could not be logged: No space left on device."
    ]
    assert SECRET not in said.stderr


def test_where_nobody_can_be_told_the_program_goes_on(full_disk: Path, tmp_path: Path) -> None:
    done = "Path(sys.argv[2]).touch()"
    with Path("/dev/full").open("w") as full:
        run(ELEVEN + done, full_disk, tmp_path / "done", stdout=full, stderr=full)
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize("closing", ["sys.stdout.close()", "import os; os.close(1)", "sys.stdout = sys.stderr = None"])
def test_a_closed_stream_costs_nothing_but_its_lines(closing: str, tmp_path: Path) -> None:
    program = ELEVEN.replace("log = logging", f"{closing}\nlog = logging")
    said = run(program, tmp_path)
    assert (tmp_path / "novacore.log").read_text().count("Z ERROR - novacore.tests: ") == 11
    assert SECRET not in said.stderr
    assert "Traceback" not in said.stderr
    assert "Logging error" not in said.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437", "shift_jis"])
def test_a_console_that_knows_no_emoji_gets_its_code(encoding: str) -> None:
    said = run(ELEVEN, encoding=encoding, env=os.environ | {"PYTHONIOENCODING": encoding})
    assert said.stderr == ""
    assert said.stdout.count(r"\U0001f389 [hidden]") == 11


def test_a_file_takes_what_is_no_whole_character(tmp_path: Path) -> None:
    handler = OwnFile(tmp_path / "x.log")
    handler.setFormatter(logging.Formatter("%(message)s"))  # ours would have spelt it out
    handler.emit(logging.makeLogRecord({"msg": "half \ud800 🎉"}))
    handler.close()
    assert (tmp_path / "x.log").read_text(encoding="utf-8") == "half \\ud800 🎉\n"


# ---- the noise ------------------------------------------------------------------------------------------------------


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.fixture(autouse=True)
def _nothing_lost_yet() -> Iterator[None]:
    losses.forget()
    yield
    losses.forget()
    redaction.forget()


def handler(stream: io.StringIO) -> Console:
    """Make a handler as `telemetry` does."""
    made = Console(stream)
    made.setFormatter(telemetry.LineFormatter())
    return made


def test_what_is_lost_is_said_once_a_minute_with_its_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("novacore.telemetry.log_handlers.time.monotonic", lambda: now)
    one, other = handler(Full()), handler(Full())
    for _ in range(50):
        one.handle(logging.makeLogRecord({"msg": "x"}))
        other.handle(logging.makeLogRecord({"msg": "x"}))
    (first,) = capsys.readouterr().err.splitlines()
    now += QUIET_SECONDS
    for _ in range(50):
        one.handle(logging.makeLogRecord({"msg": "x"}))
    lines = [line.split(": ", 1)[1] for line in (first, *capsys.readouterr().err.splitlines())]
    assert lines == [f"{count} could not be logged: No space left on device." for count in ("1 line", "100 lines")]


def test_an_error_that_quotes_the_line_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    class Odd(io.StringIO):
        def write(self, text: str) -> int:
            raise ValueError(f"cannot write {text}")

    handler(Odd()).handle(logging.makeLogRecord({"msg": SECRET}))
    said = capsys.readouterr().err
    assert "could not be logged: ValueError." in said
    assert SECRET not in said


def test_a_message_that_cannot_be_read_is_named_by_its_kind(capsys: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError(SECRET)

    stream = io.StringIO()
    handler(stream).handle(logging.makeLogRecord({"msg": Broken(), "levelname": "INFO", "args": (SECRET,)}))
    assert stream.getvalue().endswith(": Broken (its arguments do not fit)\n")
    assert capsys.readouterr().err == ""


def test_a_strangers_handler_prints_nothing_raw_either() -> None:
    program = ELEVEN.replace(
        "log = logging", "logging.getLogger().addHandler(logging.StreamHandler(open('/dev/full', 'w')))\nlog = logging"
    )
    said = run(program + "sys.stderr.close()")
    assert "Logging error" not in said.stderr
    assert SECRET not in said.stdout + said.stderr


def test_a_command_without_a_log_says_its_warnings_in_one_redacted_line(capsys: pytest.CaptureFixture[str]) -> None:
    redact(SECRET)
    before = logging.lastResort, logging.raiseExceptions
    try:
        telemetry.guard_stderr()
        assert logging.lastResort is not None
        logging.lastResort.handle(logging.makeLogRecord({"msg": "%s\n%d", "args": (SECRET,), "levelname": "WARNING"}))
    finally:
        logging.lastResort, logging.raiseExceptions = before
    assert capsys.readouterr().err.endswith(r"%s\n%d (its arguments do not fit)" + "\n")


@pytest.mark.parametrize(
    ("encoding", "shown"), [("ascii", r"\xe9\U0001f389"), ("utf-8", "é🎉"), (None, "é🎉"), ("?", r"\xe9\U0001f389")]
)
def test_only_what_a_console_lacks_is_spelt_out(encoding: str | None, shown: str) -> None:
    assert log_handlers.writable("é🎉", encoding) == shown
