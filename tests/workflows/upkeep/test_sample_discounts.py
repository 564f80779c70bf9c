"""What a visitor of the rehearsal can try: the code that its page names, and the price by quantity."""

from sqlalchemy import select

from novacore.db.models import Product
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.discounts import pricing
from novacore.workflows.upkeep import sample, sample_discounts
from tests.fixtures.shops import CUSTOMER
from tests.house.source import ROOT


def test_the_code_that_the_page_names_takes_something_off_every_sample(shop: Shop) -> None:
    sample.fill(shop)
    sample_discounts.fill(shop)
    typed = sample_discounts.CODE.lower()
    with reading(shop.database) as session:
        products = session.execute(select(Product).order_by(Product.id)).scalars().all()
    assert len(products) == len(sample.SAMPLES)
    for product in products:
        assert pricing.look(shop, CUSTOMER, product, 1, typed).code == sample_discounts.CODE
    (credit,) = [one for one in products if one.name in sample_discounts.STEPS]
    assert [pricing.without_code(credit, number).discount_minor for number in (1, 5, 10)] == [0, 125, 499]
    page = (ROOT / "novacore" / "rehearsal" / "page" / "home.html").read_text()
    assert sample_discounts.CODE in page
    assert "order five times the Arcade credit" in page
