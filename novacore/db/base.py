"""The declarative base and the column types that mean the same on SQLite and PostgreSQL."""

import enum
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    String,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant: `timestamptz` on PostgreSQL, sortable text of fixed width on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: it would be off by the machine's zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A stored time must be aware.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = Annotated[
    int,
    mapped_column(
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
]
"""A 64-bit serial key. SQLite numbers rows by itself for INTEGER keys only."""

NUMBERED_ONCE: Final = {"sqlite_autoincrement": True}
"""For tables whose rows are deleted and whose numbers stand in buttons: SQLite would give the number of the newest row
again, and an old button would find another row under it. PostgreSQL never does."""

Snowflake = Annotated[int, mapped_column(BigInteger)]
"""One of Discord's ids."""

Minor = Annotated[int, mapped_column(BigInteger)]
"""An amount in minor units (cents); the currency stands next to it."""

Moment = Annotated[datetime, mapped_column(UtcDateTime)]

DOCUMENT = mapped_column(JSON().with_variant(JSONB, "postgresql"), default=dict, nullable=False)
"""A column for JSON; what is in it is said with it."""

Document = Annotated[dict[str, Any], DOCUMENT]

MaybeDocument = Annotated[
    dict[str, Any] | None,
    mapped_column(JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"), nullable=True),
]

Word = Annotated[str, mapped_column(String(40))]
"""A name that is not an enum of `novacore.states`: a trigger, a job, a queue."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. Constraint names are fixed, because a migration has to name what it drops."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        # Stored as text without a check constraint, so that a new word needs no migration.
        enum.Enum: Enum(enum.Enum, native_enum=False, length=40, create_constraint=False),
    }
