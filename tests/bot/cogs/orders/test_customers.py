"""`/note`: written by command and by button, read by staff, removed by its writer or the owner, refused to others."""

from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders.desk import notes
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said

STAFF_ONLY = "Only staff can"


def _texts(here: Town, person_id: int) -> list[str]:
    found = notes.listed(here.shop, Actor(1, "sam", is_staff=True), person_id, limit=50, offset=0)
    return [one.text for one in found.notes]


async def test_staff_keep_notes_about_a_person_and_an_order_by_command(town: Opening) -> None:
    async with town() as here:
        order, staff = await here.order(here.alice), here.channels["staff"]
        answer = await here.sam.slash(staff, "note", text="Friendly.", person=here.alice)
        assert f"Kept your note about <@{here.alice.id}>" in said(answer)
        answer = await here.sam.slash(staff, "note", text="Asked twice.", order_id=order.id.lower())
        assert f"Kept your note about order `{order.id}`" in said(answer)
        assert _texts(here, here.alice.id) == ["Asked twice.", "Friendly."]
        details = await here.sue.slash(staff, "details", order_id=order.id)
        assert "“Asked twice.” · sam" in said(details)
        assert "Notes (2):" in said(details)


async def test_a_note_is_about_one_thing(town: Opening) -> None:
    async with town() as here:
        order, staff = await here.order(here.alice), here.channels["staff"]
        for given in ({}, {"person": here.alice, "order_id": order.id}, {"order_id": " "}):
            assert "either a person or an order" in said(await here.sam.slash(staff, "note", text="x", **given))
        assert "I can't find that order" in said(await here.sam.slash(staff, "note", text="x", order_id="NC-1"))
        assert _texts(here, here.alice.id) == []


async def test_buttons_add_list_and_remove(town: Opening) -> None:
    async with town() as here:
        order, staff = await here.order(here.alice), here.channels["staff"]
        details = page(await here.sam.slash(staff, "details", order_id=order.id))
        form = await here.sam.click(details, custom_id=f"nc:order:note:{order.id}")
        shown = await here.sam.submit_modal(form, {"note": "By button."})
        assert "“By button.” · sam" in said(shown)
        listing = await here.sam.click(page(shown), custom_id=f"nc:person:notes:{here.alice.id}:0:beside")
        form = await here.sam.click(page(listing), custom_id=f"nc:person:note:{here.alice.id}")
        listing = await here.sam.submit_modal(form, {"note": "About her."})
        assert said(listing).index("About her.") < said(listing).index("By button.")
        (remove, _) = [one for one in custom_ids(page(listing).components) if one.startswith("nc:note:")]
        question = await here.sam.click(page(listing), custom_id=remove)
        assert "Remove this note?" in said(question)
        left = await here.sam.click(page(question), custom_id=remove.replace("ask_remove", "remove"))
        assert "About her." not in said(left)
        assert _texts(here, here.alice.id) == ["By button."]


async def test_who_may_not_is_told_so_at_the_act(town: Opening) -> None:
    async with town() as here:
        order, staff = await here.order(here.alice), here.channels["staff"]
        await here.sam.slash(staff, "note", text="Secret thoughts.", person=here.alice)
        for custom_id in (
            f"nc:order:note:{order.id}",
            f"nc:person:note:{here.alice.id}",
            f"nc:person:notes:{here.alice.id}:0",
            "nc:note:ask_remove:1",
            "nc:note:remove:1",
        ):
            answer = said(await here.press(here.alice, custom_id))
            assert STAFF_ONLY in answer
            assert "Secret" not in answer
        listing = page(await here.press(here.sue, f"nc:person:notes:{here.alice.id}:0"))
        assert not [one for one in custom_ids(listing.components) if one.startswith("nc:note:")]
        assert "Only whoever wrote a note" in said(await here.press(here.sue, "nc:note:remove:1"))
        assert "no notes" in said(await here.press(here.olga, "nc:note:remove:1"))
        assert "removed already" in said(await here.press(here.sam, "nc:note:remove:1"))


async def test_a_form_of_someone_who_is_no_longer_staff_keeps_nothing(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        forms = [
            await here.press(here.sam, custom_id, channel="support")
            for custom_id in (f"nc:order:note:{order.id}", f"nc:person:note:{here.alice.id}")
        ]
        here.dismiss(here.sam)
        for form in forms:
            assert STAFF_ONLY in said(await here.sam.submit_modal(form, {"note": "x"}))
        assert _texts(here, here.alice.id) == []


async def test_a_person_whom_discord_does_not_know_gets_no_note(town: Opening) -> None:
    async with town() as here:
        form = await here.press(here.sam, "nc:person:note:4711")
        assert "Discord doesn't know this person" in said(await here.sam.submit_modal(form, {"note": "x"}))
        assert _texts(here, 4711) == []


async def test_a_person_who_has_left_the_server_can_have_one(town: Opening) -> None:
    async with town() as here:
        left = here.env.create_user("carol")
        form = await here.press(here.sam, f"nc:person:note:{left.id}")
        assert "Gone." in said(await here.sam.submit_modal(form, {"note": "Gone."}))
        assert _texts(here, left.id) == ["Gone."]
