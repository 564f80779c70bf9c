"""`/answers` for the owner and `/reply` for staff, as they are typed: forms, pages, suggestions and refusals."""

from typing import Any

import pytest
from simcord import InteractionResult

from novacore.db.queries.desk.answers import every_answer
from novacore.db.unit_of_work import reading
from novacore.states import TicketStatus
from novacore.workflows.tickets import answers
from novacore.workflows.tickets.answers import TypedAnswer
from tests.bot.conftest import Opening
from tests.bot.towns import tickets as play
from tests.bot.towns.town import Town, page, said
from tests.db.queries import plans
from tests.fixtures.shops import OWNER

WORDS = {"name": "Codes", "text": "Hello {customer},\n\n  type ```it``` by *hand*."}


def _filled(form: InteractionResult) -> dict[str, Any]:
    assert form.modal
    return {part["component"]["custom_id"]: part["component"].get("value") for part in form.modal["components"]}


def _kept(here: Town) -> list[tuple[str, str, str]]:
    with reading(here.shop.database) as session:
        return [(one.name, one.text, one.author_name) for one in every_answer(session)]


async def test_the_owner_adds_edits_lists_and_removes(town: Opening) -> None:
    async with town() as here:
        staff = here.channels["staff"]
        form = await here.olga.slash(staff, "answers add")
        assert _filled(form) == {"name": None, "text": None}
        assert "Saved. Staff can reply with “Codes”" in said(await here.olga.submit_modal(form, WORDS))
        assert _kept(here) == [("Codes", WORDS["text"], "olga")]
        form = await here.olga.slash(staff, "answers edit", answer="codes")
        assert _filled(form) == WORDS
        await here.olga.submit_modal(form, {"name": "Typing", "text": "By hand."})
        listed = said(await here.olga.slash(staff, "answers list"))
        assert "1 answer." in listed
        assert "**Typing** · By hand." in listed
        assert "olga <t:" in listed
        assert "It said:" in said(await here.olga.slash(staff, "answers remove", answer="typing"))
        assert "There are none yet" in said(await here.olga.slash(staff, "answers list"))
        assert "That answer is gone" in said(await here.olga.slash(staff, "answers edit", answer="typing"))


async def test_typed_words_are_kept_on_a_refusal_and_over_a_restart(town: Opening) -> None:
    async with town() as here:
        form = await here.olga.slash(here.channels["staff"], "answers add")
        wrong = WORDS | {"text": f"{WORDS['text']} {{name}}"}
        refused = await here.olga.submit_modal(form, wrong)
        assert "can't fill in {name}. It knows these places: {customer} {order} {product}." in said(refused)
        assert _kept(here) == []
        await here.restart()
        again = await here.olga.click(page(refused), custom_id="nc:answer:form")
        assert _filled(again) == wrong
        await here.olga.submit_modal(again, WORDS)
        assert _kept(here) == [("Codes", WORDS["text"], "olga")]


async def test_who_was_overtaken_reads_so_and_saves_over_it_knowingly(town: Opening) -> None:
    async with town() as here:
        added = answers.add(here.shop, OWNER, TypedAnswer("Codes", "old"))
        form = await here.olga.slash(here.channels["staff"], "answers edit", answer="Codes")
        answers.change(here.shop, OWNER, added.id, 1, TypedAnswer("Codes", "newer"))
        refused = await here.olga.submit_modal(form, {"name": "Codes", "text": "mine"})
        assert "has changed this answer meanwhile" in said(refused)
        assert [text for _, text, _ in _kept(here)] == ["newer"]
        again = await here.olga.click(page(refused), custom_id=f"nc:answer:form:{added.id}:2")
        answers.remove(here.shop, OWNER, "Codes")
        refused = await here.olga.submit_modal(again, {"name": "Codes", "text": "mine"})
        assert "Saved again, it is a new one" in said(refused)
        await here.olga.submit_modal(
            await here.olga.click(page(refused), custom_id="nc:answer:form"), {"name": "Codes", "text": "mine"}
        )
        assert [text for _, text, _ in _kept(here)] == ["mine"]


async def test_many_answers_have_pages(town: Opening) -> None:
    async with town() as here:
        for number in range(12):
            answers.add(here.shop, OWNER, TypedAnswer(f"Answer {number:02}", "x"))
        first = await here.olga.slash(here.channels["staff"], "answers list")
        assert "Answer 09" in said(first)
        assert "Answer 10" not in said(first)
        second = await here.olga.click(page(first), custom_id="nc:answer:list:1")
        assert "Answer 11" in said(second)


@pytest.mark.parametrize(
    ("name", "options"),
    [("answers add", {}), ("answers edit", {"answer": "Codes"}), ("answers remove", {"answer": "Codes"})],
)
async def test_staff_do_not_see_the_owners_commands_and_are_refused(
    town: Opening, name: str, options: dict[str, str]
) -> None:
    async with town() as here:
        answers.add(here.shop, OWNER, TypedAnswer("Codes", "x"))
        assert name not in here.sam.available_commands(here.channels["staff"])
        await here.show_commands(here.sam)
        assert "Only the owner can keep answers" in said(await here.sam.slash(here.channels["staff"], name, **options))
        assert "Only the owner can" in said(await here.press(here.sam, "nc:answer:form"))
        assert "Only the owner can" in said(await here.press(here.sam, "nc:answer:list:0"))
        assert len(_kept(here)) == 1


async def test_staff_reply_in_the_tickets_channel(town: Opening) -> None:
    async with town() as here:
        answers.add(here.shop, OWNER, TypedAnswer("Type it by hand", "By hand, please."))
        answers.add(here.shop, OWNER, TypedAnswer("Hand over", "x"))
        ticket, channel = await play.opened(here, here.alice)
        with plans.watching(here.shop.database.engine) as asked:
            offered = await here.sam.autocomplete(channel, "reply", "answer", "HAND")
        assert "canned_answers.name" in str(asked)
        assert "canned_answers.text" not in str(asked), "each keystroke reads names alone"
        assert [one["value"] for one in offered] == ["Hand over", "Type it by hand"]
        told = said(await here.sam.slash(channel, "reply", answer="type IT by hand", words="Line 2."))
        assert "“Type it by hand” is being posted here in your name" in told
        assert play.told(here, ticket)[-1] == "reply"
        assert play.jobs(here, ticket)[-1] == "send_reply"
        assert "That answer is gone" in said(await here.sam.slash(channel, "reply", answer="Never kept"))
        elsewhere = await here.sam.slash(here.channels["staff"], "reply", answer="Hand over")
        assert "no open ticket's channel" in said(elsewhere)
        play.finish(here, ticket)
        assert play.standing(here, ticket).status is TicketStatus.closed
        assert "no open ticket's channel" in said(await here.sam.slash(channel, "reply", answer="Hand over"))
        assert play.jobs(here, ticket).count("send_reply") == 1


async def test_customers_do_not_see_it_and_are_refused(town: Opening) -> None:
    async with town() as here:
        answers.add(here.shop, OWNER, TypedAnswer("Codes", "x"))
        ticket, channel = await play.opened(here, here.alice)
        assert not {"reply", "answers add"} & {*here.alice.available_commands(channel)}
        await here.show_commands(here.alice)
        assert await here.alice.autocomplete(channel, "reply", "answer", "") == []
        assert "Only staff can reply" in said(await here.alice.slash(channel, "reply", answer="Codes"))
        assert "reply" not in play.told(here, ticket)
