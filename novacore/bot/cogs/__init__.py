"""The slash commands, a plain module for each stem. `tree` adds what stands in their `COMMANDS`."""

from novacore.bot.cogs.catalog import products, restock, shop
from novacore.bot.cogs.choices import Slash
from novacore.bot.cogs.orders import blocks, orders, review, vouches
from novacore.bot.cogs.reports import doctor, exports, reports
from novacore.bot.cogs.tickets import tickets

COMMANDS: tuple[Slash, ...] = (
    *shop.COMMANDS,
    *orders.COMMANDS,
    *products.COMMANDS,
    *restock.COMMANDS,
    *review.COMMANDS,
    *blocks.COMMANDS,
    *doctor.COMMANDS,
    *vouches.COMMANDS,
    *tickets.COMMANDS,
    *exports.COMMANDS,
    *reports.COMMANDS,
)
"""All of them, in the order in which they were written down."""
