"""A product as its owner tells it: made with a picture, sold, made dearer, removed; the order stays whole."""

from novacore.workflows.catalog import offers
from novacore.workflows.machine.policy import Actor
from tests.bot.conftest import Opening
from tests.bot.towns import catalogue
from tests.bot.towns.catalogue import draft_id, filled, picture_worker, products, write
from tests.bot.towns.town import page, said


async def test_a_product_from_its_first_word_to_its_last_order(town: Opening) -> None:
    async with town() as here:
        with picture_worker(here):
            shown = await write(here, picture=catalogue.PICTURE, options={"kind": "unique", "warranty_days": 14})
        await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")
        sky = products(here)[-1]
        owner = Actor(here.olga.id, "olga", is_owner=True)
        offers.add_codes(here.shop, owner, sky.id, ["SKY-CODE-1"])

        offered = await here.to_product(here.alice, sky.id)
        assert "### $9.99" in said(offered)
        assert page(offered).attachments
        order = await here.order(here.alice, product=sky.id)
        await here.pay(here.alice, order)

        form = await here.olga.slash(here.channels["staff"], "product edit", product=str(sky.id), warranty_days=0)
        dearer = await here.olga.submit_modal(form, filled(name="Sky Rush II", price="49"))
        await here.olga.click(page(dearer), custom_id=f"nc:product:save:{draft_id(here)}")
        asked = await here.olga.slash(here.channels["staff"], "product remove", product=str(sky.id))
        assert "1 unfinished order of it will go on" in said(asked)
        await here.olga.click(page(asked), custom_id=f"nc:product:remove:{sky.id}")
        assert "not on sale any more" in said(await here.press(here.bob, f"nc:shop:buy:{sky.id}"))

        await here.decide(here.sam, "approve", order)
        goods = await here.press(here.alice, f"nc:order:reveal:{order.id}")
        assert "SKY-CODE-1" in said(goods)
        assert "Sky Rush" in said(goods)
        assert "Sky Rush II" not in said(goods)
        kept = here.orders()[-1]
        assert (kept.product_name, kept.total_minor, kept.warranty_days) == ("Sky Rush", 999, 14)
        assert kept.status == "delivered"
