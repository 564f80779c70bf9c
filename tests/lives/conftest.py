"""Lives are lived in the town of `tests/tasks`: a real database, real handlers, and a Discord over HTTP."""

from tests.tasks.conftest import _handlers, gateway, town
from tests.wire.fixture import wire

__all__ = ["_handlers", "gateway", "town", "wire"]
