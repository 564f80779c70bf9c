"""The server: channels with their limits and permissions, members, roles, slash commands."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest

from tests.wire.clients import logged_in
from tests.wire.stand_in import Wire

P = discord.Permissions
TICKET = {"view_channel": True, "send_messages": True, "read_message_history": True}


def _do(wire: Wire, act: Callable[[discord.Guild, discord.Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with logged_in(wire) as client:
            return await act(await client.fetch_guild(wire.guild_id), client)

    return asyncio.run(run())


def _refused(wire: Wire, act: Callable[[discord.Guild, discord.Client], Awaitable[Any]]) -> int:
    with pytest.raises(discord.HTTPException) as refused:
        _do(wire, act)
    return refused.value.code


def _open_ticket(wire: Wire, customer: int, category: int, *, for_bot: bool = True) -> Any:
    async def act(guild: discord.Guild, client: discord.Client) -> discord.TextChannel:
        overwrites: dict[discord.Object, discord.PermissionOverwrite] = {
            discord.Object(guild.id, type=discord.Role): discord.PermissionOverwrite(view_channel=False),
            discord.Object(customer, type=discord.Member): discord.PermissionOverwrite(**TICKET),
        }
        if for_bot:
            bot = discord.Object(wire.bot_id, type=discord.Member)
            overwrites[bot] = discord.PermissionOverwrite(**TICKET)
        place = discord.Object(category)
        return await guild.create_text_channel("Ticket One", overwrites=overwrites, category=place)  # type: ignore[arg-type]

    return _do(wire, act)


def test_a_ticket_channel_is_made_written_to_and_removed(wire: Wire) -> None:
    customer, category = wire.add_user(), wire.add_category("tickets")
    channel = _open_ticket(wire, customer, category)
    assert wire.channel_ids() == {"tickets": category, "ticket-one": channel.id}

    async def use(guild: discord.Guild, client: discord.Client) -> None:
        found = await client.fetch_channel(channel.id)
        assert isinstance(found, discord.TextChannel)
        assert found.category_id == category
        await found.send("Welcome")
        await client.http.delete_channel_permissions(found.id, customer)
        await found.delete()

    _do(wire, use)
    assert wire.channel_ids() == {"tickets": category}
    assert _refused(wire, lambda guild, client: client.fetch_channel(channel.id)) == 10003


def test_a_private_channel_that_forgets_the_bot_is_closed_to_it(wire: Wire) -> None:
    channel = _open_ticket(wire, wire.add_user(), wire.add_category("tickets"), for_bot=False)
    assert _refused(wire, lambda g, client: client.get_partial_messageable(channel.id).send("Welcome")) == 50001


def test_a_full_category_and_a_full_server_refuse(wire: Wire) -> None:
    category, customer = wire.add_category("tickets"), wire.add_user()
    for n in range(50):
        wire.add_channel(f"t-{n}", parent_id=category)
    with pytest.raises(discord.HTTPException, match=r"category reached \(50\)") as refused:
        _open_ticket(wire, customer, category)
    assert refused.value.code == 50035
    for n in range(449):
        wire.add_channel(f"c-{n}")
    assert _refused(wire, lambda guild, client: guild.create_text_channel("one too many")) == 30013


def test_a_channel_without_overwrites_takes_those_of_its_category(wire: Wire) -> None:
    category = wire.add_category("staff only")
    wire.set_overwrite(category, wire.guild_id, deny=P(view_channel=True).value)
    place = discord.Object(category)
    made = _do(wire, lambda guild, client: guild.create_text_channel("inside", category=place))  # type: ignore[arg-type]
    assert _refused(wire, lambda guild, client: client.fetch_channel(made.id)) == 50001


NEEDS: dict[str, tuple[str, Callable[..., Awaitable[Any]]]] = {
    "create": ("manage_channels", lambda guild, client, channel: guild.create_text_channel("x")),
    "delete": ("manage_channels", lambda guild, client, channel: client.http.delete_channel(channel)),
    "topic": ("manage_channels", lambda guild, client, channel: client.http.edit_channel(channel, topic="x")),
    "overwrite": (
        "manage_roles",
        lambda guild, client, channel: client.http.delete_channel_permissions(channel, guild.id),
    ),
    "send": ("send_messages", lambda guild, client, channel: client.get_partial_messageable(channel).send("x")),
    "embed": (
        "embed_links",
        lambda guild, client, channel: client.get_partial_messageable(channel).send(embed=discord.Embed(title="x")),
    ),
    "file": (
        "attach_files",
        lambda guild, client, channel: client.get_partial_messageable(channel).send(
            file=discord.File(io.BytesIO(b"x"), "x.txt")
        ),
    ),
}


@pytest.mark.parametrize("what", NEEDS)
def test_a_missing_permission_is_50013(wire: Wire, what: str) -> None:
    missing, act = NEEDS[what]
    channel = wire.add_channel("log")
    wire.set_overwrite(channel, wire.guild_id, deny=P(**{missing: True}).value)
    wire.permit_bot(P(view_channel=True))
    assert _refused(wire, lambda guild, client: act(guild, client, channel)) == 50013
    wire.permit_bot(P(administrator=True))
    _do(wire, lambda guild, client: act(guild, client, channel))


def test_without_permission_history_is_empty_rather_than_refused(wire: Wire) -> None:
    channel = wire.add_channel("log")
    wire.say(wire.owner_id, channel, "there")
    wire.set_overwrite(channel, wire.bot_id, deny=P(read_message_history=True).value)

    async def read(guild: discord.Guild, client: discord.Client) -> list[discord.Message]:
        return [each async for each in client.get_partial_messageable(channel).history()]

    assert _do(wire, read) == []


def test_a_role_is_given_and_taken(wire: Wire) -> None:
    customer, role = wire.add_user(), wire.add_role("customer")
    give = _do(wire, lambda guild, client: client.http.add_role(wire.guild_id, customer, role))
    assert (give, wire.roles_of(customer)) == ("", [role])
    member = _do(wire, lambda guild, client: client.http.get_member(wire.guild_id, customer))
    assert member["roles"] == [str(role)]
    _do(wire, lambda guild, client: client.http.remove_role(wire.guild_id, customer, role))
    assert wire.roles_of(customer) == []


def test_a_role_above_the_bots_own_cannot_be_given(wire: Wire) -> None:
    customer, high = wire.add_user(), wire.add_role("boss", position=101)
    assert _refused(wire, lambda guild, client: client.http.add_role(wire.guild_id, customer, high)) == 50013
    assert wire.roles_of(customer) == []


def test_unknown_things_have_codes_of_their_own(wire: Wire) -> None:
    customer, stranger = wire.add_user(), wire.add_user(member=False)

    async def codes(guild: discord.Guild, client: discord.Client) -> list[int]:
        found = []
        for question in (
            guild.fetch_member(stranger),
            guild.fetch_member(1),
            client.http.add_role(guild.id, customer, 1),
            client.fetch_guild(1),
            client.fetch_user(1),
            client.get_partial_messageable(1).send("x"),
        ):
            with pytest.raises(discord.NotFound) as refused:
                await question
            found.append(refused.value.code)
        return found

    assert _do(wire, codes) == [10007, 10013, 10011, 10004, 10013, 10003]


def test_the_doctor_sees_channels_members_roles_and_intents(wire: Wire) -> None:
    wire.add_channel("main")
    customer = wire.add_user()

    async def look(guild: discord.Guild, client: discord.Client) -> set[int]:
        assert [each.name for each in await guild.fetch_channels()] == ["main"]
        assert [each.name for each in await guild.fetch_roles()] == ["@everyone", "NovaCore"]
        assert [each.id async for each in client.fetch_guilds()] == [guild.id]
        info = await client.application_info()
        assert (info.id, info.flags.gateway_message_content_limited) == (wire.bot_id, True)
        members = await client.http.get_members(guild.id, 1000, None)
        return {int(each["user"]["id"]) for each in members}

    assert _do(wire, look) == {wire.owner_id, wire.bot_id, customer}


def test_a_command_tree_syncs_into_the_server(wire: Wire) -> None:
    async def sync(guild: discord.Guild, client: discord.Client) -> list[str]:
        tree = discord.app_commands.CommandTree(client)

        @tree.command(name="shop", description="Look around", guild=guild)
        async def shop(interaction: discord.Interaction[Any]) -> None: ...

        @tree.context_menu(name="Look up", guild=guild)
        async def look_up(interaction: discord.Interaction[Any], user: discord.User) -> None: ...

        await tree.sync(guild=guild)
        return sorted(each.name for each in await tree.fetch_commands(guild=guild))

    assert _do(wire, sync) == ["Look up", "shop"]


def test_a_role_is_made_named_and_counted(wire: Wire) -> None:
    async def make(guild: discord.Guild, client: discord.Client) -> tuple[discord.Role, dict[int, int]]:
        made = await guild.create_role(name="new", permissions=discord.Permissions.none(), colour=discord.Colour(255))
        await client.http.edit_role(guild.id, made.id, name="Customer")
        await client.http.add_role(guild.id, wire.owner_id, made.id)
        return made, {each.id: count for each, count in (await guild.role_member_counts()).items()}

    made, counts = _do(wire, make)
    role = wire.ask(lambda world: world.roles[made.id])
    assert (role.name, role.permissions, role.color, role.position) == ("Customer", 0, 255, 1)
    assert counts == {wire.ask(lambda world: world.bot_role_id): 1, made.id: 1}


def test_roles_have_their_limits(wire: Wire) -> None:
    above, below = wire.add_role("Boss", position=101), wire.add_role("Team")
    assert _refused(wire, lambda guild, client: client.http.edit_role(guild.id, above, name="x")) == 50013
    more = P(ban_members=True)
    assert _refused(wire, lambda guild, client: guild.create_role(name="x", permissions=more)) == 50013
    assert _refused(wire, lambda guild, client: client.http.edit_role(guild.id, 1, name="x")) == 10011
    count = wire.ask(lambda world: len(world.roles))
    for _ in range(250 - count):
        wire.add_role("r")
    assert _refused(wire, lambda guild, client: guild.create_role(name="x")) == 30005
    wire.permit_bot(P(view_channel=True))
    assert _refused(wire, lambda guild, client: client.http.edit_role(guild.id, below, name="x")) == 50013


def test_only_limited_intents_are_the_bots_to_switch(wire: Wire) -> None:
    wire.ask(lambda world: setattr(world, "intents", discord.ApplicationFlags()))

    def switch(flags: discord.ApplicationFlags) -> Callable[[discord.Guild, discord.Client], Awaitable[Any]]:
        return lambda guild, client: client.http.edit_application_info(reason=None, payload={"flags": flags.value})

    assert _refused(wire, switch(discord.ApplicationFlags(gateway_guild_members=True))) == 50035
    _do(wire, switch(discord.ApplicationFlags(gateway_guild_members_limited=True)))
    assert wire.ask(lambda world: world.intents).gateway_guild_members_limited


def test_manage_roles_in_a_channel_is_for_administrators_to_allow(wire: Wire) -> None:
    channel, bits = wire.add_channel("log"), str(P(manage_roles=True).value)

    def allow(_guild: discord.Guild, client: discord.Client) -> Awaitable[Any]:
        return client.http.edit_channel_permissions(channel, wire.bot_id, bits, "0", 1)

    assert _refused(wire, allow) == 50013
    wire.permit_bot(P(administrator=True))
    _do(wire, allow)


def test_a_bot_in_several_servers_or_in_none(wire: Wire) -> None:
    async def servers() -> list[str]:
        async with logged_in(wire) as client:
            return [each.name async for each in client.fetch_guilds()]

    wire.ask(lambda world: world.other_servers.update({1999999999999999999: "Another"}))
    assert asyncio.run(servers()) == ["The shop", "Another"]
    wire.ask(lambda world: setattr(world, "bot_is_in", False))
    assert asyncio.run(servers()) == ["Another"]
    assert _refused(wire, lambda guild, client: client.fetch_guild(wire.guild_id)) == 10004
