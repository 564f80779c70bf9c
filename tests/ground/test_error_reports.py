"""Reports to Sentry, as they leave this machine."""

import asyncio
import gzip
import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sentry_sdk

from novacore import redaction
from novacore.error_reports import WITHHELD, configure_sentry, scrubbed
from novacore.errors import NovaCoreError
from novacore.settings import Settings, rehearsal_settings
from novacore.telemetry import subject

CODE, REFERENCE, TOKEN, PERSON = "STEAM-AAAA-BBBB", "4e3d2c1b0a9f8e7d", "aW50ZXJhY3Rpb246MTE5OTk5OTk5", "casey"
log = logging.getLogger("novacore.tests")


class Sentry(ThreadingHTTPServer):
    """Keeps what is posted to it, as text."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Intake)
        self.bodies: list[str] = []

    def events(self) -> list[dict[str, Any]]:
        """Wait for what is under way, and return the events."""
        sentry_sdk.flush(10)
        return [
            json.loads(line)
            for body in self.bodies
            for line in body.splitlines()
            if '"exception"' in line or '"logentry"' in line
        ]


class _Intake(BaseHTTPRequestHandler):
    server: Sentry

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(
            (gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body).decode()
        )
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    server = Sentry()
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(sentry: Sentry, tmp_path: Path) -> Iterator[Settings]:
    dsn = f"http://0123456789abcdef@127.0.0.1:{sentry.server_address[1]}/7"
    yield rehearsal_settings(tmp_path, {"SENTRY_DSN": dsn, "SENTRY_ENVIRONMENT": "tests"})
    sentry_sdk.get_client().close(2)
    sentry_sdk.init()  # off again
    redaction.forget()


def test_without_a_dsn_nothing_is_switched_on(tmp_path: Path) -> None:
    assert not configure_sentry(rehearsal_settings(tmp_path, {}), "bot")
    assert not sentry_sdk.is_initialized()


def test_a_report_tells_where_and_on_which_order_but_never_what(sentry: Sentry, settings: Settings) -> None:
    assert configure_sentry(settings, "worker-discord")
    sentry_sdk.set_user({"id": "119", "username": PERSON})
    sentry_sdk.set_extra("goods", CODE)
    sentry_sdk.set_context("order", {"reference": REFERENCE})
    sentry_sdk.set_tag("code", CODE)
    sentry_sdk.add_breadcrumb(message=f"POST /webhooks/1/{TOKEN}", data={"body": CODE})
    log.info("sent %s", CODE)
    with subject("NC-20261122-7KQ2MX", job_id="42", job="deliver_order"):
        goods, reference = [CODE], REFERENCE
        try:
            try:
                {CODE: goods}[reference]
            except KeyError as error:
                raise ValueError(f"bad reference {reference} for {goods}") from error
        except ValueError:
            log.exception("Delivery of %s failed at %s", goods, reference)
    (event,) = sentry.events()
    assert not [secret for secret in (CODE, REFERENCE, TOKEN, PERSON) if secret in "".join(sentry.bodies)]
    assert event["tags"] == {"subject": "NC-20261122-7KQ2MX", "job_id": "42", "job": "deliver_order"}
    assert (event["environment"], event["server_name"]) == ("tests", "worker-discord")
    assert event["logentry"] == {"message": "Delivery of %s failed at %s"}
    assert [one["type"] for one in event["exception"]["values"]] == ["KeyError", "ValueError"]
    assert [one["value"] for one in event["exception"]["values"]] == [WITHHELD, WITHHELD]
    frame = event["exception"]["values"][1]["stacktrace"]["frames"][-1]
    assert frame["function"] == "test_a_report_tells_where_and_on_which_order_but_never_what"
    assert "raise ValueError" in frame["context_line"]
    assert "vars" not in frame


def test_our_own_words_and_pythons_about_code_are_kept(sentry: Sentry, settings: Settings) -> None:
    configure_sentry(settings, "bot")
    for error in (NovaCoreError("The sweep found a job without a handler."), TypeError("expected str, not None")):
        sentry_sdk.capture_exception(error)
    values = [event["exception"]["values"][0]["value"] for event in sentry.events()]
    assert sorted(values) == ["The sweep found a job without a handler.", "expected str, not None"]


def test_what_other_libraries_join_before_they_log_is_withheld(sentry: Sentry, settings: Settings) -> None:
    configure_sentry(settings, "bot")
    loop = asyncio.new_event_loop()
    loop.call_exception_handler({"message": f"Task got {CODE}", "exception": ValueError(CODE)})
    loop.close()
    (event,) = sentry.events()
    assert event["logentry"]["message"] == WITHHELD
    assert CODE not in "".join(sentry.bodies)


def test_the_token_of_the_bot_is_hidden_even_in_our_own_words(sentry: Sentry, settings: Settings) -> None:
    configure_sentry(settings, "bot")
    sentry_sdk.capture_exception(NovaCoreError(f"login with {settings.discord_token.get_secret_value()} failed"))
    (event,) = sentry.events()
    assert event["exception"]["values"][0]["value"] == "login with [hidden] failed"


def test_nothing_but_the_error_is_sent(sentry: Sentry, settings: Settings) -> None:
    configure_sentry(settings, "bot")
    with sentry_sdk.start_transaction(name=CODE):
        log.info("an ordinary line")
    assert sentry.events() == []
    assert sentry.bodies == []


def test_an_unknown_part_of_a_report_is_left_out() -> None:
    report = scrubbed(
        {"event_id": "1", "request": {"data": CODE}, "spans": [{"description": CODE}], "extra": {"a": CODE}}
    )  # type: ignore[typeddict-unknown-key, unused-ignore]
    assert CODE not in json.dumps(report)
    assert report["event_id"] == "1"
