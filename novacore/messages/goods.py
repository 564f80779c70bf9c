"""The goods themselves, as the buyer gets them: by DM, or in an answer that only they see.

What does not fit into one message goes as one text file in it. Nothing here logs, and no repr holds a value.
"""

from collections.abc import Sequence

from novacore.db.models import Order
from novacore.messages import words
from novacore.messages.layout import Message, box, line, text
from novacore.workflows.deliverables import GoodsItem


def goods(order: Order, items: Sequence[GoodsItem], token: str | None = None) -> Message:
    """Build the delivery. `token` is printed small at the end, so that a later attempt finds this very message."""
    shown = [
        text(f"{words.GOODS_EMOJI[one.type]} **{words.escape(one.name)}**", words.block(one.value)) for one in items
    ]
    return Message(box([text("## 🎉 Here are your goods"), line(), *shown, text(f"-# {order.id} · {token}")]))


def goods_revealed(order: Order, items: Sequence[GoodsItem]) -> Message:
    """Build the answer to "Show my goods", which only the buyer sees."""
    return goods(order, items)
