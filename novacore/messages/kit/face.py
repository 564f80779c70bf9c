"""The shop's own colour on its neutral pages. Whoever sends or edits a message puts it on at the very end."""

import discord
from discord import ui

from novacore.messages.kit import colours
from novacore.workflows.machine.shop import Face


def put_on(view: ui.LayoutView, face: Face) -> None:
    """Give what bears our own colour the shop's. A colour that means something stays; the second time: nothing."""
    if face.colour is None:
        return
    for item in view.children:
        if isinstance(item, ui.Container) and item.accent_colour == colours.BRAND:
            item.accent_colour = discord.Colour(face.colour)
