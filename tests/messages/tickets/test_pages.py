"""Tickets as people meet them: a panel of three, forms, a card that is true and shows what its readers may do."""

from collections.abc import Callable
from functools import partial

import pytest

from novacore.messages.kit.layout import Form
from novacore.messages.tickets import card as ticket_card
from novacore.messages.tickets import forms
from novacore.messages.tickets import pages as ticket_pages
from novacore.states import OrderStatus, PaymentMethod, TicketKind, TicketPriority, TicketStatus
from novacore.workflows.machine.policy import Who
from novacore.workflows.tickets.table import TICKETS
from tests.messages import samples
from tests.messages.payloads import assert_form, assert_sendable, buttons_of, components, custom_ids_of, words_of

KINDS = list(TicketKind)
NEED_ORDER = (TicketKind.product_issue, TicketKind.refund_request)
STATUSES = [status for status in TicketStatus if status is not TicketStatus.new]


def _verbs(message: object) -> list[str]:
    """Read the verbs of a message's ticket buttons."""
    return [one.split(":")[2] for one in custom_ids_of(message) if one.startswith("nc:ticket:")]  # type: ignore[arg-type]


# ---- the panel


def test_the_panel_has_three_buttons_and_says_what_each_is_for() -> None:
    panel = ticket_pages.panel()
    assert list(buttons_of(panel)) == ["Product Issue", "Refund Request", "Others"]
    assert custom_ids_of(panel) == [f"nc:ticket:open:{kind}" for kind in KINDS]
    said = words_of(panel)
    assert "does not work" in said
    assert "money back" in said
    assert "only you and our staff can read" in said


# ---- the form


@pytest.mark.parametrize("kind", KINDS)
def test_without_orders_an_id_is_typed(kind: TicketKind) -> None:
    form = forms.ticket_form(kind)
    assert_form(form)
    fields = {one["custom_id"]: one for one in components(form) if "custom_id" in one}
    assert list(fields) == ["subject", "order_id", "description"]
    assert fields["order_id"]["required"] is (kind in NEED_ORDER)
    assert fields["subject"]["max_length"] == 100
    assert fields["description"]["max_length"] == 1500


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_has_orders_picks_one_or_types_another(kind: TicketKind) -> None:
    orders = [
        samples.order(OrderStatus.delivered, id=f"NC-20260314-AC{n:02}FG".replace("0", "D")) for n in range(2, 32)
    ]
    form = forms.ticket_form(kind, orders)
    assert_form(form)
    fields = {one["custom_id"]: one for one in components(form) if "custom_id" in one}
    assert list(fields) == ["subject", "order_pick", "order_id", "description"]
    assert len(fields["order_pick"]["options"]) == 25
    assert not fields["order_pick"]["required"]
    assert not fields["order_id"]["required"]
    first = fields["order_pick"]["options"][0]
    assert first["value"] == orders[0].id
    assert "Game gift card" in first["label"]
    assert "$19.98" in first["description"]


@pytest.mark.parametrize("name", ["x" * 200, "\u200b", "*@everyone*", "🎉" * 90])
def test_any_products_name_can_be_picked(name: str) -> None:
    assert_form(forms.ticket_form(TicketKind.other, [samples.order(OrderStatus.delivered, product_name=name)]))


def test_the_forms_of_staff_can_be_opened() -> None:
    staff_forms: list[Callable[[str], Form]] = [
        *(partial(forms.move_form, verb) for verb, button in TICKETS.buttons.items() if button.asks),
        forms.transfer_form,
        forms.priority_form,
        forms.link_form,
        forms.rate_form,
    ]
    for form in staff_forms:
        assert_form(form(samples.TICKET_ID))


# ---- the card


def test_the_card_shows_what_was_written_and_the_order() -> None:
    order = samples.order(OrderStatus.delivered, method=PaymentMethod.usdt)
    said = words_of(ticket_card.card(samples.ticket(), order, [samples.STAFF_ROLE]))
    assert said.startswith(f"<@{samples.BUYER}> <@&{samples.STAFF_ROLE}>")
    for wanted in (
        "Product Issue · ticket #12",
        "The code is not taken",
        "> The game says that it was used before.",
        "Waiting for our staff",
        samples.ORDER_ID,
        "Delivered",
        "2 × Game gift card",
        "$19.98",
        "Tether (USDT) on TRON",
        "**Ordered:** <t:",
    ):
        assert wanted in said, wanted


@pytest.mark.parametrize("status", STATUSES)
def test_the_card_has_the_customers_button_and_the_way_to_those_of_staff(status: TicketStatus) -> None:
    order = samples.order(OrderStatus.delivered)
    talking = status.row.is_talking
    looked_after = talking or status is TicketStatus.opening
    wanted = ["ask_close"] * talking + ["staff"] * looked_after
    assert custom_ids_of(ticket_card.card(samples.ticket(status), order)) == [
        f"nc:ticket:{verb}:{samples.TICKET_ID}" for verb in wanted
    ]


@pytest.mark.parametrize("status", STATUSES)
def test_the_buttons_of_staff_are_what_they_may_do(status: TicketStatus) -> None:
    ticket = samples.ticket(status)
    moves = {arrow.trigger for arrow in TICKETS.open_to(ticket, frozenset({Who.staff, Who.owner}))}
    talking = status.row.is_talking
    care = {"claim", "transfer", "priority"} if talking or status is TicketStatus.opening else set()
    verbs = set(_verbs(ticket_pages.ticket_page(ticket)))
    assert verbs == moves | care
    assert talking == ("close" in verbs)


def test_card_and_page_follow_what_is_done() -> None:
    free = samples.ticket(order_id=None)
    assert _verbs(ticket_card.card(free)) == ["ask_close", "staff"]
    assert "nobody yet" in words_of(ticket_card.card(free))
    assert {"claim", "link_order"} <= set(_verbs(ticket_pages.ticket_page(free)))
    taken = samples.ticket(
        claimed_by=5, claimed_name="Sam", priority=TicketPriority.urgent, asked_close_at=samples.NOW, round=2
    )
    card = ticket_card.card(taken, samples.order(OrderStatus.delivered))
    said = words_of(card)
    assert "Taken care of by: Sam" in said
    assert "Priority: urgent" in said
    assert "says it is solved" in said
    assert "reopened" in said
    assert _verbs(card) == ["staff"]
    page = set(_verbs(ticket_pages.ticket_page(taken)))
    assert "release" in page
    assert not {"claim", "link_order", "ask_close"} & page


def test_staff_act_on_the_order_from_its_ticket() -> None:
    order = samples.order(OrderStatus.delivered, version=7)
    page = ticket_pages.ticket_page(samples.ticket(), order, 1998)
    assert {
        f"nc:order:resend:{order.id}:7",
        f"nc:order:replace_unit:{order.id}:7",
        f"nc:order:return_money:{order.id}:7",
        f"nc:order:refund:{order.id}:1",
        f"nc:order:details:{order.id}",
    } <= set(custom_ids_of(page))
    for status in (TicketStatus.closing, TicketStatus.closed):
        page = ticket_pages.ticket_page(samples.ticket(status), order)
        assert not [one for one in custom_ids_of(page) if ":order:" in one]


def test_a_description_of_marks_is_cut_before_the_card_is_too_long() -> None:
    card = ticket_card.card(
        samples.ticket(description="*" * 1500, subject="_" * 100), samples.order(OrderStatus.delivered)
    )
    assert_sendable(card)
    assert "\\*\\*" in words_of(card)


def test_the_channel_is_named_after_the_number_alone() -> None:
    hostile = samples.ticket(subject="@everyone # free codes")
    assert ticket_card.channel_name(hostile) == "ticket-0012"
    assert "everyone" not in ticket_card.channel_topic(hostile)
    assert ticket_card.channel_name(samples.ticket(number=12345)) == "ticket-12345"


# ---- answers and lists


def test_the_answer_to_a_new_ticket_leads_to_its_channel_or_says_why_there_is_none() -> None:
    assert "is being opened" in words_of(ticket_pages.opened(samples.ticket(TicketStatus.opening, channel_id=None)))
    assert f"<#{samples.TICKET_CHANNEL}>" in words_of(ticket_pages.opened(samples.ticket()))
    failed = ticket_pages.opened(samples.ticket(TicketStatus.failed, channel_id=None, reason="The category is full."))
    assert "> The category is full." in words_of(failed)
    assert list(buttons_of(failed)) == ["Try again"]


@pytest.mark.parametrize(
    ("verb", "wanted"),
    [
        ("claim", "is yours now"),
        ("release", "Nobody takes care"),
        ("transfer", "Sam takes care"),
        ("priority", "is urgent now"),
        ("link_order", samples.ORDER_ID),
        ("ask_close", "Our staff know"),
        ("close", "is being closed"),
        ("rate", "Thank you"),
        ("something later", "up to date"),
    ],
)
def test_each_change_is_told(verb: str, wanted: str) -> None:
    ticket = samples.ticket(claimed_by=5, claimed_name="Sam", priority=TicketPriority.urgent)
    assert wanted in words_of(ticket_pages.changed(ticket, verb))


def test_what_waits_is_listed_with_its_channel() -> None:
    waiting = [samples.ticket(), samples.ticket(channel_id=None, priority=TicketPriority.high)]
    page = ticket_pages.waiting_page(12, waiting, 0)
    assert f"<#{samples.TICKET_CHANNEL}>" in words_of(page)
    assert "12 tickets" in words_of(page)
    assert custom_ids_of(page) == ["nc:ticket:waiting:1"]
    assert "Nobody is waiting" in words_of(ticket_pages.waiting_page(0, []))
    assert "any more" in words_of(ticket_pages.waiting_page(3, [], 7))


def test_a_closed_ticket_shows_why_and_what_was_thought_of_it() -> None:
    page = ticket_pages.ticket_page(samples.ticket(TicketStatus.closed, reason="Replaced.", rating=4, comment="Quick!"))
    said = words_of(page)
    assert "> Replaced." in said
    assert "⭐⭐⭐⭐" in said
    assert "> Quick!" in said
    assert _verbs(page) == ["reopen"]
    talking = ticket_pages.ticket_page(samples.ticket(order_id=None))
    assert {"claim", "close", "link_order"} <= set(_verbs(talking))
    assert "ask_close" not in _verbs(talking), "that is the customer's"
