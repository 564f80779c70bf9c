"""A shop in one process on SimCord, bot and worker together, where people write in tickets. For the stories here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import discord
from simcord import ChannelHandle, InteractionResult, MemberActor

from novacore.bot.client import build_bot
from novacore.db.models import Order, Ticket
from novacore.entry.run_shop import embedded_worker
from novacore.states import OrderStatus, TicketStatus
from novacore.tasks.queue.embedded import EmbeddedWorker
from novacore.workflows.machine.shop import Shop, places_of
from tests.bot.towns import tickets as play
from tests.bot.towns.town import Town, open_town, page, said, text_of

PATIENCE = 15.0
T = TypeVar("T")


@dataclass
class HelpDesk:
    """The town with a worker in it. `alice` and `bob` are customers, `sam` and `sue` staff, `olga` is the owner."""

    town: Town
    worker: EmbeddedWorker | None = None

    async def open(self) -> None:
        """Start bot and worker, as `novacore run` does."""
        self.town.bot = build_bot(self.town.shop, self.town.settings)
        await self.town.env.restart_bot(self.town.bot)
        self.worker = embedded_worker(self.town.shop, self.town.bot)
        await asyncio.to_thread(self.worker.start)

    async def close(self) -> None:
        """Stop both, the worker first."""
        if self.worker is not None:
            await asyncio.to_thread(self.worker.stop)
            self.worker = None
            await self.town.bot.close()

    async def pass_time(self, **amount: float) -> None:
        """Move the shop's clock, and let happen what is due by then."""
        await self.town.env.advance_time(timedelta(**amount).total_seconds())
        assert self.worker is not None
        self.worker.sweep_now()

    async def buy(self, who: MemberActor) -> Order:
        """Buy something; the goods arrive."""
        order = await self.town.paid_order(who)
        await self.town.decide(self.town.sam, "approve", order)
        await until(lambda: self.town.state(order) == OrderStatus.delivered, "the delivery")
        return order

    async def ask(self, who: MemberActor, kind: str, order: Order | None = None) -> tuple[Ticket, ChannelHandle]:
        """Open a ticket from the panel and wait for its channel with its card."""
        picked = {"order_pick": [order.id]} if order else {}
        answer = await play.fill_in(self.town, who, kind, **picked)
        ticket = play.stored(self.town)[-1]
        channel = await self.channel(ticket)
        # On a busy machine the channel may take longer than the answer waits for it.
        assert f"<#{channel.id}>" in said(answer) or "is being opened" in said(answer)
        return ticket, channel

    async def channel(self, ticket: Ticket) -> ChannelHandle:
        """Wait for the channel of a ticket's present round, and for the card in it."""
        await self.stands(ticket, TicketStatus.awaiting_staff)
        number = play.standing(self.town, ticket).channel_id
        await until(lambda: number in self.channels(), "the channel")
        channel = self.channels()[number]  # type: ignore[index]
        await until(lambda: bool(channel.history()), "the card")
        return channel

    def channels(self) -> dict[int, ChannelHandle]:
        """Return every channel of the server by its id."""
        return {channel.id: channel for channel in self.town.guild.channels.values()}

    async def press(self, who: MemberActor, channel: ChannelHandle, label: str) -> InteractionResult:
        """Press a button of the card by its label, as soon as the card has it."""
        await until(lambda: label in _labels(channel), f"the button {label}")
        return await who.click(channel.history()[0], label=label)

    async def press_as_staff(self, who: MemberActor, channel: ChannelHandle, label: str) -> InteractionResult:
        """Press a button of the page that staff get from the card."""
        return await who.click(page(await self.press(who, channel, "For staff")), label=label)

    async def stands(self, ticket: Ticket, status: TicketStatus) -> Ticket:
        """Wait until a ticket is in this state."""
        await until(lambda: play.standing(self.town, ticket).status is status, f"the ticket to be {status}")
        return play.standing(self.town, ticket)

    async def card_says(self, channel: ChannelHandle, words: str) -> None:
        """Wait until the card shows these words."""
        await until(lambda: words in read(channel.history()[0]), f"{words!r} on the card")

    async def dm(self, who: MemberActor, words: str) -> discord.Message:
        """Wait for a message with these words in someone's DMs; return the newest."""
        return await self.message(who.user.dm_channel, words)

    async def message(self, channel: ChannelHandle, words: str) -> discord.Message:
        """Wait for a message with these words; return the newest."""

        def found() -> list[discord.Message]:
            return [one for one in channel.history() if words in read(one)]

        await until(lambda: bool(found()), f"a message with {words!r}")
        return found()[-1]


def read(message: discord.Message) -> str:
    """Return every text of a message."""
    return message.content + text_of([one.to_dict() for one in message.components])  # type: ignore[misc]


def _labels(channel: ChannelHandle) -> list[str]:
    view = discord.ui.LayoutView.from_message(channel.history()[0], timeout=None)
    return [item.label or "" for item in view.walk_children() if isinstance(item, discord.ui.Button)]


async def until(fulfilled: Callable[[], bool], what: str) -> None:
    """Wait for the worker, in real time."""
    for _ in range(int(PATIENCE / 0.02)):
        if fulfilled():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"Waited for nothing for {what}.")


@asynccontextmanager
async def open_help_desk(shop: Shop, folder: Path) -> AsyncIterator[HelpDesk]:
    """Build the server, and open the shop in it. A ticket may be opened right after the last one."""
    async with open_town(shop, folder, bot_up=False) as town:
        terms = replace(shop.terms, gives_downtime_back=False, ticket_cooldown=timedelta(0))
        town.shop = replace(shop, places=places_of(town.settings), terms=terms)
        desk = HelpDesk(town)
        await desk.open()
        try:
            yield desk
        finally:
            await desk.close()
