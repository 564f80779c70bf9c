"""The accounts after a storm: what people see at Discord, and what the database says of units, money and events."""

from collections import Counter

from sqlalchemy import func, select

from novacore.db.models import AmountClaim, Contest, DiscountUse, Event, Job, JobAttempt, LedgerEntry, Order, Send, Unit
from novacore.db.unit_of_work import reading
from novacore.states import AttemptOutcome, JobState, OrderStatus, PaymentMethod, SendState
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.orders.table import ORDERS
from tests.faults.works import CODE, STOCK, Works
from tests.wire.world.state import Message
from tests.wire.world.world import World


def check(works: Works, order_ids: list[str]) -> None:
    """Fail unless every order was delivered, everything was shown once, and all the books are balanced."""
    _goods_came_once(works, order_ids)
    _everything_was_said_once(works, order_ids)
    _jobs_are_done(works, order_ids)
    _units_and_money_balance(works, order_ids)
    _amounts_are_free_again(works, order_ids)
    _codes_are_counted(works, order_ids)
    _staff_hear_of_contests(works, order_ids)
    _events_tell_the_whole_story(works, order_ids)


def _goods_came_once(works: Works, order_ids: list[str]) -> None:
    orders, texts = _orders(works, order_ids), _texts(works)
    with_goods = {
        order.id: [text for text in texts[works.wire.dm_channel(order.customer_id)] if "SECRET-" in text]
        for order in orders
    }
    lost = [order_id for order_id, messages in with_goods.items() if not messages]
    twice = [order_id for order_id, messages in with_goods.items() if len(messages) > 1]
    assert (lost, twice) == ([], []), "lost, shown twice"
    for order in orders:
        bought = goods_of(works.shop, order.id)
        (unit,) = [*(item.value for item in bought.items), *(one.name for one in bought.files)]
        assert unit in with_goods[order.id][0]
    assert {order.status for order in orders} == {OrderStatus.delivered}


def _texts(works: Works) -> dict[int, list[str]]:
    """Every message in every channel, with the names of its files."""

    def told(message: Message) -> str:
        return " ".join([message.text, *message.files])

    def read(world: World) -> dict[int, list[str]]:
        return {each.id: [told(message) for message in each.messages.values()] for each in world.channels.values()}

    return works.wire.ask(read)


def _orders(works: Works, order_ids: list[str]) -> list[Order]:
    with reading(works.database) as session:
        found = [*session.execute(select(Order).where(Order.id.in_(order_ids))).scalars()]
    assert len(found) == len(order_ids)
    return found


def _everything_was_said_once(works: Works, order_ids: list[str]) -> None:
    """Receipts, cards and announcements too: each message at Discord is one that a send stands for, and vice versa.

    A card whose sender was killed before the send is left out where the proof was decided before it could be posted.
    """
    with reading(works.database) as session:
        sends = [*session.execute(select(Send)).scalars()]
        decided = Job.name == JobName.post_review_card, Job.outcome.startswith("Nothing to review")
        too_late = {*session.execute(select(Job.subject_id).where(*decided)).scalars()}
    unsent = [(send.purpose, send.state, send.key) for send in sends if send.state is not SendState.sent]
    assert {each[:2] for each in unsent} <= {("review", SendState.abandoned)}, unsent
    assert {send.subject_id for send in sends if send.state is SendState.abandoned} <= too_late, unsent
    assert {send.subject_id for send in sends if send.purpose == "delivery"} >= set(order_ids)
    shown = works.wire.ask(lambda world: [key for each in world.channels.values() for key in each.messages])
    assert Counter(shown) == Counter(send.message_id for send in sends if send.state is SendState.sent)


def _jobs_are_done(works: Works, order_ids: list[str]) -> None:
    ours = Job.subject_id.in_(order_ids)
    with reading(works.database) as session:
        states = Counter(session.execute(select(Job.state).where(ours)).scalars())
        dead = select(Job.name, Job.last_error).where(ours, Job.state == JobState.dead)
        assert [*session.execute(dead)] == []
        running = select(Job.name).join(JobAttempt).where(JobAttempt.outcome == AttemptOutcome.running)
        assert [*session.execute(running).scalars()] == []
    assert states[JobState.queued] == len(order_ids), "the invitations to leave a vouch"
    assert states[JobState.running] == 0


def _units_and_money_balance(works: Works, order_ids: list[str]) -> None:
    ours = Unit.order_id.in_(order_ids)
    with reading(works.database) as session:
        held = session.execute(
            select(Unit.order_id, Unit.status, func.count()).where(ours).group_by("order_id", "status")
        )
        assert sorted(map(tuple, held)) == sorted((order_id, "sold", 1) for order_id in order_ids)
        assert session.execute(select(func.count()).select_from(Unit)).scalar_one() == STOCK
        money = select(LedgerEntry.order_id, LedgerEntry.direction, LedgerEntry.amount_minor)
        rows = session.execute(money.where(LedgerEntry.order_id.in_(order_ids)))
        prices = {one.id: 999 - (100 if one.discount_code else 0) for one in _orders(works, order_ids)}
        assert sorted(map(tuple, rows)) == sorted((order_id, "received", price) for order_id, price in prices.items())


def _amounts_are_free_again(works: Works, order_ids: list[str]) -> None:
    """Each order in a coin asked for an amount of it, and claims none any more."""
    in_coin = {order.id for order in _orders(works, order_ids) if order.method == PaymentMethod.btc}
    assert {order.id for order in _orders(works, order_ids) if order.coin_amount} == in_coin
    assert 0 < len(in_coin) < len(order_ids), "by a coin, and by the owner's own way"
    with reading(works.database) as session:
        claims = select(AmountClaim.order_id).where(AmountClaim.order_id.in_(order_ids))
        assert [*session.execute(claims).scalars()] == []


def _codes_are_counted(works: Works, order_ids: list[str]) -> None:
    """Each order with a discount is one use of its code; what was cancelled is none."""
    orders = _orders(works, order_ids)
    with_code = {order.id for order in orders if order.discount_code == CODE}
    assert {order.id for order in orders if order.discount_minor} == with_code
    assert 0 < len(with_code) < len(orders)
    with reading(works.database) as session:
        held = select(DiscountUse.order_id).where(DiscountUse.is_held)
        mine = {*session.execute(held.where(DiscountUse.order_id.in_(order_ids))).scalars()}
        ended = held.join(Order, Order.id == DiscountUse.order_id).where(Order.status == OrderStatus.cancelled)
        assert (mine, session.execute(ended).all()) == (with_code, [])


def _staff_hear_of_contests(works: Works, order_ids: list[str]) -> None:
    """Each is noted once; what staff were not told of within the hour has the job that will."""
    with reading(works.database) as session:
        rows = session.execute(select(Contest.paid_order_id, Contest.alert_job_id)).all()
        waits = select(func.count()).where(Job.name == JobName.alert_contests, Job.state == JobState.queued)
        waiting = session.execute(waits).scalar_one()
    assert sorted(paid for paid, _ in rows) == sorted(works.contested)
    assert works.contested & {*order_ids}
    assert waiting or all(job_id for _, job_id in rows)


def _events_tell_the_whole_story(works: Works, order_ids: list[str]) -> None:
    arrows = {(source, arrow.trigger, arrow.target) for arrow in ORDERS.arrows for source in arrow.sources}
    at = dict.fromkeys(order_ids, str(OrderStatus.new))
    rows = select(Event).where(Event.subject_id.in_(order_ids), Event.target.is_not(None)).order_by(Event.id)
    with reading(works.database) as session:
        for event in session.execute(rows).scalars():
            assert (at[event.subject_id], event.trigger, event.target) in arrows
            at[event.subject_id] = str(event.target)
    assert set(at.values()) == {OrderStatus.delivered}
