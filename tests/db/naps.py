"""Statements that take as long as a test wants, on either database and however fast the machine."""

import sqlite3
import time

from sqlalchemy import Connection


def nap(connection: Connection, seconds: float = 0.8) -> None:
    """Let one statement take so long. To be called within a transaction."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SELECT pg_sleep({seconds})").close()
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.create_function("nap", 1, time.sleep)
    # SQLite's clock is looked at while it computes, so it has to compute something behind the nap.
    numbers = f"SELECT coalesce(nap({seconds}), 0) UNION ALL SELECT i + 1 FROM n WHERE i < 400000"
    connection.exec_driver_sql(f"WITH RECURSIVE n(i) AS ({numbers}) SELECT count(*) FROM n").close()
