"""`/orders` and `/proof`, and `/shop`."""

import pytest

from tests.bot.conftest import Opening
from tests.bot.towns.town import custom_ids, page, proof, said


async def test_the_shop_for_one_person(town: Opening) -> None:
    async with town() as here:
        shown = await here.alice.slash(here.channels["support"], "shop")
        shelf = await here.alice.select(page(shown), ["1"], custom_id="nc:shop:category")
        assert page(shelf).id == page(shown).id
        assert "Games" in said(shelf)


async def test_a_customers_own_orders(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        shown = await here.alice.slash(here.channels["shop"], "orders")
        assert order.id in said(shown)
        assert f"nc:order:submit_proof:{order.id}" in custom_ids(page(shown).components)
        assert order.id not in said(await here.bob.slash(here.channels["shop"], "orders"))


async def test_a_proof_by_command(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        fields = proof()
        answer = await here.alice.slash(
            here.channels["shop"],
            "proof",
            order_id=f" {order.id.lower()} ",
            file=fields["proof"],
            reference=fields["reference"],
        )
        assert here.state(order) == "under_review"
        assert order.id in said(answer)
        assert page(answer).ephemeral


@pytest.mark.parametrize("typed", ["", "NC-20260101-AAAAAA", "nonsense", "'; --"])
async def test_a_proof_for_no_order(town: Opening, typed: str) -> None:
    async with town() as here:
        fields = proof()
        answer = await here.alice.slash(
            here.channels["shop"], "proof", order_id=typed, file=fields["proof"], reference=fields["reference"]
        )
        assert "I can't find that order" in said(answer)


async def test_a_proof_for_someone_elses_order(town: Opening) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        fields = proof()
        answer = await here.bob.slash(
            here.channels["shop"], "proof", order_id=order.id, file=fields["proof"], reference=fields["reference"]
        )
        assert "I can't find that order" in said(answer)
        assert here.state(order) == "awaiting_payment"


async def test_own_orders_that_wait_for_a_proof_are_offered(town: Opening) -> None:
    async with town() as here:
        done = await here.paid_order(here.alice)
        waiting = await here.order(here.alice)
        others = await here.order(here.bob)
        offered = await here.alice.autocomplete(here.channels["shop"], "proof", "order_id", "")
        assert [one["value"] for one in offered] == [waiting.id]
        assert "Game key" in offered[0]["name"]
        for typed, found in ((waiting.id[-4:].lower(), True), ("game", True), ("zzz", False)):
            offered = await here.alice.autocomplete(here.channels["shop"], "proof", "order_id", typed)
            assert bool(offered) is found, typed
        assert done.id != others.id
