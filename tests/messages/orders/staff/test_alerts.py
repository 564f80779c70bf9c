"""What reaches staff unasked: why, what to do, and the buttons for it."""

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.event_kinds.kind import Detailed
from novacore.messages.orders.staff import alerts
from novacore.states import OrderStatus
from tests.messages import samples
from tests.messages.payloads import buttons_of, custom_ids_of, words_of

S = OrderStatus


def died(reason: str = "Gone.", job: str = "announce_purchase", job_id: int = 1) -> Detailed:
    """What the event of a job's death says."""
    return JOB_DIED({"job_id": job_id, "job": job, "reason": reason})


def test_a_blocked_delivery_says_why_and_what_to_do() -> None:
    event = samples.event("delivery_blocked", S.delivery_blocked, reason="Discord refuses DMs to this person.")
    message = alerts.alert(samples.order(S.delivery_blocked), event)
    said = words_of(message)
    assert "> Discord refuses DMs to this person." in said
    assert "Show my goods" in said
    assert list(buttons_of(message)) == ["Try the delivery again", "Details"]


def test_an_alert_about_an_order_that_moved_on_offers_nothing_that_is_over() -> None:
    event = samples.event("delivery_blocked", S.delivery_blocked, reason="Closed.")
    assert list(buttons_of(alerts.alert(samples.order(S.delivered), event))) == ["Details"]


def test_a_job_that_died_is_named() -> None:
    event = samples.event(died("The channel is gone."))
    said = words_of(alerts.alert(samples.order(S.delivered), event))
    assert "“announce purchase” did not work" in said
    assert "> The channel is gone." in said


def test_a_dead_job_can_be_tried_again_from_its_alert_and_a_blocked_delivery_cannot() -> None:
    message = alerts.alert(samples.order(S.delivered), samples.event(died(job_id=17)))
    assert custom_ids_of(message) == ["nc:job:retry:17", f"nc:order:details:{samples.ORDER_ID}"]
    other = samples.event("delivery_blocked", S.delivery_blocked, reason="Closed.")
    assert custom_ids_of(alerts.alert(samples.order(S.delivered), other)) == [f"nc:order:details:{samples.ORDER_ID}"]


def test_an_alert_about_something_else_than_an_order_names_it() -> None:
    event = samples.event(died(job_id=3), subject_kind="ticket", subject_id="17")
    message = alerts.alert(None, event)
    assert "ticket `17`" in words_of(message)
    assert custom_ids_of(message) == ["nc:job:retry:3"]


def test_a_role_that_stands_too_high_tells_staff_what_to_move() -> None:
    for job in ("grant_customer_role", "withdraw_customer_role"):
        said = words_of(alerts.alert(samples.order(S.delivered), samples.event(died(job=job))))
        assert "drag the bot's role **above** the customers' role" in said


def test_many_deaths_of_one_cause_are_named_in_one_message() -> None:
    told = samples.event(died(), id=170)
    deaths = [samples.event(died(), subject_id=f"NC-20260314-ACDE{n:02}") for n in range(30)]
    message = alerts.others(told, deaths)
    said = words_of(message)
    assert "30 more times" in said
    assert "`NC-20260314-ACDE00`" in said
    assert "and 10 more" in said
    assert custom_ids_of(message) == ["nc:job:retry_all:170"]
