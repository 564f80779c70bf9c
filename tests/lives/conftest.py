"""Lives are lived in the town of `tests/tasks`: a real database, real handlers, and a Discord over HTTP."""

from tests.tasks.conftest import _handlers, calls, town
from tests.wire.fixture import wire

__all__ = ["_handlers", "calls", "town", "wire"]
