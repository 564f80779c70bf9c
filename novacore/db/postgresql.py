"""How the shop connects to PostgreSQL, straight or through pgbouncer. `engine` calls it; nothing else opens one.

A pooler is noticed by itself (`limits`); `?pgbouncer=true` says so beforehand. libpq doesn't know that option. It stays
in the engine's URL, so that another process that is given the URL opens the database in the same way.
"""

from typing import Any

from sqlalchemy import URL, Engine, ExceptionContext, create_engine, event

from novacore.settings.postgres_url import PGBOUNCER


def open_postgresql(address: URL, **options: Any) -> Engine:
    """Open a pool of connections; nothing is connected yet. `options` are those of `create_engine`."""
    engine = create_engine(address, pool_pre_ping=True, **options)
    event.listen(engine, "handle_error", _give_up_when_cut_off)
    if is_pooled(address):
        event.listen(engine, "do_connect", _take_option)
    return engine


def is_pooled(address: URL) -> bool:
    """Tell whether each transaction may get another connection of the server: what is set for a session gets lost."""
    return address.query.get(PGBOUNCER) == "true"


def forgo_prepared_statements(connection: Any) -> None:
    """Keep psycopg from preparing statements by name: the next connection may know another one by that name."""
    connection.prepare_threshold = None


def _give_up_when_cut_off(trouble: ExceptionContext) -> None:
    """Let go of a connection whose statement was cut off by a signal.

    Its answer is still to come, so nothing, not even ROLLBACK, can be sent on it.
    """
    connection = trouble.connection
    if trouble.sqlalchemy_exception is None and connection is not None:
        driver: Any = connection.connection.dbapi_connection
        if driver.info.transaction_status.name == "ACTIVE":
            trouble.is_disconnect, trouble.invalidate_pool_on_disconnect = True, False  # the others are as good as ever


def _take_option(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
    parameters.pop(PGBOUNCER, None)
    parameters["prepare_threshold"] = None
