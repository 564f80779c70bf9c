"""Tells staff that the disk is full: one message an hour for the whole shop, past the database, which takes nothing.

Each process has one. They find each other's messages in the channel, and Discord drops the second of two at once.
"""

import logging
import threading
import time
from datetime import timedelta
from typing import Final

import aiohttp
import discord

from novacore import clock
from novacore.errors import NovaCoreError
from novacore.messages.doctor import disk_full
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue.sending.outgoing import outgoing

SPELL_SECONDS: Final = 3600.0
"""For how long one message stands."""

AGAIN_SECONDS: Final = 60.0
"""When it is tried again where Discord did not take it."""

log = logging.getLogger(__name__)


class DiskAlarm:
    """A listener of `full_disk`: returns at once, and speaks from a thread of its own."""

    def __init__(self, calls: Calls, channel_id: int) -> None:
        self._calls, self._channel_id = calls, channel_id
        self._lock = threading.Lock()
        self._quiet_until = 0.0

    def __call__(self) -> None:
        """Tell staff, unless that was done within the hour."""
        with self._lock:
            if time.monotonic() < self._quiet_until:
                return
            self._quiet_until = time.monotonic() + SPELL_SECONDS
        threading.Thread(target=self._tell, name="disk-alarm", daemon=True).start()

    def _tell(self) -> None:
        try:
            self._send()
        except (NovaCoreError, discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            self._quiet_until = time.monotonic() + AGAIN_SECONDS
            log.warning("Staff could not be told that the disk is full (%s).", type(error).__name__)

    def _send(self) -> None:
        now = clock.machine_now()
        hour = int(now.timestamp() // SPELL_SECONDS)
        for each in (hour, hour - 1):
            if self._calls.find_by_token(self._channel_id, _token(each), now - timedelta(hours=2)) is not None:
                return
        self._calls.send(self._channel_id, lambda: outgoing(disk_full(_token(hour))), _token(hour))


def _token(hour: int) -> str:
    return f"disk-full-{hour}"
