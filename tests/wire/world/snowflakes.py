"""Discord's ids: 64-bit numbers that carry the time at which they were made. The world mints all of its ids here."""

import time

DISCORD_EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Mints ids that rise strictly and carry the real time.

    Real time matters: discord.py reads the age of an interaction or a message from its id.
    """

    def __init__(self) -> None:
        self._last = 0

    def mint(self) -> int:
        """The next id. Several in one millisecond differ in their low bits, as Discord's do."""
        now = (time.time_ns() // 1_000_000 - DISCORD_EPOCH_MS) << 22
        self._last = max(now, self._last + 1)
        return self._last
