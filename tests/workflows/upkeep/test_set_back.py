"""A clock that is set back leaves no time in the future that something is counted from."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from novacore.db.base import Base, UtcDateTime
from novacore.db.models import KeptProof, OwnMethodDraft, PrivatePage
from novacore.db.unit_of_work import reading
from novacore.states import PaymentMethod
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import kept_proofs, private_pages
from novacore.workflows.orders.private_pages import ShownPage
from novacore.workflows.payments import own_drafts, rates
from novacore.workflows.upkeep import set_back
from tests.fixtures.shops import CUSTOMER, OWNER, MovableClock, ProductMaker
from tests.workflows.machine import lives

AS_WRITTEN = "what happened is never changed, and no event is earlier than the one before it"
SHOWN = "only shown to people"
PROMISED = "a deadline that someone was told"
BY_THE_MACHINE = "written by the machine's clock; the sweep looks after it by itself (`_shorten_leases`, `_free`)"
DISCORDS = "as Discord's clock said"

LEFT_ALONE = {
    "amount_claims.ends_at": "as late as someone may still pay; it only keeps an amount from others for longer",
    "cards.posted_at": SHOWN,
    "coin_rates.told_at": "only whether it is empty is asked",
    "events.at": AS_WRITTEN,
    "exports.finished_at": SHOWN,
    "exports.requested_at": SHOWN,
    "exports.since": "a period that the owner chose",
    "exports.until": "a period that the owner chose",
    "goods_versions.created_at": SHOWN,
    "jobs.due_at": "a wait keeps its length (`_shorten_waits`)",
    "jobs.lease_until": BY_THE_MACHINE,
    "jobs.woken_at": BY_THE_MACHINE,
    "ledger_entries.at": AS_WRITTEN,
    "legacy_imports.imported_at": SHOWN,
    "legacy_sources.first_seen_at": SHOWN,
    "orders.coin_changed_at": SHOWN,
    "orders.coin_holds_until": PROMISED,
    "orders.coin_rate_at": SHOWN,
    "orders.expires_at": PROMISED,
    "own_methods.created_at": SHOWN,
    "own_texts.saved_at": SHOWN,
    "terms_versions.saved_at": SHOWN,
    "people.blocked_at": SHOWN,
    "people.blocked_until": PROMISED,
    "people.dms_closed_at": "only whether it is empty is asked",
    "people.first_seen_at": SHOWN,
    "people.joined_at": DISCORDS,
    "private_pages.ends_at": "cut to what Discord may allow (`_end_pages`)",
    "product_news.asked_at": "only news that were told already are not told again",
    "product_news.posted_at": "only whether it is empty is asked",
    "products.created_at": SHOWN,
    "products.on_sale_from": PROMISED,
    "canned_answers.saved_at": SHOWN,
    "products.sale_from": PROMISED,
    "products.sale_until": PROMISED,
    "proofs.processed_at": SHOWN,
    "proofs.submitted_at": SHOWN,
    "reports.asked_at": "its report is made again on its day (`_forget_reports`)",
    "reports.made_at": SHOWN,
    "sends.begun_at": "where a lost message is looked for; should it be wrong, the newest ones are searched as well",
    "discounts.created_at": SHOWN,
    "discounts.ended_at": "only whether it is empty is asked",
    "discounts.until": PROMISED,
    "sends.sent_at": "compared with events alone",
    "shop_facts.at": "moved with the times in the fact (`_correct_facts`)",
    "staff_notes.at": SHOWN,
    "stock_batches.added_at": SHOWN,
    "stock_batches.finished_at": SHOWN,
    "stock_waits.asked_at": "only who waits longer is asked; it is part of the key by which each is told once",
    "stock_waits.called_at": "only whether it is empty is asked",
    "ticket_messages.at": DISCORDS,
    "ticket_messages.deleted_at": SHOWN,
    "tickets.asked_close_at": SHOWN,
    "tickets.closes_at": PROMISED,
    "tickets.rated_at": SHOWN,
    "told_findings.told_at": SHOWN,
    "transcripts.made_at": SHOWN,
    "units.created_at": SHOWN,
    "units.sold_at": SHOWN,
    "vouches.edited_at": SHOWN,
    "vouches.hidden_at": "only whether it is empty is asked",
    "vouches.written_at": SHOWN,
}
"""The times that stay as they are when the clock was set back, and why."""


def test_every_time_is_put_right_or_has_a_reason_to_be_left_alone() -> None:
    there = {
        f"{table.name}.{column.key}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, UtcDateTime)
    }
    put_right = {f"{column.class_.__tablename__}.{column.key}" for column in set_back.REMEMBERED}
    unknown = there - put_right - LEFT_ALONE.keys()
    assert not unknown, f"Cure: put {sorted(unknown)} into set_back.REMEMBERED if it is ever compared with now."
    assert (put_right | LEFT_ALONE.keys()) - there == set(), "these columns are no more"
    assert put_right & LEFT_ALONE.keys() == set()


# ---- what is counted from them

Back = Callable[[], None]


@pytest.fixture
def back(shop: Shop, time: MovableClock) -> Back:
    """The clock is two days ahead; called, it is set back, and the sweep has noticed."""
    time.move(days=2)
    lives.note_open(shop)
    watch = set_back.Watch(still_seconds=0.0)

    def now_set_back() -> None:
        time.move(days=-2)
        assert [set_back.notice(shop, watch) for _ in range(2)] == [False, True]

    return now_set_back


def rate(shop: Shop, time: MovableClock) -> rates.Rate | None:
    """What a Bitcoin costs now."""
    with reading(shop.database) as session:
        return rates.rate_of(session, PaymentMethod.btc, "USD", time.at)


def count(shop: Shop, model: Any) -> int:
    """How many rows there are."""
    with reading(shop.database) as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_price_of_the_future_is_none_and_is_good_for_a_day_from_when_it_was_noticed(
    shop: Shop, back: Back, time: MovableClock
) -> None:
    rates.set_rate(shop, OWNER, "btc", "60000")
    time.move(days=-2)
    assert rate(shop, time) is None
    time.move(days=2)
    back()
    time.move(hours=23)
    assert rate(shop, time)
    time.move(hours=2)
    assert rate(shop, time) is None


def test_drafts_and_kept_pictures_of_the_future_go_in_their_time(
    shop: Shop, make_product: ProductMaker, back: Back, time: MovableClock
) -> None:
    lives.place(shop, make_product())
    own_drafts.begin(shop, OWNER, None)
    kept_proofs.keep(shop, CUSTOMER, None, "not one", lives.picture())
    back()
    time.move(minutes=61)
    kept_proofs.tidy(shop)
    assert (count(shop, KeptProof), count(shop, OwnMethodDraft)) == (0, 1)
    time.move(days=1)
    own_drafts.tidy(shop)
    assert count(shop, OwnMethodDraft) == 0


def test_pages_of_the_future_make_room_for_newer_ones(
    shop: Shop, make_product: ProductMaker, back: Back, time: MovableClock
) -> None:
    order = lives.place(shop, make_product())

    def show(message_id: int) -> None:
        mark = private_pages.contents(shop, CUSTOMER.id or 0, order.id).mark
        ends_at = time.at + private_pages.LIFE
        private_pages.follow(shop, ShownPage(message_id, CUSTOMER.id or 0, order.id, 0, mark, ends_at, "token"))

    for number in range(private_pages.MOST):
        show(100 + number)
    back()
    time.move(seconds=1)
    show(200)
    assert private_pages.living(shop, CUSTOMER.id or 0)[0] == 200
    time.move(minutes=15)
    private_pages.tidy(shop)
    assert count(shop, PrivatePage) == 0
