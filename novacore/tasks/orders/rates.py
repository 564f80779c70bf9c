"""Fetches what coins cost from two public tickers, where the owner wants it. No order ever waits for this."""

from novacore import clock
from novacore.errors import BadInput
from novacore.tasks.discord.remote_pictures import INTERNET, Internet, Wanted, fetch
from novacore.tasks.queue.handlers import Work, handles
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import feed
from novacore.workflows.payments.feed import Prices, Ticker

_LIST = Wanted("application/json", feed.MOST_BYTES)


@handles(job_kinds.FETCH_RATES)
def fetch_rates(work: Work) -> str:
    """Fetch both lists, and keep the prices on which they agree."""
    return fetch_prices(work.shop)


def fetch_prices(shop: Shop, internet: Internet = INTERNET) -> str:
    """Do so, and say what came of it. Where one of the two fails nothing is kept, and the next round tries again."""
    try:
        said = _fetch_and_keep(shop, internet)
    except BadInput as refusal:
        said = refusal.sentence
    feed.note_outcome(shop, said)
    return said


def _fetch_and_keep(shop: Shop, internet: Internet) -> str:
    currency, now = shop.terms.currency, clock.now()
    one, other = (_ask(ticker, currency, internet) for ticker in (feed.COINGECKO, feed.COINBASE))
    prices = feed.agreed(one, other)
    feed.keep(shop, prices, now)
    return feed.said_of(shop, prices)


def _ask(ticker: Ticker, currency: str, internet: Internet) -> Prices:
    try:
        body = fetch(ticker.address_for(currency), internet, _LIST)
    except BadInput:
        # Its sentence speaks of pictures, and of what the owner could do about one.
        raise BadInput(f"{ticker.name} could not be reached, or gave no proper answer.") from None
    return ticker.read(body, currency)
