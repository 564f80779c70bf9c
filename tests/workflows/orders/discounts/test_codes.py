"""What the owner may say of a code, and what is refused with which sentence."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from novacore.db.queries.orders import discounts
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, NotAllowed, NotFound
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.discounts import codes
from novacore.workflows.orders.discounts.codes import NewCode
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows import discount_codes
from tests.workflows.machine import lives


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"percent": None}, "either `percent`, like 10, or `amount`"),
        ({"percent": 10, "amount": "5"}, "either `percent`, like 10, or `amount`"),
        ({"percent": 100}, "`percent` has to be from 1 to 99. An order always has something to pay"),
        ({"percent": 0}, "`percent` has to be from 1 to 99"),
        ({"percent": -5}, "`percent` has to be from 1 to 99"),
        ({"amount": "0"}, "has to be more than zero"),
        ({"amount": "five"}, "is not an amount I can read"),
        ({"amount": "-5"}, "-5"),
        ({"percent": 5, "uses": 0}, "`uses` has to be from 1 to 1,000,000"),
        ({"percent": 5, "per_person": 0}, "`per_person` has to be"),
        ({"percent": 5, "least_quantity": 1001}, "`least_quantity` has to be from 1 to 1,000"),
        ({"percent": 5, "least_total": "x"}, "is not an amount I can read"),
        ({"percent": 5, "until": "soon"}, "I can't read `soon` as an end date"),
        ({"percent": 5, "until": "2026-03-02 25:00"}, "as an end date"),
        ({"percent": 5, "until": "2026-03-02 10:00+02:00"}, "as an end date"),
        ({"percent": 5, "until": "2026-02-28"}, "has to end in the future"),
        ({"percent": 5, "until": "2026-03-01 12:00"}, "has to end in the future"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(shop: Shop, time: MovableClock, given: dict[str, object], said: str) -> None:
    before = lives.snapshot(shop)
    with pytest.raises(BadInput, match=said):
        codes.add(shop, OWNER, NewCode("SUMMER", **given))  # type: ignore[arg-type]
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize("code", ["", "ab", "x" * 25, "a:b", "Größe", "10%", "a.b", "'; DROP TABLE"])
def test_what_cannot_be_a_code(shop: Shop, code: str) -> None:
    with pytest.raises(BadInput, match=r"can't be a code\. Use 3 to 24 letters from A to Z"):
        discount_codes.add(shop, code)


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("2026-03-01", datetime(2026, 3, 2, tzinfo=UTC)),
        (" 2026-12-24 ", datetime(2026, 12, 25, tzinfo=UTC)),
        ("2026-12-24 18:00", datetime(2026, 12, 24, 18, tzinfo=UTC)),
        ("2026-12-24T18:30", datetime(2026, 12, 24, 18, 30, tzinfo=UTC)),
    ],
)
def test_until_when(shop: Shop, time: MovableClock, typed: str, ends: datetime) -> None:
    assert discount_codes.add(shop, until=typed).until == ends
    berlin = replace(shop, terms=replace(shop.terms, zone=ZoneInfo("Europe/Berlin")))
    assert discount_codes.add(berlin, "BERLIN", until=typed).until == ends.replace(hour=ends.hour) - (
        datetime(2026, 1, 1, 1, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC)
    )


def test_a_code_is_there_once_until_it_ends(shop: Shop, time: MovableClock) -> None:
    discount_codes.add(shop, until="2026-03-01")
    with pytest.raises(BadInput, match=r"There is a code SUMMER already\. End it first"):
        discount_codes.add(shop, "summer", amount="5")
    time.move(days=1)
    assert discount_codes.add(shop, "summer", amount="5").amount_minor == 500
    assert codes.end(shop, OWNER, "Summer") == "SUMMER"
    with pytest.raises(AlreadyDone, match="the code SUMMER has ended"):
        codes.end(shop, OWNER, "summer")
    discount_codes.add(shop)
    with pytest.raises(NotFound, match="I can't find that code"):
        codes.end(shop, OWNER, "winter")


def test_what_a_code_can_be_widened_to(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    discount_codes.add(shop, "ALL-OF-IT")
    with pytest.raises(AlreadyDone, match="is for everything"):
        codes.widen(shop, OWNER, "all-of-it", product_id, None)
    discount_codes.add(shop, product_id=product_id)
    with pytest.raises(AlreadyDone, match="is for that already"):
        codes.widen(shop, OWNER, "SUMMER", product_id, None)
    for given in ((None, None), (product_id, 1)):
        with pytest.raises(BadInput, match="either a product or a category"):
            codes.widen(shop, OWNER, "SUMMER", *given)
    for gone in ((999, None), (None, 999)):
        with pytest.raises(NotFound):
            codes.widen(shop, OWNER, "SUMMER", *gone)
    with pytest.raises(NotFound):
        discount_codes.add(shop, "OTHER", category_id=999)


@pytest.mark.parametrize("actor", [CUSTOMER, STAFF])
def test_only_the_owner(shop: Shop, make_product: ProductMaker, actor: object) -> None:
    product_id = make_product()
    discount_codes.add(shop, product_id=product_id)
    before = lives.snapshot(shop)
    with pytest.raises(NotAllowed, match="Only the owner can add discount codes"):
        codes.add(shop, actor, NewCode("MINE", 50))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="Only the owner can end discount codes"):
        codes.end(shop, actor, "SUMMER")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="Only the owner can change discount codes"):
        codes.widen(shop, actor, "SUMMER", None, 1)  # type: ignore[arg-type]
    assert lives.snapshot(shop) == before


def test_the_list_says_what_each_code_has_brought(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=9)
    discount_codes.add(shop, "IDLE")
    discount_codes.add(shop, product_id=product_id)
    paid = lives.submit(shop, discount_codes.buy(shop, product_id, quantity=2))
    orders.approve(shop, STAFF, paid.id, Given(amount_minor=2000))
    back = lives.submit(shop, discount_codes.buy(shop, product_id, STRANGER), STRANGER)
    orders.approve(shop, STAFF, back.id, Given())
    lives.end_jobs(shop, back.id)
    orders.refund(shop, OWNER, back.id, lives.REASON)
    orders.cancel(shop, CUSTOMER, discount_codes.buy(shop, product_id).id)
    codes.end(shop, OWNER, "IDLE")
    with reading(shop.database) as session:
        total, (summer, idle) = discounts.listed(session, limit=9)
        assert [one.discount.code for one in discounts.listed(session, limit=1, offset=1)[1]] == ["IDLE"]
    assert total == 2
    assert (summer.discount.code, summer.used, summer.names) == ("SUMMER", 2, ["Game key"])
    assert (summer.brought, summer.taken_off) == ({"USD": 2000}, {"USD": 300})
    assert (idle.used, idle.brought, idle.taken_off, idle.names) == (0, {}, {}, [])
