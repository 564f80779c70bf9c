"""Private pages: every press reads the order as it is now, and each page is kept true for a while."""

from datetime import timedelta

import discord
import pytest
import sqlalchemy

from novacore.db.models import PrivatePage
from novacore.db.queries.orders.waiting import ENOUGH
from novacore.db.unit_of_work import reading, writing
from novacore.messages.catalog.window import select
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.machine import people
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.private_pages import LIFE
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, proof, said, text_of
from tests.fixtures.shops import ADDRESSES
from tests.workflows.orders.decisions import write_decisions

STAFF = Actor(1, "staff", is_staff=True)
BITCOIN = ADDRESSES[PaymentMethod.btc].address
WHERE = "`/orders` shows all your orders as they are now."


def kept(here: Town) -> list[PrivatePage]:
    """Return the pages that are kept true."""
    with reading(here.shop.database) as session:
        return [*session.execute(sqlalchemy.select(PrivatePage).order_by(PrivatePage.message_id)).scalars()]


def stands(here: Town, message_id: int) -> list[dict[str, object]]:
    """Return what a page shows now."""
    found = (channel[message_id] for channel in here.env.backend.messages.values() if message_id in channel)
    return next(found).components


async def test_an_order_s_page_is_kept_true_from_the_press_on_and_longer_with_each_press(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        placed_at = here.env.now()
        paying = await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        (first,) = kept(here)
        assert (first.message_id, first.customer_id, first.order_id) == (page(paying).id, here.alice.id, order.id)
        assert timedelta(0) <= placed_at + LIFE - first.ends_at < LIFE
        await here.env.advance_time(600)
        form = await here.alice.click(page(paying), custom_id=f"nc:order:submit_proof:{order.id}")
        await here.alice.submit_modal(form, proof())
        (again,) = kept(here)
        assert (again.message_id, again.order_id) == (first.message_id, order.id)
        assert again.ends_at > first.ends_at
        assert again.sealed_token != first.sealed_token


async def test_the_list_is_kept_true_as_well(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        shown = await here.alice.slash(here.channels["shop"], "orders")
        assert [(one.order_id, one.message_id == page(shown).id) for one in kept(here)][-1] == (None, True)
        asked = await here.alice.click(page(shown), custom_id=f"nc:order:cancel:{order.id}")
        await here.alice.click(page(asked), custom_id=f"nc:order:cancel_now:{order.id}:{order.version}")
        assert kept(here)[-1].order_id == order.id, "the list has become the order's own page"


@pytest.mark.parametrize("verb", ["submit_proof", "cancel"])
async def test_a_button_of_a_page_that_is_out_of_date_shows_what_is_true_and_where_to_look(
    town: Opening, verb: str
) -> None:
    async with town() as here:
        paying = await here.alice.select(page(await here.to_methods(here.alice)), ["btc"])
        (order,) = here.orders()
        orders.cancel(here.shop, STAFF, order.id, Given(reason="Sold elsewhere."))
        await here.env.advance_time(3600)
        answer = await here.alice.click(page(paying), custom_id=f"nc:order:{verb}:{order.id}")
        assert answer.modal is None
        assert WHERE in said(answer)
        now = stands(here, page(paying).id)
        assert "Sold elsewhere." in text_of(now)
        assert BITCOIN not in text_of(now)
        assert custom_ids(now) == [f"nc:order:again:{order.id}"]


async def test_a_form_that_comes_back_too_late_shows_what_is_true(town: Opening) -> None:
    async with town() as here:
        paying = await here.alice.select(page(await here.to_methods(here.alice)), ["btc"])
        (order,) = here.orders()
        form = await here.alice.click(page(paying), custom_id=f"nc:order:submit_proof:{order.id}")
        orders.cancel(here.shop, STAFF, order.id, Given())
        answer = await here.alice.submit_modal(form, proof())
        assert "it is cancelled" in said(answer)
        assert WHERE in said(answer)
        assert "This order was cancelled" in text_of(stands(here, page(paying).id))


async def test_an_old_choice_of_how_to_pay_never_asks_for_money_again(town: Opening) -> None:
    async with town() as here:
        channel = here.bot.get_channel(here.channels["shop"].id)
        assert isinstance(channel, discord.TextChannel)
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(select("nc:shop:method:1:1", "How?", [discord.SelectOption(label="Bitcoin", value="btc")]))
        old = await channel.send(view=view)
        assert BITCOIN in said(await here.alice.select(old, ["btc"]))
        (order,) = here.orders()
        orders.cancel(here.shop, STAFF, order.id, Given())
        again = said(await here.alice.select(old, ["btc"]))
        assert "This order was cancelled" in again
        assert BITCOIN not in again
        assert len(here.orders()) == 1


async def test_a_proof_that_comes_after_the_late_window_is_refused_before_a_form_opens(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        await here.env.advance_time(25 * 3600)
        orders.expire(here.shop, SYSTEM, order.id)
        assert (await here.press(here.alice, f"nc:order:submit_proof:{order.id}")).modal is not None
        await here.env.advance_time(8 * 24 * 3600)
        answer = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        assert answer.modal is None
        assert "expired more than 7 days ago" in said(answer)


@pytest.mark.usefixtures("hurried")
async def test_a_page_that_was_dismissed_meanwhile_comes_again_and_is_kept_true(town: Opening) -> None:
    async with town() as here:
        await here.alice.select(page(await here.to_methods(here.alice)), ["btc"])
        (order,) = here.orders()
        asked = await here.press(here.alice, f"nc:order:cancel:{order.id}")
        here.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=404, code=10008)
        answer = await here.alice.click(page(asked), custom_id=f"nc:order:cancel_now:{order.id}:{order.version}")
        assert "This order was cancelled" in said(answer)
        assert [one.is_answer for one in kept(here)] == [True, False]


async def test_a_page_that_can_not_be_kept_true_is_an_answer_all_the_same(
    town: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    async with town() as here:
        here.lose_table("private_pages")
        paying = await here.alice.select(page(await here.to_methods(here.alice)), ["btc"])
        assert BITCOIN in said(paying)
        assert not paying.followups
        assert "can't be kept up to date" in caplog.text


async def test_whose_dms_are_closed_reads_so_with_the_answer(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        with writing(here.shop.database) as tx:
            people.note_dms(tx, here.alice.id, closed=True)
        form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        answer = said(await here.alice.submit_modal(form, proof()))
        assert "Discord doesn't let us send you DMs" in answer
        assert "`/orders`" in answer
        assert here.state(order) == OrderStatus.under_review


async def test_the_answer_to_a_proof_and_the_list_say_how_long_a_decision_takes(town: Opening) -> None:
    async with town() as here:
        await here.paid_order(here.alice)
        await here.env.advance_time(60)
        order = await here.order(here.bob)
        first = said(await here.pay(here.bob, order))
        assert "1 order is ahead of yours." in first
        assert "usually takes" not in first, "nobody has decided anything yet"
        write_decisions(here.shop, here.env.now(), [20] * ENOUGH)
        shown = said(await here.bob.slash(here.channels["shop"], "orders"))
        assert "1 order is ahead of yours. A decision usually takes about 20 minutes." in shown
