"""`/customer`: one page about a person, with the way to everything; its acts are those of the commands."""

from tests.bot.conftest import Opening
from tests.bot.towns.town import custom_ids, page, said

STAFF_ONLY = "Only staff can"


async def test_the_page_names_the_orders_and_leads_to_them(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        shown = await here.sam.slash(here.channels["staff"], "customer", person=here.alice)
        assert "## 👤 alice" in said(shown)
        assert "🛒 **1 order**: 1 being checked by staff" in said(shown)
        assert "aren't in the server" not in said(shown)
        listed = await here.sam.click(page(shown), custom_id=f"nc:person:orders:{here.alice.id}:0")
        assert "1 order of" in said(listed)
        details = await here.sam.click(page(listed), custom_id=f"nc:order:details:{order.id}")
        assert "Payment to check" in said(details)
        back = await here.sam.click(page(details), custom_id=f"nc:person:page:{here.alice.id}:beside")
        assert "## 👤 alice" in said(back)


async def test_a_stranger_and_someone_who_has_left_are_said_in_a_sentence(town: Opening) -> None:
    async with town() as here:
        left = here.env.create_user("carol")
        shown = await here.sam.slash(here.channels["staff"], "customer", person=left)
        assert "The shop has never met them" in said(shown)
        assert "aren't in the server" in said(shown)
        assert "The shop has never met them" in said(
            await here.sam.slash(here.channels["staff"], "customer", person=here.bob)
        )
        again = said(await here.press(here.sam, f"nc:person:page:{left.id}"))
        assert "## 👤 carol" in again
        assert "aren't in the server" in again
        nobody = said(await here.press(here.sam, "nc:person:page:4711"))
        assert "never met them" in nobody
        assert "aren't in the server" in nobody


async def test_blocking_and_unblocking_are_the_commands_acts(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        shown = await here.sam.slash(here.channels["staff"], "customer", person=here.alice)
        form = await here.sam.click(page(shown), custom_id=f"nc:person:block:{here.alice.id}")
        blocked = await here.sam.submit_modal(form, {"reason": "Charged back.", "until": "7"})
        assert "⛔ **Blocked**" in said(blocked)
        assert "Charged back." in said(blocked)
        assert "You can't order here until" in said(await here.to_methods(here.alice))
        free = await here.sam.click(page(blocked), custom_id=f"nc:person:unblock:{here.alice.id}")
        assert "⛔" not in said(free)
        assert "Already done" in said(await here.press(here.sue, f"nc:person:unblock:{here.alice.id}"))


async def test_staff_are_never_blocked_by_the_button_either(town: Opening) -> None:
    async with town() as here:
        for target in (here.sue, here.olga, here.sam):
            form = await here.press(here.sam, f"nc:person:block:{target.id}")
            answer = await here.sam.submit_modal(form, {"reason": "No.", "until": "2"})
            assert "Staff and the owner can't be blocked" in said(answer)
        form = await here.press(here.sam, f"nc:person:block:{here.bob.id}")
        assert "as the end of a block" in said(await here.sam.submit_modal(form, {"reason": "No.", "until": "soon"}))


async def test_tickets_and_vouches_are_listed_and_opened(town: Opening) -> None:
    async with town() as here:
        ticket = await here.press(here.alice, "nc:ticket:open:other", channel="support")
        await here.alice.submit_modal(ticket, {"subject": "Hello", "description": "Help me, please."})
        shown = await here.sam.slash(here.channels["staff"], "customer", person=here.alice)
        listed = await here.sam.click(page(shown), custom_id=f"nc:person:tickets:{here.alice.id}:0")
        assert "1 ticket of" in said(listed)
        (number,) = [one for one in custom_ids(page(listed).components) if one.startswith("nc:ticket:staff:")]
        assert "Ticket #1: Hello" in said(await here.sam.click(page(listed), custom_id=number))
        assert STAFF_ONLY in said(await here.press(here.alice, number, channel="support"))
        empty = await here.press(here.sam, f"nc:person:vouches:{here.alice.id}:0")
        assert "0 vouches" in said(empty)


async def test_a_page_that_is_not_there_says_so(town: Opening) -> None:
    async with town() as here:
        for verb in ("orders", "tickets", "vouches"):
            answer = said(await here.press(here.sam, f"nc:person:{verb}:{here.bob.id}:3000"))
            assert "Nothing on this page any more." in answer


async def test_nobody_else_sees_or_does_any_of_it(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        person = here.alice.id
        for verb in ("page", "block", "unblock"):
            assert STAFF_ONLY in said(await here.press(here.alice, f"nc:person:{verb}:{person}"))
        for verb in ("orders", "tickets", "vouches"):
            assert STAFF_ONLY in said(await here.press(here.bob, f"nc:person:{verb}:{person}:0"))
        form = await here.press(here.sam, f"nc:person:block:{person}", channel="support")
        here.dismiss(here.sam)
        assert STAFF_ONLY in said(await here.sam.submit_modal(form, {"reason": "No.", "until": "2"}))
