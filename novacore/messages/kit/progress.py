"""How far something long has come, as a bar that moves. Called by the builders of pages that `bot.progress` follows."""

from typing import Final

BLOCKS: Final = 20
"""Enough to see it move; still one line on a telephone."""


def bar(done: int, total: int) -> str:
    """Return a bar with its percentage: `▰▰▰▰▱▱▱▱ 50 %`. It is full only when everything is done; of nothing all is."""
    done = min(max(done, 0), max(total, 0))
    share = done / total if total > 0 else 1.0
    full = int(share * BLOCKS)
    return f"`{'▰' * full}{'▱' * (BLOCKS - full)}` {int(share * 100)} %"
