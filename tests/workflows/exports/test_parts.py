"""What stands in an export: opened with pandas as docs/exports.md says, and compared with the database."""

import io
import os
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select, update

from novacore.db.models import Event, LedgerEntry, Order, Person, Product, Unit
from novacore.db.queries.reports import exports as queries
from novacore.db.queries.reports.export_fields import Span
from novacore.db.queries.reports.export_lists import LISTINGS
from novacore.db.unit_of_work import reading, writing
from novacore.media.reports.tables import Kind
from novacore.messages.reports.exports import columns_page
from novacore.states import ExportFormat, ExportSubject, LedgerDirection, OrderStatus, ProductKind, UnitStatus
from novacore.workflows.exports.parts import Part, PartWanted, write_part
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.made_once import make_once
from tests.fixtures.shops import CUSTOMER, STAFF, MovableClock, ProductMaker
from tests.house.source import ROOT
from tests.workflows import discount_codes
from tests.workflows.machine import lives

EVER = Span(None, datetime(2100, 1, 1, tzinfo=UTC))
NOTE = "Your service is booked: code SERVICE-1234."
FORMATS = [*ExportFormat]
SNOWFLAKE = 900_719_925_474_099_313
"""More digits than a spreadsheet or a float holds."""


@pytest.fixture
def lived(shop: Shop, make_product: ProductMaker, time: MovableClock) -> Shop:
    """A shop in which an order stands in every state, one is paid in yen, and names are not what they seem."""
    time.at = make_once(shop, "lived", lambda: live(shop, make_product, time))
    return shop


def live(shop: Shop, make_product: ProductMaker, time: MovableClock) -> datetime:
    """Let all of that happen, and return when it is over."""
    keys = make_product(units=20, name='=HYPERLINK("https://evil.example")')
    for status in OrderStatus:
        if status is not OrderStatus.new:
            time.move(hours=1)
            close(shop, lives.bring_to(shop, keys, status, time))
    by_hand = make_product(ProductKind.by_hand, name="Boost")
    time.move(hours=1)
    order = lives.submit(shop, lives.place(shop, by_hand))
    orders.approve(shop, STAFF, order.id, Given())
    orders.fulfil(shop, STAFF, order.id, Given(reason=NOTE))
    discount_codes.add(shop, percent=15)
    close(shop, discount_codes.buy(shop, keys))
    yen(shop, make_product(units=3, price=500, name="Yen card"))
    time.move(hours=1)
    return time()


def close(shop: Shop, order: Order) -> None:
    """Let it not count against the customer's limit of open orders."""
    with writing(shop.database) as tx:
        tx.session.execute(update(Order).where(Order.id == order.id).values(customer_id=meet(tx.session)))


def meet(session: Any) -> int:
    """A customer with a long id."""
    if session.get(Person, SNOWFLAKE) is None:
        seen = datetime(2026, 1, 1, tzinfo=UTC)
        session.add(Person(id=SNOWFLAKE, name="+1 for me\x07", first_seen_at=seen))
        session.flush()
    return SNOWFLAKE


def yen(shop: Shop, product_id: int) -> None:
    """Sell something in a currency without cents."""
    order = lives.submit(shop, lives.place(shop, product_id))
    with writing(shop.database) as tx:
        tx.session.execute(update(Order).where(Order.id == order.id).values(currency="JPY"))
        tx.session.execute(update(Product).where(Product.id == product_id).values(currency="JPY"))
    orders.approve(shop, STAFF, order.id, Given())


def make(shop: Shop, what: ExportSubject, file_format: ExportFormat, **changes: Any) -> Part:
    """Write a part of everything."""
    wanted = PartWanted(what, file_format, EVER, None, 1000, "list", "Europe/Berlin", is_first=True)
    url = shop.database.engine.url.render_as_string(hide_password=False)
    return write_part(url, replace(wanted, **changes))


def opened(part: Part, what: ExportSubject) -> Any:
    """Open a part as docs/exports.md says; the columns of XLSX get their plain names back."""
    columns = queries.columns(what)
    texts = {column.name: "string" for column in columns if column.kind is Kind.text}
    times = [column.name for column in columns if column.kind is Kind.moment]
    file = io.BytesIO(part.content)
    if part.file_name.endswith(".parquet"):
        return pd.read_parquet(file)
    if part.file_name.endswith(".xlsx"):
        return pd.read_excel(file, dtype=texts).rename(columns=lambda name: name.split(" (")[0])
    frame = pd.read_csv(file, dtype=texts)
    frame[times] = frame[times].apply(pd.to_datetime, format="ISO8601", utc=True)
    return frame


@pytest.mark.parametrize("file_format", FORMATS)
def test_sums_and_counts_are_those_of_the_database(lived: Shop, file_format: ExportFormat) -> None:
    frame = opened(make(lived, ExportSubject.orders, file_format), ExportSubject.orders)
    with reading(lived.database) as session:
        for name in ("total_minor", "unit_price_minor", "discount_minor"):
            assert frame[name].sum() == session.execute(select(func.sum(getattr(Order, name)))).scalar_one() > 0
        assert [*frame["discount_label"].dropna()] == ["SUMMER (15% off)"]
        assert [*frame["discount_code"].dropna()] == ["SUMMER"]
        for direction in LedgerDirection:
            booked = select(func.sum(LedgerEntry.amount_minor)).where(LedgerEntry.direction == direction)
            assert frame[f"{direction}_minor"].sum() == session.execute(booked).scalar_one() > 0
        counted = session.execute(select(Order.status, func.count()).group_by(Order.status)).all()
        assert frame["status"].value_counts().to_dict() == {status.value: count for status, count in counted}
        assert frame["order_id"].tolist() == [
            *session.execute(select(Order.id).order_by(Order.placed_at, Order.id)).scalars()
        ]


@pytest.mark.parametrize("file_format", FORMATS)
def test_types_are_what_a_program_wants(lived: Shop, file_format: ExportFormat) -> None:
    frame = opened(make(lived, ExportSubject.orders, file_format), ExportSubject.orders)
    kinds = {column.name: column.kind for column in queries.columns(ExportSubject.orders)}
    assert list(frame.columns) == [*kinds]
    for name, kind in kinds.items():
        column = frame[name]
        is_right = {
            Kind.text: pd.api.types.is_string_dtype,
            Kind.whole: pd.api.types.is_integer_dtype,
            Kind.flag: pd.api.types.is_bool_dtype,
            Kind.moment: pd.api.types.is_datetime64_any_dtype,
            Kind.money: lambda column: all(isinstance(one, Decimal | float) for one in column),
        }[kind]
        assert is_right(column) or column.isna().all(), (name, column.dtype)
    assert set(frame["customer_id"]) == {str(SNOWFLAKE), str(CUSTOMER.id)}


@pytest.mark.parametrize("file_format", FORMATS)
def test_money_is_exact_in_every_currency(lived: Shop, file_format: ExportFormat) -> None:
    frame = opened(make(lived, ExportSubject.orders, file_format), ExportSubject.orders)
    for row in frame.to_dict("records"):
        scale = {"USD": 100, "JPY": 1}[row["currency"]]
        for name in ("unit_price", "discount", "total", "received", "returned"):
            assert Decimal(str(row[name])) * scale == row[f"{name}_minor"]
    assert set(frame["currency"]) == {"USD", "JPY"}


@pytest.mark.parametrize("file_format", FORMATS)
def test_times_are_those_of_the_database(lived: Shop, file_format: ExportFormat) -> None:
    frame = opened(make(lived, ExportSubject.orders, file_format), ExportSubject.orders)
    placed = frame["placed_at"]
    if file_format is ExportFormat.xlsx:
        placed = placed.dt.tz_localize("Europe/Berlin")
    with reading(lived.database) as session:
        stored = session.execute(select(Order.placed_at).order_by(Order.placed_at)).scalars().all()
    assert [abs(one - other) < timedelta(milliseconds=2) for one, other in zip(placed, stored, strict=True)]
    assert placed.iloc[0].tzinfo is not None


def raw(part: Part) -> bytes:
    """The bytes of a part, unpacked as far as they go."""
    if not part.file_name.endswith((".xlsx", ".zip")):
        return part.content
    archive = zipfile.ZipFile(io.BytesIO(part.content))
    return b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("what", [*ExportSubject])
def test_no_goods_no_codes_and_no_proofs_in_any_list(lived: Shop, what: ExportSubject) -> None:
    for file_format in (ExportFormat.csv, ExportFormat.xlsx):
        content = raw(make(lived, what, file_format))
        for secret in (b"SECRET-", b"the-guide-of", b"SERVICE-1234", b"\x89PNG"):
            assert secret not in content
    frame = opened(make(lived, what, ExportFormat.parquet), what)
    assert "SERVICE-1234" not in frame.to_csv()
    assert "SECRET-" not in frame.to_csv()


def test_a_note_to_a_customer_is_left_out_and_a_reason_is_not(lived: Shop) -> None:
    frame = opened(make(lived, ExportSubject.events, ExportFormat.parquet), ExportSubject.events)
    reasons = frame.set_index("trigger")["reason"]
    assert pd.isna(reasons["fulfil"])
    assert reasons["reject"] == lives.REASON.reason


def test_strangers_names_are_no_formulas(lived: Shop) -> None:
    frame = opened(make(lived, ExportSubject.orders, ExportFormat.csv), ExportSubject.orders)
    assert set(frame["product"]) == {'\'=HYPERLINK("https://evil.example")', "Boost", "Yen card"}
    assert "'+1 for me" in set(frame["customer_name"])
    exact = opened(make(lived, ExportSubject.orders, ExportFormat.parquet), ExportSubject.orders)
    assert "+1 for me\x07" in set(exact["customer_name"])


def test_products_count_what_belongs_to_the_period(lived: Shop, time: MovableClock) -> None:
    frame = opened(make(lived, ExportSubject.products, ExportFormat.parquet), ExportSubject.products)
    with reading(lived.database) as session:
        placed = dict(session.execute(select(Order.product_id, func.count()).group_by(Order.product_id)).all())
        sold = select(Unit.product_id, func.count()).where(Unit.status == UnitStatus.sold).group_by(Unit.product_id)
        units = dict(session.execute(sold).all())
    assert dict(zip(frame["product_id"], frame["orders"], strict=True)) == placed
    assert {key: count for key, count in zip(frame["product_id"], frame["units_sold"], strict=True) if count} == units
    assert frame["received_minor"].sum() > frame["returned_minor"].sum() > 0
    later = make(lived, ExportSubject.products, ExportFormat.parquet, span=Span(time.at, EVER.until))
    assert opened(later, ExportSubject.products)["orders"].tolist() == [0, 0, 0]


def test_events_are_all_there_in_order(lived: Shop) -> None:
    frame = opened(make(lived, ExportSubject.events, ExportFormat.csv), ExportSubject.events)
    with reading(lived.database) as session:
        stored = [*session.execute(select(Event.id).order_by(Event.id)).scalars()]
    assert frame["event_id"].tolist() == stored


@pytest.mark.parametrize("what", [one for one in ExportSubject if one is not ExportSubject.tickets])
@pytest.mark.parametrize("page", [1, 2, 1000])
def test_pages_and_parts_meet_without_gap_or_overlap(
    lived: Shop, what: ExportSubject, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = opened(make(lived, what, ExportFormat.parquet), what)
    monkeypatch.setattr(queries, "PAGE", page)
    frames, after, is_last = [], None, False
    while not is_last:
        part = make(lived, what, ExportFormat.parquet, after=after, rows=3)
        frames.append(opened(part, what))
        after, is_last = part.last_key, part.is_last
    assert pd.concat(frames, ignore_index=True).iloc[:, 0].tolist() == whole.iloc[:, 0].tolist()
    assert all(len(frame) == 3 for frame in frames[:-1])


def test_orders_of_the_very_same_moment_are_all_there(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=20)
    placed = [lives.place(shop, product_id) for _ in range(3)]
    with writing(shop.database) as tx:
        tx.session.execute(update(Order).values(placed_at=datetime(2026, 1, 1, tzinfo=UTC)))
    ids, after = [], None
    for number, _ in enumerate(placed, start=1):
        part = make(shop, ExportSubject.orders, ExportFormat.parquet, after=after, rows=1)
        ids += opened(part, ExportSubject.orders)["order_id"].tolist()
        after = part.last_key
        assert part.is_last == (number == len(placed))
    assert ids == sorted(order.id for order in placed)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_part_that_is_too_large_is_written_again_with_fewer_rows(lived: Shop, file_format: ExportFormat) -> None:
    whole = make(lived, ExportSubject.events, file_format, is_first=False)
    smaller = make(lived, ExportSubject.events, file_format, is_first=False, limit=len(whole.content) - 100)
    assert len(smaller.content) <= len(whole.content) - 100
    assert 0 < smaller.rows < whole.rows
    assert not smaller.is_last
    assert smaller.next_rows >= 1


def test_what_killed_processes_left_is_removed(lived: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left, young = tmp_path / "novacore-export-old", tmp_path / "novacore-export-young"
    for folder in (left, young):
        folder.mkdir()
        (folder / "half.csv").write_text("half")
    os.utime(left, (0, 0))
    make(lived, ExportSubject.events, ExportFormat.csv)
    assert not left.exists()
    assert young.exists()


def test_the_docs_name_every_column_as_it_is() -> None:
    page = (ROOT / "docs" / "exports.md").read_text()
    assert page.endswith(columns_page()), "Cure: run .venv/bin/novacore columns"


def test_the_docs_example_works(lived: Shop) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "exports.md").read_text(), re.DOTALL)
    files: dict[str, Any] = {
        f"{file_format}_file": io.BytesIO(make(lived, ExportSubject.orders, file_format).content)
        for file_format in FORMATS
    }
    exec(code, files)  # noqa: S102 - our own page
    assert str(files["orders"]["placed_at"].dtype).endswith("UTC]")
    assert files["orders"]["total_minor"].sum() == files["same"]["total_minor"].sum()
    assert set(files["again"]["customer_id"]) == set(files["same"]["customer_id"])


@pytest.mark.parametrize("what", [*ExportSubject])
def test_every_list_is_read_by_an_index(shop: Shop, what: ExportSubject) -> None:
    """Where no index gives the order, every page would sort the whole list."""
    listing = LISTINGS[what]
    names = [column.name for column in listing.keys]
    table = listing.keys[0].table
    indexed = {tuple(column.name for column in index.columns) for index in table.indexes}
    indexed |= {tuple(column.name for column in table.primary_key)}
    indexed |= {(column.name,) for column in table.columns if column.unique}
    assert (names[0],) in {index[:1] for index in indexed}


def test_what_may_be_logged_shows_neither_the_address_of_the_database_nor_the_file() -> None:
    wanted = PartWanted(ExportSubject.orders, ExportFormat.csv, EVER, None, 1, "x", "UTC", is_first=True)
    assert "postgresql://" not in repr(wanted)
    assert "secret" not in repr(Part("x", b"secret", 1, None, is_last=True, next_rows=1))
