"""What the news channel was told of a product, a row for each product and day."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, Moment, UtcDateTime
from novacore.states.goods import NewsKind


class ProductNews(Base):
    """The one message about a product on one day of the shop's time zone. Only the newest of each product are kept."""

    __tablename__ = "product_news"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[NewsKind]
    """What it is about: the most telling of all that happened on that day."""
    asked_at: Mapped[Moment]
    """When something of it happened last; later than that while it is held back."""
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was found in its channel; none as long as nothing was said."""
    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    shown: Mapped[str | None] = mapped_column(String(64))
    """A hash of what it shows, so that it is edited only where that has changed; none if nobody knows."""
