"""Exports: of what, in which format, how far."""

from enum import StrEnum


class ExportSubject(StrEnum):
    """What the owner can have as a table."""

    orders = "orders"
    products = "products"
    tickets = "tickets"
    events = "events"
    ledger = "ledger"
    units = "units"
    vouches = "vouches"


class ExportFormat(StrEnum):
    """The kinds of file that an export comes in."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"


class ExportState(StrEnum):
    """Where an export stands."""

    making = "making"
    done = "done"
    failed = "failed"
