"""Private pages are edited when their order moves on; whatever Discord answers, nothing else suffers."""

from datetime import datetime
from typing import Any

import discord
import pytest
from sqlalchemy import select

from novacore import clock
from novacore.db.models import Job, Order, PrivatePage
from novacore.db.queries.orders.own_orders import OwnOrders
from novacore.db.unit_of_work import reading
from novacore.messages.orders.customer.private_page import private_page
from novacore.states import JobState, OrderStatus
from novacore.tasks.discord import calls
from novacore.tasks.queue import runner
from novacore.workflows.machine.arrows import Given
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import private_pages
from novacore.workflows.orders.private_pages import LIFE, ShownPage
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.jobs import attempts
from tests.tasks.town import Town
from tests.wire.faults import Act, Answer, Drop, Limited, Slow

EDIT = ("PATCH", "/webhooks/*/*/messages/@original")
CLOSED = "Discord doesn't let us send you DMs"


class Page:
    """A private page of the town's customer, opened by a command and kept true."""

    def __init__(self, town: Town, order: Order, *, as_follow_up: bool = False) -> None:
        self.town, self.order = town, order
        data = {"id": "1", "name": "orders", "type": 1}
        payload = town.wire.interact(town.customer.id or 0, town.places.main_channel_id, data, kind=2)
        self.token: str = payload["token"]
        now = private_pages.contents(town.shop, town.customer.id or 0, order.id)
        ends_at = clock.now() + LIFE
        self.id = town.runtime.calls.call(lambda client: self._open(client, payload, now, ends_at, as_follow_up))
        person = town.customer.id or 0
        page = ShownPage(self.id, person, order.id, 0, now.mark, ends_at, self.token, is_answer=not as_follow_up)
        private_pages.follow(town.shop, page)

    async def _open(
        self, client: discord.Client, payload: Any, now: OwnOrders, ends_at: datetime, as_follow_up: bool
    ) -> int:
        interaction: discord.Interaction[Any] = discord.Interaction(data=payload, state=client._connection)
        await interaction.response.defer(ephemeral=True, thinking=True)
        page = private_page(now, ends_at)
        if not as_follow_up:
            return (await interaction.edit_original_response(view=page.view, attachments=page.discord_files())).id
        await interaction.edit_original_response(content="Before it.")
        files = page.discord_files()
        return (await interaction.followup.send(view=page.view, files=files, ephemeral=True, wait=True)).id

    @property
    def text(self) -> str:
        """What the customer reads."""
        found = {each.id: each for each in self.town.wire.ephemeral(self.town.customer.id or 0)}
        return found[self.id].text

    @property
    def is_kept(self) -> bool:
        """Whether it is still kept true."""
        with reading(self.town.shop.database) as session:
            return session.get(PrivatePage, self.id) is not None


@pytest.fixture
def page(town: Town) -> Page:
    """Open the page of an order that waits for its payment."""
    order = town.place()
    town.work()
    return Page(town, order)


def work_on(town: Town, time: MovableClock) -> None:
    """Let everything happen that is due now and in the next moments."""
    town.work()
    time.move(seconds=3)
    town.work()


def test_a_page_follows_its_order_until_its_time_is_over(town: Town, page: Page, time: MovableClock) -> None:
    town.submit(page.order)
    work_on(town, time)
    assert "We're checking your payment" in page.text
    orders.ask_again(town.shop, STAFF, page.order.id, Given(reason="Too dark."))
    work_on(town, time)
    assert "Too dark." in page.text
    time.move(seconds=LIFE.total_seconds())
    orders.cancel(town.shop, STAFF, page.order.id, Given())
    work_on(town, time)
    assert "Too dark." in page.text
    assert town.outcome("refresh_pages")[0] == "done"


def test_what_the_press_itself_has_shown_is_not_sent_again(town: Town, page: Page, time: MovableClock) -> None:
    orders.cancel(town.shop, town.customer, page.order.id)
    town.work()
    now = private_pages.contents(town.shop, town.customer.id or 0, page.order.id)
    private_pages.note_shown(town.shop, private_pages.out_of_date(town.shop, page.id)[0], now.mark)  # type: ignore[index]
    before = len(town.wire.requests(*EDIT))
    work_on(town, time)
    assert town.outcome("refresh_pages") == ("done", "Private pages that were edited: 0.")
    assert len(town.wire.requests(*EDIT)) == before


def test_a_page_that_came_as_a_second_message_is_edited_too(town: Town, time: MovableClock) -> None:
    order = town.place()
    town.work()
    page = Page(town, order, as_follow_up=True)
    orders.cancel(town.shop, STAFF, order.id, Given())
    work_on(town, time)
    assert "This order was cancelled" in page.text


def test_whoever_edits_last_has_read_last(
    town: Town, page: Page, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order moves on while an older state is on its way to the page."""
    edit, left = town.runtime.calls.edit_answer, [True]

    def edit_slowly(*given: object) -> None:
        if left:
            left.pop()
            orders.approve(town.shop, STAFF, page.order.id, Given())
        edit(*given)  # type: ignore[arg-type]

    town.submit(page.order)
    town.work()
    time.move(seconds=3)
    monkeypatch.setattr(town.runtime.calls, "edit_answer", edit_slowly)
    for job_id in town.due("refresh_pages"):
        runner.run(town.runtime, job_id)
    assert left == []
    assert "Payment confirmed" in page.text


def test_a_refused_dm_is_told_on_the_page_and_taken_back_when_one_comes_through(town: Town, time: MovableClock) -> None:
    town.wire.close_dms(town.customer.id or 0)
    order = town.place()
    page = Page(town, order)
    assert CLOSED not in page.text
    town.work()
    assert town.outcome("order_receipt") == ("dead", "Their DMs are closed to the shop.")
    assert CLOSED in page.text
    town.wire.close_dms(town.customer.id or 0, closed=False)
    second = town.place()
    assert private_pages.contents(town.shop, town.customer.id or 0, second.id).dms_closed, "it is known beforehand"
    town.work()
    assert CLOSED not in page.text


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (404, 10015), (401, 50027), (403, 50001)], ids=str)
def test_a_page_that_is_gone_is_let_go_without_a_word(
    town: Town, page: Page, time: MovableClock, status: int, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = town.wire.fault(*EDIT, Answer(status, code), times=None)
    cancelled_elsewhere(town, page, time)
    assert refusal.hits == 1
    assert not page.is_kept
    assert_nothing_suffered(town, page, caplog)


@pytest.mark.parametrize(
    "trouble",
    [Answer(503), Answer(404), Limited(via=False), Drop(), Drop(taken=True), Slow(60.0)],
    ids=["503", "404 of a proxy", "429", "dropped", "dropped late", "silent"],
)
def test_an_edit_that_discord_can_not_take_now_is_tried_again_while_the_page_lives(
    town: Town,
    page: Page,
    time: MovableClock,
    trouble: Act,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town.wire.fault(*EDIT, trouble, times=None)
    with monkeypatch.context() as patched:
        patched.setattr(calls, "PAGE_SECONDS", 0.3)  # as if it had taken longer
        cancelled_elsewhere(town, page, time)
        (job_id,) = queued(town)
        for _ in range(2):
            time.move(minutes=1)
            town.work()
    assert [one.outcome.value for one in attempts(town.shop.database, job_id)] == ["postponed"]
    assert_nothing_suffered(town, page, caplog)
    town.wire.faults.clear()
    time.move(minutes=1)
    town.work()
    assert "This order was cancelled" in page.text


def test_trouble_that_outlasts_the_page_ends_quietly(
    town: Town, page: Page, time: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    town.wire.fault(*EDIT, Answer(404), times=None)
    cancelled_elsewhere(town, page, time)
    time.move(minutes=15)
    town.work()
    assert town.outcome("refresh_pages") == ("done", "Private pages that were edited: 0.")
    assert_nothing_suffered(town, page, caplog)


def queued(town: Town) -> list[int]:
    """Return the edits that are still to be made."""
    rows = select(Job.id).where(Job.name == "refresh_pages", Job.state == JobState.queued)
    with reading(town.shop.database) as session:
        return [*session.execute(rows.order_by(Job.id)).scalars()]


def cancelled_elsewhere(town: Town, page: Page, time: MovableClock) -> None:
    """Staff cancel the order."""
    orders.cancel(town.shop, STAFF, page.order.id, Given())
    work_on(town, time)


def assert_nothing_suffered(town: Town, page: Page, caplog: pytest.LogCaptureFixture) -> None:
    """Check that the rest was done, staff were not alerted, and no line of the log holds the token."""
    assert town.order(page.order.id).status is OrderStatus.cancelled
    assert [text for text in town.dms() if "Your order was cancelled" in text], "the note went out"
    assert town.staff_channel() == []
    assert town.outcome("refresh_pages")[0] != "dead"
    assert page.token not in caplog.text
