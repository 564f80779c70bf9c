"""The button of an alert: staff have a dead job tried again, once, and nobody else does."""

from sqlalchemy import select, update

from novacore.db.models import Event, Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState
from novacore.workflows.upkeep.fallbacks import fire_fallback
from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, custom_ids, page, said
from tests.workflows.machine import lives


async def bury(here: Town, *, name: str = "announce_purchase") -> tuple[Order, int]:
    """Let Alice buy something, and a job of it die as the runner lets it."""
    order = await here.paid_order(here.alice)
    await here.decide(here.sam, "approve", order)
    await here.press(here.alice, f"nc:order:reveal:{order.id}")
    with writing(here.shop.database) as tx:
        mine = Job.subject_id == order.id, Job.name == name
        tx.session.execute(update(Job).where(*mine).values(state=JobState.dead, attempts=1, finished_at=tx.now))
        job = tx.session.execute(select(Job).where(*mine)).scalar_one()
        fire_fallback(here.shop, tx, job, "The channel is gone.")
    return order, job.id


def state_of(here: Town, job_id: int) -> JobState:
    """Where the job is now."""
    with reading(here.shop.database) as session:
        return session.get_one(Job, job_id).state


async def test_staff_have_it_tried_again_from_the_alert_and_from_the_details(town: Opening) -> None:
    async with town() as here:
        order, job_id = await bury(here)
        details = page(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        assert f"nc:job:retry:{job_id}" in custom_ids(details.components)
        assert "“announce purchase” is being tried again" in said(await here.press(here.sam, f"nc:job:retry:{job_id}"))
        assert state_of(here, job_id) is JobState.queued
        assert "Already done" in said(await here.press(here.sue, f"nc:job:retry:{job_id}"))
        assert lives.events_of(here.shop, order.id).count("retry_job") == 1
        details = page(await here.sam.slash(here.channels["staff"], "details", order_id=order.id))
        assert f"nc:job:retry:{job_id}" not in custom_ids(details.components)


async def test_customers_and_forged_numbers_do_nothing(town: Opening) -> None:
    async with town() as here:
        _, job_id = await bury(here)
        assert "Only staff can try this again" in said(await here.press(here.alice, f"nc:job:retry:{job_id}"))
        assert "can't find that job" in said(await here.press(here.sam, f"nc:job:retry:{10**12}"))
        assert "can't find that job" in said(await here.press(here.sam, "nc:job:retry_all:1"))
        assert state_of(here, job_id) is JobState.dead


async def test_all_that_died_of_the_same_cause_are_tried_again_with_one_press(town: Opening) -> None:
    async with town() as here:
        dead = [(await bury(here))[1] for _ in range(3)]
        with reading(here.shop.database) as session:
            rows = select(Event.id).where(Event.trigger == "job_died").order_by(Event.id)
            told = session.execute(rows).scalars().first()
        assert "2 jobs will be tried again" in said(await here.press(here.sam, f"nc:job:retry_all:{told}"))
        assert [state_of(here, job_id) for job_id in dead] == [JobState.dead, JobState.queued, JobState.queued]
