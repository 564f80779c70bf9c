"""`/payment`: a way to pay of the owner's own, from its first word to goods that were paid by it."""

from dataclasses import replace
from typing import Any

from novacore.states import PaymentMethod
from novacore.workflows.payments.methods import offered
from tests.bot.conftest import Opening
from tests.bot.towns.catalogue import values
from tests.bot.towns.town import Town, custom_ids, page, proof, said, walk
from tests.workflows import own_methods

FORM = {
    "label": "Bank transfer",
    "emoji": "🏦",
    "instructions": "Send {total} to **Sample Shop** and write {order} into the note.",
    "address": "DE89 3704 0044 0532 0130 00",
    "reference": "transfer reference",
}


async def write(here: Town, **changes: str) -> Any:
    """Let Olga, the owner, fill in the form of a new way to pay; the answer is the look at it."""
    form = await here.olga.slash(here.channels["staff"], "payment add")
    return await here.olga.submit_modal(form, FORM | changes)


def choices(result: Any) -> dict[str, str]:
    """Return the values of every select of a page, by what people read."""
    options = [option for one in walk(page(result).components) for option in one.get("options", ())]
    return {str(option["label"]): str(option["value"]) for option in options}


async def test_a_bank_transfer_sells_from_the_panel_to_the_goods(town: Opening) -> None:
    async with town() as here:
        shown = await write(here)
        for told in (
            "**exactly $19.99** by 🏦 Bank transfer",
            "Send $19.99 to **Sample Shop**",
            "Nothing is saved yet",
        ):
            assert told in said(shown)
        assert "Bank transfer" not in choices(await here.to_methods(here.alice))
        assert "Bank transfer is saved" in said(await here.olga.click(page(shown), custom_id="nc:payment:save:1"))

        panel = said(await here.alice.slash(here.channels["shop"], "shop"))
        assert "Pay by PayPal, crypto or Bank transfer and send us a proof" in panel
        methods = await here.to_methods(here.alice)
        paying = await here.alice.select(page(methods), [choices(methods)["Bank transfer"]])
        (order,) = here.orders()
        for told in (
            f"Send $9.99 to **Sample Shop** and write {order.id}",
            FORM["address"],
            "with its transfer reference",
        ):
            assert told in said(paying)
        assert "transaction id" not in said(paying)

        form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        assert form.modal is not None
        assert [one["label"] for one in form.modal["components"]] == [
            "Screenshot of your payment",
            "Transfer reference",
        ]
        await here.alice.submit_modal(form, proof("Alice 42"))
        card = said(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        for told in (
            "by 🏦 Bank transfer",
            "Transfer reference `Alice 42`",
            "📍 They were told: Send $9.99 to",
            FORM["address"],
        ):
            assert told in card
        await here.decide(here.sam, "approve", order)
        assert "SECRET" in said(await here.press(here.alice, f"nc:order:reveal:{order.id}"))


async def test_an_order_stays_whole_while_its_method_is_changed_and_hidden(town: Opening) -> None:
    async with town() as here:
        await here.olga.click(page(await write(here)), custom_id="nc:payment:save:1")
        order = await here.order(here.alice, "own_1")
        form = await here.olga.slash(here.channels["staff"], "payment edit", method="1", reference="none")
        assert values(form) == FORM
        changed = await here.olga.submit_modal(form, FORM | {"label": "SEPA", "address": ""})
        for told in ("Name: Bank transfer → **SEPA**", "Text to copy: DE89 3704", "a picture is enough"):
            assert told in said(changed)
        assert "SEPA is saved" in said(await here.olga.click(page(changed), custom_id="nc:payment:save:2"))
        hidden = await here.olga.slash(here.channels["staff"], "payment hide", method="1")
        assert "SEPA is hidden" in said(hidden)
        assert "1 open order using it" in said(hidden)
        assert "SEPA" not in choices(await here.to_methods(here.alice))
        listed = said(await here.alice.slash(here.channels["shop"], "orders"))
        assert "by 🏦 Bank transfer" in listed
        assert FORM["address"] in listed
        again = await here.olga.click(page(hidden), custom_id="nc:payment:show:1")
        assert "SEPA is offered again" in said(again)
        await here.pay(here.alice, order, "Ref 1")
        assert here.state(order) == "under_review"


async def test_what_is_wrong_is_said_and_stays_in_the_form(town: Opening) -> None:
    async with town() as here:
        wrong = {"instructions": "Pay {amount} @everyone", "label": "PayPal"}
        shown = await write(here, **wrong)
        for told in ("{amount} can't be filled in", "PayPal is built in"):
            assert told in said(shown)
        (save,) = [one for one in walk(page(shown).components) if one.get("custom_id") == "nc:payment:save:1"]
        assert save["disabled"]
        assert "is built in" in said(await here.press(here.olga, "nc:payment:save:1"))
        form = await here.olga.click(page(shown), custom_id="nc:payment:form:1")
        assert values(form) == FORM | wrong
        fine = await here.olga.submit_modal(form, FORM)
        assert "⚠️" not in said(fine)
        gone = await here.olga.click(page(fine), custom_id="nc:payment:discard:1")
        assert "Draft discarded" in said(gone)
        assert [*offered(here.shop)] == [*PaymentMethod]


async def test_the_list_leads_to_each_and_names_what_is_off(town: Opening) -> None:
    async with town() as here:
        own_methods.add(here.shop, label="Cash @everyone", is_on_sale=False)
        here.bot.desk.shop = replace(here.shop, addresses={PaymentMethod.btc: here.shop.addresses[PaymentMethod.btc]})
        listed = await here.olga.slash(here.channels["staff"], "payment list")
        assert "PayPal: off (`PAYPAL_EMAIL=off`)" in said(listed)
        assert "Bitcoin (BTC): on, paid to" in said(listed)
        shown = await here.olga.select(page(listed), ["1"], custom_id="nc:payment:pick")
        assert "hidden" in said(shown)
        assert "nc:payment:show:1" in custom_ids(page(shown).components)
        offered_names = await here.olga.autocomplete(here.channels["staff"], "payment edit", "method", "CASH")
        assert [(one["name"], one["value"]) for one in offered_names] == [("Cash @everyone · hidden", "1")]


async def test_forged_presses_and_commands_are_the_owners_alone(town: Opening) -> None:
    async with town() as here:
        await write(here)
        own_methods.add(here.shop)
        for verb in ("form:1", "save:1", "discard:1", "page:1", "edit:1", "hide:1", "show:1", "list:0"):
            assert "Only the owner can" in said(await here.press(here.sam, f"nc:payment:{verb}")), verb
        assert await here.olga.autocomplete(here.channels["staff"], "payment hide", "method", "") != []
        assert [one.label for one in offered(here.shop).values() if not one.known] == ["Bank transfer"]


async def test_with_all_six_off_nobody_orders_until_one_is_added(town: Opening) -> None:
    async with town() as here:
        here.bot.desk.shop = replace(here.shop, addresses={})
        assert "We can't take any payment" in said(await here.alice.slash(here.channels["shop"], "shop"))
        stale = await here.to_methods(here.alice)
        assert "We can't take any payment" in said(stale)
        shown = await write(here)
        saved = await here.olga.click(page(shown), custom_id="nc:payment:save:1")
        assert "It is the only way to pay" in said(saved)
        order = await here.order(here.alice, "own_1")
        assert order.method == "own_1"


async def test_a_second_select_holds_what_the_first_has_no_room_for(town: Opening) -> None:
    async with town() as here:
        for number in range(30):
            own_methods.add(here.shop, label=f"Way {number:02}")
        methods = await here.to_methods(here.alice)
        found = choices(methods)
        assert [*found.values()] == [*PaymentMethod, *(f"own_{number}" for number in range(1, 31))]
        more = next(one for one in custom_ids(page(methods).components) if one.endswith(":more"))
        await here.alice.select(page(methods), ["own_30"], custom_id=more)
        (order,) = here.orders()
        assert (order.method, order.paid_by.label) == ("own_30", "Way 29")
