"""“Free these and block”: the question names everything that yes would do, and the answer what was done."""

from novacore.messages.orders.staff import freeing as pages
from novacore.workflows.orders.blocking.freeing import Freeable, Freed
from tests.messages import samples
from tests.messages.payloads import custom_ids_of, words_of


def test_the_question_names_orders_people_and_what_stays() -> None:
    held = [samples.holding(), samples.holding(order_id=samples.OTHER_ID, customer_id=7, units=1)]
    asked = pages.question(Freeable(7, "Rare *key*", held, 1, samples.NOW))
    said = words_of(asked)
    assert "Free 3 units of Rare \\*key\\*?" in said
    assert "cancels 2 unpaid orders and keeps 2 people from ordering for 7 days" in said
    assert "<@7> (Robin) · 1 unit since <t:1773497366:R> · 3 unpaid orders in 7 days · `NC-20260101-HJKMNP`" in said
    assert "1 order of such people stays: its proof of payment came in." in said
    assert custom_ids_of(asked) == ["nc:stock:free:7:1773500966"]


def test_many_orders_are_counted_and_one_is_one() -> None:
    held = [samples.holding(customer_id=number) for number in range(17)]
    assert "and 2 orders more" in words_of(pages.question(Freeable(7, "Key", held, 0, samples.NOW)))
    one = words_of(pages.question(Freeable(7, "Key", held[:1], 2, samples.NOW)))
    assert "cancels 1 unpaid order and keeps 1 person from ordering" in one
    assert "2 orders of such people stay: their proofs of payment came in." in one


def test_the_answer_says_what_was_freed_and_who_is_blocked_until_when() -> None:
    done = words_of(pages.freed(Freed("Key", [samples.holding()], [samples.BUYER], samples.NOW, 0)))
    assert "2 units of Key back on sale" in done
    assert f"1 unpaid order cancelled. <@{samples.BUYER}> can't order before <t:1773500966:f>" in done
    assert "stay" not in done
    many = words_of(pages.freed(Freed("Key", [samples.holding()] * 17, [*range(17)], samples.NOW, 0)))
    assert "<@14> and 2 more can't order" in many
