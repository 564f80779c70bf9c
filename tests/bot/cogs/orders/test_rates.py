"""`/rates`: the owner says what coins cost, and an order asks for exactly that much."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from novacore.states import PaymentMethod
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import feed
from tests.bot.conftest import Opening
from tests.bot.towns.town import open_town, said


async def test_the_owner_sets_a_price_and_sees_it(town: Opening) -> None:
    async with town() as here:
        place = here.channels["staff"]
        first = said(await here.olga.slash(place, "rates show"))
        assert "no price right now" in first
        assert "RATE_FEED" not in first
        answer = said(await here.olga.slash(place, "rates set", coin="Btc", price="$64,250.10"))
        assert "1 BTC = **$64,250.10**" in answer
        listed = said(await here.olga.slash(place, "rates show"))
        assert "**$64,250.10** · set by you" in listed
        assert "fixed" in listed, "Tether, in a shop of dollars"
        assert "is not a coin" in said(await here.olga.slash(place, "rates set", coin="gold", price="1"))
        assert PaymentMethod.btc.row.short in listed


async def test_the_owner_sees_what_came_of_the_last_look_at_public_prices(shop: Shop, tmp_path: Path) -> None:
    fed = replace(shop, terms=replace(shop.terms, rate_feed=True))
    async with open_town(fed, tmp_path) as here:
        place = here.channels["staff"]
        assert "`RATE_FEED` is on. No prices have been fetched yet." in said(await here.olga.slash(place, "rates show"))
        feed.keep(fed, {PaymentMethod.btc: Decimal("64250.1")}, here.env.now())
        feed.note_outcome(fed, "CoinGecko and Coinbase agree on BTC.")
        listed = said(await here.olga.slash(place, "rates show"))
        assert "**$64,250.10** · from two public sources" in listed
        assert listed.endswith(": CoinGecko and Coinbase agree on BTC.")


async def test_a_price_far_off_the_last_one_is_taken_only_when_the_owner_is_sure(town: Opening) -> None:
    async with town() as here:
        place = here.channels["staff"]
        await here.olga.slash(place, "rates set", coin="btc", price="64250")
        slip = said(await here.olga.slash(place, "rates set", coin="btc", price="6425"))
        assert "$6,425.00 is more than 50% off your last price for BTC, $64,250.00" in slip
        assert "**$64,250.00**" in said(await here.olga.slash(place, "rates show"))
        meant = said(await here.olga.slash(place, "rates set", coin="btc", price="6425", sure=True))
        assert "1 BTC = **$6,425.00**" in meant


async def test_staff_find_the_order_of_a_payment(town: Opening) -> None:
    async with town() as here:
        await here.olga.slash(here.channels["staff"], "rates set", coin="btc", price="50000")
        await here.order(here.alice)
        (order,) = here.orders()
        assert order.method == PaymentMethod.btc
        typed = "0.00039980 BTC" if order.total_minor == 1999 else f"{order.total_minor / 5_000_000:.8f}"
        found = said(await here.sam.slash(here.channels["staff"], "find-payment", amount=typed))
        assert order.id in found
        assert "Only staff" in said(await here.press(here.alice, f"nc:order:details:{order.id}"))


async def test_staff_do_not_set_prices(town: Opening) -> None:
    async with town() as here:
        await here.show_commands(here.sam)
        for command, typed in (("rates set", {"coin": "btc", "price": "1"}), ("rates show", {})):
            assert "Only the owner" in said(await here.sam.slash(here.channels["staff"], command, **typed))
