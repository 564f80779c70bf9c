"""Reviewers decide on proofs and do nothing else, whatever stands on the cards that they share with staff."""

import pytest
from simcord import MemberActor

from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.desk import notes
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, fill_in, page, said

STAFF = Actor(1, "sam", is_staff=True)


def reviewer(here: Town, *more: str) -> MemberActor:
    """Let someone come in who has the role of reviewers, and `more` of the others."""
    role = here.guild.create_role("Reviewer")
    settings = here.settings.model_copy(update={"reviewer_role_ids": frozenset({role.id})})
    here.bot.desk.settings = settings
    return here.guild.add_member(here.env.create_user("rita"), roles=[role, *(here.roles[name] for name in more)])


def card(verb: str, order_id: str) -> str:
    return f"nc:order:{verb}:{order_id}:1"


@pytest.mark.parametrize(
    ("verb", "state"), [("approve", "approved"), ("reject", "rejected"), ("ask_again", "awaiting_proof")]
)
async def test_they_decide_from_the_card(town: Opening, verb: str, state: str) -> None:
    async with town() as here:
        rita, order = reviewer(here), await here.paid_order(here.alice)
        form = await here.press_as(rita, card(verb, order.id), "shop")
        assert order.id in said(await fill_in(rita, form, {"reason": "Too dark."}))
        assert here.state(order) == state
        last = here.events(order)[-1]
        assert (last.trigger, last.actor_id, last.actor_name, last.actor_kind) == (verb, rita.id, "rita", "staff")


async def test_they_approve_a_different_amount(town: Opening) -> None:
    async with town() as here:
        rita, order = reviewer(here), await here.paid_order(here.alice)
        form = await here.press_as(rita, card("approve_amount", order.id), "shop")
        assert form.modal
        assert "Done: you approved this order with" in said(await rita.submit_modal(form, {"amount": "$9.99"}))
        assert here.state(order) == "approved"


async def test_the_second_to_decide_hears_who_was_first(town: Opening) -> None:
    async with town() as here:
        rita, order = reviewer(here), await here.paid_order(here.alice)
        await here.decide(here.sam, "approve", order)
        answer = await here.press_as(rita, card("approve", order.id), "shop")
        assert "Already done: sam approved this order" in said(answer)


async def test_nobody_decides_on_an_order_of_their_own(town: Opening) -> None:
    async with town() as here:
        rita = reviewer(here)
        order = await here.paid_order(rita)
        for verb in ("approve", "approve_amount", "reject", "ask_again"):
            assert "This order is your own" in said(await here.press_as(rita, card(verb, order.id), "shop"))
        details = await here.press_as(rita, f"nc:order:details:{order.id}", "shop")
        assert "This order is your own" in said(details)
        assert here.state(order) == "under_review"


@pytest.mark.parametrize("verb", ["reinstate", "cancel", "fulfil", "retry_delivery", "refund"])
async def test_other_buttons_of_the_card_say_who_may(town: Opening, verb: str) -> None:
    async with town() as here:
        rita, order = reviewer(here), await here.paid_order(here.alice)
        answer = said(await here.press_as(rita, card(verb, order.id), "shop"))
        assert ("Only the owner can" if verb == "refund" else "Only staff can") in answer
        assert here.state(order) == "under_review"


@pytest.mark.parametrize(
    "custom_id",
    [
        "nc:order:resend:{order}:1",
        "nc:order:replace_unit:{order}:1",
        "nc:order:return_money:{order}:1",
        "nc:order:receive_money:{order}:1",
        "nc:order:note:{order}",
        "nc:person:notes:{person}:0",
        "nc:person:page:{person}",
        "nc:order:found:{person}:0:0:0",
    ],
)
async def test_nothing_next_to_the_proof_is_theirs(town: Opening, custom_id: str) -> None:
    async with town() as here:
        rita, order = reviewer(here), await here.paid_order(here.alice)
        pressed = custom_id.format(order=order.id, person=here.alice.id)
        answer = await here.press_as(rita, pressed, "shop")
        assert answer.modal is None
        assert "Only " in said(answer)
        assert "Game key" not in said(answer)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("details", {"order_id": "NC-20260101-AAAAAA"}),
        ("find-payment", {"amount": "5"}),
        ("blocks", {}),
        ("tickets", {}),
    ],
)
async def test_of_staffs_commands_they_have_the_queue_alone(town: Opening, name: str, given: dict[str, str]) -> None:
    async with town() as here:
        rita = reviewer(here)
        await here.show_commands(rita)
        assert "Only staff can" in said(await rita.slash(here.channels["shop"], name, **given))


async def test_the_queue_has_the_proofs_alone_and_each_can_be_opened(town: Opening) -> None:
    async with town() as here:
        rita, order = reviewer(here), await here.paid_order(here.alice)
        blocked = await here.paid_order(here.bob)
        await here.decide(here.sam, "approve", blocked)
        orders.delivery_blocked(here.shop, SYSTEM, blocked.id, Given(reason="DMs are closed."))
        notes.add_to_order(here.shop, STAFF, order.id, "A wary customer.")
        await here.show_commands(rita)
        queue = await rita.slash(here.channels["shop"], "queue")
        assert order.id in said(queue)
        assert blocked.id not in said(queue)
        opened = await rita.click(page(queue), custom_id=f"nc:order:details:{order.id}")
        assert "Game key" in said(opened)
        assert "wary" not in said(opened)
        found = {one.split(":")[2] for one in custom_ids(page(opened).components)}
        assert found == {"approve", "approve_amount", "ask_again", "reject"}
        decided = await rita.click(page(opened), custom_id=card("approve", order.id))
        assert "Done: you approved this order" in said(decided)
        for pressed in (f"nc:order:details:{order.id}", f"nc:order:story:{order.id}:1"):
            later = await here.press_as(rita, pressed, "shop")
            assert "Only staff can look at this order" in said(later)


async def test_whoever_is_staff_as_well_is_staff(town: Opening) -> None:
    async with town() as here:
        rita, order = reviewer(here, "Staff"), await here.paid_order(here.alice)
        form = await here.press_as(rita, card("reject", order.id), "shop")
        await rita.submit_modal(form, {"reason": "No."})
        form = await here.press_as(rita, card("reinstate", order.id), "shop")
        await rita.submit_modal(form, {"reason": "Yes."})
        assert here.state(order) == "under_review"
        told = said(await rita.slash(here.channels["shop"], "help"))
        assert "For staff" in told
        assert "For reviewers" not in told


async def test_help_says_what_they_can_do(town: Opening) -> None:
    async with town() as here:
        rita = reviewer(here)
        told = said(await rita.slash(here.channels["shop"], "help"))
        mine = told.split("### For reviewers")[1]
        assert "queue" in mine
        assert "ask for another proof" in mine
        for other in ("details", "tickets", "For staff", "For the owner"):
            assert other not in told
        assert "For reviewers" not in said(await here.alice.slash(here.channels["shop"], "help"))
        assert "For reviewers" not in said(await here.olga.slash(here.channels["shop"], "help"))
