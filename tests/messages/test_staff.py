"""What staff look up: the queue, an order's whole story; and what reaches them unasked."""

from novacore.db.queries.orders import JobStory
from novacore.messages import staff
from novacore.states import AttemptOutcome, JobState, LedgerDirection, OrderStatus
from tests.messages import samples
from tests.messages.everything import PICTURE
from tests.messages.payloads import buttons_of, components, custom_ids_of, files_of, words_of

S = OrderStatus


# ---- the queue


def test_the_queue_names_each_order_with_what_it_is_and_since_when_it_waits() -> None:
    message = staff.queue_page(2, [samples.waiting(), samples.waiting(order_id=samples.OTHER_ID, is_late=True)])
    said = words_of(message)
    assert "2 orders waiting for staff" in said
    assert "2 × Game gift card** · $19.98" in said
    assert f"<@{samples.BUYER}> · to check, waiting since <t:1773499766:R>" in said
    assert said.count("⚠️ late") == 1
    assert custom_ids_of(message) == [f"nc:order:details:{samples.ORDER_ID}", f"nc:order:details:{samples.OTHER_ID}"]


def test_an_empty_queue_is_good_news() -> None:
    assert "Nobody is waiting" in words_of(staff.queue_page(0, []))


def test_a_page_that_has_emptied_meanwhile_leads_to_the_first() -> None:
    assert "`/queue`" in words_of(staff.queue_page(3, [], 4))


def test_a_long_queue_has_pages_of_ten() -> None:
    message = staff.queue_page(21, [samples.waiting()], 1)
    assert custom_ids_of(message)[1:] == ["nc:order:queue:0", "nc:order:queue:2"]


# ---- the whole story


def test_details_tell_the_whole_story_on_one_card() -> None:
    message = staff.details(samples.story(), PICTURE)
    said = words_of(message)
    for part in (
        samples.ORDER_ID,
        "Ordered <t:1773497366:f>",
        "$19.98 received",
        "Robin placed this order",
        "Sam rejected this order “The amount is too small.”",
        "✔️ post review card: done",
        "🕒 deliver order: queued · due <t:1773500966:R> · 2 tries · “Discord is away.”",
    ):
        assert part in said
    assert list(files_of(message)) == [f"proof-{samples.ORDER_ID}-1.jpg"]
    assert list(buttons_of(message)) == ["Approve", "Ask for another proof", "Reject"]


def test_money_that_went_back_is_told_apart() -> None:
    ledger = [samples.received(), samples.received(1998, LedgerDirection.returned)]
    assert "$19.98 received · $19.98 returned" in words_of(staff.details(samples.story(ledger=ledger), None))


def test_a_story_too_long_for_a_card_goes_as_a_file_with_the_newest_on_the_card() -> None:
    events = [samples.event("reject", S.rejected, reason=f"Reason {n}. " + "x" * 90) for n in range(60)]
    tries = [samples.attempt(n, AttemptOutcome.later, f"Error {n}") for n in range(1, 30)]
    jobs = [JobStory(samples.job(state=JobState.dead, last_error="Gave up."), tries)]
    message = staff.details(samples.story(events=events, jobs=jobs), None)
    assert "Reason 59" in words_of(message)
    assert "Reason 3." not in words_of(message)
    content = files_of(message)[f"{samples.ORDER_ID}-story.txt"].decode("utf-8-sig")
    assert all(f"Reason {n}. " in content for n in range(60))
    assert "try 29 at 2026-03-14 15:09:26 UTC: later: Error 29" in content
    assert "received $19.98 by btc" in content
    assert any(one["type"] == 13 for one in components(message)), "a file that no component shows is invisible"


def test_events_that_move_no_state_read_as_sentences() -> None:
    events = [samples.event("reveal", actor_name="Robin"), samples.event("something_new", actor_name="NovaCore")]
    said = words_of(staff.details(samples.story(events=events), None))
    assert "Robin looked at the goods" in said
    assert "NovaCore something new" in said
