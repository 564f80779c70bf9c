"""“Tell me when it is back”: asked on the page of a sold-out product, and taken back."""

from collections.abc import Mapping

from novacore.bot.answers import open_page, show
from novacore.bot.lookups import orders as order_lookups
from novacore.bot.press import Handler, Press
from novacore.messages.catalog import waiting_list as pages
from novacore.workflows.stock import waiting_list


async def ask(press: Press) -> None:
    """Put them on the list, in an answer of its own: the product's page stays."""
    await open_page(press.interaction)
    product_id = press.id.number(0)
    added = await press.desk.run(waiting_list.ask, press.actor, product_id)
    product = await press.desk.run(order_lookups.product, product_id)
    await show(press.interaction, pages.on_the_list(product.name, product_id, already=not added))


async def take_back(press: Press) -> None:
    """Take them off the list."""
    await open_page(press.interaction)
    was_on_it = await press.desk.run(waiting_list.take_back, press.actor, press.id.number(0))
    await show(press.interaction, pages.off_the_list(was_on_it=was_on_it))


PRESSES: Mapping[tuple[str, str], Handler] = {("shop", "notify"): ask, ("shop", "forget_notify"): take_back}
