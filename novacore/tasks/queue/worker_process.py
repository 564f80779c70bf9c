"""What one worker process holds: database, Discord line, waker. Made at the first job, and so after any fork."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from novacore import full_disk
from novacore.db.signs import sign_of_life
from novacore.db.signs.session_sign import PATIENCE
from novacore.messages.kit import face
from novacore.settings import Settings
from novacore.tasks.discord import turns
from novacore.tasks.discord.calls import SEND_SECONDS, Calls
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import LEASE_SECONDS, WAKE_AGAIN_SECONDS, InFlight, Runtime
from novacore.tasks.queue.media_children import Lifeline, cut_off, let_be_cut_off
from novacore.tasks.queue.offload.offload import Child, Inline, picture_child
from novacore.tasks.queue.watch import moved_channels
from novacore.tasks.queue.watch.disk_alarm import DiskAlarm
from novacore.tasks.queue.watch.shared_turns import SharedTurns
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.opening import open_again, open_ready

LAST_SECONDS = 2.0
"""What Celery has to end in good order when everything is finished or handed back."""

_CHILDRENS_SHARE = 2 / 3
"""How much of the time to finish the children of a `media` worker have: Celery takes 3 s to end them."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a worker process waits for what, in seconds. The fault tests run the same shop at a quicker pace."""

    lease: float = LEASE_SECONDS
    send: float = SEND_SECONDS
    turn: float = turns.PATIENCE_SECONDS
    """How long a send waits for its turn at a limit of Discord's: the lease outlasts both together."""
    wake_again: float = WAKE_AGAIN_SECONDS
    patience: float = PATIENCE
    """How long the sign of life of another worker has to be away before its jobs are taken from it."""
    stop: float = 6.0
    """How long jobs in flight have to finish at a stop. Ten seconds after SIGTERM containers are killed."""


class ProcessRuntime:
    """Makes a worker process's runtime once, when the first job asks for it."""

    def __init__(
        self,
        settings: Settings,
        start_waking: Callable[[], Callable[[], None]],
        pace: Pace,
        away_since: Callable[[], Mapping[str, float]],
    ) -> None:
        self._is_child = False
        """Whether this is a prefork child, which does nothing else and may compute right here."""
        self._was_ready = False
        """Whether the shop was looked at already: then a job that stands at a table finds a process all the same."""
        self._lifeline = Lifeline()
        self._settings, self._start_waking, self._pace = settings, start_waking, pace
        self._away_since = away_since
        self.in_flight = InFlight()
        self._lock = threading.Lock()
        self._runtime: Runtime | None = None
        self._stop_waking: Callable[[], None] | None = None
        self._stop_alarm: Callable[[], None] = lambda: None

    def runtime(self) -> Runtime:
        """Return it. Raises SchemaMismatch (the database waits for its migration) and SettingsError (not its key)."""
        with self._lock:
            if self._runtime is None:
                self._runtime = self._make()
                self._stop_waking = self._start_waking()
            return self._runtime

    def look_at_shop(self) -> None:
        """See at the start of a process that does no jobs whether the shop can be opened. Raises as `runtime`."""
        open_ready(self._settings).database.close()

    def look_before_jobs(self) -> None:
        """See the same at the start of a worker, before any fork, and whether a channel was replaced."""
        self._open_first().database.close()
        self._was_ready = True

    def become_child(self) -> None:
        """Note that this is a prefork child by now: it stops when its worker does."""
        self._is_child = True
        let_be_cut_off(self.in_flight)
        self._lifeline.watch(self._end_child)

    def begin_to_stop(self) -> None:
        """Finish or hand back what is in flight. Returns at once: a signal handler calls it."""
        self.in_flight.stopping = True
        self._lifeline.cut()
        threading.Thread(target=self._end, name="stop", daemon=True).start()

    def _end(self) -> None:
        """Hand back, and let Celery wait for the rest no longer than there is time."""
        deadline = time.monotonic() + self._pace.stop + LAST_SECONDS
        self._wind_down(self._pace.stop)
        time.sleep(max(0.0, deadline - time.monotonic()))
        log.warning("Something does not end. It was handed back, and the process ends without it.")
        os._exit(0)

    def _wind_down(self, seconds: float) -> None:
        runtime = self._runtime
        if runtime is not None:
            runner.finish_or_hand_back(runtime, seconds)
            # Celery waits for its threads, and these for Discord.
            runtime.calls.close()

    def _end_child(self) -> None:
        self.in_flight.stopping = True
        self._wind_down(self._pace.stop * _CHILDRENS_SHARE)
        cut_off()

    def close(self) -> None:
        """Give everything back, if it was ever made."""
        with self._lock:
            runtime, self._runtime = self._runtime, None
        if runtime is None or self._stop_waking is None:
            return
        self._stop_waking()
        self._stop_alarm()
        runtime.calls.close()
        runtime.close_heavy()
        runtime.sign.close()
        runtime.shop.database.close()

    def _open_first(self) -> Shop:
        shop = open_ready(self._settings)
        moved_channels.notice(shop)
        return shop

    def _turns(self) -> SharedTurns | None:
        broker_url = self._settings.celery_broker_url
        return SharedTurns(broker_url.get_secret_value()) if broker_url else None

    def _make(self) -> Runtime:
        shop = open_again(self._settings) if self._was_ready else self._open_first()
        token = self._settings.discord_token.get_secret_value()
        calls = Calls.rest(token, self._settings.discord_api_url, self._pace.send, self._turns(), self._pace.turn)
        calls.dress = partial(face.put_on, face=shop.face)
        self._stop_alarm = full_disk.listen(DiskAlarm(calls, self._settings.staff_channel_id))
        return Runtime(
            shop=shop,
            calls=calls,
            offload=Inline() if self._is_child else Child(),
            worker=f"{socket.gethostname()}:{os.getpid()}",
            lease_seconds=self._pace.lease,
            wake_again_seconds=self._pace.wake_again,
            in_flight=self.in_flight,
            pictures=picture_child(),
            # Made here, after any fork: each child of a `media` worker shows for itself that it lives.
            sign=sign_of_life.show(shop.database, self._pace.lease, self._pace.patience, self._away_since),
        )
