"""“Tell me when it is back” on the page of a sold-out product."""

from sqlalchemy import select

from novacore.db.models import StockWait
from novacore.db.unit_of_work import reading
from novacore.workflows.stock import restock
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said
from tests.fixtures.shops import OWNER


def waiting(here: Town) -> list[int]:
    """Who is on the list."""
    with reading(here.shop.database) as session:
        return [*session.execute(select(StockWait.customer_id)).scalars()]


async def test_asking_asking_again_and_taking_it_back(town: Opening) -> None:
    async with town() as here:
        restock.withdraw(here.shop, OWNER, 1)
        shown = await here.to_product(here.alice)
        assert "Sold out" in said(shown)
        asked = await here.alice.click(page(shown), custom_id="nc:shop:notify:1")
        assert "We send you one DM as soon as **Game key** is back" in said(asked)
        assert waiting(here) == [here.alice.id]
        again = await here.alice.click(page(shown), custom_id="nc:shop:notify:1")
        assert "on the list already" in said(again)
        assert waiting(here) == [here.alice.id]
        off = await here.alice.click(page(again), custom_id="nc:shop:forget_notify:1")
        assert "you won't hear from us" in said(off)
        assert waiting(here) == []
        assert "not on the list" in said(await here.press(here.bob, "nc:shop:forget_notify:1"))


async def test_what_is_in_stock_has_no_such_button(town: Opening) -> None:
    async with town() as here:
        shown = await here.to_product(here.alice)
        assert "nc:shop:notify:1" not in custom_ids(page(shown).components)
        assert "in stock right now" in said(await here.press(here.alice, "nc:shop:notify:1"))
        assert "not on sale any more" in said(await here.press(here.alice, "nc:shop:notify:999"))
        assert waiting(here) == []
