"""What a person reads when something went wrong, and what stands in the log."""

import asyncio
import logging
import re
from typing import Any

import discord
import pytest
import sentry_sdk

from novacore.bot.errors import explaining
from novacore.errors import BadInput
from novacore.telemetry.error_reports import scrubbed
from tests.bot.conftest import Opening
from tests.bot.towns.town import page, said

CALLBACK = "/interactions/*/callback"
ORIGINAL = "/webhooks/*/messages/@original"


async def test_a_fault_of_ours_gets_a_reference_that_is_in_the_log(
    town: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    async with town() as here:
        here.lose_table("products")
        answer = await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")
        found = re.search(r"`([A-Z0-9]{6})`", said(answer))
        assert found, said(answer)
        assert "went wrong on our side" in said(answer)
        assert page(answer).ephemeral
        (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
        assert found[1] in record.getMessage()
        assert record.exc_info


async def test_a_fault_of_ours_goes_to_sentry_under_the_same_reference(town: Opening) -> None:
    reports: list[Any] = []
    sentry_sdk.init(
        "http://key@127.0.0.1:9/1",
        before_send=lambda report, _: reports.append(scrubbed(report)),
        default_integrations=True,
    )
    try:
        async with town() as here:
            order = await here.order(here.alice)
            here.lose_table("orders")
            answer = await here.press(here.alice, f"nc:order:cancel_now:{order.id}:{order.version}")
    finally:
        sentry_sdk.get_client().close(0)
        sentry_sdk.get_global_scope().set_client(None)  # off again
    (report,) = reports
    assert report["tags"]["subject"] == order.id
    assert report["tags"]["reference"] in said(answer)


async def test_a_fault_in_a_command_is_explained_as_well(town: Opening) -> None:
    async with town() as here:
        here.lose_table("products")
        assert "went wrong on our side" in said(await here.alice.slash(here.channels["shop"], "shop"))


async def test_a_refusal_is_no_error(town: Opening, caplog: pytest.LogCaptureFixture) -> None:
    async with town() as here:
        await here.to_methods(here.alice, quantity="abc")
        assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_what_discord_did_not_take_in_time_does_nothing(
    town: Opening, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        here.env.inject_error("POST", CALLBACK, status=status, code=code)
        answer = await here.alice.select(page(methods), ["btc"])
        assert not answer.acknowledged
        assert here.orders() == []
        assert "did not take our answer" in caplog.text
        # The page is as it was, and the next press works.
        await here.alice.select(page(methods), ["btc"])
        assert len(here.orders()) == 1


async def test_an_acknowledgement_that_failed_once_is_answered_with_a_sentence(town: Opening) -> None:
    async with town() as here:
        here.env.inject_error("POST", CALLBACK, status=500)
        answer = await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")
        assert "went wrong on our side" in said(answer)


@pytest.mark.usefixtures("hurried")
async def test_an_answer_that_discord_refuses_leaves_the_order_placed(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        here.env.inject_error("PATCH", ORIGINAL, status=400, code=50035, message="Invalid Form Body")
        answer = await here.alice.select(page(methods), ["btc"])
        assert "went wrong on our side" in said(answer)
        (order,) = here.orders()
        again = await here.alice.select(page(methods), ["btc"])
        assert order.id in said(again)
        assert len(here.orders()) == 1


@pytest.mark.usefixtures("hurried")
async def test_a_page_that_was_dismissed_meanwhile_comes_again(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        here.env.inject_error("PATCH", ORIGINAL, status=404, code=10008, message="Unknown Message")
        answer = await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        assert order.id in said(answer)
        assert answer.followups[-1].ephemeral


async def test_discord_away_altogether_is_logged(town: Opening, caplog: pytest.LogCaptureFixture) -> None:
    async with town() as here:
        here.env.inject_error("*", "/interactions/*", status=500, times=None)
        here.env.inject_error("*", "/webhooks/*", status=500, times=None)
        await here.alice.select(here.panel, ["1"], custom_id="nc:shop:category")
        assert "stays without an answer" in caplog.text


async def test_a_command_of_an_older_release(town: Opening) -> None:
    async with town() as here:
        here.bot.tree.remove_command("shop", guild=discord.Object(here.guild.id))
        here.bot.tree.remove_command("shop")
        with here.expecting_errors():
            answer = await here.alice.slash(here.channels["shop"], "shop")
        assert "That command has changed" in said(answer)


async def test_a_cancelled_answer_stays_cancelled(town: Opening) -> None:
    async with town() as here:
        heard = here.next_interaction()
        await here.press(here.alice, "nc:shop:buy:1")
        with pytest.raises(asyncio.CancelledError):
            await _fail_with(asyncio.CancelledError(), await heard)
        await _fail_with(BadInput("Not like this."), await heard)
        assert "Not like this." in str(here.requests("POST", (await heard).token))


async def _fail_with(error: BaseException, interaction: discord.Interaction[Any]) -> None:
    async with explaining(interaction):
        raise error
