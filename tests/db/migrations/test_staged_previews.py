"""A preview that waited for its yes while the shop was brought to this release is added as it was."""

from sqlalchemy import MetaData, Table, insert, select, text

from novacore import clock
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import Unit
from novacore.db.unit_of_work import reading
from novacore.states import UnitStatus
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import restock
from tests.db.migrations import first_release
from tests.db.migrations.first_release import FIRST
from tests.fixtures.shops import OWNER


def stage_as_before(shop: Shop, *codes: str) -> int:
    """Put codes aside as the release before did; return the batch."""
    engine = shop.database.engine
    tables = MetaData()
    with engine.execution_options(writes=True).begin() as connection:
        batches, parts = (Table(name, tables, autoload_with=connection) for name in ("stock_batches", "staged_parts"))
        batch = {
            "product_id": connection.execute(text("SELECT min(id) FROM products")).scalar_one(),
            "added_by": OWNER.id,
            "added_at": clock.now(),
            "state": "staged",
            "file_name": "codes.txt",
            "total": len(codes),
            "done": 0,
            "added": 0,
        }
        batch_id: int = connection.execute(insert(batches).values(batch).returning(batches.c.id)).scalar_one()
        part = {"batch_id": batch_id, "number": 0, "content": shop.cipher.seal([*codes])}
        connection.execute(insert(parts).values(part))
    return batch_id


def test_a_preview_of_the_release_before_is_added(empty_database: Database) -> None:
    url = empty_database.engine.url.render_as_string(hide_password=False)
    first_release.upgrade_to(url, FIRST)
    first_release.restore(url)
    first_release.upgrade_to(url, "0006")
    shop = first_release.open_first(url)
    batch_id = stage_as_before(shop, "VC-7710", "VC-7711")
    schema.migrate(shop.database)
    restock.confirm(shop, OWNER, batch_id)
    assert restock.fill_next(shop, batch_id) == 0
    mine = select(Unit.content).where(Unit.batch_id == batch_id, Unit.status == UnitStatus.available).order_by(Unit.id)
    with reading(shop.database) as session:
        codes = [shop.cipher.open(one or b"") for one in session.execute(mine).scalars()]
    assert codes == ["VC-7710", "VC-7711"]
    shop.database.close()
