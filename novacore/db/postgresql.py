"""How the shop connects to PostgreSQL, straight or through pgbouncer. `engine` calls it; nothing else opens one."""

from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event

PGBOUNCER: Final = "pgbouncer"
"""The option in an address that says pgbouncer stands in between, pooling by transaction: `?pgbouncer=true`.

libpq does not know it, and Prisma made people used to it. It stays in the engine's URL, so that whoever opens the same
database in another process opens it the same way.
"""


def open_postgresql(address: URL, **options: Any) -> Engine:
    """Open a pool of connections; nothing is connected yet. `options` are those of `create_engine`."""
    engine = create_engine(address, pool_pre_ping=True, **options)
    if is_pooled(address):
        event.listen(engine, "do_connect", _prepare_nothing)
    return engine


def is_pooled(address: URL) -> bool:
    """Tell whether each transaction may get another connection of the server: what is set for a session gets lost."""
    return address.query.get(PGBOUNCER) == "true"


def _prepare_nothing(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
    """Keep psycopg from preparing statements by name: the next connection may know another one by that name."""
    parameters.pop(PGBOUNCER, None)
    parameters["prepare_threshold"] = None
