"""`/statement file`: from what staff upload to the card of an order, in a real bot."""

import logging
from typing import Any

import pytest

from novacore.workflows.machine import cards
from novacore.workflows.payments.statements import read as reading
from novacore.workflows.payments.statements import tables
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, said
from tests.fixtures.statement_samples import HEX, PAYER, PAYER_EMAIL, PAYPAL_ID, PayPalRow, paypal
from tests.workflows.orders.statements.test_comparison import everything


async def hand_in(here: Town, who: Any, content: bytes, name: str = "statement.csv") -> Any:
    """Upload a file as someone."""
    return await who.slash(here.channels["staff"], "statement file", file=(name, content))


async def test_staff_see_which_order_a_payment_is_for_and_nothing_is_kept(
    town: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "novacore")
    async with town() as here:
        order = await here.order(here.alice, "paypal")
        await here.pay(here.alice, order, PAYPAL_ID)
        cards.remember(here.shop, cards.CardKind.review, order.id, 7, 70)
        before = everything(here.shop)
        total = f"{order.total_minor / 100:.2f}"
        day = f"{order.placed_at:%Y-%m-%d}"
        shown = await hand_in(here, here.sam, paypal(PayPalRow(gross=total, day=day), PayPalRow(HEX[:17])).encode())
        text = said(shown)
        assert "The exact amount" in text
        assert order.id in text
        assert PAYPAL_ID in text
        assert f"https://discord.com/channels/{here.guild.id}/7/70" in text
        assert shown.ephemeral
        assert everything(here.shop) == before
        assert not [one for one in (PAYER, PAYER_EMAIL) if one in text + caplog.text]
        opened = await here.sam.click(page(shown), custom_id=f"nc:order:details:{order.id}")
        assert PAYPAL_ID in said(opened)
        assert page(opened).id != page(shown).id, "the list stays"


async def test_a_long_list_comes_with_a_file(town: Opening) -> None:
    async with town() as here:
        rows = [PayPalRow(f"{number:017d}", "5.00", note="@everyone") for number in range(300)]
        shown = await hand_in(here, here.olga, paypal(*rows).encode())
        assert "300 payments fit no order" in said(shown)
        (file,) = page(shown).attachments
        content = (await file.read()).decode()
        assert content.count("$5.00") == 300
        assert PAYER not in content


async def test_refusals_are_sentences_and_customers_are_told_nothing(town: Opening) -> None:
    async with town() as here:
        for content, why in ((b"PK\x03\x04", "a packed archive"), (b"Dear shop", "I can't find any payments")):
            assert why in said(await hand_in(here, here.sam, content))
        guild = here.bot.get_guild(here.guild.id)
        assert guild
        for command in await here.bot.tree.fetch_commands(guild=guild):
            here.guild.set_command_permissions(command, {here.alice: True})
        shown = await here.alice.slash(here.channels["shop"], "statement file", file=("x.csv", b"x"))
        assert "Only staff" in said(shown)


def test_an_error_says_where_and_not_over_whose_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise ValueError(PAYER)

    monkeypatch.setattr(tables, "table", stumble)
    with pytest.raises(reading.UnreadableStatement, match="ValueError in stumble") as fault:
        reading.read(PAYER.encode())
    assert PAYER not in str(fault.value)
