"""Codes never stand in what a ticket keeps: not in its form, nor in the reason, nor in the rating."""

from dataclasses import replace

import pytest

from novacore.crypto import GoodsCipher, new_key
from novacore.db.unit_of_work import reading
from novacore.states import OrderStatus, TicketKind, TicketStatus
from novacore.workflows.goods import masking
from novacore.workflows.goods.masking import UNCHECKED, mask_of
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import previews, restock
from novacore.workflows.tickets import attributes
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.commands import TicketForm
from tests.fixtures.effort import lines
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives

CODE = "SECRET-1-0"


def test_a_code_in_the_form_the_reason_or_the_rating_is_kept_nowhere(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    time.move(hours=1)
    draft = TicketForm(TicketKind.other, f"{CODE} is dead", f"I typed {CODE.lower()}, twice")
    ticket = ticket_lives.ready(shop, tickets.open_ticket(shop, CUSTOMER, draft))
    assert (ticket.subject, ticket.description) == ("•••• is dead", "I typed ••••, twice")
    closed = tickets.close(shop, STAFF, ticket.id, Given(reason=f"Gave SECRET-1-1 for {CODE}."))
    assert closed.reason == "Gave •••• for ••••."
    ticket_lives.keep(shop, closed)
    tickets.archived(shop, SYSTEM, ticket.id)
    assert attributes.rate(shop, CUSTOMER, ticket.id, "5", f"{CODE}!").comment == "••••!"
    rows = lives.snapshot(shop)
    assert "SECRET-1" not in repr([rows[name] for name in ("tickets", "events", "jobs")]).upper()


def test_a_ticket_opens_and_closes_while_no_key_fits(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    time.move(hours=1)
    locked_out = replace(shop, cipher=GoodsCipher([new_key()]))
    ticket = tickets.open_ticket(locked_out, CUSTOMER, TicketForm(TicketKind.other, CODE, CODE))
    assert (ticket.subject, ticket.description) == (UNCHECKED, UNCHECKED)
    ticket_lives.ready(shop, ticket)
    closed = tickets.close(locked_out, STAFF, ticket.id, Given(reason=CODE))
    assert (closed.status, closed.reason) == (TicketStatus.closing, UNCHECKED)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("is it SECRET-1 or secret-10?", "is it •••• or ••••?"),
        ("SECRET-1SECRET-10", "••••••••"),
        ("ſecret-1, \u212aEYCODE", "••••, ••••"),
        ("İSECRET-1", "İ••••"),
        ("SEC**RET**-1, SEC\u200bRET\\-10", "••••, ••••"),
        ("*_KEY_code*", "*_••••*"),
        ("SECRET", "SECRET"),
        ("", ""),
    ],
)
def test_the_longest_secret_is_hidden_in_whatever_case(text: str, hidden: str) -> None:
    assert mask_of(["SECRET-1", "SECRET-10", "keycode", "short"])(text) == hidden


def test_hiding_takes_the_length_of_the_text_however_many_secrets_there_are() -> None:
    few, many = (mask_of([f"CODE-{number:06}" for number in range(count)]) for count in (10, 5_000))
    text = "CODE-000003 and CODE-9 are CODE-CODE-" * 20
    assert lines(lambda: many(text)) == lines(lambda: few(text))
    assert lines(lambda: many(text * 2)) <= 2.1 * lines(lambda: many(text))


@pytest.mark.parametrize(
    ("account", "parts"),
    [
        ("sam@example.com:hunter22", {"sam@example.com", "hunter22"}),
        ("Password: hunter22", {"hunter22"}),
        ("a" * 900 + ": hunter22", {"hunter22"}),
        ("user;pass|word,more", {"user", "pass", "word", "more"}),
    ],
)
def test_an_account_is_known_by_its_parts(account: str, parts: set[str]) -> None:
    assert {*masking._parts(account)} == {account, *parts}


@pytest.mark.parametrize(
    "text",
    [
        *("code=SECRET-1-9", "SECRET-1-9,SECRET-1-8", "https://x.example/?a=SECRET-1-9;", "**SECRET-1-9**"),
        "**SEC**RET-1-\u200b9",
    ],
)
def test_a_code_in_stock_is_found_without_a_blank_around_it(shop: Shop, make_product: ProductMaker, text: str) -> None:
    make_product(units=20)
    with reading(shop.database) as session:
        (hidden,) = masking.hidden(shop, session, 1, [text])
    assert "SECRET" not in hidden
    assert "••••" in hidden


def test_of_goods_in_several_columns_the_values_are_hidden_and_the_names_stay(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=0)
    content = b"Serial number;Voucher pin\nVC-771004;0417993\n"
    found = previews.stage_file(shop, OWNER, product_id, "a.csv", content)
    restock.confirm(shop, OWNER, found.batch_id or 0)
    restock.fill_next(shop, found.batch_id or 0)
    lives.bring_to(shop, product_id, OrderStatus.delivered, time)
    time.move(hours=1)
    asked = "The Serial number vc-771004 and the Voucher pin 0417993 don't work"
    ticket = tickets.open_ticket(shop, CUSTOMER, TicketForm(TicketKind.other, "Help", asked))
    assert ticket.description == "The Serial number •••• and the Voucher pin •••• don't work"
