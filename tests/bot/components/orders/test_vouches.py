"""The invitation in the DM opens the form at once, and what comes back becomes the vouch of that order."""

import pytest
from simcord import InteractionResult, MemberActor
from sqlalchemy import select

from novacore.db.models import Order, Vouch
from novacore.db.unit_of_work import reading
from novacore.messages.orders.after_sale import vouch_invite
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import commands as orders
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, fill_in, said
from tests.workflows.machine import lives

OWNER = Actor(1, "owner", is_owner=True)
MISSING = "I can't find that order"


async def delivered(here: Town, who: MemberActor) -> Order:
    """Buy something and look at it."""
    order = await here.paid_order(who)
    await here.decide(here.sam, "approve", order)
    await here.press(who, f"nc:order:reveal:{order.id}")
    return order


async def write(here: Town, who: MemberActor, order_id: str, **answers: str) -> InteractionResult:
    """Press the button of a vouch and fill in the form."""
    form = await here.press(who, f"nc:vouch:write:{order_id}")
    return await fill_in(who, form, answers)


def stored(here: Town) -> list[tuple[str, int, str]]:
    """Read every vouch: the order, the stars and the words."""
    with reading(here.shop.database) as session:
        rows = select(Vouch.order_id, Vouch.rating, Vouch.comment).order_by(Vouch.order_id)
        return [(order_id, rating, comment) for order_id, rating, comment in session.execute(rows)]


async def test_the_invitation_in_the_dm_leads_to_a_vouch(town: Opening) -> None:
    async with town() as here:
        order = await delivered(here, here.alice)
        person = await here.bot.fetch_user(here.alice.id)
        assert person is not None
        invitation = await person.send(view=vouch_invite(order).view)
        form = await here.alice.user.click(invitation, custom_id=f"nc:vouch:write:{order.id}")
        assert form.modal is not None
        answer = await here.alice.user.submit_modal(form, {"rating": "5", "comment": "Quick and friendly."})
        assert "Thank you" in said(answer)
        assert answer.response.ephemeral
        assert stored(here) == [(order.id, 5, "Quick and friendly.")]
        assert here.events(order)[-1].trigger == "write_vouch"


async def test_the_words_may_be_left_out_and_changed_after_a_restart(town: Opening) -> None:
    async with town() as here:
        order = await delivered(here, here.alice)
        await write(here, here.alice, order.id, rating="4")
        assert stored(here) == [(order.id, 4, "")]
        await here.restart()
        await write(here, here.alice, order.id, rating="3", comment="It broke later.")
        assert stored(here) == [(order.id, 3, "It broke later.")]


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
async def test_an_order_that_is_not_yours_reads_like_a_missing_one(town: Opening, whose: str) -> None:
    async with town() as here:
        order = await delivered(here, here.alice)
        order_id = order.id if whose == "another's" else "NC-20260101-AAAAAA"
        assert MISSING in said(await write(here, here.bob, order_id, rating="1"))
        assert stored(here) == []


async def test_an_order_that_is_not_delivered_has_no_vouch(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        assert "Vouches are for delivered orders" in said(await write(here, here.alice, order.id, rating="5"))
        await here.decide(here.sam, "approve", order)
        await here.press(here.alice, f"nc:order:reveal:{order.id}")
        lives.end_jobs(here.shop, order.id)
        orders.refund(here.shop, OWNER, order.id, Given(reason="It did not work."))
        assert "this one is refunded" in said(await write(here, here.alice, order.id, rating="5"))
        assert stored(here) == []
