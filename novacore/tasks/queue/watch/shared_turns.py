"""Turns at Discord's limits that all workers take together, counted in Redis. What Redis loses costs one answer 429.

Redis is asked, and not the database: a turn is worth seconds, and nothing that is owed depends on it. While it is away
everyone goes ahead, and discord.py waits where Discord refuses.
"""

import time
from typing import TYPE_CHECKING, Final

from novacore.discord_facts import rate_limits

if TYPE_CHECKING:
    from redis import Redis

MARGIN_SECONDS: Final = 0.5
"""How much longer our windows are than Discord's, which begin when the first request has got there."""

_TAKE: Final = """
local taken = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
    left = tonumber(ARGV[1])
end
return {taken, left}
"""
"""Counts a turn of a window, and returns how many it has had and how many milliseconds are left of it.

One script: no clock moves between its commands, and no process can die there. A count that never ended would let nobody
through any more; one that has no end, whoever left it, gets one.
"""

_SOCKET_SECONDS: Final = 1.0
_AWAY_SECONDS: Final = 5.0
"""How long Redis is left alone after it didn't answer."""


class SharedTurns:
    """One for each process, and for all its threads. Connects when it is asked for the first time: after any fork."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._redis: Redis | None = None
        self._away_until = 0.0

    def wait(self, route: str, place: int) -> float:
        """Take a turn and return 0; else the seconds until the window is over in which none is left."""
        from redis.exceptions import RedisError  # noqa: PLC0415 - loaded where there is a broker only

        if time.monotonic() < self._away_until:
            return 0.0
        try:
            return self._take(route, place)
        except (RedisError, OSError):
            self._away_until = time.monotonic() + _AWAY_SECONDS
            return 0.0

    def _take(self, route: str, place: int) -> float:
        limit, window = rate_limits.learned(route)
        if limit / window >= rate_limits.EVERYWHERE:
            return 0.0
        # In pieces as large as what is usual: what is learned in the middle of a window then changes nothing in it.
        piece = min(limit, rate_limits.USUAL[0])
        seconds = window * piece / limit + MARGIN_SECONDS
        key = f"novacore.turns:{route}:{place}"
        taken, left = self._connected().eval(_TAKE, 1, key, int(seconds * 1000))
        return 0.0 if taken <= piece else max(left, 1) / 1000

    def _connected(self) -> "Redis":
        from redis import Redis  # noqa: PLC0415

        if self._redis is None:
            self._redis = Redis.from_url(
                self._url, socket_connect_timeout=_SOCKET_SECONDS, socket_timeout=_SOCKET_SECONDS
            )
        return self._redis
