"""The owner asks for a list on a shop that really runs, and opens what comes by DM."""

import io
from contextlib import closing
from pathlib import Path

import pandas as pd
from sqlalchemy import select

from novacore.db.engine import Database
from novacore.db.models import Export
from novacore.db.unit_of_work import reading
from novacore.states import ExportState
from tests.stories.live import NOVACORE, PATIENCE, PRODUCT, LiveShop, stop
from tests.wire.fixture import wire
from tests.wire.people import Person
from tests.wire.stand_in import Wire

__all__ = ["wire"]


def test_an_export_from_the_command_to_the_file(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {}) as shop:
        shop.run(NOVACORE, "sample", by_file=True)
        process = shop.start(NOVACORE, "run", by_file=True)
        shop.pay(shop.order())
        shop.approve()
        shop.staff.await_message(shop.channels["purchases"], PRODUCT)

        owner = shop.owner()
        for file_format, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet), ("xlsx", pd.read_excel)):
            owner.slash("export", what="orders", format=file_format)
            wire.wait_for(lambda: not _being_made(shop), PATIENCE, "the end of the export")
            frame = read(io.BytesIO(_file(owner, file_format)))
            assert frame["product"].tolist() == [PRODUCT]
            assert frame["status"].tolist() == ["delivered"]
        stop([process])
        assert "Traceback" not in process.log
        assert str(shop.settings["SECRET_KEY"]) not in process.log


def _being_made(shop: LiveShop) -> bool:
    """Tell whether an export is under way; the next one has to wait for it."""
    with closing(Database(f"sqlite:///{shop.settings['DATABASE_PATH']}")) as database, reading(database) as session:
        making = select(Export.id).where(Export.state == ExportState.making)
        return session.execute(making).first() is not None


def _file(owner: Person, ending: str) -> bytes:
    """What came by DM under such a name, or nothing."""
    found = [one for message in owner.dms() for one in message.attachments if one.filename.endswith(f".{ending}")]
    return found[-1].content if found else b""
