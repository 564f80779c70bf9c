"""Files of a product as its owner gives them, from the form to the buyer's private page."""

from typing import Any

import pytest

from novacore.bot.uploads import uploads
from tests.bot.conftest import Opening
from tests.bot.towns.catalogue import draft_id, products, write
from tests.bot.towns.town import Town, custom_ids, page, said
from tests.workflows.catalog.test_draft_files import contents

GUIDE = ("guide.pdf", b"%PDF-1.7 all about it")
PACK = ("pack.zip", b"PK\3\4 overlays")


async def give(here: Town, *given: tuple[str, bytes], gone: Any = None) -> Any:
    """Let Olga fill in the form of the newest draft."""
    form = await here.press(here.olga, f"nc:product:files:{draft_id(here)}")
    return await here.olga.submit_modal(form, {"files": [*given]} | ({"gone": gone} if gone else {}))


async def test_an_owner_sells_files_and_the_buyer_sees_them(town: Opening) -> None:
    async with town() as here:
        shown = await write(here, options={"kind": "unlimited"})
        assert "upload them" in said(shown)
        shown = await give(here, GUIDE, PACK)
        for told in ("Every buyer gets 2 files, from now on", "guide.pdf", "pack.zip"):
            assert told in said(shown)
        await here.olga.click(page(shown), custom_id=f"nc:product:save:{draft_id(here)}")
        product = products(here)[-1]
        order = await here.order(here.alice, product=product.id)
        await here.pay(here.alice, order)

        await here.olga.slash(here.channels["staff"], "product edit", product=str(product.id))
        changed = await give(here, ("pack.zip", b"PK\3\4 newer"))
        assert said(changed).index("guide.pdf") < said(changed).index("pack.zip")
        await here.olga.click(page(changed), custom_id=f"nc:product:save:{draft_id(here)}")

        card = said(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        assert "2 files come with it" in card
        await here.decide(here.sam, "approve", order)
        goods = page(await here.press(here.alice, f"nc:order:reveal:{order.id}"))
        assert [one.filename for one in goods.attachments] == ["guide.pdf", "pack.zip"]
        assert [await one.read() for one in goods.attachments] == [GUIDE[1], PACK[1]]
        assert contents(here.shop, order.id) == dict((GUIDE, PACK))


async def test_one_file_is_left_out(town: Opening) -> None:
    async with town() as here:
        await write(here, options={"kind": "unlimited"})
        await give(here, GUIDE, PACK)
        shown = await give(here, gone=["1"])
        assert "pack.zip" in said(shown)
        assert "guide.pdf" not in said(shown)


async def test_what_cannot_be_goods_is_refused_before_it_is_fetched(
    town: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town() as here:
        await write(here, options={"kind": "unlimited"})

        async def fetch(_file: object) -> bytes:
            raise AssertionError("Nothing of this may be fetched.")

        monkeypatch.setattr(uploads, "fetch_file", fetch)
        refused = await give(here, GUIDE, ("empty.txt", b""))
        assert "is empty" in said(refused)


async def test_a_product_that_is_done_by_hand_offers_no_files(town: Opening) -> None:
    async with town() as here:
        shown = await write(here, options={"kind": "by_hand"})
        assert not any("files" in one for one in custom_ids(page(shown).components))


async def test_files_are_the_owners_business(town: Opening) -> None:
    async with town() as here:
        await write(here, options={"kind": "unlimited"})
        refused = await here.press(here.sam, f"nc:product:files:{draft_id(here)}")
        assert refused.modal is None
        assert "Only the owner" in said(refused)
