"""What staff do from the review card: every decision, by whom, and from which round's card."""

import pytest

from novacore.db.models import Order
from novacore.db.unit_of_work import writing
from novacore.states import ProductKind
from novacore.workflows.machine import jobs
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.orders import commands as orders
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, said
from tests.db.queries import plans
from tests.fixtures.shops import ProductMaker


async def test_staff_approve(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        answer = await here.decide(here.sam, "approve", order)
        assert said(answer) == f"Done: you approved this order. `{order.id}` is approved now."
        assert here.state(order) == "approved"
        last = here.events(order)[-1]
        assert (last.trigger, last.actor_name, last.actor_kind) == ("approve", "sam", "staff")


async def test_the_second_to_approve_hears_who_was_first(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide(here.sam, "approve", order)
        assert "Already done: sam approved this order" in said(await here.decide(here.sue, "approve", order))


@pytest.mark.parametrize(("verb", "state"), [("reject", "rejected"), ("ask_again", "awaiting_proof")])
async def test_a_decision_with_a_reason(town: Opening, verb: str, state: str) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        answer = await here.decide_because(here.sam, verb, order, reason="The amount is **too small**.")
        assert here.state(order) == state
        assert here.orders()[0].reason == "The amount is **too small**."
        assert order.id in said(answer)


async def test_staff_may_approve_after_all_while_another_proof_is_awaited(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide_because(here.sam, "ask_again", order, reason="Too dark.")
        assert "Waiting for another proof" in said(await here.sam.slash(here.channels["staff"], "queue"))
        await here.decide(here.sam, "approve", order)
        assert here.state(order) == "approved"
        assert "approved" in said(await here.press(here.alice, f"nc:order:cancel_now:{order.id}:{order.version}"))
        assert here.state(order) == "approved"


async def test_a_reason_of_spaces_is_none(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        assert "Please give a reason" in said(await here.decide_because(here.sam, "reject", order, reason="   "))
        assert here.state(order) == "under_review"


async def test_the_owner_decides_as_staff_do(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide(here.olga, "approve", order)
        assert here.events(order)[-1].actor_kind == "owner"


@pytest.mark.parametrize("verb", ["approve", "retry_delivery"])
async def test_a_customer_decides_nothing_at_once(town: Opening, verb: str) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        for who in (here.bob, here.alice):
            answer = said(await here.decide(who, verb, order))
            assert "I can't find that order" in answer or "Only staff can" in answer
        assert here.state(order) == "under_review"


@pytest.mark.parametrize("verb", ["reject", "ask_again", "reinstate", "fulfil", "refund", "cancel"])
async def test_a_customer_decides_nothing_by_form(town: Opening, verb: str) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        for who in (here.bob, here.alice):
            assert "Only staff can use that button" in said(await here.decide(who, verb, order))
        assert here.state(order) == "under_review"


@pytest.mark.parametrize(
    ("verb", "before"), [("reject", ""), ("ask_again", ""), ("reinstate", "reject"), ("cancel", "ask_again")]
)
async def test_a_form_that_was_opened_by_someone_who_is_not_staff_any_more(
    town: Opening, verb: str, before: str
) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        if before:
            await here.decide_because(here.sam, before, order, reason="Because.")
        state = here.state(order)
        form = await here.press_as(here.sue, f"nc:order:{verb}:{order.id}:1", "support")
        here.dismiss(here.sue)
        assert "I can't find that order" in said(await here.sue.submit_modal(form, {"reason": "Because."}))
        assert here.state(order) == state


async def test_nobody_decides_on_an_order_of_their_own(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.sam)
        assert "This order is your own" in said(await here.decide(here.sam, "approve", order))
        assert here.state(order) == "under_review"
        await here.decide(here.sue, "approve", order)
        assert here.state(order) == "approved"


async def test_a_card_of_an_earlier_round_decides_nothing(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide_because(here.sam, "ask_again", order, reason="Too dark.")
        await here.pay(here.alice, order)
        assert "That card is out of date" in said(await here.decide(here.sam, "approve", order, 1))
        assert "That card is out of date" in said(await here.decide_because(here.sam, "reject", order, 1, reason="No."))
        assert here.state(order) == "under_review"
        await here.decide(here.sam, "approve", order, 2)
        assert here.state(order) == "approved"


async def test_staff_cancel_from_a_card_with_or_without_a_reason(town: Opening) -> None:
    async with town() as here:
        for reason in ("", "You asked for it."):
            order = await here.order(here.alice)
            answer = await here.decide_because(here.sam, "cancel", order, 0, reason=reason)
            assert "Done: you cancelled this order" in said(answer)
            assert here.state(order) == "cancelled"
            assert here.orders()[-1].reason == (reason or None)


async def test_a_rejected_order_is_reinstated(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide_because(here.sam, "reject", order, reason="No.")
        await here.decide_because(here.sue, "reinstate", order, reason="It did arrive.")
        assert here.state(order) == "under_review"


async def test_a_blocked_delivery_is_tried_again(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide(here.sam, "approve", order)
        orders.delivery_blocked(here.shop, SYSTEM, order.id, Given(reason="DMs are closed."))
        await here.decide(here.sam, "retry_delivery", order)
        assert here.state(order) == "approved"


async def test_goods_by_hand_are_marked_as_done(town: Opening, make_product: ProductMaker) -> None:
    by_hand = make_product(ProductKind.by_hand, name="Server set-up")
    async with town() as here:
        order = await here.order(here.alice, product=by_hand)
        await here.pay(here.alice, order)
        await here.decide(here.sam, "approve", order)
        await here.decide_because(here.sam, "fulfil", order, reason="Your server is ready.")
        assert here.state(order) == "delivered"


async def test_only_the_owner_refunds_and_all_of_it(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide(here.sam, "approve", order)
        _withdraw_delivery(here, order)
        assert "Only the owner can refund" in said(await here.decide_because(here.sam, "refund", order, reason="x"))
        for amount in ("5", "-1", "1e9", "all"):
            await here.decide_because(here.olga, "refund", order, reason="Broken.", amount=amount)
            assert here.state(order) == "approved"
        await here.decide_because(here.olga, "refund", order, reason="Broken.", amount="9.99")
        assert here.state(order) == "refunded"


def _withdraw_delivery(here: Town, order: Order) -> None:
    with writing(here.shop.database) as tx:
        jobs.withdraw(tx, [JobName.deliver_order], "order", order.id)


async def test_a_details_page_shows_what_became_of_the_order(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        details = await here.press(here.sam, f"nc:order:details:{order.id}")
        answer = await here.sam.click(page(details), custom_id=f"nc:order:approve:{order.id}:1")
        assert page(answer).id == page(details).id
        assert "sam approved this order" in said(answer)
        assert here.state(order) == "approved"


async def test_the_story_of_an_order_is_for_staff(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        assert "Only staff can" in said(await here.press(here.alice, f"nc:order:details:{order.id}"))
        assert "Only staff can" in said(await here.press(here.alice, "nc:order:queue:0"))
        assert order.id in said(await here.press(here.sam, f"nc:order:details:{order.id}"))
        queue = await here.press(here.sam, "nc:order:queue:0")
        assert order.id in said(queue)
        opened = await here.sam.click(page(queue), custom_id=f"nc:order:details:{order.id}")
        assert page(opened).id != page(queue).id, "the list stays"


async def test_a_long_story_has_pages(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        for _ in range(12):
            last = here.orders()[0].review_round
            await here.decide_because(here.sam, "reject", order, last, reason="Too dark. " * 12)
            await here.decide_because(here.sam, "reinstate", order, last, reason="Looked again. " * 10)
        first = page(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        assert f"{order.id}-story.txt" in str(first.attachments)
        with plans.watching(here.shop.database.engine) as asked:
            further = await here.sam.click(first, custom_id=f"nc:order:story:{order.id}:1")
        assert "Page 2 of" in said(further)
        assert "FROM proofs" in str(asked)
        assert "proof_files.picture" not in str(asked), "pictures stand on the first page alone"
        assert "Only staff can look" in said(await here.press(here.alice, f"nc:order:story:{order.id}:1"))
