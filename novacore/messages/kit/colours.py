"""The colour of a card's stripe, by what it means. Each state picks one of these."""

from collections.abc import Mapping

import discord

from novacore.states import Stripe

BRAND = discord.Colour(0x7C5CFF)
"""What belongs to no order: the shop window."""

WAITING = discord.Colour(0xF0B232)
"""The customer has to do something."""

CHECKING = discord.Colour(0x5865F2)
"""Staff have to look at it."""

CONFIRMED = discord.Colour(0x2DC770)
"""The money is there."""

DONE = discord.Colour(0x23A55A)
"""All went well, and it is over."""

WARNING = discord.Colour(0xE8833A)
"""Something needs a person's attention."""

FAULT = discord.Colour(0xDA373C)
"""Something went wrong, or was turned down."""

ENDED = discord.Colour(0x80848E)
"""It is over, and nothing came of it."""

RETURNED = discord.Colour(0x9B6BDF)
"""Money went back."""

BY_STRIPE: Mapping[Stripe, discord.Colour] = {
    Stripe.waiting: WAITING,
    Stripe.checking: CHECKING,
    Stripe.confirmed: CONFIRMED,
    Stripe.done: DONE,
    Stripe.warning: WARNING,
    Stripe.fault: FAULT,
    Stripe.ended: ENDED,
    Stripe.returned: RETURNED,
}
