"""What customers do with their orders: proofs, cancelling, looking at goods. And that nobody does it with another's."""

import asyncio

import pytest
from simcord import InteractionResult

from novacore.bot.answers import before_a_form
from novacore.bot.uploads.intake import SHARE, _Person
from novacore.media.artwork import sample_receipt
from novacore.media.proofs import MAX_PROOF_BYTES
from novacore.states import ProductKind
from novacore.workflows.catalog import offers, products
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.goods import files
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import commands as orders
from tests.bot.conftest import Opening
from tests.bot.towns.town import custom_ids, page, proof, said, text_of
from tests.fixtures.shops import OWNER, ProductMaker

STAFF = Actor(1, "staff", is_staff=True)
MISSING = "I can't find that order"


async def test_a_proof_brings_the_order_under_review(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        paying = await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        form = await here.alice.click(page(paying), custom_id=f"nc:order:submit_proof:{order.id}")
        answer = await here.alice.submit_modal(form, proof())
        assert here.state(order) == "under_review"
        assert order.id in said(answer)
        assert f"nc:order:submit_proof:{order.id}" not in custom_ids(page(answer).components)
        assert page(answer).id == page(paying).id


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"proof": ("proof.png", b"this is no picture")}, "not a picture"),
        ({"proof": ("proof.png", b"")}, "not a picture"),
        ({"proof": ("proof.png", bytes(MAX_PROOF_BYTES + 1))}, "larger than 10 MiB"),
        ({"reference": "not one"}, "does not look like a transaction id"),
    ],
)
async def test_a_proof_that_cannot_be_used(town: Opening, fields: dict[str, object], sentence: str) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        assert sentence in said(await here.alice.submit_modal(form, proof() | fields))
        assert here.state(order) == "awaiting_payment"
        await here.pay(here.alice, order)
        assert here.state(order) == "under_review"


def retry_of(answer: InteractionResult) -> str:
    """The button that asks for the id again."""
    (found,) = [one for one in custom_ids(page(answer).components) if one.startswith("nc:proof:retry:")]
    return found


async def test_after_a_wrong_transaction_id_only_the_id_is_typed_again(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        answer = await here.alice.submit_modal(form, proof() | {"reference": "not one"})
        again_id = ""
        for typed, state in (("not one either", "awaiting_payment"), ("ab" * 32, "under_review")):
            assert page(answer).ephemeral
            again_id = retry_of(answer)
            again = await here.alice.click(page(answer), custom_id=again_id)
            answer = await here.alice.submit_modal(again, {"reference": typed})
            assert here.state(order) == state
        assert order.id in said(answer)
        assert "don't have that picture any more" in said(await here.press(here.alice, again_id))


async def test_whoever_sent_a_used_transaction_id_by_mistake_is_helped_on(town: Opening) -> None:
    async with town() as here:
        used, theirs, mine = "ab" * 32, await here.order(here.bob), await here.order(here.alice)
        await here.pay(here.bob, theirs, used)
        await here.decide(here.sam, "approve", theirs)
        form = await here.press(here.alice, f"nc:order:submit_proof:{mine.id}")
        answer = await here.alice.submit_modal(form, proof() | {"reference": used})
        for typed in (used, "cd" * 32):
            assert "already used for another order" in said(answer)
            assert "send the right one" in said(answer)
            assert "open a ticket" in said(answer)
            again = await here.alice.click(page(answer), custom_id=retry_of(answer))
            answer = await here.alice.submit_modal(again, {"reference": typed})
        assert here.state(mine) == "under_review"


async def test_after_a_wrong_order_id_only_that_one_is_typed_again(town: Opening) -> None:
    async with town() as here:
        order, support = await here.order(here.alice), here.channels["support"]
        theirs = await here.order(here.bob)
        sent = {"file": ("proof.png", proof()["proof"][1]), "reference": "ab" * 32}
        answer = await here.alice.slash(support, "proof", order_id=theirs.id, **sent)
        assert MISSING in said(answer)
        button = retry_of(answer)
        assert "don't have that picture any more" in said(await here.press(here.bob, button))
        again = await here.alice.click(page(answer), custom_id=button)
        await here.alice.submit_modal(again, {"order_id": f" {order.id.lower()}"})
        assert (here.state(order), here.state(theirs)) == ("under_review", "awaiting_payment")


async def test_what_is_no_picture_is_not_kept(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        wrong = proof() | {"reference": "not one", "proof": ("proof.png", b"this is no picture")}
        answer = await here.alice.submit_modal(form, wrong)
        assert "does not look like a transaction id" in said(answer)
        assert "Try again" not in said(answer)


async def test_the_buyer_cancels(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice, quantity="3")
        asked = await here.press(here.alice, f"nc:order:cancel:{order.id}")
        assert here.state(order) == "awaiting_payment"
        assert "Cancel this order?" in said(asked)
        answer = await here.alice.click(page(asked), custom_id=f"nc:order:cancel_now:{order.id}:{order.version}")
        assert here.state(order) == "cancelled"
        assert "cancelled" in said(answer).lower()
        assert (await here.order(here.bob, quantity="3")).quantity == 3


async def test_a_yes_counts_for_the_order_as_it_was_when_they_were_asked(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        old = f"nc:order:cancel_now:{order.id}:{order.version}"
        asked = await here.press(here.alice, f"nc:order:cancel:{order.id}")
        await here.pay(here.alice, order)
        orders.ask_again(here.shop, STAFF, order.id, Given(reason="Too dark.", round=1))
        answer = await here.alice.click(page(asked), custom_id=old)
        assert "has changed since you were asked, so I haven't cancelled it" in said(answer)
        assert MISSING in said(await here.press(here.bob, old))
        assert here.state(order) == "awaiting_proof"
        older = await here.press(here.alice, f"nc:order:cancel_now:{order.id}")
        assert "Cancel this order?" in said(older), "a page of an older release didn't name what it asked about"
        assert here.state(order) == "awaiting_proof"
        (yes,) = [one for one in custom_ids(page(older).components) if one.startswith("nc:order:cancel_now:")]
        await here.alice.click(page(older), custom_id=yes)
        assert here.state(order) == "cancelled"
        assert "Already done" in said(await here.press(here.alice, old))


async def test_whoever_thinks_again_keeps_the_order(town: Opening) -> None:
    async with town() as here:
        paying = await here.alice.select(page(await here.to_methods(here.alice)), ["btc"])
        (order,) = here.orders()
        asked = await here.alice.click(page(paying), custom_id=f"nc:order:cancel:{order.id}")
        kept = await here.alice.click(page(asked), custom_id=f"nc:order:keep:{order.id}")
        assert (here.state(order), page(kept).id) == ("awaiting_payment", page(paying).id)
        assert f"nc:order:submit_proof:{order.id}" in custom_ids(page(kept).components)
        await here.pay(here.alice, order)
        late = await here.alice.click(page(kept), custom_id=f"nc:order:cancel:{order.id}")
        assert "being checked by staff" in said(late)
        assert here.state(order) == "under_review"


async def test_an_order_that_ended_leads_to_its_product_as_it_is_on_sale_today(
    town: Opening, make_product: ProductMaker
) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        await here.press(here.alice, f"nc:order:cancel_now:{order.id}:{order.version}")
        listed = await here.press(here.alice, "nc:order:page:0")
        shown = await here.alice.click(page(listed), custom_id=f"nc:order:again:{order.id}")
        assert "nc:shop:buy:1" in custom_ids(page(shown).components)
        receipt = await here.post_dm(here.alice, f"nc:order:again:{order.id}")
        from_dm = await here.alice.user.click(receipt, custom_id=f"nc:order:again:{order.id}")
        assert "Game key" in text_of(from_dm.response.components)
        products.remove(here.shop, OWNER, 1)
        gone = await here.press(here.alice, f"nc:order:again:{order.id}")
        assert "not on sale any more" in said(gone)


async def test_an_order_is_placed_again_from_the_very_page_it_was_placed_and_cancelled_on(town: Opening) -> None:
    async with town() as here:
        paying = await here.alice.select(page(await here.to_methods(here.alice)), ["btc"])
        (first,) = here.orders()
        asked = await here.alice.click(page(paying), custom_id=f"nc:order:cancel:{first.id}")
        ended = await here.alice.click(page(asked), custom_id=f"nc:order:cancel_now:{first.id}:{first.version}")
        shown = await here.alice.click(page(ended), custom_id=f"nc:order:again:{first.id}")
        assert page(shown).ephemeral
        assert page(shown).id != page(ended).id, "a job keeps the old page true about the old order"
        form = await here.alice.click(page(shown), custom_id="nc:shop:buy:1")
        methods = await here.alice.submit_modal(form, {"quantity": "2"})
        await here.alice.select(page(methods), ["btc"])
        assert [(here.state(one), one.quantity) for one in here.orders()] == [("cancelled", 1), ("awaiting_payment", 2)]


async def test_the_goods_are_shown_to_the_buyer_alone(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        assert "There are no goods to show" in said(await here.press(here.alice, f"nc:order:reveal:{order.id}"))
        await here.decide(here.sam, "approve", order)
        assert MISSING in said(await here.press(here.bob, f"nc:order:reveal:{order.id}"))
        assert "Only the buyer" in said(await here.press(here.sam, f"nc:order:reveal:{order.id}"))
        assert here.state(order) == "approved"
        shown = await here.press(here.alice, f"nc:order:reveal:{order.id}")
        assert "SECRET-1-0" in said(shown)
        assert page(shown).ephemeral
        assert here.state(order) == "delivered"


async def test_goods_that_have_no_room_on_their_way_are_not_booked_as_shown(town: Opening) -> None:
    async with town() as here:
        file_id = files.store(here.shop, "guide.pdf", b"guide")
        book = NewProduct("Games", "Guide", "", ProductKind.unlimited, 500, files=[file_id])
        order = await here.order(here.alice, product=offers.add_product(here.shop, OWNER, book))
        await here.pay(here.alice, order)
        await here.decide(here.sam, "approve", order)
        lookers = here.bot.desk.intake._lookers
        lookers[here.alice.id] = _Person(SHARE)
        assert "on their way already" in said(await here.press(here.alice, f"nc:order:reveal:{order.id}"))
        assert here.state(order) == "approved"
        lookers.clear()
        shown = await here.press(here.alice, f"nc:order:reveal:{order.id}")
        assert [one.filename for one in page(shown).attachments] == ["guide.pdf"]
        assert here.state(order) == "delivered"


async def test_the_goods_leave_the_list_of_orders_as_it_is(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide(here.sam, "approve", order)
        listed = await here.press(here.alice, "nc:order:page:0")
        shown = await here.alice.click(page(listed), custom_id=f"nc:order:reveal:{order.id}")
        assert page(shown).id != page(listed).id
        assert "SECRET" in said(shown)
        assert "SECRET" not in said(listed)


@pytest.mark.parametrize("verb", ["cancel", "cancel_now", "keep", "again", "reveal"])
@pytest.mark.parametrize("whose", ["another's", "nobody's"])
async def test_an_order_that_is_not_yours_reads_like_a_missing_one(town: Opening, verb: str, whose: str) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        order_id = order.id if whose == "another's" else "NC-20260101-AAAAAA"
        assert MISSING in said(await here.press(here.bob, f"nc:order:{verb}:{order_id}"))
        assert here.state(order) == "awaiting_payment"


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
async def test_a_proof_for_an_order_that_is_not_yours(town: Opening, whose: str) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        order_id = order.id if whose == "another's" else "NC-20260101-AAAAAA"
        answer = await here.press(here.bob, f"nc:order:submit_proof:{order_id}")
        assert answer.modal is None
        assert MISSING in said(answer)
        assert here.state(order) == "awaiting_payment"


async def test_the_same_picture_does_not_pay_twice(town: Opening) -> None:
    async with town() as here:
        picture = sample_receipt("1.00", "NovaCore", "once", "today", "SamplePay")
        first, second = await here.order(here.alice), await here.order(here.bob)
        form = await here.press(here.alice, f"nc:order:submit_proof:{first.id}")
        await here.alice.submit_modal(form, proof() | {"proof": ("p.png", picture)})
        await here.decide(here.sam, "approve", first)
        form = await here.press(here.bob, f"nc:order:submit_proof:{second.id}")
        answer = await here.bob.submit_modal(form, proof() | {"proof": ("p.png", picture)})
        assert "already used for another order" in said(answer)
        assert "Please send a picture of the payment for this order." in said(answer)
        assert custom_ids(page(answer).components) == [f"nc:order:submit_proof:{second.id}"]
        assert here.state(second) == "awaiting_payment"


async def test_the_receipt_in_the_dm_works_as_the_page_does(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        receipt = await here.post_dm(here.alice, f"nc:order:submit_proof:{order.id}", f"nc:order:reveal:{order.id}")
        form = await here.alice.user.click(receipt, custom_id=f"nc:order:submit_proof:{order.id}")
        answer = await here.alice.user.submit_modal(form, proof())
        assert answer.response.ephemeral
        await here.decide(here.sam, "approve", order)
        shown = await here.alice.user.click(receipt, custom_id=f"nc:order:reveal:{order.id}")
        assert "SECRET-1-0" in said(shown)


async def test_staff_are_plain_customers_in_a_dm(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        card = await here.post_dm(here.sam, f"nc:order:approve:{order.id}:1")
        assert MISSING in said(await here.sam.user.click(card, custom_id=f"nc:order:approve:{order.id}:1"))
        assert here.state(order) == "under_review"


async def test_the_list_is_leafed_through(town: Opening) -> None:
    async with town() as here:
        for _ in range(7):
            order = await here.order(here.alice)
            orders.cancel(here.shop, STAFF, order.id, Given())
        first = await here.press(here.alice, "nc:order:page:0")
        told = said(first)
        assert "nc:order:page:1" in custom_ids(page(first).components)
        second = await here.alice.click(page(first), custom_id="nc:order:page:1")
        assert page(second).id == page(first).id
        assert all(order.id in told + said(second) for order in here.orders())
        assert "You have no orders yet" in said(await here.press(here.bob, "nc:order:page:0"))


async def test_whose_order_it_is_comes_before_the_picture(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        too_large = ("proof.png", bytes(MAX_PROOF_BYTES + 1))
        form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        await here.pay(here.alice, order)
        assert "being checked by staff" in said(await here.alice.submit_modal(form, proof() | {"proof": too_large}))
        support = here.channels["support"]
        assert MISSING in said(
            await here.bob.slash(support, "proof", order_id=order.id, file=too_large, reference="0" * 64)
        )


def test_a_form_does_not_wait_for_a_slow_database() -> None:
    class Desk:
        async def run(self, *_: object) -> None:
            await asyncio.sleep(3600)

    assert asyncio.run(before_a_form(Desk().run())) is None
