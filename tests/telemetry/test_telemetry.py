"""Log lines: one event a line, no secrets, no forgeries; the same from threads, processes and Celery."""

import asyncio
import io
import logging
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from celery import Celery

from novacore import telemetry
from novacore.telemetry import configure_logging, redact, subject, tags

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) \S+ [\w.]+: .*")
log = logging.getLogger("novacore.tests")


@pytest.fixture
def log_dir(tmp_path: Path) -> Path:
    configure_logging(tmp_path, "INFO")
    return tmp_path


def lines(log_dir: Path, name: str = "novacore.log") -> list[str]:
    return (log_dir / name).read_text(encoding="utf-8").splitlines()


def test_a_line_tells_time_level_subject_logger_and_message(log_dir: Path) -> None:
    log.info("Sweep done")
    with subject("NC-20261122-7KQ2MX"):
        log.warning("Approved by %s", "Sam")
    first, second = lines(log_dir)
    assert LINE.fullmatch(first)
    assert first.endswith("Z INFO - novacore.tests: Sweep done")
    assert second.endswith("Z WARNING NC-20261122-7KQ2MX novacore.tests: Approved by Sam")


def test_the_same_goes_to_stdout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stdout)
    configure_logging(None, "INFO")
    log.info("Sweep done")
    assert LINE.fullmatch(stdout.getvalue().strip())


def test_the_time_is_utc_wherever_the_machine_stands(tmp_path: Path) -> None:
    program = "import logging, sys; from pathlib import Path; from novacore.telemetry import configure_logging\n"
    program += "configure_logging(Path(sys.argv[1])); logging.getLogger('x').makeRecord; r = logging.makeLogRecord("
    program += "{'created': 0.0, 'msecs': 999.99, 'name': 'x', 'levelname': 'INFO', 'msg': 'hello'})\n"
    program += "logging.getLogger().handlers[-1].emit(r)"
    subprocess.run(
        [sys.executable, "-c", program, tmp_path], check=True, cwd=ROOT, env=os.environ | {"TZ": "Asia/Tokyo"}
    )
    assert lines(tmp_path) == ["1970-01-01T00:00:00.999Z INFO - x: hello"]


# ---- subjects -------------------------------------------------------------------------------------------------------


def test_a_subject_ends_with_its_block_even_after_an_error() -> None:
    with suppress(RuntimeError), subject("NC-1", job="deliver_order"):
        assert tags() == {"subject": "NC-1", "job": "deliver_order"}
        raise RuntimeError
    assert tags() == {}


def test_subjects_nest() -> None:
    with subject("-", job_id="7"), subject("NC-1"):
        assert tags() == {"subject": "NC-1", "job_id": "7"}


def test_threads_do_not_see_each_others_subject(log_dir: Path) -> None:
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        with subject(f"NC-{number}"):
            barrier.wait(10)
            log.info("I am %s", number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    found = {re.search(r"INFO (\S+) .*I am (\d)", line).groups() for line in lines(log_dir)}  # type: ignore[union-attr]
    assert found == {(f"NC-{number}", str(number)) for number in range(8)}


def test_a_thread_started_with_to_thread_keeps_the_subject(log_dir: Path) -> None:
    async def main() -> None:
        with subject("NC-1"):
            await asyncio.to_thread(log.info, "from a thread")

    asyncio.run(main())
    assert " NC-1 " in lines(log_dir)[0]


# ---- nothing slips in or out ----------------------------------------------------------------------------------------


def test_text_from_outside_cannot_forge_a_line_or_steer_a_terminal(log_dir: Path) -> None:
    forged = "hi\n2026-11-22T10:00:00.000Z INFO - novacore: Refunded\r\x1b[2J\u2028\x85\x00\u202e done ✓ 🎉"
    log.info("Name: %s", forged)
    with subject(forged):
        log.info(forged)
    found = lines(log_dir)
    assert len(found) == 2
    assert found[0].endswith(
        r"Name: hi\n2026-11-22T10:00:00.000Z INFO - novacore: Refunded\r\x1b[2J\u2028\x85\x00\u202e done ✓ 🎉"
    )


def test_half_a_character_is_written_as_its_code(log_dir: Path) -> None:
    # Formatted by hand: what is logged, pytest reports to its other processes, and cannot encode this.
    (handler, *_) = [one for one in logging.getLogger().handlers if getattr(one, "is_novacore", False)]
    record = log.makeRecord("novacore.tests", logging.INFO, __file__, 1, "half \ud800 of it", (), None)
    assert handler.format(record).endswith(r"half \ud800 of it")


def test_a_traceback_cannot_forge_a_line(log_dir: Path) -> None:
    try:
        int("oops\n2026")
    except ValueError as error:
        error.args = ("oops\n2026-11-22T10:00:00.000Z INFO - novacore: Refunded\x1b[2J",)
        log.exception("Failed", stack_info=True)
    found = lines(log_dir)
    assert len([line for line in found if LINE.match(line)]) == 1
    assert all(line.startswith("    | ") for line in found[1:])
    assert r"    | 2026-11-22T10:00:00.000Z INFO - novacore: Refunded\x1b[2J" in found


def test_a_registered_secret_reaches_no_part_of_a_line(log_dir: Path) -> None:
    secret = "correct-horse-battery"
    redact(secret)
    log.info("in the message " + secret)  # noqa: G003  the careless way is the point
    log.info("in the arguments %s %r", secret, {"token": secret})
    with subject(secret):
        logging.getLogger(secret).info("in the names")
    try:
        try:
            os.environ[secret]
        except KeyError as error:
            raise RuntimeError(f"in {secret}") from error
    except RuntimeError:
        log.exception("in the traceback")
    text = (log_dir / "novacore.log").read_text()
    assert secret not in text
    assert text.count("[hidden]") >= 7


def test_a_traceback_that_another_handler_has_cached_is_not_taken_over(log_dir: Path) -> None:
    secret = "correct-horse-battery"
    redact(secret)
    record = log.makeRecord("novacore.tests", logging.ERROR, __file__, 1, "Failed", (), None)
    record.exc_text = f"Traceback: {secret}"
    log.handle(record)
    assert lines(log_dir)[1:] == ["    | Traceback: [hidden]"]


def test_arguments_that_do_not_fit_are_not_printed_elsewhere(
    log_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()  # without pytest's own handlers, which do not forgive
    monkeypatch.setattr(root, "handlers", [one for one in root.handlers if hasattr(one, "is_novacore")])

    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("correct-horse-battery")

    log.info("%d units", "correct-horse-battery")
    log.info("%s", Broken())
    assert [line.split(": ", 1)[1] for line in lines(log_dir)] == [
        f"{message} (its arguments do not fit)" for message in ("%d units", "%s")
    ]
    assert "correct-horse-battery" not in capfd.readouterr().err


def test_uncaught_errors_go_through_the_log_and_nowhere_else(tmp_path: Path) -> None:
    program = (
        "import sys, threading; from pathlib import Path; from novacore.telemetry import configure_logging, redact\n"
        "configure_logging(Path(sys.argv[1])); redact('correct-' + 'horse')\n"
        "def fail(): raise RuntimeError('correct-' + 'horse')\n"
        "thread = threading.Thread(target=fail, name='sweeper'); thread.start(); thread.join(); fail()"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 1
    assert run.stderr == ""
    found = lines(tmp_path)
    assert [line.split(": ")[-1] for line in found if LINE.match(line)] == [
        "Uncaught error in sweeper",
        "Uncaught error in the main thread",
    ]
    assert found.count("    | RuntimeError: [hidden]") == 2
    assert run.stdout.splitlines() == found


# ---- other people's loggers -----------------------------------------------------------------------------------------


def test_debug_does_not_open_the_mouths_of_the_libraries(tmp_path: Path) -> None:
    configure_logging(tmp_path, "DEBUG")
    for name in (
        "discord.http",
        "discord.gateway",
        "discord.webhook.async_",
        "sqlalchemy.engine.Engine",
        "kombu.pidbox",
    ):
        logging.getLogger(name).debug("the whole body")
    logging.getLogger("sqlalchemy.engine.Engine").info("[parameters: ('CODE-1',)]")
    logging.getLogger("novacore.bot").debug("ours")
    logging.getLogger("discord.gateway").info("Shard is connected")
    logging.getLogger("celery.app.trace").error("Task died")
    assert [line.split(": ", 1)[1] for line in lines(tmp_path)] == ["ours", "Shard is connected", "Task died"]


def test_a_quieter_level_holds_for_the_libraries_too(tmp_path: Path) -> None:
    configure_logging(tmp_path, "ERROR")
    logging.getLogger("discord.gateway").warning("nobody asked")
    logging.getLogger("sqlalchemy.pool").warning("nobody asked")
    assert lines(tmp_path) == []


def test_configuring_again_replaces_and_never_doubles(tmp_path: Path) -> None:
    configure_logging(tmp_path / "a")
    configure_logging(tmp_path / "b")
    log.info("once")
    assert len(lines(tmp_path / "b")) == 1
    assert lines(tmp_path / "a") == []


def test_celery_does_not_print_a_line_twice(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging(tmp_path, "INFO")
    app = Celery("test", set_as_current=False)
    app.config_from_object("novacore.tasks.queue.celeryconfig")
    app.log.setup(loglevel=logging.INFO, redirect_stdouts=app.conf.worker_redirect_stdouts)
    log.info("once")
    logging.getLogger("celery.worker").info("and once")
    assert [line.split(": ", 1)[1] for line in lines(tmp_path)] == ["once", "and once"]
    assert capfd.readouterr().err == ""


# ---- files ----------------------------------------------------------------------------------------------------------


def test_the_log_is_its_owners_alone_when_it_turns_over_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_FILE_BYTES", 500)
    before = os.umask(0)
    try:
        configure_logging(tmp_path / "made" / "logs")
        for number in range(100):
            log.info("line %03d", number)
    finally:
        os.umask(before)
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "made" / "logs").iterdir()} == {
        "novacore.log": 0o600,
        **{f"novacore.log.{number}": 0o600 for number in range(1, 5)},
    }
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "made", tmp_path / "made" / "logs")] == [0o700] * 2


def test_files_turn_over_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_FILE_BYTES", 2_000)
    configure_logging(tmp_path)
    for number in range(200):
        log.info("line %03d", number)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["novacore.log", *(f"novacore.log.{number}" for number in range(1, 5))]
    assert all(path.stat().st_size <= 2_000 for path in tmp_path.iterdir())
    assert lines(tmp_path)[-1].endswith("line 199")


def test_a_forked_child_writes_on_but_never_turns_the_file_over(tmp_path: Path) -> None:
    program = (
        "import logging, os, sys; from pathlib import Path; from novacore import telemetry\n"
        "telemetry._FILE_BYTES = 500; telemetry.configure_logging(Path(sys.argv[1]))\n"
        "if os.fork() == 0:\n"
        "    for n in range(20): logging.getLogger('x').info('child %s', n)\n"
        "    os._exit(0)\n"
        "os.wait()"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path], check=True, cwd=ROOT, capture_output=True)
    assert [path.name for path in tmp_path.iterdir()] == ["novacore.log"]
    assert len(lines(tmp_path)) == 20
