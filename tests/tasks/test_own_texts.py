"""The shop in its owner's words, as jobs send and edit it, also where a worker was killed over it."""

import pytest

from novacore.states.texts import ShopText
from novacore.tasks.catalog import panels
from novacore.tasks.queue import runner
from novacore.workflows.texts import saving
from tests.fixtures.shops import OWNER, MovableClock
from tests.tasks.catalog.test_panels import post, shown
from tests.tasks.jobs import lapse
from tests.tasks.town import Town
from tests.wire.faults import Answer
from tests.workflows.texts.test_texts import written


def save(town: Town, key: ShopText, words: str) -> None:
    """The owner writes a text and saves it."""
    saving.save(town.shop, OWNER, written(town.shop, words, key))


def test_the_panel_is_shown_again_in_the_owners_words(town: Town, time: MovableClock) -> None:
    post(town)
    save(town, ShopText.panel, "Keys and more.")
    save(town, ShopText.how_it_works, "Pay by {ways}.")
    assert "Keys and more." not in shown(town)
    time.move(seconds=10)
    town.work()
    assert "Keys and more." in shown(town)
    assert "Pay by PayPal or crypto." in shown(town)


def test_discord_failing_in_the_middle_only_delays_it(town: Town, time: MovableClock) -> None:
    post(town)
    save(town, ShopText.panel, "Keys and more.")
    town.wire.fault("PATCH", f"/channels/{town.places.main_channel_id}/messages/*", Answer(503))
    time.move(seconds=10)
    town.work()
    time.move(minutes=5)
    town.work()
    assert "Keys and more." in shown(town)


@pytest.mark.parametrize("is_done", [False, True], ids=["before the edit", "after the edit"])
def test_a_worker_killed_over_it_is_made_up_for(
    town: Town, time: MovableClock, monkeypatch: pytest.MonkeyPatch, is_done: bool
) -> None:
    class Killed(BaseException):
        pass

    edit = panels._edit

    def dies(*given: object) -> None:
        if is_done:
            edit(*given)  # type: ignore[arg-type]
        raise Killed

    post(town)
    save(town, ShopText.panel, "Keys and more.")
    time.move(seconds=10)
    (job_id,) = town.due("refresh_panel")
    with monkeypatch.context() as patch:
        patch.setattr(panels, "_edit", dies)
        with pytest.raises(Killed):
            runner.run(town.runtime, job_id)
    assert ("Keys and more." in shown(town)) is is_done
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    assert "Keys and more." in shown(town)
    assert town.outcome("refresh_panel")[0] == "done"


def test_a_customer_reads_it_while_staff_check_and_the_shops_words_afterwards(town: Town) -> None:
    save(town, ShopText.after_payment, "We look at it at nine in the evening.")
    order = town.place()
    town.work()
    assert "nine in the evening" not in town.dms()[0]
    town.submit(order)
    town.work()
    assert "nine in the evening" in town.dms()[0]
    assert "we have your proof" not in town.dms()[0]


def test_the_invitation_to_leave_a_vouch(town: Town, time: MovableClock) -> None:
    save(town, ShopText.vouch, "Tell us about {bought}, *please*.")
    order = town.delivered()
    time.move(hours=3)
    town.work()
    invitation = next(one for one in town.dms() if "How was it?" in one)
    assert f"Tell us about 1 × {order.product_name}, *please*." in invitation
    assert "help others to decide" not in invitation
