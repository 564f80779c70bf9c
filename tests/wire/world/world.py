"""The world of the stand-in: one Discord with one server in it, and the shop's bot as a member.

The routes read and change it, always on the server's own event loop; tests reach it through `Wire`.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import discord

from tests.wire.server.errors import refusal
from tests.wire.world.components import Json
from tests.wire.world.snowflakes import Snowflakes
from tests.wire.world.state import (
    DM_CHANNEL,
    TEXT_CHANNEL,
    Attachment,
    Channel,
    Interaction,
    Member,
    Message,
    Role,
    User,
)

Event = Callable[[str, Json], None]

# What a shop's bot is invited with. Not Administrator, so that a missing permission shows in tests.
BOT_PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True, read_message_history=True,
    manage_channels=True, manage_roles=True, manage_messages=True, use_application_commands=True,
    mention_everyone=True,
)  # fmt: skip
EVERYONE_PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, attach_files=True, use_application_commands=True,
    create_public_threads=True, create_private_threads=True, send_messages_in_threads=True,
)  # fmt: skip


class World:
    """Everything that outlives a request. Limits that a test may move are plain attributes, in seconds or bytes."""

    def __init__(self) -> None:
        self.ids = Snowflakes()
        self.listeners: list[Event] = []
        self.users: dict[int, User] = {}
        self.roles: dict[int, Role] = {}
        self.members: dict[int, Member] = {}
        self.channels: dict[int, Channel] = {}
        self.dms: dict[int, int] = {}
        self.attachments: dict[int, Attachment] = {}
        self.commands: dict[int, list[Json]] = {}
        self.ephemeral: dict[int, Message] = {}
        self.interactions: dict[str, Interaction] = {}
        self.nonces: dict[tuple[int, int, str], tuple[float, int]] = {}
        self.nonce_window = 180.0
        self.clock_ahead = 0.0
        """By how many seconds the clock of the answers' header Date is ahead of this machine's."""
        self.ack_window = 3.0
        self.token_window = 900.0
        self.file_limit = 10 * 1024 * 1024
        self.intents = discord.ApplicationFlags(
            gateway_guild_members_limited=True, gateway_message_content_limited=True
        )
        self.url_generation = 1
        self.origin = ""
        self.guild_name = "The shop"
        self.bot_is_in = True
        """Whether the bot was let into the server."""
        self.other_servers: dict[int, str] = {}
        """Names of servers that the bot is in as well, in which there is nothing."""
        self.bot_is_public = False
        self._found_server()

    def _found_server(self) -> None:
        self.guild_id = self.ids.mint()
        self.roles[self.guild_id] = Role(self.guild_id, "@everyone", EVERYONE_PERMISSIONS.value, 0)
        self.owner_id = self.add_user("owner")
        self.bot_id = self.add_user("NovaCore", bot=True)
        self.bot_role_id = self.add_role("NovaCore", BOT_PERMISSIONS.value, position=100)
        self.members[self.bot_id].roles.append(self.bot_role_id)
        name = base64.urlsafe_b64encode(str(self.bot_id).encode()).decode().rstrip("=")
        self.token = f"{name}.stand-in.not-a-secret"

    def announce(self, event: str, payload: Json) -> None:
        """Tells whoever listens (a gateway) about a dispatch event by Discord's name for it."""
        for listener in self.listeners:
            listener(event, payload)

    def add_user(self, name: str, *, bot: bool = False, member: bool = True, roles: tuple[int, ...] = ()) -> int:
        """A new person, in the server unless `member=False`; the id."""
        user = User(self.ids.mint(), name, bot)
        self.users[user.id] = user
        if member:
            self.members[user.id] = Member(user.id, list(roles), datetime.now(UTC))
        return user.id

    def join(self, user_id: int) -> Member:
        """Someone who is known comes into the server, with no role and open DMs."""
        self.user(user_id).dms_closed = False
        self.members[user_id] = Member(user_id, [], datetime.now(UTC))
        return self.members[user_id]

    def add_role(self, name: str, permissions: int = 0, *, position: int = 1) -> int:
        """A new role; the id. The bot's own role stands at position 100."""
        role = Role(self.ids.mint(), name, permissions, position)
        self.roles[role.id] = role
        return role.id

    def add_channel(self, name: str, *, kind: int = TEXT_CHANNEL, parent_id: int | None = None) -> Channel:
        """A new channel of the server, open to everyone until overwrites are set."""
        channel = Channel(self.ids.mint(), kind, name, self.guild_id, parent_id, position=len(self.channels))
        self.channels[channel.id] = channel
        return channel

    def user(self, user_id: int) -> User:
        """The user, or 10013."""
        if user_id not in self.users:
            raise refusal(10013)
        return self.users[user_id]

    def member(self, user_id: int) -> Member:
        """The member, or 10007."""
        if user_id not in self.members:
            raise refusal(10007)
        return self.members[user_id]

    def channel(self, channel_id: int) -> Channel:
        """The channel, or 10003."""
        if channel_id not in self.channels:
            raise refusal(10003)
        return self.channels[channel_id]

    def shown_message(self, channel_id: int, message_id: int) -> Message:
        """A message of the channel or an ephemeral one, or 10008."""
        found = self.ephemeral.get(message_id) or self.channel(channel_id).messages.get(message_id)
        if found is None:
            raise refusal(10008)
        return found

    def message(self, channel: Channel, message_id: int) -> Message:
        """The message of that channel, or 10008."""
        if message_id not in channel.messages:
            raise refusal(10008)
        return channel.messages[message_id]

    def dm_channel(self, user_id: int) -> Channel:
        """The DM channel of the bot with this person: one for ever, and opened whether or not they take DMs."""
        self.user(user_id)
        if user_id not in self.dms:
            channel = Channel(self.ids.mint(), DM_CHANNEL, recipient=user_id)
            self.channels[channel.id] = channel
            self.dms[user_id] = channel.id
        return self.channels[self.dms[user_id]]
