"""Files that are sold once each, as their owner stocks them, from the form to the buyer's private page."""

from typing import Any

import pytest

from novacore.bot import progress
from novacore.bot.uploads import uploads
from tests.bot.cogs.catalog.test_restock import add, on_sale, run
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said
from tests.fixtures.shops import ProductMaker

SEED = ("seed.zip", b"PK\3\4 one")
MAP = ("map.pdf", b"%PDF-1.7 two")


async def give(here: Town, product_id: int, *given: tuple[str, bytes]) -> Any:
    """Let Olga type the command without anything, and fill in the form that comes."""
    form = await run(here, "restock", product=str(product_id))
    return await here.olga.submit_modal(form, {"files": [*given]})


async def test_an_owner_stocks_files_and_each_buyer_sees_their_own(
    town: Opening, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress.follow, "__defaults__", (0.02, 20.0))
    product_id = make_product(units=0, name="Seeds")
    async with town() as here:
        shown = await give(here, product_id, SEED, MAP, ("again.zip", SEED[1]))
        for told in ("**2 units**, a file each", "seed.zip", "map.pdf", "again.zip comes twice in this upload"):
            assert told in said(shown)
        assert on_sale(here, product_id) == 0, "nothing before the yes"
        assert "**2** added and on sale" in said(await add(here, shown))
        assert on_sale(here, product_id) == 2
        got = []
        for buyer in (here.alice, here.bob):
            order = await here.order(buyer, product=product_id)
            await here.pay(buyer, order)
            assert "1 file comes with it" in said(
                await here.sam.slash(here.channels["staff"], "details", order_id=order.id)
            )
            await here.decide(here.sam, "approve", order)
            goods = page(await here.press(buyer, f"nc:order:reveal:{order.id}"))
            got += [(one.filename, await one.read()) for one in goods.attachments]
        assert got == [SEED, MAP]
        known = await give(here, product_id, SEED)
        assert "seed.zip was sold before" in said(known)
        assert not any(one.startswith("nc:stock:confirm") for one in custom_ids(page(known).components))


async def test_an_order_that_no_message_can_carry_is_refused_before_it_is_paid(
    town: Opening, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    product_id = make_product(units=0, name="Seeds")
    async with town() as here:
        await add(here, await give(here, product_id, SEED, MAP))
        monkeypatch.setattr("novacore.workflows.goods.files.MOST_TOGETHER", 15)
        methods = await here.to_methods(here.alice, product_id, "2")
        refused = await here.alice.select(page(methods), ["btc"])
        assert "Please order fewer at a time" in said(refused)
        assert here.orders() == []
        assert on_sale(here, product_id) == 2


async def test_what_cannot_be_goods_is_refused_before_it_is_fetched(
    town: Opening, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    product_id = make_product(units=0, name="Seeds")

    async def fetch(_file: object) -> bytes:
        raise AssertionError("Nothing of this may be fetched.")

    monkeypatch.setattr(uploads, "fetch_file", fetch)
    async with town() as here:
        assert "is empty" in said(await give(here, product_id, SEED, ("empty.txt", b"")))


async def test_files_are_the_owners_business(town: Opening) -> None:
    async with town() as here:
        await here.show_commands(here.sam)
        refused = await run(here, "restock", here.sam)
        assert refused.modal is None
        assert "Only the owner" in said(refused)
