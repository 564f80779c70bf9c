"""The log calls a product by its name, and marks its lines with more than a number."""

import logging

import pytest

from novacore.db.queries import subjects
from novacore.telemetry import tags
from novacore.workflows.catalog import offers
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import OWNER, ProductMaker


def test_a_line_about_a_product_names_it(
    shop: Shop, make_product: ProductMaker, caplog: pytest.LogCaptureFixture
) -> None:
    product_id, marks = make_product(), list[tuple[str | None, str]]()

    def note(record: logging.LogRecord) -> bool:
        marks.append((tags().get("subject"), record.getMessage()))
        return True

    caplog.handler.addFilter(note)
    with caplog.at_level(logging.INFO):
        offers.add_codes(shop, OWNER, product_id, ["CODE-1"])
    assert (f"product:{product_id}", f'product "Game key" restock by owner {OWNER.id}') in marks


def test_what_has_no_name_is_called_by_its_kind(shop: Shop) -> None:
    with shop.database.engine.connect() as connection:
        assert subjects.called(connection, "product", "404") == "product"
        assert subjects.called(connection, "order", "NC-1") == "order"
