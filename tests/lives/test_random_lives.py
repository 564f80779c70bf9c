"""Random lives of orders and tickets, many on one database: every arrow is taken, and the books agree after each step.

Everybody presses everything at any time, workers do their jobs against a Discord over HTTP, and now and then one of
them is killed between two statements. The numbers are drawn from `SEED`: the same lives each time. `make faults` lives
more of them, and takes each arrow from each of the states that it leaves.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from novacore import clock
from novacore.db.models import Event, Send
from novacore.db.unit_of_work import reading
from novacore.doctor import books as books_check
from novacore.states import JobState, PaymentMethod, ProductKind, SendState
from novacore.states.sold_roles import SoldRole
from novacore.workflows.catalog import draft_files, drafts, offers
from novacore.workflows.catalog import products as catalogue_commands
from novacore.workflows.goods import files
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders.delivered import roles
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.reports import rollups
from novacore.workflows.tickets.table import TICKETS
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.lives import books
from tests.lives.life import Life
from tests.lives.mortal import Mortal
from tests.lives.steps import ACTS_ON_ORDERS, ACTS_ON_TICKETS, STEPS, begin, step
from tests.tasks.town import Town
from tests.workflows import catalogue, own_methods
from tests.workflows.exports import sums
from tests.workflows.machine import lives
from tests.workflows.stock.test_unit_files import stock

LONG = os.environ.get("NOVACORE_FAULTS") == "long"
"""Set by `make faults`."""

SEED = 20261127
LIVES, MOST, LENGTH = (60, 300, 60) if LONG else (4, 20, 40)
"""How many lives there are; more of them, up to `MOST`, where something was not done yet. Sixty take minutes on each
database, three hundred took the better part of an hour.
"""

pytestmark = [pytest.mark.faults, pytest.mark.timeout(7200 if LONG else 1800)]


def test_random_lives_take_every_arrow_and_keep_the_books(
    town: Town, shop_url: str, make_product: ProductMaker, time: MovableClock
) -> None:
    everything: list[str | tuple[str, str]] = [*ARROWS, *ACTS_ON_ORDERS, *ACTS_ON_TICKETS, *(ONCE_LONG if LONG else [])]
    taken, killed = Counter[str | tuple[str, str]](), 0
    town.wire.world.nonce_window = 0.0  # Discord forgets: the history has to tell what went out
    helper = Actor(town.wire.add_user("helper", roles=tuple(town.places.staff_role_ids)), "helper", is_staff=True)
    methods = (PaymentMethod.btc.value, PaymentMethod.usdt.value, own_methods.add(town.shop))
    with Mortal(town, shop_url) as mortal:
        for number in range(MOST):
            if number >= LIVES and all(taken[one] for one in everything):
                break
            customers = tuple(Actor(town.wire.add_user(f"{who} {number}"), f"{who} {number}") for who in ("ann", "bob"))
            products = {kind: make_product(kind, units=_counted(kind), name=f"{kind} {number}") for kind in KINDS}
            extras(town, products, number)
            chance = random.Random(f"{SEED} {number}")
            life = Life(town, time, mortal, chance, taken, products, (customers[0], customers[1]), methods, helper)
            live(life, number)
            killed += life.killed
    assert sums.check(town.shop), "ledger, orders and report agree"
    assert found_in_the_books(town) == []
    print(f"{number} lives, {killed} deeds killed; least often: {taken.most_common()[-8:]}")
    assert killed >= LIVES
    assert [one for one in everything if not taken[one]] == [], "lives take every arrow"


def found_in_the_books(town: Town) -> list[str]:
    """What the owner's own check says, once all that waited meanwhile is done."""
    lives.note_open(town.shop)
    town.work(most=5_000)
    rollups.catch_up(town.shop)
    found = books_check.audit(books_check.Books(town.shop.database, town.shop.terms.zone))
    return [one.finding.text for one in found if one.subjects]


ARROWS = [arrow.trigger for table in (ORDERS, TICKETS) for arrow in table.arrows]
ONCE_LONG: list[str | tuple[str, str]] = [*STEPS, "contested", "keep_amount"]
"""What does not come about in a few lives."""
KINDS = (ProductKind.unique, ProductKind.by_hand, ProductKind.shared)


def extras(town: Town, products: Mapping[ProductKind, int], number: int) -> None:
    """Let two products come with a role for some days, and one with a file. Units of the unique one are files, too."""
    unique = products[ProductKind.unique]
    stock(town.shop, unique, {f"seed-{n}.zip": f"seed {number} {n}".encode() for n in range(books.FILES)})
    offers.add_codes(town.shop, OWNER, unique, [f"SECRET-{unique}-{n}" for n in range(books.STOCK - books.FILES)])
    role_id = town.wire.add_role(f"club {number}")
    draft_id = catalogue.changing(town.shop, products[ProductKind.shared])
    draft_files.change(town.shop, OWNER, draft_id, [files.store(town.shop, "guide.txt", b"guide")], [])
    catalogue_commands.save(town.shop, OWNER, draft_id)
    for kind, days in ((ProductKind.unique, 2), (ProductKind.by_hand, 5)):
        draft_id = catalogue.changing(town.shop, products[kind])
        drafts.set_role(town.shop, OWNER, draft_id, SoldRole(role_id, "Club", days))
        catalogue_commands.save(town.shop, OWNER, draft_id)


def _counted(kind: ProductKind) -> int:
    return 0 if kind is ProductKind.unique else books.STOCK  # `extras` stocks it


def roles_of(life: Life) -> None:
    """Whoever is in the server has exactly the roles that their orders give them."""
    there = life.town.wire.ask(lambda world: {*world.members})
    for user_id in [actor.id or 0 for actor in life.customers if actor.id in there]:
        with reading(life.town.shop.database) as session:
            mine = {one.role.id for one in roles.earned_by(session, user_id, clock.now())}
        sold = {order.role_id for order in life.orders() if order.role_id}
        assert {one for one in life.town.wire.roles_of(user_id) if one in sold} == mine


def live(life: Life, number: int) -> None:
    """Live from the first step to the last job; a failure tells the whole story."""
    try:
        for do in (begin, *[step] * LENGTH, Life.see_through):
            do(life)
            count(life)
            books.check(life)
        settled(life, books.check(life))
        roles_of(life)
    except BaseException as error:
        error.add_note("\n".join([f"Seed {SEED}, life {number}:", *life.story]))
        raise


def count(life: Life) -> None:
    """Note which arrows this life has taken since the last time."""
    rows = select(Event.trigger, Event.source, Event.target).where(Event.subject_id.in_(life.ids()))
    found = Counter[str | tuple[str, str]]()
    with reading(life.town.shop.database) as session:
        for trigger, source, target in session.execute(rows):
            found[trigger] += 1
            found[source or "new", trigger] += target is not None
    life.taken.update(found - life.counted)
    life.counted = found


def settled(life: Life, done: books.Books) -> None:
    """At the end no job is running, and whatever was sent stands in the customers' DMs once."""
    assert [job.name for jobs in done.jobs.values() for job in jobs if job.state is JobState.running] == []
    with reading(life.town.shop.database) as session:
        sends = [*session.execute(select(Send).where(Send.subject_id.in_(life.ids()))).scalars()]
    # Where the world had moved on, nobody looks any more for what a killed worker may have sent; it came once at most.
    shown = [message for actor in life.customers for message in life.town.wire.dms(actor.id or 0)]
    texts = [json.dumps(message.components) + " ".join(message.files) for message in shown]
    for send in sends:
        times = sum(send.token in text for text in texts)
        assert times <= 1, f"{send.purpose} of {send.subject_id} came twice"
        if send.purpose == "delivery" and send.state is SendState.sent:
            assert times == 1
    recorded = {send.subject_id for send in sends if send.purpose == "delivery" and send.state is SendState.sent}
    assert {job.subject_id for jobs in done.jobs.values() for job in jobs if job.outcome == CAME} <= recorded


CAME = "The goods are with the customer."
"""What a delivery that went well says of itself."""
