"""`/product restock`, `batches` and `alert` as the owner goes through them, and as nobody else does."""

import asyncio
from typing import Any

import pytest
import simcord

from novacore.bot import progress
from novacore.db.models import Product
from novacore.db.unit_of_work import reading
from novacore.states import ProductKind
from novacore.workflows.stock import restock, units
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said
from tests.fixtures.shops import ProductMaker

COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("restock", {"count": 5}),
    ("batches", {}),
    ("alert", {"threshold": 1}),
)


async def run(here: Town, command: str, who: simcord.MemberActor | None = None, **given: Any) -> Any:
    """Give a command about the first product, as the owner unless told otherwise."""
    return await (who or here.olga).slash(here.channels["staff"], f"product {command}", **{"product": "1", **given})


async def upload(here: Town, content: bytes, name: str = "codes.txt") -> Any:
    """Upload a file for the first product."""
    return await run(here, "restock", file=(name, content))


def on_sale(here: Town, product_id: int = 1) -> int:
    """How many of a product are on sale."""
    with reading(here.shop.database) as session:
        return units.count_available(session, product_id)


async def add(here: Town, preview: Any) -> Any:
    """Press yes, while a worker fills it in."""
    (confirm,) = [one for one in custom_ids(page(preview).components) if one.startswith("nc:stock:confirm")]
    pressed = asyncio.create_task(here.olga.click(page(preview), custom_id=confirm))
    batch_id = int(confirm.rsplit(":", 1)[-1])
    while not pressed.done():
        await asyncio.to_thread(restock.fill_next, here.shop, batch_id)
        await asyncio.sleep(0.05)
    return await pressed


async def test_a_file_is_looked_at_added_and_seen_to_come_in(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.follow, "__defaults__", (0.02, 20.0))
    async with town() as here:
        preview = await upload(here, b"NEW-1\nNEW-2\nNEW-1\nSECRET-1-0\nbad\x07\n")
        text = said(preview)
        assert "Restock Game key" in text
        assert "**2** new" in text
        assert "**1** repeated in the file (line 3)" in text
        assert "**1** in stock already (line 4)" in text
        assert "line 5: invisible characters" in text
        assert "NEW-1" not in text
        assert on_sale(here) == 3
        done = await add(here, preview)
        assert "**2** added and on sale" in said(done)
        assert "100 %" in said(done)
        assert on_sale(here) == 5


async def test_the_display_moves(town: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.follow, "__defaults__", (0.02, 20.0))
    monkeypatch.setattr(restock, "PART", 5)
    async with town() as here:
        await add(here, await upload(here, "\n".join(f"N-{n}" for n in range(60)).encode()))
        shown = str([one.json for one in here.env.http_requests if one.method == "PATCH"])
        assert sum(f"{n} %" in shown for n in range(1, 100)) >= 2


async def test_a_preview_is_discarded(town: Opening) -> None:
    async with town() as here:
        preview = await upload(here, b"NEW-1")
        (discard,) = [one for one in custom_ids(page(preview).components) if one.startswith("nc:stock:discard")]
        assert "Discarded" in said(await here.olga.click(page(preview), custom_id=discard))
        assert on_sale(here) == 3
        late = await here.press(here.olga, discard.replace("discard", "confirm"))
        assert "upload the file again" in said(late)


async def test_a_batch_is_looked_at_and_withdrawn(town: Opening) -> None:
    async with town() as here:
        await here.order(here.alice)
        listed = await run(here, "batches")
        assert "Batches of Game key" in said(listed)
        assert "2 on sale · 1 reserved" in said(listed)
        shown = await here.olga.select(page(listed), ["1"], custom_id="nc:stock:batch")
        withdrawn = await here.olga.click(page(shown), custom_id="nc:stock:withdraw:1")
        assert "**2** taken off sale" in said(withdrawn)
        assert "1 is reserved by an open order" in said(withdrawn)
        assert on_sale(here) == 0
        assert "nc:stock:withdraw:1" not in custom_ids(page(withdrawn).components)
        again = await here.olga.click(page(withdrawn), custom_id="nc:stock:batches:1:0")
        assert "2 withdrawn" in said(again)


async def test_a_count_of_shared_goods(town: Opening, make_product: ProductMaker) -> None:
    shared = make_product(ProductKind.shared, units=1, name="Guide")
    async with town() as here:
        await add(here, await run(here, "restock", product=str(shared), count=20))
        assert on_sale(here, shared) == 21
        assert "Upload a file" in said(await run(here, "restock", count=5))
        both = await run(here, "restock", count=5, file=("codes.txt", b"A"))
        assert "either a file with codes, or a count" in said(both)
        neither = said(await run(here, "restock", product=str(shared)))
        assert "Give a count instead of a file" in neither


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("codes.txt", b"", "is empty"),
        ("codes.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not a text file"),
        ("codes.json", b'["A",', "JSON file is broken"),
        ("codes.txt", b"A\n" * 100_001, "100,001 lines"),
        ("codes.txt", b"SECRET-1-0\n", "Nothing in it is new"),
        ("codes.txt", b"A" * (10 * 1024**2 + 1), "larger than 10 MiB"),
    ],
)
async def test_files_that_add_nothing(town: Opening, name: str, content: bytes, sentence: str) -> None:
    async with town() as here:
        answer = await upload(here, content, name)
        assert sentence in said(answer)
        assert not [one for one in custom_ids(page(answer).components) if "confirm" in one]


async def test_an_alert_is_set(town: Opening) -> None:
    async with town() as here:
        assert "**12** or fewer of Game key are left" in said(await run(here, "alert", threshold=12))
        with reading(here.shop.database) as session:
            assert session.get_one(Product, 1).low_stock_at == 12
        assert "hear nothing" in said(await run(here, "alert", threshold=0))


async def test_nobody_else_may(town: Opening) -> None:
    async with town() as here:
        await here.show_commands(here.sam)
        preview = await upload(here, b"NEW-1")
        (confirm,) = [one for one in custom_ids(page(preview).components) if one.startswith("nc:stock:confirm")]
        for command, given in COMMANDS:
            assert "Only the owner" in said(await run(here, command, here.sam, **given))
        ids = (confirm, confirm.replace("confirm", "discard"), "nc:stock:withdraw:1", "nc:stock:batches:1:0")
        for who in (here.sam, here.alice):
            for one in ids:
                assert "Only the owner" in said(await here.press(who, one))
        assert on_sale(here) == 3


async def test_products_that_are_none(town: Opening) -> None:
    async with town() as here:
        for product in ("999", "nonsense", "-1"):
            for command, given in COMMANDS:
                assert "can't find that product" in said(await run(here, command, product=product, **given))


async def test_products_are_offered_while_a_name_is_typed(town: Opening) -> None:
    async with town() as here:
        await here.show_commands(here.sam)
        for command in ("restock", "batches", "alert"):
            offered = await here.olga.autocomplete(here.channels["staff"], f"product {command}", "product", "game")
            assert [one["value"] for one in offered] == ["1"]
            assert await here.sam.autocomplete(here.channels["staff"], f"product {command}", "product", "game") == []
