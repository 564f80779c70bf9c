"""Discord's rate limits: a bucket per route and major parameter, told in headers, enforced with 429.

Wide open unless a test narrows it: several processes then share a bucket that none of them sees whole.
"""

import hashlib
import time
from dataclasses import dataclass

from tests.wire.server.errors import RateLimited

WIDE_OPEN = (1000, 1.0)
_EXEMPT = ("/interactions/", "/webhooks/")


@dataclass
class Bucket:
    """So many requests in so many seconds; `left` of them until `resets_at` (monotonic)."""

    limit: int
    per: float
    left: int
    resets_at: float

    def take(self, now: float) -> None:
        """Takes one, or raises the rate limit with the time to wait."""
        if now >= self.resets_at:
            self.left, self.resets_at = self.limit, now + self.per
        if self.left <= 0:
            raise RateLimited(self.resets_at - now)
        self.left -= 1


class Rates:
    """The buckets. `rules` maps "POST /channels/{channel}/messages" to (requests, seconds)."""

    def __init__(self) -> None:
        self.rules: dict[str, tuple[int, float]] = {"rename": (2, 600.0)}
        self.everywhere: tuple[int, float] | None = None
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def take(self, route: str, major: str) -> Bucket:
        """Takes one from the bucket of this route and major parameter (channel, server or webhook)."""
        now = time.monotonic()
        limit, per = self.rules.get(route, WIDE_OPEN)
        bucket = self._buckets.get((route, major))
        if bucket is None or (bucket.limit, bucket.per) != (limit, per):
            bucket = self._buckets[route, major] = Bucket(limit, per, limit, now + per)
        try:
            bucket.take(now)
        except RateLimited as error:
            error.headers.update(headers(route, bucket))
            raise
        return bucket

    def take_everywhere(self, path: str) -> None:
        """Takes one from the global limit, if the test set one. Answers to interactions are exempt from it."""
        if self.everywhere is None or path.startswith(_EXEMPT):
            return
        limit, per = self.everywhere
        bucket = self._buckets.setdefault(("everywhere", ""), Bucket(limit, per, limit, time.monotonic() + per))
        try:
            bucket.take(time.monotonic())
        except RateLimited as error:
            raise RateLimited(error.retry_after, everywhere=True) from None


def headers(route: str, bucket: Bucket) -> dict[str, str]:
    """The headers from which a client learns its bucket."""
    wait = max(bucket.resets_at - time.monotonic(), 0.0)
    return {
        "X-RateLimit-Limit": str(bucket.limit),
        "X-RateLimit-Remaining": str(bucket.left),
        "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
        "X-RateLimit-Reset-After": f"{wait:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:16],
    }
