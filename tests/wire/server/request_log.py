"""Every request that came over the wire, for tests to count and to look into. The pipeline writes it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.wire.faults import matches


@dataclass
class LoggedRequest:
    """One request. Without its Authorization header, which is the only secret in it.

    `status` is None while it is unanswered, and for ever if the line was dropped or the client died; `taken` tells
    whether the handler did its work; `route` is None for a route that the stand-in does not know.
    """

    method: str
    path: str
    route: str | None = None
    status: int | None = None
    code: int | None = None
    taken: bool = False
    over: bool = False
    body: Any = None
    files: list[str] = field(default_factory=list)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class RequestLog:
    """Requests in the order in which they came, and the stand-in's own shortcomings."""

    def __init__(self) -> None:
        self.entries: list[LoggedRequest] = []
        self.crashes: list[str] = []

    def find(self, method: str = "*", path: str = "*") -> list[LoggedRequest]:
        """The requests that match; `*` within a path stands for one segment."""
        return [each for each in list(self.entries) if matches(method, path, each.method, each.path)]

    def unknown(self) -> list[str]:
        """The routes that were asked for and do not exist here."""
        return sorted({f"{each.method} {each.path}" for each in list(self.entries) if each.over and each.route is None})
