"""A shop as the first schema (revision 0001) stored it: live orders in every state, frozen in `first_release.json`.

Rows are frozen, not made again, because today's code writes today's schema. They were written by
`python -m tests.db.migrations.first_release`, which is to be run again only while revision 0001 has not been released.
"""

import base64
import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Engine, MetaData, Table, create_engine, insert, inspect, select, text

from novacore import clock
from novacore.crypto import GoodsCipher
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import Order
from novacore.db.unit_of_work import reading
from novacore.states import GoodsType, OrderStatus, ProductKind
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import ADDRESSES, OWNER, MovableClock
from tests.workflows.machine import lives

FIRST = "0001"
FILE = Path(__file__).with_name("first_release.json")
KEY = "bm92YWNvcmUtZmlyc3QtcmVsZWFzZS10ZXN0LWtleSE="
"""The key under which the frozen goods are sealed."""

CODE = "SECRET-OF-THE-FIRST-RELEASE"
STATES = [
    OrderStatus.awaiting_payment,
    OrderStatus.under_review,
    OrderStatus.approved,
    OrderStatus.delivered,
    OrderStatus.delivery_blocked,
    OrderStatus.rejected,
    OrderStatus.cancelled,
    OrderStatus.expired,
    OrderStatus.refunded,
]
"""Those of the first release. None is ever added: what came later stands in none of its rows."""

Rows = dict[str, list[dict[str, Any]]]


def upgrade_to(url: str, revision: str) -> None:
    """Bring an empty database to a revision, as an earlier release did."""
    database = Database(url)
    with schema._locked(database) as connection:
        config = schema.config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.close()


def restore(url: str) -> None:
    """Fill a database that stands at the first revision with the frozen rows."""
    engine = create_engine(url)
    tables = _tables(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name, rows in json.loads(FILE.read_text()).items():
            connection.execute(insert(tables[name]), [_thawed(row, engine.dialect.name) for row in rows])
            if engine.dialect.name == "postgresql" and "id" in tables[name].c and isinstance(rows[0]["id"], int):
                last = text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
                connection.execute(last)
    engine.dispose()


def open_first(url: str) -> Shop:
    """Open the frozen shop with today's code."""
    return Shop(Database(url), GoodsCipher([KEY]), ADDRESSES)


def orders_by_state(shop: Shop) -> dict[OrderStatus, Order]:
    """Return the one order of each state."""
    with reading(shop.database) as session:
        return {order.status: order for order in session.execute(select(Order)).scalars()}


def _tables(engine: Engine) -> Mapping[str, Table]:
    metadata = MetaData()
    metadata.reflect(engine)
    return metadata.tables


def _thawed(row: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    return {name: _thaw(value, dialect) for name, value in row.items()}


def _thaw(value: Any, dialect: str) -> Any:
    if not isinstance(value, dict) or value.keys() not in ({"at"}, {"bytes"}):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    moment = datetime.fromisoformat(value["at"])
    return moment.replace(tzinfo=None) if dialect == "sqlite" else moment


def _freeze(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"at": value.replace(tzinfo=UTC).isoformat()}
    return value


def _sell(shop: Shop) -> None:
    # Far from the numbers that tests use, so that no checkout key, token or reference of theirs meets a frozen one.
    lives._numbers = count(1_000_000)
    time = MovableClock()
    clock.set_source(time)
    draft = NewProduct(
        "Games",
        "Game key",
        "A key.",
        ProductKind.unique,
        999,
        items=[GoodsItem("How to redeem", GoodsType.guide, "the-guide")],
        warranty_days=30,
    )
    product = offers.add_product(shop, OWNER, draft)
    offers.add_codes(shop, OWNER, product, [f"{CODE}-{n}" for n in range(12)])
    for status in STATES:
        lives.bring_to(shop, product, status, time)
    clock.set_source(None)


def _dump(newest: Engine, first: Engine) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Read what the first schema knows of a database at the newest."""
    for name in sorted(set(inspect(first).get_table_names()) - {"alembic_version"}):
        columns = [each["name"] for each in inspect(first).get_columns(name)]
        table = _tables(newest)[name]
        with newest.connect() as connection:
            rows = connection.execute(select(*(table.c[column] for column in columns))).mappings().all()
        if rows:
            yield name, [{column: _freeze(value) for column, value in row.items()} for row in rows]


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        newest, first = f"sqlite:///{folder}/newest.db", f"sqlite:///{folder}/first.db"
        shop = open_first(newest)
        schema.migrate(shop.database)
        _sell(shop)
        shop.database.close()
        upgrade_to(first, FIRST)
        rows: Rows = dict(_dump(create_engine(newest), create_engine(first)))
    FILE.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
