"""The owner puts things in order, sets sale prices and first days; customers see them so."""

from sqlalchemy import select

from novacore.db.models import Category
from novacore.db.unit_of_work import reading
from novacore.states import ProductKind
from novacore.workflows.catalog import offers
from novacore.workflows.catalog import products as catalogue
from novacore.workflows.catalog.offers import NewProduct
from tests.bot.conftest import Opening
from tests.bot.towns.catalogue import products
from tests.bot.towns.town import Town, page, said, walk
from tests.fixtures.shops import OWNER


def add(here: Town, name: str) -> int:
    """Put a product next to the one that every town has."""
    with reading(here.shop.database) as session:
        category = session.execute(select(Category.name).order_by(Category.id)).scalars().first() or ""
    return offers.add_product(here.shop, OWNER, NewProduct(category, name, "", ProductKind.unlimited, 500))


async def test_buttons_move_a_product_and_its_page_says_where_it_stands(town: Opening) -> None:
    async with town() as here:
        added = add(here, "Zebra")
        answer = await here.press(here.olga, f"nc:product:up:{added}")
        assert "**Zebra** stands at position 1 of 2 now" in said(answer)
        assert f"nc:product:down:{added}" in str(page(answer).components)
        assert "position 1 of 2" in said(await here.press(here.olga, f"nc:product:up:{added}"))
        assert [one.position for one in products(here)] == [2, 1]


async def test_a_category_is_moved_by_its_buttons(town: Opening) -> None:
    async with town() as here:
        offers.add_product(here.shop, OWNER, NewProduct("Zoo", "Zebra", "", ProductKind.unlimited, 500))
        zoo = products(here)[-1].category_id
        assert "**Zoo** stands at position 1 of 2 now" in said(await here.press(here.olga, f"nc:category:up:{zoo}"))
        shown = page(await here.alice.slash(here.channels["shop"], "shop"))
        options = [option for one in walk(shown.components) for option in one.get("options", ())]
        assert [one["label"] for one in options] == ["Zoo", "Games"]


async def test_the_command_takes_one_or_the_other(town: Opening) -> None:
    async with town() as here:
        added, staff = add(here, "Zebra"), here.channels["staff"]
        both = await here.olga.slash(staff, "shelf move", position=1)
        assert "either a product or a category" in said(both)
        moved = await here.olga.slash(staff, "shelf move", position=1, product=str(added))
        assert "**Zebra** stands at position 1 of 2" in said(moved)
        again = await here.olga.slash(staff, "shelf move", position=1, product=str(added))
        assert "Already done" in said(again)
        await here.show_commands(here.sam)
        refused = await here.sam.slash(staff, "shelf move", position=2, product=str(added))
        assert "owner" in said(refused)
        assert "can't find" in said(await here.olga.slash(staff, "shelf move", position=1, category="' OR 1=1"))


async def test_a_sale_from_the_owners_command_to_the_page_that_comes_too_late(town: Opening) -> None:
    async with town() as here:
        (product,), staff = products(here), here.channels["staff"]
        answer = await here.olga.slash(staff, "shelf sale", product=str(product.id), price="7")
        assert "~~$9.99~~ **$7.00**" in said(answer)
        assert "Sale price **$7.00**, since it was set, until `/shelf end-sale`: it counts now." in said(answer)
        methods = await here.to_methods(here.alice, quantity="1")
        assert "Price ~~$9.99~~ **$7.00**\n### Total $7.00" in said(methods)
        bought = await here.to_methods(here.bob, quantity="2")
        assert "🏷️ Sale price: ~~$9.99~~ $7.00 each" in said(await here.bob.select(page(bought), ["btc"]))

        ended = await here.olga.slash(staff, "shelf end-sale", product=str(product.id))
        assert "### $9.99" in said(ended)
        shown_again = await here.alice.select(page(methods), ["btc"])
        assert "has just changed, so nothing was ordered" in said(shown_again)
        assert "Total $9.99" in said(shown_again)
        (order,) = here.orders()
        assert (order.total_minor, order.before_sale_minor) == (1400, 999)


async def test_a_first_day_hides_it_and_a_forged_button_orders_nothing(town: Opening) -> None:
    async with town() as here:
        (product,), staff = products(here), here.channels["staff"]
        answer = await here.olga.slash(staff, "shelf first-day", product=str(product.id), day="2199-12-24")
        assert "Customers will see it from <t:" in said(answer)
        assert "nothing on sale" in said(await here.alice.slash(here.channels["shop"], "shop"))
        assert "not on sale" in said(await here.press(here.alice, f"nc:shop:buy:{product.id}"))
        assert here.orders() == []
        out = await here.olga.slash(staff, "shelf first-day", product=str(product.id))
        assert "It no longer waits for a first day" in said(out)
        await here.show_commands(here.sam)
        refused = await here.sam.slash(staff, "shelf first-day", product=str(product.id), day="2199-12-24")
        assert "owner" in said(refused)


async def test_what_is_removed_is_offered_as_removed(town: Opening) -> None:
    async with town() as here:
        catalogue.remove(here.shop, OWNER, add(here, "Zebra"))
        for command in ("shelf move", "discount add"):
            offered = await here.olga.autocomplete(here.channels["staff"], command, "product", "")
            names = [one["name"] for one in offered]
            assert sorted(names) == ["Game key · Games", "Zebra · Games · removed"], command
