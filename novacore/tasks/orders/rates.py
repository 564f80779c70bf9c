"""Fetches what coins cost from two public tickers, where the owner wants it. No order ever waits for this."""

from novacore import clock
from novacore.errors import BadInput
from novacore.tasks.discord.remote_pictures import INTERNET, Internet, fetch
from novacore.tasks.queue.handlers import Work, handles
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import feed


@handles(job_kinds.FETCH_RATES)
def fetch_rates(work: Work) -> str:
    """Fetch both, and keep the prices on which they agree."""
    return fetch_prices(work.shop)


def fetch_prices(shop: Shop, internet: Internet = INTERNET) -> str:
    """Do so, and say what came of it. What fails is tried again with the next round."""
    currency, now = shop.terms.currency, clock.now()
    try:
        first = feed.read_first(fetch(feed.first_ticker(currency), internet), currency)
        second = feed.read_second(fetch(feed.second_ticker(currency), internet), currency)
    except BadInput as refusal:
        return f"No prices this time: {refusal.sentence}"
    prices = feed.agreed(first, second)
    feed.keep(shop, prices, now)
    return f"{len(prices)} prices on which both tickers agree, of {len(first.keys() | second.keys())}."
