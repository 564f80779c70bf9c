"""Every message that this room builds, with one stranger's text in every place where a stranger's text can stand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.event_kinds.orders import ROLE_REFUSED
from novacore.db.models import Order, Person, Ticket
from novacore.db.queries.desk.notes import NoteHead
from novacore.db.queries.orders.contests import RefusedPicture
from novacore.db.queries.orders.discounts import CodeRow, Overuse
from novacore.db.queries.orders.orders import JobStory, QueueTotals, ReviewFacts
from novacore.db.queries.orders.unpaid import Reserved
from novacore.db.queries.orders.vouches import Voice
from novacore.media.artwork import product_picture
from novacore.messages.catalog import checkout, restock, stock, waiting_list, window
from novacore.messages.kit import notices
from novacore.messages.kit.layout import FilePart, Message
from novacore.messages.orders import after_sale, vouches
from novacore.messages.orders import discounts as discount_pages
from novacore.messages.orders.customer import asking, goods, retry
from novacore.messages.orders.customer import order_card as order_pages
from novacore.messages.orders.customer.notes import note_to_customer, reminder
from novacore.messages.orders.staff import alerts, blocks, contests, freeing, pages, review
from novacore.messages.orders.staff import rates as rate_pages
from novacore.messages.orders.staff.found_payments import found_payments
from novacore.messages.orders.staff.slow_reviews import slow_reviews
from novacore.messages.tickets import card as ticket_card
from novacore.messages.tickets import file_notes
from novacore.messages.tickets import notes as ticket_notes
from novacore.messages.tickets import pages as ticket_pages
from novacore.messages.tickets.transcript.talk import Fate, KeptFile
from novacore.states import (
    AttemptOutcome,
    BatchState,
    GoodsType,
    JobState,
    Method,
    OrderStatus,
    PaymentMethod,
    ProductKind,
    ProofState,
    RateSource,
    ReferenceNeed,
    TicketKind,
    TicketStatus,
    known_method,
    own_key,
)
from novacore.wallets.explorers import DEFAULTS
from novacore.workflows.goods.file_names import clean_name
from novacore.workflows.goods.files import File
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.machine.shop import Terms
from novacore.workflows.orders.blocking import freeing as freed
from novacore.workflows.orders.discounts.pricing import Price
from novacore.workflows.orders.payment_search import Found
from novacore.workflows.orders.placing.unpaid import HeldBack
from novacore.workflows.payments import rates
from novacore.workflows.payments.feed import LastFetch
from tests.messages import desk, own_texts, previews, private, samples, shelf_messages, statements, ways_to_pay
from tests.messages import wares as owners

STATUSES = [status for status in OrderStatus if status is not OrderStatus.new]
NOTES = ("ask_again", "reject", "cancel", "expire", "fulfil", "refund", "approve")
PICTURE = product_picture("Card", "code")


def every_message(text: str) -> Iterator[tuple[str, Message]]:
    """Build them all, each with its name."""
    yield from _window(text)
    yield from ways_to_pay.every_page(text)
    yield from own_texts.every_text(text)
    yield from owners.every_page(text, PICTURE)
    yield from statements.every_page(text)
    yield from _customers(text)
    yield from _goods(text)
    yield from _staff(text)
    yield from _stock(text)
    yield from _tickets(text)
    yield from _ticket_notes(text)
    yield from desk.every_answer_page(text)
    order = _order(OrderStatus.delivered, text)
    yield "announcement", after_sale.purchase_announcement(order, Terms(log_amounts=True))
    yield "struck", after_sale.struck_announcement(order, Terms(log_amounts=True))
    yield "invitation", after_sale.vouch_invite(order)
    yield "vouch", vouches.public_vouch(samples.vouch(product_name=text, comment=text, rating=5))
    yield "vouch taken", vouches.vouch_taken()
    fetched = LastFetch(samples.NOW, "Coinbase could not be reached, or gave no proper answer.")
    yield "rates", rate_pages.rates([rates.KnownRate(one, None, _RATE) for one in rates.COINS], "USD", fetched)
    yield "no rates", rate_pages.rates([], "USD")
    yield from _discounts(text)
    yield "notice", notices.notice(f"Done: {text}")
    yield "refused", notices.refused(f"Sorry, {text} is sold out.")
    yield "wrong", notices.went_wrong(text)


def _discounts(text: str) -> Iterator[tuple[str, Message]]:
    """Codes with every limit there is, as their owner sees them, and what customers read of one."""
    full = samples.discount(
        amount_minor=10**12, percent=None, uses=10**6, per_person=10**6, least_quantity=1000, least_total_minor=10**12
    )
    rows = [CodeRow(full, 10**6, {"USD": 10**15, "EUR": 1}, {"USD": 10**15}, [text] * 50)] * discount_pages.CODES_PAGE
    yield "code added", discount_pages.added(full, [text] * 50, samples.NOW)
    yield "codes", discount_pages.codes_page(99, rows, samples.NOW, 1)
    yield "steps", discount_pages.steps_set(text, "5% off 5 or more, 10% off 10 or more")
    yield "no codes", discount_pages.codes_page(0, [], samples.NOW)
    product = samples.product(name=text, category=text)
    yield "wrong code", checkout.to_correct(product, f"The code X isn't for {text}.", 1000, text)
    price = Price(10**15, "USD", 10**12, f"{'X' * 24} (99% off)", "X" * 24, 7)
    methods = [known_method(one) for one in PaymentMethod]
    yield "methods with a code", checkout.method_page(product, 1000, methods, text, price)


def _order(status: OrderStatus, text: str, number: int = 0, **changes: object) -> Order:
    order_id = f"NC-20260314-ACDEF{'GHJKMNPQRT'[number]}"
    columns = {"id": order_id, "product_name": text, "reason": text, "quantity": 1000, "total_minor": 10**12}
    columns |= {
        "discount_minor": 10**12,
        "discount_code": "X" * 24,
        "discount_label": f"{'X' * 24} (99% off)",
        "before_sale_minor": 10**12,
    }
    return samples.order(status, **columns | changes)


_RATE = rates.Rate(Decimal("0.00000123456789012345"), RateSource.owner, samples.NOW)


def _coin(status: OrderStatus, text: str, number: int = 0, **changes: object) -> Order:
    """An order that asks for as much of a coin as there can be."""
    columns = {"coin_amount": 10**17, "coin_amount_before": 10**17 - 1, "coin_rate": "0.00000123456789012345"}
    columns |= {"coin_is_unique": False, "coin_holds_until": samples.NOW, "coin_changed_at": samples.NOW}
    return _order(status, text, number, **{"coin_rate_source": RateSource.owner} | columns | changes)


def _own(status: OrderStatus, text: str, number: int = 0, **changes: object) -> Order:
    """An order that is paid by a method of the owner's own."""
    columns = {"method": "own_1", "method_label": text, "method_emoji": "💵", "pay_address": text, "pay_network": ""}
    columns |= {"pay_instructions": text, "reference_name": text}
    return _order(status, text, number, **columns | changes)


def _window(text: str) -> Iterator[tuple[str, Message]]:
    shelf = [samples.category(id=n, name=text, products=10**6) for n in range(1, 26)]
    wares = [samples.product(id=n, name=text, description=text, category=text) for n in range(1, 26)]
    yield "panel", window.shop_panel(shelf, 1, 99, name=text)
    yield "empty panel", window.shop_panel([])
    yield "category", window.category_page(shelf[0], wares, 1)
    yield "empty category", window.category_page(shelf[0], [], 1)
    voices = (Voice(5, text), Voice(1, text * 50), Voice(3, "x" * 1000))
    yield "product", window.product_page(replace(wares[0], voices=voices, description=text * 40))
    pictured = samples.product(name=text, description=text, picture=(text, PICTURE), kind=ProductKind.by_hand)
    yield "product with picture", window.product_page(pictured)
    yield "product with address", window.product_page(samples.product(picture_url=text, available=0))
    methods = [known_method(one, text, text) for one in PaymentMethod]
    own = [Method(key=own_key(n), label=text, emoji="💵") for n in range(1, 45)]
    yield "method", checkout.method_page(wares[0], 1000, [*methods, *own])
    yield from shelf_messages.every_one(text)
    yield "method, changed", checkout.method_page(pictured, 1, methods, "It has just changed.")


def _stock(text: str) -> Iterator[tuple[str, Message]]:
    yield from previews.every_preview(text)
    for state in (BatchState.filling, BatchState.filled):
        batch = samples.batch(product=text, file_name=text, state=state)
        yield f"coming in {state}", restock.coming_in(batch)
        yield f"batch {state}", restock.batch_page(batch, 10**6)
        yield (
            f"batches {state}",
            restock.batches_page(text, 1, 10**6, [replace(batch, id=10**6 + n) for n in range(10)], 3),
        )
    yield "no batches", restock.batches_page(text, 1, 0, [])
    yield "discarded", restock.discarded()
    for threshold in (0, 5):
        yield f"alert set {threshold}", restock.alert_set(text, threshold)
    held = [samples.holding(customer_name=text, units=1000) for _ in range(freed.MOST)]
    yield "free?", freeing.question(freed.Freeable(7, text, held, 99, samples.NOW))
    yield "freed", freeing.freed(freed.Freed(text, held, [samples.BUYER] * freed.MOST, samples.NOW, 99))
    for left in (0, 3):
        product = samples.product(name=text, available=left)
        yield f"low stock {left}", stock.low_stock(product, 5, Reserved(10**6, 10**6, 10**6, 10**6))
        yield f"back in stock {left}", waiting_list.back_in_stock(product)
    for already in (False, True):
        yield f"on the list {already}", waiting_list.on_the_list(text, 7, already=already)
        yield f"off the list {already}", waiting_list.off_the_list(was_on_it=already)


def _customers(text: str) -> Iterator[tuple[str, Message]]:
    for method in PaymentMethod:
        order = _order(OrderStatus.awaiting_payment, text, method=method)
        yield f"pay by {method}", private.one(order)
        yield f"pay by {method} without DMs", private.one(order, dms_closed=True)
    for method in rates.COINS:
        order = _coin(OrderStatus.awaiting_payment, text, method=method)
        yield f"pay an amount of {method}", private.one(order, dms_closed=True)
    for need in ReferenceNeed:
        order = _own(OrderStatus.awaiting_payment, text, reference_need=need)
        yield f"pay by an own method, reference {need}", private.one(order, dms_closed=True)
    for status in STATUSES:
        for kind in (ProductKind.unique, ProductKind.by_hand):
            order = _order(status, text, kind=kind, review_round=2, is_late=True)
            yield f"receipt {status} {kind}", order_pages.receipt(order, text)
            yield f"cancel {status} {kind}?", asking.cancel_question(order)
            yield f"private {status} {kind}", private.one(order, dms_closed=True)
    for status in STATUSES:
        yield f"reminder {status}", reminder(_order(status, text, expires_at=samples.NOW))
    yield "try again", retry.try_again(text, 7)
    yield "send another", retry.send_another(text, samples.ORDER_ID)
    for trigger in NOTES:
        happened = samples.event(trigger, OrderStatus.expired, reason=text, actor_name=text)
        held = HeldBack(10**6, samples.NOW, samples.NOW)
        yield f"note {trigger}", note_to_customer(_order(OrderStatus.expired, text), happened, held)
    waiting = [
        _order(OrderStatus.awaiting_proof, text, n, review_round=1, expires_at=samples.NOW, method=PaymentMethod.usdt)
        for n in range(5)
    ]
    yield "slow reviews", slow_reviews(waiting * 4, samples.NOW)
    yield "orders", private.listed(waiting, 1, 99, dms_closed=True)
    coins = [_coin(OrderStatus.awaiting_payment, text, n, method=PaymentMethod.usdt) for n in range(5)]
    yield "orders in coins", private.listed(coins, 1, 99, dms_closed=True)
    own = [_own(OrderStatus.awaiting_payment, text, n, review_round=1, expires_at=samples.NOW) for n in range(5)]
    yield "orders by own methods", private.listed(own, 1, 99, dms_closed=True)
    yield "no orders", private.listed([], 0, 0)


def _goods(text: str) -> Iterator[tuple[str, Message]]:
    extras: dict[str, Any] = {"role_id": 1, "role_name": text[:100], "role_days": 3650, "warranty_days": 3650}
    order = _order(OrderStatus.approved, text, kind=ProductKind.unique, **extras)
    kinds = [GoodsItem(text, kind, text) for kind in GoodsType]
    yield "goods", goods.goods(order, kinds, "ACDEFGHJKMNP")
    yield "goods shown", goods.goods_revealed(order, kinds)
    codes = [GoodsItem(f"{text} ({n} of 1000)", GoodsType.code, f"{n}-{text}") for n in range(1, 1001)]
    yield "a thousand goods", goods.goods(order, codes, "ACDEFGHJKMNP")
    yield "ten goods", goods.goods(order, [GoodsItem(text, GoodsType.code, str(n)) for n in range(10)])
    yield "no goods", goods.goods(order, [])
    files = [File(clean_name(text), b"x") for _ in range(9)]
    yield "files", goods.goods(order, [], "ACDEFGHJKMNP", files)
    few = [GoodsItem(text, GoodsType.code, str(n)) for n in range(24)]
    yield "goods and files", goods.goods_again(order, few, "ACDEFGHJKMNP", files)
    yield "goods in a file, and files", goods.goods_revealed(order, codes, files)


def _payments(facts: ReviewFacts, text: str) -> Iterator[tuple[str, Message]]:
    order = _coin(OrderStatus.under_review, text, is_late=True, review_round=2)
    coin = replace(facts, order=order, shares_amount=True)
    yield "review of an amount", review.review_card(coin, PICTURE, [PICTURE] * 9, samples.NOW, DEFAULTS)
    yield "details of an amount", pages.details(samples.story(coin), PICTURE, (), DEFAULTS)
    asked = [_coin(OrderStatus.under_review, text, n) for n in range(10)]
    yield (
        "payments",
        found_payments(text, Found(asked[:5], asked[5:], 10**6, 10**6, frozenset(one.id for one in asked))),
    )
    yield "no payments", found_payments(text, Found([], []))


def _bare(text: str) -> ReviewFacts:
    return samples.facts(_order(OrderStatus.delivered, text), proof=None, last_event=None)


def _alerts(text: str) -> Iterator[tuple[str, Message]]:
    died = JOB_DIED({"job_id": 7, "job": text, "reason": text})
    refused = ROLE_REFUSED({"role_id": 7, "role": text, "reason": text})
    for event in (samples.event("delivery_blocked", reason=text), samples.event(died), samples.event(refused)):
        yield f"alert {event.trigger}", alerts.alert(_order(OrderStatus.delivery_blocked, text), event)
        yield f"alert {event.trigger} of something", alerts.alert(None, event)
        yield f"others {event.trigger}", alerts.others(event, [event] * 50)


def _staff(text: str) -> Iterator[tuple[str, Message]]:
    order = _order(OrderStatus.under_review, text, is_late=True, review_round=2)
    facts = samples.facts(
        order,
        overuse=Overuse(10**6, 10**6 - 1, by_one_person=True),
        customer=Person(id=samples.BUYER, name=text, first_seen_at=samples.NOW, joined_at=samples.NOW),
        proof=samples.proof(reference=text),
        shared=[samples.shared(OrderStatus.delivery_blocked)] * 10,
        alike=[samples.alike()] * 9,
        contested=[samples.contested(came_first=bool(n % 2)) for n in range(20)],
        dms_closed=True,
        notes=NoteHead(200, text),
        last_event=samples.event("submit_proof", OrderStatus.under_review, actor_name=text, reason=text),
    )
    yield "review", review.review_card(facts, PICTURE, [PICTURE] * 9, samples.NOW - timedelta(days=3))
    yield "bare review", review.review_card(_bare(text), None)
    unreadable = samples.facts(order, proof=samples.proof(state=ProofState.unreadable, reference=None))
    yield "unreadable review", review.review_card(unreadable, None)
    yield "old review", review.old_card(order)
    own = replace(facts, order=_own(OrderStatus.under_review, text, is_late=True, review_round=2))
    yield "review of an own method", review.review_card(own, PICTURE, [PICTURE] * 9)
    yield from _payments(facts, text)
    rows = [
        samples.waiting(
            order_id=f"NC-20260314-ACDEF{one}", product_name=text, quantity=1000, is_late=True, shares_amount=True
        )
        for one in "GHJKMNPQR"
    ]
    rows.append(
        samples.waiting(
            order_id=samples.OTHER_ID, product_name=text, status=OrderStatus.awaiting_proof, expires_at=samples.NOW
        )
    )
    yield "queue", pages.queue_page(QueueTotals(90, 9), rows, 1)
    yield "empty queue", pages.queue_page(QueueTotals(), [])
    person = Person(
        id=samples.BUYER, name=text, first_seen_at=samples.NOW, blocked_until=samples.NOW, block_reason=text
    )
    person.blocked_by = samples.BUYER
    yield "blocks", blocks.blocks([person] * 10, 1, 99)
    yield "no blocks", blocks.blocks([], 0, 0)
    yield "details", pages.details(samples.story(facts), PICTURE, [RefusedPicture(samples.OTHER_ID, PICTURE)] * 3)
    happened = [samples.event(text[:40] or "x", actor_name=text, reason=text) for _ in range(50)]
    tries = [samples.attempt(n, AttemptOutcome.bug, text) for n in range(1, 9)]
    jobs = [JobStory(samples.job(state=state, last_error=text, outcome=text), tries) for state in JobState]
    yield "long details", pages.details(samples.story(facts, events=happened, jobs=jobs), PICTURE)
    yield "contest", contests.contest_alert([samples.contest()], 1, PICTURE)
    many = [samples.contest(order_id=f"NC-20260314-{n:06}", paid_order_id=f"NC-20260313-{n:06}") for n in range(10)]
    yield "contests", contests.contest_alert(many, 10**6, None)
    yield from _alerts(text)
    yield from desk.every_page(text, facts, PICTURE)


TICKET_STATUSES = [status for status in TicketStatus if status is not TicketStatus.new]
TICKET_CHANGES = ("claim", "release", "transfer", "priority", "link_order", "ask_close", "close", "rate", "else")
TICKET_ALERTS = ("channel_failed", "archive_failed", "channel_lost", "job_died", "else")


def _ticket(status: TicketStatus, text: str, **changes: object) -> Ticket:
    columns = {
        "subject": text[:100],
        "description": text[:1500],
        "reason": text,
        "claimed_by": samples.BUYER,
        "claimed_name": text,
        "closes_at": samples.NOW,
        "asked_close_at": samples.NOW,
        "rating": 5,
        "comment": text[:1000],
        "round": 2,
    }
    return samples.ticket(status, **columns | changes)


def _tickets(text: str) -> Iterator[tuple[str, Message]]:
    yield "ticket panel", ticket_pages.panel()
    for status in TICKET_STATUSES:
        ticket = _ticket(status, text)
        yield (
            f"ticket card {status}",
            ticket_card.card(ticket, _order(OrderStatus.delivered, text), [samples.STAFF_ROLE]),
        )
        yield (
            f"ticket page {status}",
            ticket_pages.ticket_page(
                ticket, _order(OrderStatus.delivered, text), 999, ticket_pages.done(ticket, "claim")
            ),
        )
    bare = _ticket(TicketStatus.awaiting_customer, text, order_id=None, asked_close_at=None, claimed_by=None)
    yield "ticket card without an order", ticket_card.card(bare)
    for status in TICKET_STATUSES:
        ticket = _ticket(status, text)
        yield f"ticket opened {status}", ticket_pages.opened(ticket)
        yield f"ticket opened {status}, nobody there", ticket_pages.opened(ticket, samples.NOW)
    ticket = _ticket(TicketStatus.awaiting_staff, text)
    for verb in TICKET_CHANGES:
        yield f"ticket {verb}", ticket_pages.changed(ticket, verb)
    waiting = [_ticket(TicketStatus.awaiting_staff, text, kind=kind) for kind in TicketKind] * 4
    yield "tickets", ticket_pages.waiting_page(99, waiting, 1)
    yield "no tickets", ticket_pages.waiting_page(0, [])


def _ticket_notes(text: str) -> Iterator[tuple[str, Message]]:
    files = [FilePart("ticket-0012-1.html", b"<html>"), FilePart("ticket-0012-1.txt", b"text")]
    ticket = _ticket(TicketStatus.closed, text)
    yield "ticket warning", ticket_notes.warning(ticket)
    yield "ticket closed", ticket_notes.closed_for_customer(ticket, files, samples.NOW)
    order = _order(OrderStatus.delivered, text)
    yield "ticket closed, for staff", ticket_notes.closed_for_staff(ticket, order, 5000, files)
    yield "ticket closed, files missing", ticket_notes.closed_for_customer(ticket, files, samples.NOW, [text] * 12)
    yield "the same for staff", ticket_notes.closed_for_staff(ticket, order, 5000, files, [text] * 12)
    there, gone = KeptFile(text, 9_000_000, content=b"x"), KeptFile(text, 9, fate=Fate.gone)
    yield "files next to", file_notes.files_beside(ticket, (2, 25), [there] * 8 + [gone] * 2)
    yield "files refused", file_notes.files_beside(ticket, (1, 1), [there], refused=True)
    yield "ticket rating", ticket_notes.invite_rating(ticket)
    yield "ticket not opened", ticket_notes.not_opened(ticket)
    for trigger in TICKET_ALERTS:
        for status in (TicketStatus.awaiting_staff, TicketStatus.closed):
            died = JOB_DIED({"job_id": 7, "job": text, "reason": text})
            happened = samples.event(died if trigger == died.trigger else trigger, reason=text)
            yield f"ticket alert {trigger} {status}", ticket_notes.alert(_ticket(status, text), happened)
    yield "earlier transcript", ticket_notes.earlier_transcript(ticket, "https://discord.com/channels/1/2/3", files)
    yield "no earlier transcript", ticket_notes.earlier_transcript(ticket)
