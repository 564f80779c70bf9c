"""“Free these and block” as staff press it: the question first, then what was done; each only for whoever pressed."""

from novacore.states import OrderStatus
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import commands as orders
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said
from tests.fixtures.shops import STAFF
from tests.workflows.machine import lives


def hold_one(here: Town) -> None:
    """Alice orders three times; two payments are not accepted, and the third order still waits for one."""
    alice = Actor(here.alice.id, "alice")
    for order in [lives.place(here.shop, 1, alice) for _ in range(3)][:2]:
        orders.reject(here.shop, STAFF, lives.submit(here.shop, order, alice).id, lives.REASON)


async def test_staff_are_asked_first_and_then_it_is_done_once(town: Opening) -> None:
    async with town() as here:
        hold_one(here)
        asked = await here.press(here.sam, "nc:stock:ask_free:1")
        assert "Free 1 unit of Game key?" in said(asked)
        assert here.state(here.orders()[2]) == OrderStatus.awaiting_payment
        (yes,) = custom_ids(page(asked).components)
        assert yes.startswith("nc:stock:free:1:")
        done = said(await here.sam.click(page(asked), custom_id=yes))
        assert "1 unit of Game key back on sale" in done
        assert f"<@{here.alice.id}> can't order before <t:" in done
        assert [here.state(order) for order in here.orders()] == ["rejected", "rejected", "cancelled"]
        assert "Already done: sam has freed these" in said(await here.press(here.sue, yes))
        assert "There is nothing to free" in said(await here.press(here.sue, "nc:stock:ask_free:1"))
        assert "You can't order here until" in said(await here.to_methods(here.alice))


async def test_customers_free_nothing(town: Opening) -> None:
    async with town() as here:
        hold_one(here)
        for custom_id in ("nc:stock:ask_free:1", "nc:stock:free:1:4294967295"):
            assert "Only staff can free" in said(await here.press(here.bob, custom_id))
        assert here.state(here.orders()[2]) == OrderStatus.awaiting_payment


async def test_whoever_is_held_back_hears_it_before_they_choose_how_to_pay(town: Opening) -> None:
    async with town() as here:
        hold_one(here)
        orders.cancel(here.shop, STAFF, here.orders()[2].id)
        assert "2 of your orders ended without a payment" in said(await here.to_methods(here.alice))
        forgiven = await here.sam.slash(here.channels["staff"], "forgive", person=here.alice)
        assert said(forgiven) == (
            "Done: 2 unpaid orders of alice no longer count. They can order again like everybody else."
        )
        assert "nothing to forgive" in said(await here.sue.slash(here.channels["staff"], "forgive", person=here.alice))
        await here.order(here.alice)
        assert len(here.orders()) == 4
