"""What must be refused is refused before a form opens: nobody writes for nothing."""

from collections.abc import Awaitable, Callable

import pytest
from simcord import InteractionResult

from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.tickets import attributes
from tests.bot.conftest import Opening
from tests.bot.towns import tickets as play
from tests.bot.towns.town import Town, said
from tests.fixtures.shops import ProductMaker

Refused = Callable[[Town], Awaitable[InteractionResult]]


async def _blocked(here: Town) -> InteractionResult:
    sam, alice = [here.bot.desk.actor_of(await here.member(who)) for who in (here.sam, here.alice)]
    blocks.block(here.shop, sam, alice, "Chargebacks.", "7")
    return await here.press(here.alice, "nc:shop:buy:1")


async def _not_delivered(here: Town) -> InteractionResult:
    order = await here.order(here.alice)
    return await here.press(here.alice, f"nc:vouch:write:{order.id}")


async def _strangers_vouch(here: Town) -> InteractionResult:
    order = await here.order(here.alice)
    return await here.press(here.bob, f"nc:vouch:write:{order.id}")


async def _decided(here: Town) -> InteractionResult:
    order = await here.paid_order(here.alice)
    await here.decide(here.sam, "approve", order)
    return await here.decide(here.sue, "reject", order)


async def _own_order(here: Town) -> InteractionResult:
    order = await here.paid_order(here.sam)
    return await here.decide(here.sam, "reject", order)


async def _old_round(here: Town) -> InteractionResult:
    order = await here.paid_order(here.alice)
    return await here.decide(here.sam, "ask_again", order, 7)


async def _cancelled_by_staff(here: Town) -> InteractionResult:
    order = await here.paid_order(here.alice)
    return await here.decide(here.sam, "cancel", order)


async def _other_amount(here: Town) -> InteractionResult:
    order = await here.paid_order(here.alice)
    await here.decide(here.sam, "approve", order)
    return await here.decide(here.sue, "approve_amount", order)


async def _refund_by_staff(here: Town) -> InteractionResult:
    order = await here.paid_order(here.alice)
    await here.decide(here.sam, "approve", order)
    return await here.decide(here.sam, "refund", order)


async def _outdated_replacement(here: Town) -> InteractionResult:
    order = await here.paid_order(here.alice)
    return await here.press(here.sam, f"nc:order:replace_unit:{order.id}:99")


async def _money_by_staff(here: Town) -> InteractionResult:
    order = await here.paid_order(here.alice)
    return await here.press(here.sam, f"nc:order:return_money:{order.id}:{order.version}")


async def _cancelled_proof(here: Town) -> InteractionResult:
    order = await here.order(here.alice)
    orders.cancel(here.shop, here.bot.desk.actor_of(await here.member(here.alice)), order.id)
    return await here.press(here.alice, f"nc:order:submit_proof:{order.id}")


def _ticket(verb: str) -> Refused:
    async def press(here: Town) -> InteractionResult:
        ticket, _ = await play.opened(here, here.alice)
        play.finish(here, ticket)
        return await here.press(here.sam, f"nc:ticket:{verb}:{ticket.id}")

    return press


async def _rated(here: Town) -> InteractionResult:
    ticket, _ = await play.opened(here, here.alice)
    play.finish(here, ticket)
    attributes.rate(here.shop, here.bot.desk.actor_of(await here.member(here.alice)), ticket.id, "5", "")
    return await here.press(here.alice, f"nc:ticket:rate:{ticket.id}")


async def _rated_by_a_stranger(here: Town) -> InteractionResult:
    ticket, _ = await play.opened(here, here.alice)
    return await here.press(here.bob, f"nc:ticket:rate:{ticket.id}")


REFUSED: list[tuple[Refused, str]] = [
    (_blocked, "You can't order here until"),
    (_not_delivered, "Vouches are for delivered orders"),
    (_strangers_vouch, "I can't find that order"),
    (_decided, "You can't reject this order now: it is"),
    (_own_order, "your own"),
    (_old_round, "That card is out of date"),
    (_cancelled_by_staff, "You can't cancel this order now"),
    (_other_amount, "Already done: sam approved this order"),
    (_refund_by_staff, "Only the owner can"),
    (_outdated_replacement, "Something has changed since this card was shown"),
    (_money_by_staff, "Only the owner can"),
    (_cancelled_proof, "it is cancelled"),
    (_ticket("close"), "You can't close this ticket now"),
    (_ticket("transfer"), "You can't reassign this ticket now"),
    (_ticket("priority"), "You can't set the priority of this ticket now"),
    (_ticket("link_order"), "You can't link an order to this ticket now"),
    (_rated, "You have rated this ticket already"),
    (_rated_by_a_stranger, "I can't find that ticket"),
]


@pytest.mark.parametrize(("press", "sentence"), REFUSED)
async def test_it_is_refused_before_the_form(town: Opening, press: Refused, sentence: str) -> None:
    async with town() as here:
        answer = await press(here)
        assert answer.modal is None
        assert sentence in said(answer)


async def test_whoever_has_too_much_open_is_told_before_the_form(town: Opening, make_product: ProductMaker) -> None:
    product = make_product(units=20)
    async with town() as here:
        for _ in range(here.shop.terms.max_open_orders):
            await here.order(here.alice, product=product)
        answer = await here.press(here.alice, f"nc:shop:buy:{product}")
        assert answer.modal is None
        assert "open orders, which is the most at one time" in said(answer)
