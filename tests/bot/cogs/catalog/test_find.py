"""`/find`: what customers type, right, wrong or hostile, and the ordinary page that it leads to."""

import pytest

from novacore.states import ProductKind
from novacore.workflows.catalog import offers, products, sales
from novacore.workflows.catalog.offers import NewProduct
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said, walk
from tests.fixtures.shops import OWNER


def stock(here: Town, *names: str) -> list[int]:
    """Put products on sale next to the game key that every town has."""
    made = [NewProduct("Cards", name, "Some words.", ProductKind.by_hand, 500) for name in names]
    return [offers.add_product(here.shop, OWNER, one) for one in made]


async def test_one_that_fits_is_its_ordinary_page(town: Opening) -> None:
    async with town() as here:
        stock(here, "Sky Rush", "Sky Gift")
        answer = await here.alice.slash(here.channels["shop"], "find", text="GAME")
        assert "## Game key" in said(answer)
        assert "nc:shop:buy:1" in custom_ids(page(answer).components)
        assert answer.ephemeral


async def test_several_are_a_list_that_leads_to_the_page(town: Opening) -> None:
    async with town() as here:
        (rush, gift) = stock(here, "Sky Rush", "Sky Gift")
        listed = await here.alice.slash(here.channels["shop"], "find", text=" sky ")
        assert "2 products for “sky”" in said(listed)
        options = [one for part in walk(page(listed).components) for one in part.get("options", ())]
        assert [(one["label"], one["value"]) for one in options] == [("Sky Gift", str(gift)), ("Sky Rush", str(rush))]
        shown = await here.alice.select(page(listed), [str(rush)])
        assert "## Sky Rush" in said(shown)
        assert "nc:shop:buy" in str(custom_ids(page(shown).components))
        both = await here.alice.slash(here.channels["shop"], "find", text="cards rush")
        assert "## Sky Rush" in said(both)


async def test_what_is_offered_while_typing_is_found_by_its_number(town: Opening) -> None:
    async with town() as here:
        (rush, _) = stock(here, "Sky Rush", "Sky Gift")
        offered = await here.alice.autocomplete(here.channels["shop"], "find", "text", "rush")
        assert [(one["name"], one["value"]) for one in offered] == [("Sky Rush · $5.00", f"product:{rush}")]
        assert "## Sky Rush" in said(await here.alice.slash(here.channels["shop"], "find", text=f"product:{rush}"))


async def test_nothing_found_says_so_kindly(town: Opening) -> None:
    async with town() as here:
        answer = await here.alice.slash(here.channels["shop"], "find", text="unicorn")
        assert "Nothing for “unicorn”" in said(answer)
        assert "nc:shop:categories:0" in custom_ids(page(answer).components)


@pytest.mark.parametrize(
    "typed",
    [
        *("%", "_", "' OR 1=1 --", "@everyone <@1> [a](http://b)", "\u202e\u200b", "x\0y", "**bold** `code`"),
        *("product:999999999999999999999", "product:-1", "product: 1"),
    ],
)
async def test_hostile_words_find_nothing_and_do_nothing(town: Opening, typed: str) -> None:
    async with town() as here:
        answer = await here.alice.slash(here.channels["shop"], "find", text=typed)
        text = said(answer)
        assert "Nothing for" in text
        assert "@everyone" not in text
        assert "](http" not in text


async def test_what_is_hidden_removed_or_to_come_is_not_found(town: Opening) -> None:
    async with town() as here:
        (gone, coming) = stock(here, "Old Card", "Next Card")
        products.remove(here.shop, OWNER, gone)
        sales.set_first_day(here.shop, OWNER, coming, "2199-12-24")
        for typed in ("card", f"product:{gone}", f"product:{coming}"):
            answer = said(await here.alice.slash(here.channels["shop"], "find", text=typed))
            assert "Old Card" not in answer
            assert "Next Card" not in answer
        assert await here.alice.autocomplete(here.channels["shop"], "find", "text", "card") == []
