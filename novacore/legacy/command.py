"""`novacore import-legacy`: a dry run, or the import itself. The CLI prints what comes back."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from novacore.legacy.findings import TableSurvey
from novacore.legacy.old_file import OldFile
from novacore.legacy.opening import open_old
from novacore.legacy.survey import OldShopFile
from novacore.money import require_currency
from novacore.progress_bar import track
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.legacy.orders import foresee_orders, own_methods_of, store_orders
from novacore.workflows.upkeep.legacy.products import foresee_products, store_products


def survey(shop: Shop, path: Path, currency: str | None = None) -> Sequence[TableSurvey]:
    """Go through the file and change nothing. Raises UnreadableFile, and BadInput for a currency that isn't known."""
    with open_old(path) as file:
        return _look(_in(shop, currency), file)


def bring_in(shop: Shop, path: Path, currency: str | None = None) -> Sequence[TableSurvey]:
    """Bring in what has not come in yet. The whole file is read once before anything is stored. Raises as `survey`."""
    shop = _in(shop, currency)
    with open_old(path) as file:
        _look(shop, file)
        old = OldShopFile(file, shop.terms.currency, own_methods_of(shop))
        identity = old.identity()
        with track("Bringing in", old.total()) as bar:
            products = old.products(partial(store_products, shop, identity), bar)
            orders = old.orders(partial(store_orders, shop, identity), bar)
    return [products, *([orders] if orders else [])]


def _look(shop: Shop, file: OldFile) -> Sequence[TableSurvey]:
    old = OldShopFile(file, shop.terms.currency, own_methods_of(shop))
    identity = old.identity()
    with track("Reading", old.total()) as bar:
        products = old.products(partial(foresee_products, shop, identity), bar)
        orders = old.orders(partial(foresee_orders, shop, identity), bar)
    return [products, *([orders] if orders else [])]


def _in(shop: Shop, currency: str | None) -> Shop:
    """Return the shop with the currency of the old one's prices."""
    code = require_currency(currency) if currency else shop.terms.currency
    return replace(shop, terms=replace(shop.terms, currency=code))
