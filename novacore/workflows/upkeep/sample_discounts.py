"""A discount code and a price by quantity for a rehearsal, so that whoever visits it can try them."""

from typing import Final

from sqlalchemy import select

from novacore.db.models import Product
from novacore.db.unit_of_work import reading
from novacore.workflows.catalog.quantity_steps import set_steps
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.discounts import codes
from novacore.workflows.orders.discounts.codes import NewCode
from novacore.workflows.upkeep.sample import SAMPLER

CODE: Final = "WELCOME10"
"""The page of the rehearsal names it."""

STEPS: Final = {"Arcade credit, 500 coins": "5: 5%, 10: 10%"}
"""By the name of the sample product."""


def fill(shop: Shop) -> None:
    """Add them to the samples, as if the owner had: 10 per cent off, twice a person."""
    codes.add(shop, SAMPLER, NewCode(CODE, percent=10, per_person=2))
    for name, steps in STEPS.items():
        with reading(shop.database) as session:
            product_id = session.execute(select(Product.id).where(Product.name == name)).scalar_one()
        set_steps(shop, SAMPLER, product_id, steps)
