"""Reports to Sentry, as they leave this machine."""

import asyncio
import json
import logging
import time
from pathlib import Path

import discord
import sentry_sdk
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from novacore import __version__
from novacore.db.engine import Database
from novacore.errors import NovaCoreError
from novacore.settings import Settings, rehearsal_settings
from novacore.telemetry import subject
from novacore.telemetry.error_reports import MONITOR, WITHHELD, check_in, configure_sentry, last_check_in, scrubbed
from tests.fixtures.servers.sentry import Sentry

CODE, REFERENCE, TOKEN, PERSON = "STEAM-AAAA-BBBB", "4e3d2c1b0a9f8e7d", "aW50ZXJhY3Rpb246MTE5OTk5OTk5", "casey"
log = logging.getLogger("novacore.tests")


def test_without_a_dsn_nothing_is_switched_on(tmp_path: Path) -> None:
    assert not configure_sentry(rehearsal_settings(tmp_path, {}), "bot")
    assert not sentry_sdk.is_initialized()


def test_a_report_tells_where_and_on_which_order_but_never_what(sentry: Sentry, sentry_settings: Settings) -> None:
    assert configure_sentry(sentry_settings, "worker-discord")
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


def test_our_own_words_and_pythons_about_code_are_kept(sentry: Sentry, sentry_settings: Settings) -> None:
    configure_sentry(sentry_settings, "bot")
    for error in (NovaCoreError("The sweep found a job without a handler."), TypeError("expected str, not None")):
        sentry_sdk.capture_exception(error)
    values = [event["exception"]["values"][0]["value"] for event in sentry.events()]
    assert sorted(values) == ["The sweep found a job without a handler.", "expected str, not None"]


def test_what_other_libraries_join_before_they_log_is_withheld(sentry: Sentry, sentry_settings: Settings) -> None:
    configure_sentry(sentry_settings, "bot")
    loop = asyncio.new_event_loop()
    loop.call_exception_handler({"message": f"Task got {CODE}", "exception": ValueError(CODE)})
    loop.close()
    (event,) = sentry.events()
    assert event["logentry"]["message"] == WITHHELD
    assert CODE not in "".join(sentry.bodies)


def test_the_token_of_the_bot_is_hidden_even_in_our_own_words(sentry: Sentry, sentry_settings: Settings) -> None:
    configure_sentry(sentry_settings, "bot")
    sentry_sdk.capture_exception(NovaCoreError(f"login with {sentry_settings.discord_token.get_secret_value()} failed"))
    (event,) = sentry.events()
    assert event["exception"]["values"][0]["value"] == "login with [hidden] failed"


def test_nothing_but_the_error_is_sent(sentry: Sentry, sentry_settings: Settings) -> None:
    configure_sentry(sentry_settings, "bot")
    with sentry_sdk.start_transaction(name=CODE):
        log.info("an ordinary line")
    assert sentry.events() == []
    assert sentry.bodies == []


def test_a_report_names_the_release(sentry: Sentry, sentry_settings: Settings) -> None:
    configure_sentry(sentry_settings, "bot")
    sentry_sdk.capture_exception(NovaCoreError("The sweep found a job without a handler."))
    (event,) = sentry.events()
    assert event["release"] == f"novacore@{__version__}"


class _Answer:
    """What discord.py needs of an answer to make an error of it."""

    status, reason = 400, "Bad Request"


def test_discords_words_are_cut_off_behind_its_code(sentry: Sentry, sentry_settings: Settings) -> None:
    configure_sentry(sentry_settings, "bot")
    quoting = {"code": 50035, "message": f'Value "{CODE}" is not snowflake.'}
    sentry_sdk.capture_exception(discord.HTTPException(_Answer(), quoting))  # type: ignore[arg-type]
    (event,) = sentry.events()
    assert event["exception"]["values"][0]["value"] == "400 Bad Request (error code: 50035)"
    assert CODE not in sentry.everything()


def test_a_database_error_brings_its_code_and_statement_without_values(
    sentry: Sentry, sentry_settings: Settings, empty_database: Database
) -> None:
    configure_sentry(sentry_settings, "bot")
    with empty_database.engine.execution_options(writes=True).connect() as connection:
        connection.execute(text("CREATE TABLE refs (value VARCHAR(40) UNIQUE)"))
        insert = text("INSERT INTO refs (value) VALUES (:value)")
        connection.execute(insert, {"value": REFERENCE})
        try:
            connection.execute(insert, {"value": REFERENCE})
        except IntegrityError as error:
            sentry_sdk.capture_exception(error)
    (event,) = sentry.events()
    database = event["contexts"]["database"]
    assert database["code"] in {"23505", "SQLITE_CONSTRAINT_UNIQUE"}
    assert database["statement"].startswith("INSERT INTO refs (value) VALUES (")
    assert REFERENCE not in sentry.everything()


def test_words_between_quotes_in_a_statement_are_left_out(sentry: Sentry, sentry_settings: Settings) -> None:
    configure_sentry(sentry_settings, "bot")
    careless = f"SELECT '{CODE}', 'it''s {REFERENCE}' FROM nowhere WHERE state = 'x'"
    sentry_sdk.capture_exception(OperationalError(careless, {}, Exception(CODE)))
    (event,) = sentry.events()
    assert event["contexts"]["database"]["statement"] == "SELECT '...', '...' FROM nowhere WHERE state = '...'"
    assert CODE not in sentry.everything()


def test_the_cron_monitor_hears_of_sweeps_once_a_minute(sentry: Sentry, sentry_settings: Settings) -> None:
    configure_sentry(sentry_settings, "worker")
    for _ in range(3):
        check_in(0.25)
    (told,) = sentry.check_ins()
    assert (told["monitor_slug"], told["status"], told["duration"]) == (MONITOR, "ok", 0.25)
    assert told["monitor_config"]["schedule"] == {"type": "interval", "value": 1, "unit": "minute"}
    assert (told["release"], told["environment"]) == (f"novacore@{__version__}", "tests")


def test_without_a_dsn_no_sweep_is_told() -> None:
    check_in(0.25)
    assert last_check_in.is_due(time.monotonic()), "nobody has taken the turn"
    last_check_in.forget()


def test_an_unknown_part_of_a_report_is_left_out() -> None:
    report = scrubbed(
        {"event_id": "1", "request": {"data": CODE}, "spans": [{"description": CODE}], "extra": {"a": CODE}}
    )  # type: ignore[typeddict-unknown-key, unused-ignore]
    assert CODE not in json.dumps(report)
    assert report["event_id"] == "1"
