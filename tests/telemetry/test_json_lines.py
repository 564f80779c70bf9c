"""LOG_FORMAT=json: the same events as objects, a line each, with nothing more in them."""

import json
import logging
import os
import warnings
from pathlib import Path
from typing import Any

from novacore.telemetry import configure_logging, mark_of, redact, subject

log = logging.getLogger("novacore.tests")
FORGED = 'hi"}\n{"level": "INFO"}\r\x1b[2J\u2028\u202e done ✓'


def objects(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "novacore.log").read_text(encoding="ascii").splitlines()]


def test_an_event_is_one_object_with_its_subject_job_and_traceback(tmp_path: Path) -> None:
    configure_logging(tmp_path, "INFO", "json")
    log.info("Sweep %s", "done")
    try:
        int(FORGED)
    except ValueError:
        with subject(mark_of("product", "7"), job="tell_waiting", job_id="3"):
            log.exception("%s", FORGED, stack_info=True)
    first, second = objects(tmp_path)
    assert first.pop("time").endswith("Z")
    assert first == {"level": "INFO", "logger": "novacore.tests", "message": "Sweep done"}
    assert second["message"] == FORGED
    assert (second["subject"], second["job"], second["job_id"]) == ("product:7", "tell_waiting", "3")
    assert second["traceback"].startswith("Traceback")
    assert "ValueError: invalid literal" in second["traceback"]
    assert second["stack"].startswith("Stack")


def test_a_secret_reaches_no_part_of_it(tmp_path: Path) -> None:
    secret = 'correct"horse\\battery'
    redact(secret)
    configure_logging(tmp_path, "INFO", "json")
    log.info("in the message %s, in a repr %r", secret, {"token": secret})
    with subject(secret):
        logging.getLogger(secret).info("in the names")
    try:
        os.environ[secret]
    except KeyError:
        log.exception("in the traceback")
    warnings.showwarning(f"a library says {secret}", UserWarning, __file__, 1)
    text = json.dumps(objects(tmp_path))
    assert "horse" not in text
    assert text.count("[hidden]") >= 6
