"""What staff look up: the queue, an order's whole story; and what reaches them unasked."""

from novacore.db.event_kinds.jobs import JOB_DIED, RETRY_JOB
from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.orders import NEW_AMOUNT, REPLACE_UNIT, RETURN_MONEY
from novacore.db.queries.orders.orders import JobStory, QueueTotals
from novacore.messages.orders import buttons
from novacore.messages.orders.staff import pages
from novacore.states import AttemptOutcome, JobState, LedgerDirection, OrderStatus
from tests.messages import samples
from tests.messages.everything import PICTURE
from tests.messages.payloads import assert_sendable, buttons_of, components, custom_ids_of, files_of, words_of

S = OrderStatus


# ---- the queue


def test_the_queue_names_each_order_with_what_it_is_and_since_when_it_waits() -> None:
    message = pages.queue_page(
        QueueTotals(2), [samples.waiting(), samples.waiting(order_id=samples.OTHER_ID, is_late=True)]
    )
    said = words_of(message)
    assert "2 orders waiting for staff" in said
    assert "2 × Game gift card** · $19.98" in said
    assert f"<@{samples.BUYER}> · to check, waiting since <t:1773499766:R>" in said
    assert said.count("⚠️ late") == 1
    assert custom_ids_of(message) == [f"nc:order:details:{samples.ORDER_ID}", f"nc:order:details:{samples.OTHER_ID}"]


def test_an_empty_queue_is_good_news() -> None:
    assert "Nobody is waiting" in words_of(pages.queue_page(QueueTotals(), []))


def test_a_page_that_has_emptied_meanwhile_leads_to_the_first() -> None:
    assert "`/queue`" in words_of(pages.queue_page(QueueTotals(3), [], 4))


def test_a_long_queue_has_pages_of_ten() -> None:
    message = pages.queue_page(QueueTotals(20, 1), [samples.waiting()], 1)
    assert custom_ids_of(message)[1:] == ["nc:order:queue:0", "nc:order:queue:2"]


def test_what_waits_for_another_proof_stands_apart() -> None:
    asked = samples.waiting(order_id=samples.OTHER_ID, status=S.awaiting_proof, expires_at=samples.NOW)
    said = words_of(pages.queue_page(QueueTotals(1, 1), [samples.waiting(), asked]))
    for_staff, _, for_customers = said.partition("### 🔁 Waiting for another proof")
    assert "1 order waiting for staff" in for_staff
    assert samples.OTHER_ID not in for_staff
    assert "1 customer was asked for it" in for_customers
    assert "another proof awaited, expires <t:" in for_customers
    alone = words_of(pages.queue_page(QueueTotals(0, 1), [asked]))
    assert "Nobody is waiting for staff" in alone


# ---- the whole story


def test_details_tell_the_whole_story_on_one_card() -> None:
    message = pages.details(samples.story(), PICTURE)
    said = words_of(message)
    for part in (
        samples.ORDER_ID,
        "Ordered <t:1773497366:f>",
        "$19.98 received",
        "Robin placed this order",
        "Sam rejected this order “The amount is too small.”",
        "✔️ post review card: done",
        "try 1 <t:1773500966:f> later “Discord is away.”",
        "🕒 deliver order: queued · due <t:1773500966:R> · 2 tries · “Discord is away.”",
    ):
        assert part in said
    assert list(files_of(message)) == [f"proof-{samples.ORDER_ID}-1.jpg"]
    decisions = [one.label for one in buttons.for_staff(samples.order(S.under_review))]
    assert list(buttons_of(message)) == [
        *decisions,
        "Approve a different amount",
        "Record a payment",
        "Add a note",
        "Customer",
    ]


def test_money_that_went_back_is_told_apart() -> None:
    ledger = [samples.received(), samples.received(1998, LedgerDirection.returned)]
    assert "$19.98 received · $19.98 returned" in words_of(pages.details(samples.story(ledger=ledger), None))


def test_a_story_too_long_for_a_card_has_pages_and_a_file() -> None:
    events = [samples.event("reject", S.rejected, reason=f"Reason {n}. " + "x" * 90) for n in range(60)]
    tries = [samples.attempt(n, AttemptOutcome.later, f"Error {n}.") for n in range(1, 30)]
    jobs = [JobStory(samples.job(state=JobState.dead, last_error="Gave up."), tries)]
    story = samples.story(events=events, jobs=jobs)
    message = pages.details(story, None)
    said, at, ids = words_of(message), 0, custom_ids_of(message)
    while more := [one for one in ids if one == f"nc:order:story:{samples.ORDER_ID}:{at + 1}"]:
        at = int(more[0].rsplit(":", 1)[1])
        page = pages.story_page(story, at)
        assert_sendable(page)
        said, ids = said + words_of(page), custom_ids_of(page)
        assert f"nc:order:story:{samples.ORDER_ID}:{at - 1}" in ids
        assert f"nc:order:story:{samples.ORDER_ID}:0" in ids
    assert at > 1
    assert all(said.count(f"Reason {n}. ") == 1 for n in range(60)), "each event is on one page"
    assert all(said.count(f"“Error {n}.”") == 1 for n in range(1, 30)), "and each try"
    content = files_of(message)[f"{samples.ORDER_ID}-story.txt"].decode("utf-8-sig")
    assert all(f"Reason {n}. " in content for n in range(60))
    assert "try 29 at 2026-03-14 15:09:26 UTC: later: Error 29" in content
    assert "received $19.98 by Bitcoin (BTC)" in content
    assert any(one["type"] == 13 for one in components(message)), "a file that no component shows is invisible"


def test_a_page_of_a_story_that_is_not_there_says_so() -> None:
    assert "Nothing on this page any more" in words_of(pages.story_page(samples.story(), 7))


def test_events_tell_amounts_units_and_jobs() -> None:
    events = [
        samples.event(RETURN_MONEY({"reason": "Sorry.", "amount_minor": 500})),
        samples.event(
            REPLACE_UNIT({"reason": "It is dead.", "number": 2, "unit_id": 7, "faulty_id": 6, "override": True})
        ),
        samples.event(RETRY_JOB({"job_id": 3, "job": "announce_purchase", "tries": 3})),
        samples.event(NEW_AMOUNT({"amount": "0.0005 BTC", "before": "0.0004 BTC", "rate": "40000", "round": 0})),
        samples.event(Detailed("approve", {"amount_minor": 1926, "coin": "0.0003 BTC", "round": 1})),
    ]
    said = words_of(pages.details(samples.story(events=events), None))
    assert "Sam returned money ($5.00) “Sorry.”" in said
    assert "Sam replaced a faulty unit (number 2, past its warranty)" in said
    assert "Sam had a job tried again (announce purchase)" in said
    assert "Sam got a new amount in the coin (0.0005 BTC; before that 0.0004 BTC)" in said
    assert "Sam approved this order (0.0003 BTC, worth $19.26)" in said


def test_a_dead_job_that_staff_were_told_of_can_be_tried_again_from_the_details() -> None:
    died = [samples.event(JOB_DIED({"job_id": 9, "job": "announce_purchase", "reason": "Gone."}))]
    jobs = [
        JobStory(samples.job("announce_purchase", JobState.dead, id=9), []),
        JobStory(samples.job("deliver_order", JobState.dead, id=10), []),
    ]
    found = custom_ids_of(pages.details(samples.story(events=died, jobs=jobs), None))
    assert [one for one in found if one.startswith("nc:job:")] == ["nc:job:retry:9"]


def test_events_that_move_no_state_read_as_sentences() -> None:
    events = [samples.event("reveal", actor_name="Robin"), samples.event("something_new", actor_name="NovaCore")]
    said = words_of(pages.details(samples.story(events=events), None))
    assert "Robin looked at the goods" in said
    assert "NovaCore something new" in said
