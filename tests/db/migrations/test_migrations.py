"""Databases with live orders in every state go through `migrate`, however it is called; what does not fit says so."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from novacore.crypto import mark_of, new_key
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import EvidenceClaim, Job
from novacore.db.queries import sealed
from novacore.db.unit_of_work import reading, writing
from novacore.settings.reading import _REHEARSAL
from novacore.states import JobState, OrderStatus, PaymentMethod, known_method
from novacore.workflows.catalog import drafts
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.payments import own_drafts
from novacore.workflows.payments.transaction_ids import at_a_glance
from novacore.workflows.upkeep.keys import key_marks
from tests.db.migrations import first_release
from tests.db.migrations.first_release import CODE, FIRST, STATES
from tests.db.migrations.next_steps import NEXT
from tests.fixtures.servers import forked
from tests.fixtures.servers.forked import Forked
from tests.fixtures.shops import OWNER, STAFF, MovableClock, ProductMaker
from tests.stories.live import CELERY, NOVACORE
from tests.workflows.machine import lives

ROOT = Path(__file__).resolve().parents[3]
NEWER = "9999"


@pytest.fixture
def upgraded(empty_database: Database, time: MovableClock) -> Iterator[Shop]:
    """A shop of the first release, brought to this one."""
    url = empty_database.engine.url.render_as_string(hide_password=False)
    first_release.upgrade_to(url, FIRST)
    first_release.restore(url)
    time.move(hours=26)
    shop = first_release.open_first(url)
    schema.migrate(shop.database)
    yield shop
    shop.database.close()


def test_every_live_order_comes_through_the_upgrade_and_goes_on(upgraded: Shop) -> None:
    schema.require_current(upgraded.database)
    found = first_release.orders_by_state(upgraded)
    assert set(found) == set(STATES)
    for order in found.values():
        assert (order.discount_minor, order.discount_code, order.discount_label) == (0, None, None)
        assert order.paid_by == known_method(PaymentMethod(order.method), order.pay_address, order.pay_network)
    for status in (OrderStatus.approved, OrderStatus.delivered, OrderStatus.delivery_blocked):
        assert any(item.value.startswith(CODE) for item in goods_of(upgraded, found[status].id).items)
    for status, (target, step) in NEXT.items():
        assert step(upgraded, found[status].id).status is target


def test_goods_of_the_first_release_get_the_mark_of_their_key(upgraded: Shop) -> None:
    """On the way of `novacore migrate`, and of every other start."""
    found = first_release.orders_by_state(upgraded)
    before = [one.value for one in goods_of(upgraded, found[OrderStatus.delivered].id).items]
    assert key_marks.give(upgraded) > len(STATES)
    assert key_marks.give(upgraded) == 0
    with reading(upgraded.database) as session:
        assert sealed.marks(session) == {mark_of(first_release.KEY)}
    assert [one.value for one in goods_of(upgraded, found[OrderStatus.delivered].id).items] == before


def test_ids_that_paid_before_are_known_by_their_looks(empty_database: Database) -> None:
    url = empty_database.engine.url.render_as_string(hide_password=False)
    first_release.upgrade_to(url, FIRST)
    first_release.restore(url)
    first_release.upgrade_to(url, "0013")
    paid = {"paypal": "4OQILSBZG678901E2", "solana": "5VERv8NMvzb", "btc": "ab"}
    with empty_database.engine.execution_options(writes=True).begin() as connection:
        (order_id,) = connection.execute(text("SELECT min(id) FROM orders")).one()
        for chain, value in paid.items():
            row = {"kind": f"reference:{chain}", "value": value, "order_id": order_id}
            connection.execute(text("INSERT INTO evidence_claims VALUES (:kind, :value, :order_id)"), row)
    schema.migrate(empty_database)
    with reading(empty_database) as session:
        alike = select(EvidenceClaim.kind, EvidenceClaim.value).where(EvidenceClaim.kind.startswith("look-alike"))
        found = [(kind, value) for kind, value in session.execute(alike.order_by(EvidenceClaim.kind))]
    assert found == [
        ("look-alike:paypal", at_a_glance(PaymentMethod.paypal, "PayPal", paid["paypal"])),
        ("look-alike:solana", at_a_glance(PaymentMethod.sol, "Solana", paid["solana"])),
    ]


def test_an_order_that_was_asked_for_another_proof_waits_for_it_after_the_upgrade(
    empty_database: Database,
) -> None:
    """Before, it went back to waiting for its payment; one that was never paid stays there."""
    url = empty_database.engine.url.render_as_string(hide_password=False)
    first_release.upgrade_to(url, FIRST)
    first_release.restore(url)
    first_release.upgrade_to(url, "0018")
    shop = first_release.open_first(url)
    with shop.database.engine.execution_options(writes=True).begin() as connection:
        (asked,) = connection.execute(text("SELECT id FROM orders WHERE status = 'under_review'")).one()
        connection.execute(text("UPDATE orders SET status = 'awaiting_payment' WHERE id = :id"), {"id": asked})
        connection.execute(text("DELETE FROM jobs WHERE name = 'refresh_cards'"))
    schema.migrate(shop.database)
    found = first_release.orders_by_state(shop)
    assert found[OrderStatus.awaiting_proof].id == asked
    assert found[OrderStatus.awaiting_payment].review_round == 0
    with reading(shop.database) as session:
        job = session.execute(select(Job).where(Job.name == JobName.refresh_cards)).scalar_one()
        assert (job.subject_id, job.state, job.at_once, job.payload) == (asked, JobState.queued, False, {})
        assert job.due_at > job.created_at, "workers of the release before have ended until then"
    assert orders.approve(shop, STAFF, asked, Given(round=1)).status is OrderStatus.approved
    shop.database.close()


def _draft_of_then(shop: Shop) -> int:
    """Begin a product as the release of then did, without the columns that came later; return the draft's number."""
    columns = "owner_id, form, picture_state, picture_round, touched_at"
    form = r"""{"kind"\: "unique", "unit_type"\: "code"}"""
    values = f":owner, '{form}', 'unchanged', 0, '2026-03-01 12\\:00\\:00.000000'"
    statement = text(f"INSERT INTO product_drafts ({columns}) VALUES ({values}) RETURNING id")
    with writing(shop.database) as tx:
        return int(tx.session.execute(statement, {"owner": OWNER.id}).scalar_one())


def test_drafts_come_through_the_upgrade_and_their_numbers_are_used_once(empty_database: Database) -> None:
    """Pages of drafts that were thrown away before may still be there: their numbers are left behind."""
    url = empty_database.engine.url.render_as_string(hide_password=False)
    first_release.upgrade_to(url, FIRST)
    first_release.restore(url)
    first_release.upgrade_to(url, "0021")
    shop = first_release.open_first(url)
    older, newer = (own_drafts.begin(shop, OWNER, None)[0] for _ in range(2))
    product_draft = _draft_of_then(shop)
    own_drafts.discard(shop, OWNER, newer)
    schema.migrate(shop.database)
    assert own_drafts.load(shop, OWNER, older).id == older
    seen = {older, newer}
    for _ in range(2):
        next_one, _ = own_drafts.begin(shop, OWNER, None)
        assert next_one not in seen
        seen.add(next_one)
        own_drafts.discard(shop, OWNER, next_one)
    drafts.discard(shop, OWNER, product_draft)
    assert drafts.begin(shop, OWNER, Options())[0] > product_draft
    shop.database.close()


def test_new_rows_get_new_numbers_after_the_upgrade(upgraded: Shop) -> None:
    with reading(upgraded.database) as session:
        product_id = session.execute(text("SELECT id FROM products")).scalar_one()
    order = lives.place(upgraded, product_id)
    assert order.status is OrderStatus.awaiting_payment


def test_every_job_of_the_first_release_still_has_a_name(upgraded: Shop) -> None:
    with reading(upgraded.database) as session:
        names = {str(name) for (name,) in session.query(Job.name)}
    assert names
    assert names <= {name.value for name in JobName}


def test_jobs_of_the_first_release_that_were_due_at_once_wait_for_no_clock(upgraded: Shop) -> None:
    with reading(upgraded.database) as session:
        queued = session.execute(select(Job.name, Job.at_once).where(Job.state == JobState.queued)).all()
    at_once, timers = ({name for name, is_so in queued if is_so is wanted} for wanted in (True, False))
    assert at_once >= {"deliver_order", "order_receipt", "refresh_cards"}
    assert timers == {"expire_order", "invite_vouch", "post_review_card"}


def test_the_upgrade_made_what_the_models_say(upgraded: Shop, database_url: str) -> None:
    tables = set(inspect(upgraded.database.engine).get_table_names())
    assert {"vouches", "orders", "jobs"} <= tables


def test_migrating_a_current_shop_again_changes_nothing(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=20)
    for state in STATES:
        lives.bring_to(shop, product_id, state, time)
    before = lives.snapshot(shop)
    schema.migrate(shop.database)
    assert lives.snapshot(shop) == before
    found = first_release.orders_by_state(shop)
    for status, (target, step) in NEXT.items():
        assert step(shop, found[status].id).status is target


# As processes.


def environment(url: str, folder: Path) -> dict[str, str]:
    """Settings of a process that meets neither Discord nor a customer."""
    place = {"DATABASE_PATH": url.removeprefix("sqlite:///")} if url.startswith("sqlite") else {"DATABASE_URL": url}
    return {**os.environ, **place, "LOG_DIR": str(folder / "logs"), "SECRET_KEY": new_key()}


def test_four_processes_that_migrate_together(database_url: str, tmp_path: Path) -> None:
    first_release.upgrade_to(database_url, FIRST)
    first_release.restore(database_url)
    env = environment(database_url, tmp_path)
    started = [
        Forked([NOVACORE, "migrate"], cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[0].decode() for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    assert said == ["The database is at this release's schema.\n"] * 4
    shop = first_release.open_first(database_url)
    schema.require_current(shop.database)
    assert set(first_release.orders_by_state(shop)) == set(STATES)
    shop.database.close()


@pytest.mark.parametrize(
    ("command", "version", "says"),
    [
        ((NOVACORE, "bot"), NEWER, "newer release"),
        ((NOVACORE, "bot"), FIRST, "novacore migrate`"),
        ((*CELERY, "worker", "-Q", "discord"), FIRST, "Run `novacore migrate`"),
        ((*CELERY, "beat"), NEWER, "newer release"),
    ],
    ids=["bot-newer", "bot-older", "worker-older", "beat-newer"],
)
def test_a_process_that_meets_another_schema_says_so_and_stops(
    postgresql_shop_url: str,
    tmp_path: Path,
    live_settings: dict[str, str],
    command: tuple[str, ...],
    version: str,
    says: str,
) -> None:
    database = Database(postgresql_shop_url)
    with writing(database) as tx:
        tx.session.execute(text(f"UPDATE alembic_version SET version_num = '{version}'"))
    database.close()
    env = environment(postgresql_shop_url, tmp_path) | live_settings
    answer = forked.run(command, cwd=ROOT, env=env, text=True, timeout=60)
    assert answer.returncode == 1
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr + answer.stdout


@pytest.fixture
def live_settings(redis_url: str) -> dict[str, str]:
    """What a live shop needs besides; nobody is asked whether it is true."""
    return {name.upper(): value for name, value in _REHEARSAL.items()} | {"CELERY_BROKER_URL": redis_url}
