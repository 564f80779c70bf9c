"""The sums behind the shop's average: kept with each vouch, right after edits, hiding and many at once."""

import random
import threading

import pytest
from sqlalchemy import func, select

from novacore.db.models import Job, Vouch
from novacore.db.queries.catalog import shop_window
from novacore.db.queries.orders import vouches
from novacore.db.queries.orders.vouches import Stars
from novacore.db.unit_of_work import reading
from novacore.errors import Refusal
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import vouches as commands
from tests.fixtures.shops import CUSTOMER, STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives


def of_shop(shop: Shop) -> Stars:
    """What the panel shows."""
    with reading(shop.database) as session:
        return vouches.of_shop(session)


def of_product(shop: Shop, product_id: int) -> Stars | None:
    """What a product's page shows."""
    with reading(shop.database) as session:
        found = shop_window.product(session, product_id)
        assert found is not None
        return found.stars


def counted(shop: Shop) -> Stars:
    """The same from the vouches themselves."""
    with reading(shop.database) as session:
        rows = select(func.count(), func.coalesce(func.sum(Vouch.rating), 0)).where(Vouch.hidden_at.is_(None))
        count, stars = session.execute(rows).one()
        return Stars(count, int(stars))


def test_the_panel_knows_the_average_of_the_shop_and_each_page_that_of_its_product(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    good, bad, new = (make_product(ProductKind.unlimited, name=name) for name in ("Good", "Bad", "New"))
    for product, stars in ((good, 5), (good, 4), (bad, 1)):
        order = lives.bring_to(shop, product, OrderStatus.delivered, time)
        commands.write(shop, CUSTOMER, order.id, str(stars), "")
    assert of_shop(shop) == Stars(3, 10)
    assert round(of_shop(shop).average, 2) == 3.33
    assert [of_product(shop, one) for one in (good, bad, new)] == [Stars(2, 9), Stars(1, 1), Stars()]
    assert Stars().average == 0.0


def test_an_edit_moves_the_stars_and_hiding_takes_the_vouch_out(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    commands.write(shop, CUSTOMER, order.id, "2", "Slow.")
    commands.write(shop, CUSTOMER, order.id, "5", "Slow, but good.")
    commands.write(shop, CUSTOMER, order.id, "5", "Slow, but good.")
    assert of_shop(shop) == Stars(1, 5)
    commands.hide(shop, STAFF, order.id, "Names someone.")
    assert of_shop(shop) == Stars(0, 0)
    with pytest.raises(Refusal):
        commands.write(shop, CUSTOMER, order.id, "1", "")
    with pytest.raises(Refusal):
        commands.hide(shop, STAFF, order.id, "Again.")
    assert of_shop(shop) == counted(shop) == Stars(0, 0)


def test_a_new_average_reaches_the_panel_and_new_words_alone_do_not(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(ProductKind.unlimited), OrderStatus.delivered, time)
    before = panels(shop)
    commands.write(shop, CUSTOMER, order.id, "4", "")
    assert panels(shop) == before | {"refresh_panel"}


def panels(shop: Shop) -> set[str]:
    """The jobs for the panel."""
    with reading(shop.database) as session:
        return set(session.execute(select(Job.name).where(Job.subject_kind == "panel")).scalars())


def test_many_who_write_edit_and_hide_at_once_leave_the_right_sums(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product(ProductKind.unlimited)
    orders = [lives.bring_to(shop, product, OrderStatus.delivered, time).id for _ in range(4)]
    faults: list[BaseException] = []

    def act(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(8):
            order_id = chance.choice(orders)
            try:
                if chance.random() < 0.1:
                    commands.hide(shop, STAFF, order_id, "By chance.")
                else:
                    commands.write(shop, CUSTOMER, order_id, str(chance.randint(1, 5)), "")
            except Refusal:
                continue
            except BaseException as fault:  # noqa: BLE001 - shown below
                faults.append(fault)

    threads = [threading.Thread(target=act, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert of_shop(shop) == counted(shop)
