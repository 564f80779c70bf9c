"""From the owner's upload to the buyer's answer, in a real bot: each kind of file, its questions, and the yes."""

import asyncio
from typing import Any

import discord
import pytest

from novacore.bot import progress
from novacore.workflows.stock import restock
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said, walk
from tests.fixtures.shops import ProductMaker
from tests.fixtures.stock_samples import SAMPLES, StockSample

CARDS = b"card number,pin,value\nVC-7710,0417,50\nVC-7711,9921,50\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at how far a restock has come without the pause that Discord's limits ask for."""
    monkeypatch.setattr(progress.follow, "__defaults__", (0.02, 60.0))


async def upload(here: Town, product_id: int, content: bytes, name: str = "codes.txt") -> Any:
    """Upload a file as the owner."""
    staff = here.channels["staff"]
    return await here.olga.slash(staff, "product restock", product=str(product_id), file=(name, content))


def button(shown: Any, verb: str) -> str | None:
    """The custom id of a button or menu of the preview; None if it has none."""
    found = [one for one in custom_ids(page(shown).components) if one.startswith(f"nc:stock:{verb}:")]
    return found[0] if found else None


async def choose(here: Town, shown: Any, verb: str, *labels: str) -> Any:
    """Pick options of a menu by what they are called, or by their values."""
    menu = next(one for one in walk(page(shown).components) if one.get("custom_id") == button(shown, verb))
    values = {one[by]: one["value"] for one in menu["options"] for by in ("value", "label")}
    return await here.olga.select(page(shown), [values[label] for label in labels], custom_id=menu["custom_id"])


async def answer(here: Town, shown: Any, sample: StockSample) -> Any:
    """Answer what the preview asks, as the owner of the sample would."""
    if sample.heading is not None:
        assert button(shown, "confirm") is None
        shown = await choose(here, shown, "heading", "heading" if sample.heading else "goods")
    if sample.columns:
        assert button(shown, "confirm") is None
        shown = await choose(here, shown, "columns", *sample.columns)
    return shown


async def add(here: Town, shown: Any) -> Any:
    """Press yes, while a worker fills the batch in."""
    confirm = button(shown, "confirm")
    assert confirm is not None, said(shown)
    pressed = asyncio.create_task(here.olga.click(page(shown), custom_id=confirm))
    while not pressed.done():
        await asyncio.to_thread(restock.fill_next, here.shop, int(confirm.rsplit(":", 1)[-1]))
        await asyncio.sleep(0.02)
    return await pressed


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
async def test_the_first_buyer_is_shown_the_first_code(
    town: Opening, make_product: ProductMaker, sample: StockSample
) -> None:
    product_id = make_product(units=0, name="Voucher")
    async with town() as here:
        shown = await upload(here, product_id, sample.content, sample.name)
        if not sample.first:
            assert sample.told in said(shown)
            assert button(shown, "confirm") is None
            return
        shown = await answer(here, shown, sample)
        assert sample.told in said(shown)
        for secret in sample.first.split("\n"):
            assert len(secret) < 7 or secret.split(": ")[-1] not in said(shown)
        await add(here, shown)
        order = await here.order(here.alice, product=product_id)
        await here.pay(here.alice, order)
        await here.decide(here.sam, "approve", order)
        goods = said(await here.press(here.alice, f"nc:order:reveal:{order.id}"))
        assert f"```\n{sample.first}\n```" in goods


async def test_a_choice_renews_the_page_and_can_be_changed(town: Opening) -> None:
    async with town() as here:
        asked = await upload(here, 1, CARDS, "cards.csv")
        assert "Which columns are the goods?" in said(asked)
        shown = await choose(here, asked, "columns", "pin")
        assert page(shown).id == page(asked).id
        assert "**pin** · left out: card number, value" in said(shown)
        shown = await choose(here, shown, "columns", "card number", "pin")
        assert "Goods: **card number**, **pin** · left out: value" in said(shown)
        assert "**2** added and on sale" in said(await add(here, shown))


async def test_a_page_from_before_a_choice_adds_nothing(town: Opening) -> None:
    async with town() as here:
        asked = await upload(here, 1, b"voucher\nVC-7710\nVC-7711\n")
        old = button(asked, "confirm")
        assert old is not None
        await choose(here, asked, "heading", "It's goods: add it")
        late = await here.press(here.olga, old)
        assert "upload the file again" in said(late)


async def test_a_question_outlives_a_restart(town: Opening) -> None:
    async with town() as here:
        asked = await upload(here, 1, CARDS, "cards.csv")
        menu = button(asked, "columns")
        assert menu is not None
        await here.restart()
        shown = await here.olga.select(page(asked), ["0", "1"], custom_id=menu)
        assert "**2** added and on sale" in said(await add(here, shown))


async def test_a_preview_that_asks_can_be_discarded(town: Opening) -> None:
    async with town() as here:
        asked = await upload(here, 1, CARDS, "cards.csv")
        discard, menu = button(asked, "discard"), button(asked, "columns")
        assert discard is not None
        assert menu is not None
        assert "Discarded" in said(await here.olga.click(page(asked), custom_id=discard))
        late = await here.olga.select(await forged(here, menu, "0"), ["0"], custom_id=menu)
        assert "replaced or discarded" in said(late)


async def forged(here: Town, custom_id: str, *values: str) -> discord.Message:
    """Let the bot post a menu that everybody sees, with whatever values."""
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id, options=[discord.SelectOption(label=one, value=one) for one in values]
    )
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.ActionRow(menu))
    view.stop()
    channel = here.bot.get_channel(here.channels["support"].id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.send(view=view)


@pytest.mark.parametrize(("verb", "value"), [("columns", "0"), ("heading", "goods")])
async def test_nobody_else_chooses(town: Opening, verb: str, value: str) -> None:
    async with town() as here:
        menu = button(await upload(here, 1, CARDS, "cards.csv"), verb)
        assert menu is not None
        message = await forged(here, menu, value)
        for who in (here.sam, here.alice):
            assert "Only the owner" in said(await who.select(message, [value], custom_id=menu))


@pytest.mark.parametrize(
    ("verb", "value", "sentence"),
    [
        ("columns", "-5", "does not work any more"),
        ("columns", "x", "does not work any more"),
        ("columns", "77", "choose again"),
        ("columns", "lines", "choose again"),
        ("heading", "maybe", "does not work any more"),
    ],
)
async def test_values_that_no_menu_offers_change_nothing(town: Opening, verb: str, value: str, sentence: str) -> None:
    async with town() as here:
        asked = await upload(here, 1, CARDS, "cards.csv")
        menu = button(asked, verb)
        assert menu is not None
        message = await forged(here, menu, value)
        assert sentence in said(await here.olga.select(message, [value], custom_id=menu))
        assert button(await choose(here, asked, "columns", "pin"), "confirm") is not None


async def test_a_menu_that_is_pressed_as_a_button_is_answered(town: Opening) -> None:
    async with town() as here:
        menu = button(await upload(here, 1, CARDS, "cards.csv"), "columns")
        assert menu is not None
        assert "does not work any more" in said(await here.press(here.olga, menu))
