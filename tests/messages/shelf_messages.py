"""What customers read of sale prices, of what they look for and of news, with a stranger's text wherever it can be."""

from collections.abc import Iterator
from dataclasses import replace

from novacore.messages.catalog import checkout, finding, news, window
from novacore.messages.kit.layout import Message
from novacore.states.goods import NewsKind
from tests.messages import samples


def every_one(text: str) -> Iterator[tuple[str, Message]]:
    """Yield each of them with its name."""
    category = samples.category(name=text, products=10**6)
    reduced = {"price_minor": 10**12 - 1, "before_sale_minor": 10**12, "sale_until": samples.NOW}
    wares = [samples.product(id=n, name=text, category=text, **reduced) for n in range(1, 26)]
    yield "category on sale", window.category_page(category, wares, 1)
    yield "product on sale", window.product_page(wares[0])
    yield "method on sale", checkout.method_page(wares[0], 1000, window.ALL_KNOWN)
    for found in (wares, [*wares, wares[0]], []):
        yield f"found {len(found)}", finding.found_page(text, found)
    for kind in NewsKind:
        yield f"news {kind}", news.product_news(wares[0], kind, samples.STAFF_ROLE)
    yield "news of what is gone", news.product_news(replace(wares[0], is_on_sale=False), NewsKind.new, None)
    yield "news are on", news.news_are_on(text)
    yield "news are off", news.news_are_off(text)
