"""What a shop needs in its server, a row each: roles first, as channels are opened to them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import discord


class Kind(StrEnum):
    """What is made. The value is what the owner calls it."""

    role = "role"
    category = "category"
    channel = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One thing, and the setting that holds its id."""

    key: str
    """In `--use KEY=...`, and in the mark."""
    setting: str
    kind: Kind
    name: str
    """What it is called where the shop makes it."""
    what: str
    topic: str = ""
    colour: int = 0
    taken_over: str = ""
    """What it means to use one that is there already: a sentence to think about."""

    def called(self, name: str) -> str:
        """Write a name of this kind as Discord does."""
        return f"#{name}" if self.kind is Kind.channel else name


ROLES: Final = (
    Slot(
        key="customer-role",
        setting="customer_role_id",
        kind=Kind.role,
        name="Customer",
        what="the role that buyers get",
        colour=0x2E8B57,
        taken_over="Buyers will get it, with all that it allows.",
    ),
    Slot(
        key="staff-role",
        setting="staff_role_ids",
        kind=Kind.role,
        name="Staff",
        what="the role of those who check payments and answer tickets",
        colour=0x3B7DD8,
        taken_over="Everyone who has it will be staff of the shop: they approve payments and read tickets.",
    ),
    Slot(
        key="owner-role",
        setting="owner_role_id",
        kind=Kind.role,
        name="Shop Owner",
        what="the role that keeps the catalogue and refunds",
        colour=0xC9972B,
        taken_over="Everyone who has it will be an owner of the shop: they set prices, refund and read the reports.",
    ),
)

CHANNELS: Final = (
    Slot(
        key="tickets",
        setting="ticket_category_id",
        kind=Kind.category,
        name="Tickets",
        what="the category in which ticket channels are made",
    ),
    Slot(
        key="shop",
        setting="main_channel_id",
        kind=Kind.channel,
        name="shop",
        what="where customers find the shop",
        topic="Choose a product, pay, and get it by direct message.",
    ),
    Slot(
        key="purchases",
        setting="public_log_channel_id",
        kind=Kind.channel,
        name="purchases",
        what="where purchases are announced",
        topic="What was bought here lately.",
    ),
    Slot(
        key="vouches",
        setting="vouch_channel_id",
        kind=Kind.channel,
        name="vouches",
        what="where reviews by customers are shown",
        topic="What our customers say.",
    ),
    Slot(
        key="support",
        setting="ticket_panel_channel_id",
        kind=Kind.channel,
        name="support",
        what="where customers open tickets",
        topic="Something went wrong, or you have a question? Open a ticket here.",
    ),
    Slot(
        key="staff",
        setting="staff_channel_id",
        kind=Kind.channel,
        name="shop-staff",
        what="where staff see the proofs of payment; only they can see it",
        topic="Proofs of payment to check, and whatever else needs you.",
        taken_over="Whoever can see it can read proofs of payment. Everyone and customers will be kept out.",
    ),
)

SLOTS: Final = (*ROLES, *CHANNELS)


def mark(bot_id: int, slot: Slot) -> str:
    """Return the name under which a thing is made. It gets its own once its id is written down.

    So what still has this name may be ours, even if we were killed before we could write that down; anyone can give it,
    so `provenance` looks closer. The bot's id keeps two shops in one server apart.
    """
    return f"novacore-{bot_id}-{slot.key}"


def discord_type(slot: Slot) -> discord.ChannelType:
    """Return Discord's type of a channel or category."""
    return discord.ChannelType.category if slot.kind is Kind.category else discord.ChannelType.text
