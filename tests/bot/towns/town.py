"""A small server with a shop, people who press its buttons, and words for what they do. For the tests next to it."""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import simcord
from simcord import ChannelHandle, Env, GuildHandle, InteractionResult, MemberActor, RoleHandle
from sqlalchemy import select

from novacore import clock
from novacore.bot.client import ShopBot, build_bot
from novacore.db.models import Event, Order, Product
from novacore.db.unit_of_work import reading
from novacore.discord_facts.command_bits import FOR_OWNER, FOR_STAFF
from novacore.media.artwork import sample_receipt
from novacore.settings import Settings, rehearsal_settings
from novacore.workflows.machine.shop import Shop

CHANNELS = {
    "main_channel_id": "shop",
    "staff_channel_id": "staff",
    "public_log_channel_id": "purchases",
    "vouch_channel_id": "vouches",
    "ticket_panel_channel_id": "support",
}
PEOPLE: Mapping[str, tuple[str, ...]] = {
    "alice": (),
    "bob": (),
    "sam": ("Staff",),
    "sue": ("Staff",),
    "olga": ("Owner",),
}


_SEES = {"Staff": FOR_STAFF, "Owner": FOR_STAFF | FOR_OWNER}
"""By which Discord shows them their commands."""


@dataclass
class Town:
    """The server. `alice` and `bob` are customers, `sam` and `sue` staff, `olga` is the owner."""

    env: Env
    guild: GuildHandle
    channels: Mapping[str, ChannelHandle]
    roles: Mapping[str, RoleHandle]
    people: Mapping[str, MemberActor]
    shop: Shop
    settings: Settings
    bot: ShopBot

    def __getattr__(self, name: str) -> MemberActor:
        """Return a person by name: `town.alice`."""
        try:
            return self.__dict__["people"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def panel(self) -> discord.Message:
        """The newest message in the shop's channel."""
        message = self.channels["shop"].last_message
        assert message is not None
        return message

    async def restart(self) -> None:
        """Stop the bot and start a new one in the same server."""
        await self.bot.close()
        self.bot = build_bot(self.shop, self.settings)
        await self.env.restart_bot(self.bot)

    async def to_product(self, who: MemberActor, product: int = 1) -> InteractionResult:
        """Go from the panel to a product's page."""
        shelf = await who.select(self.panel, [self.category_id(product)], custom_id="nc:shop:category")
        return await who.select(page(shelf), [str(product)], custom_id="nc:shop:product")

    def category_id(self, product: int = 1) -> str:
        """Return the id of the category that a product stands in."""
        with reading(self.shop.database) as session:
            return str(session.get_one(Product, product).category_id)

    async def to_methods(
        self, who: MemberActor, product: int = 1, quantity: str = "1", code: str = ""
    ) -> InteractionResult:
        """Go from the panel to the choice of how to pay; the answer is what the quantity form led to."""
        shown = await self.to_product(who, product)
        form = await who.click(page(shown), custom_id=f"nc:shop:buy:{product}")
        return await fill_in(who, form, {"quantity": quantity} | ({"code": code} if code else {}))

    async def order(self, who: MemberActor, method: str = "btc", product: int = 1, quantity: str = "1") -> Order:
        """Go the whole way and return the order."""
        methods = await self.to_methods(who, product, quantity)
        await who.select(page(methods), [method])
        return self.orders()[-1]

    async def pay(self, who: MemberActor, order: Order, reference: str | None = None) -> InteractionResult:
        """Send a proof by the form that any card of the order opens."""
        form = await self.press(who, f"nc:order:submit_proof:{order.id}")
        return await who.submit_modal(form, proof(reference))

    async def paid_order(self, who: MemberActor) -> Order:
        """Go the whole way until staff have to decide."""
        order = await self.order(who)
        await self.pay(who, order)
        return order

    async def decide(self, who: MemberActor, verb: str, order: Order, review_round: int = 1) -> InteractionResult:
        """Press a button of the order's review card."""
        return await self.press(who, f"nc:order:{verb}:{order.id}:{review_round}")

    async def decide_because(
        self, who: MemberActor, verb: str, order: Order, review_round: int = 1, **answers: str
    ) -> InteractionResult:
        """Press a button of the review card and fill in the form that it opens."""
        return await fill_in(who, await self.decide(who, verb, order, review_round), answers)

    async def press(self, who: MemberActor, custom_id: str, *, channel: str = "staff") -> InteractionResult:
        """Press a button with this custom id, on a message that the bot posts for it: a card, or an old message."""
        if not self.may_see(who, channel):
            channel = "support"
        return await self.press_as(who, custom_id, channel)

    async def press_as(self, who: MemberActor, custom_id: str, channel: str = "staff") -> InteractionResult:
        """Press as someone who is none of the people."""
        return await who.click(await self.post(channel, custom_id), custom_id=custom_id)

    def may_see(self, who: MemberActor, channel: str) -> bool:
        """Tell whether the staff channel is open to this person."""
        return channel != "staff" or bool(PEOPLE.get(who.name))

    async def post(self, channel: str, *custom_ids: str) -> discord.Message:
        """Let the bot post buttons with these custom ids, as another release, or a job, may have done."""
        found = self.bot.get_channel(self.channels[channel].id)
        assert isinstance(found, discord.TextChannel)
        return await found.send(view=buttons(*custom_ids))

    async def post_dm(self, who: MemberActor, *custom_ids: str) -> discord.Message:
        """Let the bot send buttons with these custom ids to someone's DMs."""
        return await (await self.bot.fetch_user(who.id)).send(view=buttons(*custom_ids))

    async def member(self, who: MemberActor) -> discord.Member:
        """Return someone as the bot's own client sees them: it keeps no list of members."""
        guild = self.bot.get_guild(self.guild.id)
        assert guild is not None
        return await guild.fetch_member(who.id)

    async def show_commands(self, who: MemberActor) -> None:
        """Let Discord show someone every command, as a careless administrator may."""
        guild = self.bot.get_guild(self.guild.id)
        assert guild is not None
        for command in await self.bot.tree.fetch_commands(guild=guild):
            self.guild.set_command_permissions(command, {who: True})

    def dismiss(self, who: MemberActor) -> None:
        """Take the role of staff from someone."""
        self.env.backend.remove_member_role(self.guild.id, who.id, self.roles["Staff"].id)

    def next_interaction(self) -> "asyncio.Task[discord.Interaction[Any]]":
        """Listen for the next press; await what is returned after it."""
        return asyncio.create_task(self.bot.wait_for("interaction"))

    def lose_table(self, name: str) -> None:
        """Take a table out of the database: whatever reads it fails in a way that nobody foresaw."""
        with closing(sqlite3.connect(str(self.shop.database.engine.url.database))) as connection:
            connection.execute(f"ALTER TABLE {name} RENAME TO lost")

    @contextmanager
    def expecting_errors(self) -> Iterator[None]:
        """Let discord.py report errors inside; SimCord would fail the test for them at its end."""
        yield
        assert self.env.errors

    def orders(self) -> list[Order]:
        """Return every order, in the order in which they were placed."""
        rows = select(Order).join(Event, Event.subject_id == Order.id).where(Event.trigger == "place")
        with reading(self.shop.database) as session:
            return [*session.execute(rows.order_by(Event.id)).scalars()]

    def state(self, order: Order) -> str:
        """Return where an order is now."""
        with reading(self.shop.database) as session:
            return str(session.get_one(Order, order.id).status)

    def events(self, order: Order) -> list[Event]:
        """Return what happened to an order."""
        with reading(self.shop.database) as session:
            rows = select(Event).where(Event.subject_id == order.id).order_by(Event.id)
            return [*session.execute(rows).scalars()]

    def requests(self, method: str, ending: str) -> list[Any]:
        """Return the bodies of the bot's requests to Discord, by method and by how the path ends."""
        return [one.json for one in self.env.http_requests if one.method == method and one.path.endswith(ending)]


def buttons(*custom_ids: str) -> discord.ui.LayoutView:
    """Return a layout with these buttons that nothing of discord.py listens to."""
    view = discord.ui.LayoutView(timeout=None)
    for start in range(0, len(custom_ids), 5):
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for one in custom_ids[start : start + 5]:
            row.add_item(discord.ui.Button(label="x", custom_id=one))
        view.add_item(row)
    view.stop()
    return view


def _be_patient(env: Env, seconds: float) -> None:
    """Let the bot's start take as long as a press may: SimCord waits five seconds for it, whatever it was told."""
    settle = env._settle_internal

    async def patiently(*given: Any, timeout: float | None = None, **more: Any) -> Any:  # noqa: ASYNC109 - SimCord's
        return await settle(*given, timeout=max(timeout or 0.0, seconds), **more)

    env._settle_internal = patiently  # type: ignore[method-assign]


@asynccontextmanager
async def open_town(shop: Shop, folder: Path, *, bot_up: bool = True, patience: float = 20.0) -> AsyncIterator[Town]:
    """Build the server and open the shop in it. With `bot_up` False the bot is built, not started."""
    async with simcord.run(discord.Client(intents=discord.Intents.none()), settle_timeout=patience) as env:
        clock.set_source(env.now)
        _be_patient(env, patience)
        try:
            guild = env.create_guild("NovaCore")
            roles = {"Customer": guild.create_role("Customer")}
            roles |= {name: guild.create_role(name, permissions=seen) for name, seen in _SEES.items()}
            channels = _channels(guild, roles)
            people = {
                name: guild.add_member(env.create_user(name), roles=[roles[role] for role in given])
                for name, given in PEOPLE.items()
            }
            settings = rehearsal_settings(folder, _ids(channels, roles))
            town = Town(env, guild, channels, roles, people, shop, settings, build_bot(shop, settings))
            if bot_up:
                await env.restart_bot(town.bot)
            yield town
            await town.bot.close()
        finally:
            clock.set_source(None)


def _channels(guild: GuildHandle, roles: Mapping[str, RoleHandle]) -> dict[str, ChannelHandle]:
    hidden, shown = discord.PermissionOverwrite(view_channel=False), discord.PermissionOverwrite(view_channel=True)
    bot = next(role for name, role in guild.roles.items() if name not in {"@everyone", *roles})
    closed: dict[Any, discord.PermissionOverwrite] = {
        guild.default_role: hidden,
        roles["Staff"]: shown,
        roles["Owner"]: shown,
        bot: shown,
    }
    found = {
        name: guild.create_text_channel(name, overwrites=closed if name == "staff" else None)
        for name in CHANNELS.values()
    }
    found["tickets"] = guild.create_category("tickets")
    return found


def _ids(channels: Mapping[str, ChannelHandle], roles: Mapping[str, RoleHandle]) -> dict[str, int | str]:
    return {
        **{setting: channels[name].id for setting, name in CHANNELS.items()},
        "ticket_category_id": channels["tickets"].id,
        "customer_role_id": roles["Customer"].id,
        "staff_role_ids": roles["Staff"].id,
        "owner_role_id": roles["Owner"].id,
    }


async def fill_in(who: MemberActor, form: InteractionResult, answers: Mapping[str, Any]) -> InteractionResult:
    """Fill in a form, or return what was said instead of opening it."""
    return form if form.modal is None else await who.submit_modal(form, dict(answers))


def page(result: InteractionResult) -> Any:
    """Return the ephemeral page that a press led to, or that it renewed."""
    found = result.response or (result.followups[-1] if result.followups else None)
    assert found is not None, result
    assert found.ephemeral, found
    return found


def said(result: InteractionResult) -> str:
    """Return every text of the newest answer to a press."""
    answers = [*([result.response] if result.response else []), *result.followups]
    assert answers, result
    return text_of(answers[-1].components)


def text_of(components: list[dict[str, Any]]) -> str:
    """Return the texts of a layout, a line for each."""
    return "\n".join(str(one["content"]) for one in walk(components) if "content" in one)


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Go through every component of a layout."""
    for one in components:
        yield one
        yield from walk(one.get("components", []))
        yield from walk([one["accessory"]] if "accessory" in one else [])


def custom_ids(components: list[dict[str, Any]]) -> list[str]:
    """Return the custom ids of a layout."""
    return [str(one["custom_id"]) for one in walk(components) if "custom_id" in one]


def proof(reference: str | None = None) -> dict[str, Any]:
    """Fill in the proof form: a picture and a transaction id, both new."""
    number = reference or secrets.token_hex(32)
    picture = sample_receipt("1.00", "NovaCore", number, "today", "SamplePay")
    return {"proof": ("proof.png", picture), "reference": number}
