"""The files of an order on their way to its buyer: read only once there is room for them in this process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from novacore.tasks.queue.handlers import Work
from novacore.workflows.goods import files
from novacore.workflows.goods.files import File
from novacore.workflows.orders.goods import Goods


@dataclass(frozen=True, slots=True)
class Carried:
    """Files in memory, and what they come to in bytes."""

    files: Sequence[File] = ()
    size: int = 0


@contextmanager
def carried_files(work: Work, goods: Goods) -> Iterator[Carried]:
    """Give the files of an order, with room held for them until they are sent. Raises Postpone, GoodsUnreadable."""
    with work.carrying(goods.size):
        yield Carried(files.read(work.shop, goods.files), goods.size)
