"""The server of the rehearsal: who sees what, and what the bot may do there."""

import asyncio

import discord
import simcord

from novacore.rehearsal.world import build_world
from tests.rehearsal.stage import Stage, play


def test_the_bot_may_work_in_every_channel_and_gives_every_role() -> None:
    async def act(stage: Stage) -> None:
        guild = stage.bot.get_guild(stage.world.guild.id)
        assert guild
        for channel in guild.text_channels:
            allowed = channel.permissions_for(guild.me)
            assert allowed.send_messages, channel.name
            assert allowed.attach_files, channel.name
            assert allowed.embed_links, channel.name
        assert all(role < guild.me.top_role for role in guild.roles if role != guild.me.top_role)
        assert guild.me.guild_permissions.manage_channels
        assert guild.me.guild_permissions.manage_roles
        assert not guild.me.guild_permissions.administrator, "a shop must get by without"

    play(act)


def test_only_staff_and_owner_see_the_review_channel() -> None:
    async def act(stage: Stage) -> None:
        review = stage.bot.channel("staff-review")
        sees = {
            key: review.permissions_for(member).read_messages
            for key, person in stage.world.people.items()
            if (member := review.guild.get_member(person.user.id))
        }
        assert sees == {"customer": False, "second-customer": False, "staff": True, "owner": True}

    play(act)


def test_customers_read_the_panels_and_leave_them_clean() -> None:
    async def act(stage: Stage) -> None:
        for name in ("shop", "purchases", "vouches", "news", "support"):
            channel = stage.bot.channel(name)
            member = channel.guild.get_member(stage.world.people["customer"].user.id)
            assert member
            allowed = channel.permissions_for(member)
            assert allowed.read_messages
            assert allowed.use_application_commands
            assert not allowed.send_messages

    play(act)


def test_the_ids_are_those_that_settings_need() -> None:
    async def act(stage: Stage) -> None:
        guild = stage.bot.get_guild(stage.world.guild.id)
        assert guild
        open_to_all = {"shop", "purchases", "vouches", "news", "support"}
        assert set(stage.world.channels) == {*open_to_all, "staff-review", "Tickets"}
        assert isinstance(guild.get_channel(stage.world.channels["Tickets"].id), discord.CategoryChannel)
        assert set(stage.world.roles) == {"Owner", "Staff", "Customer", "News", "VIP"}
        for name, handle in stage.world.roles.items():
            role = guild.get_role(handle.id)
            assert role
            assert role.name == name
        assert guild.owner_id == stage.world.people["owner"].user.id
        assert stage.bot.user
        assert stage.bot.user.name == "NovaCore"

    play(act)


def test_the_server_is_named_after_the_shop() -> None:
    async def names(*shop_name: str) -> str:
        async with simcord.run(discord.Client(intents=discord.Intents.default())) as env:
            return (await build_world(env, *shop_name)).guild.name

    assert asyncio.run(names("Moonlight Store")) == "Moonlight Store Rehearsal"
    assert asyncio.run(names()) == "NovaCore Rehearsal"
