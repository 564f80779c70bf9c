"""What one worker process holds: database, Discord line, waker. Made at the first job, and so after any fork."""

import os
import socket
import threading
from collections.abc import Callable

from novacore.db import schema
from novacore.settings import Settings
from novacore.tasks.gateway import Gateway
from novacore.tasks.heavy import Child, Inline
from novacore.tasks.work import Runtime
from novacore.workflows.shop import open_shop


class ProcessRuntime:
    """Makes a worker process's runtime once, when the first job asks for it."""

    def __init__(self, settings: Settings, start_waking: Callable[[], Callable[[], None]]) -> None:
        self.is_child = False
        """Whether this is a prefork child, which does nothing else and may compute right here."""
        self._settings, self._start_waking = settings, start_waking
        self._lock = threading.Lock()
        self._runtime: Runtime | None = None
        self._stop_waking: Callable[[], None] | None = None

    def runtime(self) -> Runtime:
        """Return it. Raises SchemaMismatch while the database waits for its migration."""
        with self._lock:
            if self._runtime is None:
                self._runtime = self._make()
                self._stop_waking = self._start_waking()
            return self._runtime

    def close(self) -> None:
        """Give everything back, if it was ever made."""
        with self._lock:
            runtime, self._runtime = self._runtime, None
        if runtime is None or self._stop_waking is None:
            return
        self._stop_waking()
        runtime.gateway.close()
        runtime.heavy.close()
        runtime.shop.database.close()

    def _make(self) -> Runtime:
        shop = open_shop(self._settings)
        schema.require_current(shop.database)
        token = self._settings.discord_token.get_secret_value()
        return Runtime(
            shop=shop,
            gateway=Gateway.rest(token, self._settings.discord_api_url),
            heavy=Inline() if self.is_child else Child(),
            worker=f"{socket.gethostname()}:{os.getpid()}",
        )
