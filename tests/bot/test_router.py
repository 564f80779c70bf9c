"""One router for every press and form: nothing in memory, nothing lost, and whatever is forged gets a sentence."""

import asyncio
from typing import Any, cast

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from novacore import telemetry
from novacore.bot.press import OUT_OF_DATE, Press
from novacore.bot.router import PRESSES, SUBMITS
from novacore.messages.kit.custom_ids import parse
from novacore.messages.orders import buttons
from novacore.messages.tickets import appearance
from tests.bot.conftest import Opening
from tests.bot.towns.town import custom_ids, page, proof, said

NOBODYS = "NC-20260101-AAAAAA"


async def test_two_people_in_the_same_form_both_get_their_answer(town: Opening) -> None:
    async with town() as here:
        pages = [await here.to_product(who) for who in (here.alice, here.bob)]
        forms = [
            await who.click(page(shown), custom_id="nc:shop:buy:1")
            for who, shown in zip((here.alice, here.bob), pages, strict=True)
        ]
        assert forms[0].modal is not None
        assert forms[1].modal is not None
        assert forms[0].modal["custom_id"] == forms[1].modal["custom_id"]
        for_bob = await here.bob.submit_modal(forms[1], {"quantity": "2"})
        for_alice = await here.alice.submit_modal(forms[0], {"quantity": "1"})
        assert "$19.98" in said(for_bob)
        assert "$9.99" in said(for_alice)


async def test_discord_pys_own_stores_stay_empty(town: Opening) -> None:
    async with town() as here:
        order = await here.paid_order(here.alice)
        await here.decide_because(here.sam, "reject", order, reason="No.")
        await here.alice.slash(here.channels["shop"], "orders")
        store = here.bot._connection._view_store
        assert here.bot.persistent_views == []
        assert (store._views, store._modals, store._synced_message_views) == ({}, {}, {})


async def test_everything_from_before_a_restart_still_works(town: Opening) -> None:
    async with town() as here:
        methods = await here.to_methods(here.alice)
        await here.restart()
        paying = await here.alice.select(page(methods), ["btc"])
        (order,) = here.orders()
        await here.restart()
        form = await here.alice.click(page(paying), custom_id=f"nc:order:submit_proof:{order.id}")
        await here.restart()
        await here.alice.submit_modal(form, proof())
        assert here.state(order) == "under_review"
        card = await here.post("staff", f"nc:order:reject:{order.id}:1")
        reason = await here.sam.click(card, custom_id=f"nc:order:reject:{order.id}:1")
        await here.restart()
        await here.sam.submit_modal(reason, {"reason": "No."})
        assert here.state(order) == "rejected"


FORGED = [
    "nc",
    "nc:",
    "nc::",
    "nc:shop",
    "nc:shop:buy",
    "nc:shop:buy:0",
    "nc:shop:buy:-1",
    "nc:shop:buy:99999999999999999999",
    "nc:shop:buy:1:0",
    "nc:shop:buy:1:1:1",
    "nc:shop:buy:one",
    "nc:shop:method:1:0",
    "nc:shop:method:1:1000000000",
    "nc:order:approve:1:1",
    f"nc:order:approve:{NOBODYS}",
    f"nc:order:approve:{NOBODYS}:-1",
    f"nc:order:delivered:{NOBODYS}",
    f"nc:order:expire:{NOBODYS}",
    f"nc:order:refunded:{NOBODYS}:1",
    "nc:order:reveal:NC-20260101-00000",
    "nc:order:page:-1",
    "nc:ticket:open:everything",
    "nc:vouch:write:NC-2026010-000000",
    f"nc:vouch:hide:{NOBODYS}",
    "approve",
    "'; DROP TABLE orders; --",
    "nc:order:reveal:" + "A" * 80,
    "nc:shop:buy:\N{ARABIC-INDIC DIGIT ONE}",
]


async def test_custom_ids_that_the_shop_never_made(town: Opening) -> None:
    async with town() as here:
        for start in range(0, len(FORGED), 25):
            some = FORGED[start : start + 25]
            message = await here.post("support", *some)
            for one in some:
                assert OUT_OF_DATE[:40] in said(await here.alice.click(message, custom_id=one)), one
        assert here.orders() == []


TAILS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)
HEADS = ["nc:order:", "nc:shop:", "nc:", ""] * 5


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60),
        min_size=20,
        max_size=20,
        unique=True,
    )
)
def test_custom_ids_of_any_kind(town: Opening, tails: list[str]) -> None:
    async def press_them_all() -> None:
        async with town() as here:
            forged = [
                f"{head}{tail}"[:100]
                for head, tail in zip(["nc:order:", "nc:shop:", "nc:", ""] * 5, tails, strict=True)
            ]
            message = await here.post("support", *dict.fromkeys(forged))
            for one in dict.fromkeys(forged):
                answer = await here.alice.click(message, custom_id=one)
                assert answer.acknowledged, one
                assert "went wrong" not in said(answer), one
            assert here.orders() == []

    asyncio.run(press_them_all())


WITHOUT_A_ROUND = {"submit_proof", "reveal", "details", "cancel_now", "keep", "again", "new_amount", "note"}


@pytest.mark.parametrize(
    "verb", [verb for (noun, verb) in PRESSES if noun == "order" and verb not in {"page", "queue", "found"}]
)
async def test_an_order_that_does_not_exist(town: Opening, verb: str) -> None:
    async with town() as here:
        asks_round = verb not in WITHOUT_A_ROUND
        custom_id = f"nc:order:{verb}:{NOBODYS}" + (":1" if asks_round else "")
        answer = await here.press(here.olga, custom_id)
        if answer.modal:
            filled = {"reason": "Because.", "amount": "1.00", "number": "1", "note": "x"}
            asked = {field.name for field in buttons.ROWS[verb].asks} if verb in buttons.ROWS else {verb} & {"note"}
            fields = proof() if verb == "submit_proof" else {name: filled[name] for name in asked}
            answer = await here.olga.submit_modal(answer, fields)
        assert "I can't find that order" in said(answer)


@pytest.mark.parametrize(
    ("custom_id", "value"),
    [
        ("nc:shop:category", "DROP TABLE"),
        ("nc:shop:category", "-1"),
        ("nc:shop:product", "9" * 40),
        ("nc:shop:product", "0" * 19 + "1" + "9" * 40),
        ("nc:shop:product", ""),
        ("nc:shop:method:1:1", "doge"),
        ("nc:shop:method:1:1", "PayPal"),
    ],
)
async def test_values_that_the_shop_never_offered(town: Opening, custom_id: str, value: str) -> None:
    async with town() as here:
        found = here.bot.get_channel(here.channels["support"].id)
        assert isinstance(found, discord.TextChannel)
        select: discord.ui.Select[discord.ui.LayoutView] = discord.ui.Select(custom_id=custom_id)
        select.add_option(label="x", value=value or " ")
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.ActionRow(select))
        view.stop()
        message = await found.send(view=view)
        answer = await here.alice.select(message, [value or " "], custom_id=custom_id)
        assert OUT_OF_DATE[:40] in said(answer)
        assert here.orders() == []


async def test_a_select_that_has_become_a_button(town: Opening) -> None:
    async with town() as here:
        for custom_id in ("nc:shop:category", "nc:shop:product", "nc:shop:method:1:1"):
            assert OUT_OF_DATE[:40] in said(await here.press(here.alice, custom_id))
        assert here.orders() == []


async def test_names_are_shown_and_nobody_is_pinged(town: Opening) -> None:
    async with town() as here:
        name = "**@everyone** <@1> `x` [a](https://example.com)"
        nasty = here.guild.add_member(here.env.create_user("nasty", global_name=name[:32]), roles=[here.roles["Staff"]])
        order = await here.paid_order(here.alice)
        await here.press_as(nasty, f"nc:order:approve:{order.id}:1")
        assert here.events(order)[-1].actor_name == name[:32]
        again = await here.decide(here.sam, "approve", order)
        assert "Already done" in said(again)
        sent = [one.json for one in here.env.http_requests if isinstance(one.json, dict)]
        spoken = [body.get("data") or body for body in sent]
        loud = [body for body in spoken if "components" in body and body.get("allowed_mentions", {}).get("parse") != []]
        assert [body for body in loud if "custom_id" not in body] == []


MARKED = {
    f"nc:order:details:{NOBODYS}": NOBODYS,
    f"nc:order:approve:{NOBODYS}:3": NOBODYS,
    f"nc:order:cancel:{NOBODYS}": NOBODYS,
    f"nc:vouch:write:{NOBODYS}": NOBODYS,
    "nc:ticket:close:T-000017": "T-000017",
    "nc:ticket:open:other": None,
    "nc:ticket:waiting:2": None,
    "nc:order:page:2": None,
    "nc:order:queue:2": None,
    "nc:person:blocks:1": None,
    "nc:job:retry:17": None,
    "nc:shop:buy:1": None,
    "nc:product:page:1": None,
    "nc:stock:confirm:1": None,
}


async def test_a_press_is_logged_under_the_order_or_ticket_that_it_names(
    town: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[str | None] = []

    async def handler(_: Press) -> None:
        marked.append(telemetry.tags().get("subject"))

    async with town() as here:
        for custom_id in MARKED:
            found = parse(custom_id)
            assert found
            monkeypatch.setitem(cast(dict[Any, Any], PRESSES), (found.noun, found.verb), handler)
            await here.press(here.sam, custom_id)
    assert dict(zip(MARKED, marked, strict=True)) == MARKED


def test_every_button_has_a_handler_and_every_form_one_that_takes_it() -> None:
    assert set(buttons.ROWS) <= {verb for noun, verb in PRESSES if noun == "order"}
    assert {verb for verb, row in buttons.ROWS.items() if row.asks} <= {
        verb for noun, verb in SUBMITS if noun == "order"
    }
    assert set(appearance.ROWS) <= {verb for noun, verb in PRESSES if noun == "ticket"}
    assert {verb for verb, row in appearance.ROWS.items() if row.asks} <= {
        verb for noun, verb in SUBMITS if noun == "ticket"
    }
    assert set(SUBMITS) - {("stock", "files")} <= set(PRESSES), "that form is opened by a command, and by no button"


async def test_every_button_of_the_panel_is_answered(town: Opening) -> None:
    async with town() as here:
        for custom_id in custom_ids([part.to_dict() for part in here.panel.components]):  # type: ignore[misc]
            found = parse(custom_id)
            assert found
            assert (found.noun, found.verb) in PRESSES
