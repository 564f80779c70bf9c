"""Every kind of stock file from the upload to the first buyer: what they get is a code, and nothing but the code."""

import pytest

from novacore.errors import BadInput
from novacore.states import OrderStatus
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.stock import previews, restock
from novacore.workflows.stock.files.tables import WHOLE_LINES, Question
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.fixtures.stock_samples import SAMPLES, StockSample
from tests.workflows.machine import lives

SOLD = {name: one for name, one in SAMPLES.items() if one.first}
REFUSED = {name: one for name, one in SAMPLES.items() if not one.first}


def answered(shop: Shop, sample: StockSample, found: previews.Preview) -> previews.Preview:
    """Answer what the preview asks, as the sample says; and nothing that it doesn't ask."""
    if found.file.question is Question.heading:
        assert sample.heading is not None, "a question that nobody expected"
        found = previews.choose_heading(shop, OWNER, found.batch_id or 0, takes_heading=sample.heading)
    if found.file.question is Question.columns:
        named = {one.name: one.number for one in found.file.columns} | {"Whole lines": WHOLE_LINES}
        assert sample.columns, "a question that nobody expected"
        found = previews.choose_columns(shop, OWNER, found.batch_id or 0, [named[one] for one in sample.columns])
    assert found.file.question is None
    return found


@pytest.mark.parametrize("sample", SOLD.values(), ids=SOLD.keys())
def test_the_first_buyer_gets_the_first_code(
    shop: Shop, make_product: ProductMaker, time: MovableClock, sample: StockSample
) -> None:
    product_id = make_product(units=0)
    found = answered(shop, sample, previews.stage_file(shop, OWNER, product_id, sample.name, sample.content))
    restock.confirm(shop, OWNER, found.batch_id or 0)
    while restock.fill_next(shop, found.batch_id or 0):
        pass
    assert restock.load_batch(shop, OWNER, found.batch_id or 0).added == found.new
    order = lives.bring_to(shop, product_id, OrderStatus.approved, time)
    assert goods_of(shop, order.id).items[-1].value == sample.first


@pytest.mark.parametrize("sample", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_leaves_nothing_behind(shop: Shop, make_product: ProductMaker, sample: StockSample) -> None:
    with pytest.raises(BadInput, match=sample.told):
        previews.stage_file(shop, OWNER, make_product(units=0), sample.name, sample.content)
    with pytest.raises(Exception, match="can't find that batch"):
        restock.load_batch(shop, OWNER, 1)
