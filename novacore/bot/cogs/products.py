"""`/product`: the owner keeps the catalogue. Who is the owner is asked when something is done, not here.

`product` is the group; other modules of this room add their commands to it.
"""

from discord import app_commands

from novacore.bot.cogs.choices import HIDDEN, Slash

product = app_commands.Group(name="product", description="Owner: keep the catalogue", default_permissions=HIDDEN)

COMMANDS: tuple[Slash, ...] = (product,)
