"""Each status and code, and what follows from it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import aiohttp
import discord
import pytest
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from novacore.errors import Busy, WrongState
from novacore.tasks.discord.calls import CallsClosed
from novacore.tasks.queue.leases import Past
from novacore.tasks.queue.offload.offload import OffloadFailed, OffloadStopped
from novacore.tasks.queue.retry import (
    DM_WAIT,
    LONGEST_WAIT,
    PATIENCE,
    REFUSED_FOR_GOOD,
    Kind,
    Verdict,
    classify,
    decide,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def refusal(status: int, code: int = 0, headers: dict[str, str] | None = None) -> discord.HTTPException:
    """Make what discord.py raises for such an answer."""
    classes = {403: discord.Forbidden, 404: discord.NotFound}
    kind = classes.get(status, discord.DiscordServerError if status >= 500 else discord.HTTPException)
    response = SimpleNamespace(status=status, reason="", headers=headers or {})
    return kind(response, {"code": code, "message": "SECRET"})  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 524, 529])
def test_a_discord_that_is_not_well_is_asked_again(status: int) -> None:
    assert classify(refusal(status)) == Verdict(Kind.later, f"Discord is not well (status {status}).")


@pytest.mark.parametrize(
    ("header", "wait"),
    [("12.5", 12.5), ("0", 0), ("-3", 0), ("86400", LONGEST_WAIT), ("inf", LONGEST_WAIT), ("nan", LONGEST_WAIT)],
)
def test_a_rate_limit_is_waited_out_as_long_as_it_says_but_no_longer_than_an_hour(header: str, wait: float) -> None:
    assert classify(refusal(429, headers={"Retry-After": header})).wait == wait
    assert classify(discord.RateLimited(float(header))).wait == wait


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}])
def test_a_rate_limit_that_does_not_say_how_long_is_backed_off_from(headers: dict[str, str]) -> None:
    assert classify(refusal(429, headers=headers)) == Verdict(Kind.later, "Discord asks us to slow down.")


@pytest.mark.parametrize("code", [10003, 10004, 10007, 10008, 10011, 10013, 40005, 50001, 50007, 50013, 50278])
@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_is_refused_for_good_is_never_tried_again(status: int, code: int) -> None:
    assert classify(refusal(status, code)) == Verdict(Kind.never, REFUSED_FOR_GOOD[code])


def test_the_table_above_is_the_whole_table() -> None:
    assert {10003, 10004, 10007, 10008, 10011, 10013, 40005, 50001, 50007, 50013, 50278} == REFUSED_FOR_GOOD.keys()


@pytest.mark.parametrize("status", [403, 404])
def test_any_other_refusal_of_discord_is_for_good_too(status: int) -> None:
    assert classify(refusal(status, 20001)).kind is Kind.never


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_that_is_not_discords_own_is_someone_on_the_way(status: int) -> None:
    assert classify(refusal(status)).kind is Kind.later


@pytest.mark.parametrize("status", [400, 403, 429])
def test_opening_dms_too_fast_waits_long(status: int) -> None:
    assert (classify(refusal(status, 40003)).kind, classify(refusal(status, 40003)).wait) == (Kind.later, DM_WAIT)


@pytest.mark.parametrize("error", [refusal(401), discord.LoginFailure("Improper token has been passed.")])
def test_a_token_that_is_not_accepted_blocks_no_delivery(error: Exception) -> None:
    assert classify(error).kind is Kind.later


@pytest.mark.parametrize(("status", "code"), [(400, 50035), (400, 50006), (405, 0), (400, 0)])
def test_what_discord_does_not_understand_is_our_bug(status: int, code: int) -> None:
    assert classify(refusal(status, code)).kind is Kind.bug


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientConnectionError(),
        aiohttp.ClientPayloadError(),
        OperationalError("", {}, Exception()),
        InterfaceError("", {}, Exception()),
        Busy("Someone else is at it."),
        OSError(28, "No space left on device"),
        CallsClosed("Stopping."),
        OffloadStopped("Stopping."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_away_is_asked_again(error: Exception) -> None:
    assert classify(error).kind is Kind.later


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        OSError(2, "No such file or directory"),
        IntegrityError("", {}, Exception()),
        WrongState("It is delivered."),
        OffloadFailed("It died."),
        discord.InvalidData("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_nobody_expected_is_a_bug(error: Exception) -> None:
    assert classify(error).kind is Kind.bug


@pytest.mark.parametrize(
    "error", [refusal(400, 50035), refusal(403, 20001), refusal(500), ValueError("SECRET"), TimeoutError("SECRET")]
)
def test_no_sentence_quotes_what_the_error_said(error: Exception) -> None:
    assert "SECRET" not in classify(error).sentence


def test_a_bug_is_named_by_its_place() -> None:
    with pytest.raises(ValueError, match="SECRET") as caught:
        int("SECRET")
    sentence = classify(caught.value).sentence
    assert sentence.startswith("ValueError at test_retry.py:")
    assert sentence.endswith("(test_a_bug_is_named_by_its_place).")


LATER = Verdict(Kind.later, "x")
BUG = Verdict(Kind.bug, "x")


def wait(verdict: Verdict, past: Past, chance: float, max_bugs: int = 3) -> float | None:
    """Return the seconds that `decide` gives, or None."""
    decision = decide(verdict, past, NOW, max_bugs, lambda: chance)
    return None if decision.wait is None else decision.wait.total_seconds()


@pytest.mark.parametrize(("earlier", "most"), [(0, 2), (1, 4), (2, 8), (5, 64), (7, 256), (8, 300), (5000, 300)])
def test_waiting_doubles_up_to_five_minutes_with_full_jitter(earlier: int, most: float) -> None:
    past = Past(laters=earlier, first_later=NOW)
    assert wait(LATER, past, 1.0) == most
    assert wait(LATER, past, 0.5) == max(1.0, most / 2)
    assert wait(LATER, past, 0.0) == 1.0


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 60.0), (1.0, 67.0)])
def test_a_wait_that_was_asked_for_is_kept_and_a_little_more(chance: float, seconds: float) -> None:
    assert wait(Verdict(Kind.later, "x", 60.0), Past(laters=9), chance) == seconds


def test_never_is_never() -> None:
    assert wait(Verdict(Kind.never, "x"), Past(), 0.5) is None


@pytest.mark.parametrize(("bugs", "seconds"), [(0, 5.0), (1, 10.0), (2, None), (3, None)])
def test_a_bug_gets_a_few_tries(bugs: int, seconds: float | None) -> None:
    assert wait(BUG, Past(bugs=bugs, laters=50, first_later=NOW), 1.0) == seconds


def test_patience_ends_after_a_day() -> None:
    almost = Past(laters=400, first_later=NOW - PATIENCE + timedelta(seconds=1))
    assert wait(LATER, almost, 1.0) is not None
    assert wait(LATER, Past(laters=400, first_later=NOW - PATIENCE), 1.0) is None
    assert wait(Verdict(Kind.later, "x", 60.0), Past(laters=400, first_later=NOW - PATIENCE), 1.0) is None


def test_bugs_do_not_use_up_patience_nor_the_other_way_round() -> None:
    assert wait(BUG, Past(laters=400, first_later=NOW - PATIENCE), 1.0) is not None
    assert wait(LATER, Past(bugs=9), 1.0) is not None
