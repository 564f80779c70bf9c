"""The slash commands, a plain module for each stem. `tree` adds what stands in their `COMMANDS`."""

from novacore.bot.cogs import (
    blocks,
    doctor,
    exports,
    orders,
    products,
    reports,
    restock,
    review,
    shop,
    tickets,
    vouches,
)
from novacore.bot.cogs.choices import Slash

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
