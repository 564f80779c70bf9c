"""What staff press outside the state table: from a card and from the details page, each once, by whom it is for."""

from sqlalchemy import select

from novacore.db.models import Job, Order
from novacore.db.unit_of_work import reading
from novacore.workflows.catalog import offers
from novacore.workflows.machine.policy import Actor
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said
from tests.workflows.machine import lives

OLGA = Actor(1, "olga", is_owner=True)


async def delivered(here: Town) -> Order:
    """Let Alice buy a game key and look at it: it counts as delivered, and no job of its delivery is left."""
    order = await here.paid_order(here.alice)
    await here.decide(here.sam, "approve", order)
    await here.press(here.alice, f"nc:order:reveal:{order.id}")
    lives.end_jobs(here.shop, order.id)
    return here.orders()[0]


def jobs(here: Town) -> list[str]:
    """The queued jobs by name."""
    with reading(here.shop.database) as session:
        return [*session.execute(select(Job.name).where(Job.state == "queued")).scalars()]


async def test_staff_send_the_goods_again_from_the_details(town: Opening) -> None:
    async with town() as here:
        order = await delivered(here)
        details = page(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        button = f"nc:order:resend:{order.id}:{order.version}"
        assert button in custom_ids(details.components)
        again = await here.sam.click(details, custom_id=button)
        assert "sent the goods again" in said(again)
        assert jobs(here).count("resend_goods") == 1
        assert "Something has changed" in said(await here.press(here.sue, button))
        assert jobs(here).count("resend_goods") == 1


async def test_staff_replace_a_unit_and_never_see_a_code(town: Opening) -> None:
    async with town() as here:
        order = await delivered(here)
        button = f"nc:order:replace_unit:{order.id}:{order.version}"
        form = await here.press(here.sam, button)
        answer = said(await here.sam.submit_modal(form, {"number": "", "reason": "It was used."}))
        assert "the new unit is on its way" in answer
        shown = said(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        assert "1 unit replaced" in shown
        assert "sam replaced a faulty unit (number 1)" in shown
        assert "SECRET" not in shown + answer
        goods = said(await here.press(here.alice, f"nc:order:reveal:{order.id}"))
        assert "SECRET-1-1" in goods
        assert "SECRET-1-0" not in goods


async def test_a_unit_that_is_not_in_stock_is_a_sentence(town: Opening) -> None:
    async with town() as here:
        order = await delivered(here)
        await here.order(here.bob, quantity="2")
        form = await here.press(here.sam, f"nc:order:replace_unit:{order.id}:{order.version}")
        assert "sold out" in said(await here.sam.submit_modal(form, {"number": "1", "reason": "Used."}))
        offers.add_codes(here.shop, OLGA, 1, ["SECRET-NEW"])
        form = await here.press(here.sam, f"nc:order:replace_unit:{order.id}:{order.version}")
        assert "Done" in said(await here.sam.submit_modal(form, {"number": "1", "reason": "Used."}))


async def test_only_the_owner_moves_money(town: Opening) -> None:
    async with town() as here:
        order = await delivered(here)
        button = f"nc:order:return_money:{order.id}:{order.version}"
        for who in (here.alice, here.bob):
            assert "Only staff can use that button" in said(await here.press(who, button))
        assert "Only the owner" in said(await here.press(here.sam, button))
        form = await here.press(here.olga, button)
        answer = said(await here.olga.submit_modal(form, {"amount": "4.00", "reason": "For the trouble."}))
        assert "the books have it" in answer
        assert lives.ledger_of(here.shop, order.id) == [("received", 999), ("returned", 400)]
        shown = said(await here.olga.slash(here.channels["staff"], "details", order_id=order.id))
        assert "$4.00 went back, $5.99 is still here" in shown
        assert "olga returned money ($4.00) “For the trouble.”" in shown


async def test_a_payment_that_came_twice_is_noted_from_the_details(town: Opening) -> None:
    async with town() as here:
        order = await delivered(here)
        details = page(await here.olga.slash(here.channels["staff"], "details", order_id=order.id))
        form = await here.olga.click(details, custom_id=f"nc:order:receive_money:{order.id}:{order.version}")
        shown = said(await here.olga.submit_modal(form, {"amount": "9.99", "reason": "Paid twice."}))
        assert "Overpaid:** $19.98 came in, $9.99 too much" in shown


async def test_staff_approve_another_amount(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        form = await here.decide(here.sam, "approve_amount", order)
        assert "is not an amount" in said(await here.sam.submit_modal(form, {"amount": "plenty"}))
        form = await here.decide(here.sam, "approve_amount", order)
        far = said(await here.sam.submit_modal(form, {"amount": "900"}))
        assert "That would book $900.00, and the price is $9.99, so nothing was changed." in far
        assert here.state(order) == "under_review"
        form = await here.decide(here.sam, "approve_amount", order)
        answer = said(await here.sam.submit_modal(form, {"amount": "$9.00 USD"}))
        assert answer == f"Done: you approved this order with $9.00. `{order.id}` is approved now."
        shown = said(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        assert "Underpaid:** $9.00 came in, $0.99 too little" in shown
        assert "Already done" in said(await here.decide(here.sue, "approve_amount", order))
