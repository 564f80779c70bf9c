"""The things that Discord remembers: people, roles, channels, messages, interactions. `world.py` holds them."""

import re
import time
from dataclasses import dataclass, field
from datetime import datetime

import discord

from tests.wire.world.components import Json, walk, words_of

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15
TEXT_CHANNEL, DM_CHANNEL, CATEGORY = 0, 1, 4


@dataclass
class User:
    """A person or a bot. `dms_closed`: sends to their DM channel are refused, as after leaving the server."""

    id: int
    name: str
    bot: bool = False
    dms_closed: bool = False


@dataclass
class Role:
    """A role; `permissions` are Discord's bits, a higher `position` outranks a lower one."""

    id: int
    name: str
    permissions: int
    position: int
    mentionable: bool = False
    color: int = 0
    managed: bool = False


@dataclass
class Member:
    """A user inside the server."""

    user_id: int
    roles: list[int]
    joined_at: datetime


@dataclass
class Overwrite:
    """Permission bits of one role (type 0) or member (type 1) in one channel."""

    id: int
    type: int
    allow: int
    deny: int


@dataclass
class Attachment:
    """A file with its bytes. `exposed` is False for a file that a components-V2 message does not show."""

    id: int
    channel_id: int
    filename: str
    content: bytes
    content_type: str
    description: str | None = None
    ephemeral: bool = False
    in_embed: bool = False
    exposed: bool = True


@dataclass
class Message:
    """A stored message. `ephemeral_to`: the one person who sees it, for an answer that only they see."""

    id: int
    channel_id: int
    author_id: int
    content: str = ""
    type: int = 0
    """0 for words, 19 for a reply; the others are Discord's own notices in the author's name."""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: int = 0
    attachments: list[Attachment] = field(default_factory=list)
    reference: Json | None = None
    allowed_mentions: Json | None = None
    edited_at: datetime | None = None
    ephemeral_to: int | None = None
    interaction_id: int | None = None
    more: Json = field(default_factory=dict)
    """What history returns next to the rest: forwarded messages, stickers, a poll."""

    @property
    def created_at(self) -> datetime:
        """When it was sent, which its id carries."""
        return discord.utils.snowflake_time(self.id)

    @property
    def files(self) -> dict[str, bytes]:
        """The files that a reader can open, by name."""
        return {each.filename: each.content for each in self.attachments if each.exposed}

    @property
    def text(self) -> str:
        """Every word that a reader sees, a line each: content, embeds, texts, labels and options of components."""
        return "\n".join([self.content, *words_of(self.embeds), *words_of(self.components)]).strip()

    @property
    def pinged_users(self) -> list[int]:
        """The people whom it notifies: named in its text and let through by `allowed_mentions`."""
        return self._pinged(r"<@!?(\d+)>", "users")

    @property
    def pinged_roles(self) -> list[int]:
        """The roles whose holders it notifies, likewise."""
        return self._pinged(r"<@&(\d+)>", "roles")

    def _pinged(self, pattern: str, kind: str) -> list[int]:
        # Embeds notify nobody; the texts of a components-V2 message do.
        said = self.text if self.flags & COMPONENTS_V2 else self.content
        named = list(dict.fromkeys(int(each) for each in re.findall(pattern, said)))
        allowed = self.allowed_mentions
        if allowed is None or kind in allowed.get("parse", ()):
            return named
        return [each for each in named if each in {int(it) for it in allowed.get(kind, ())}]

    @property
    def custom_ids(self) -> list[str]:
        """The custom ids of its buttons and selects, in reading order."""
        return [each["custom_id"] for each in walk(self.components) if "custom_id" in each]


@dataclass
class Channel:
    """A channel of the server, or a DM channel (no guild, one recipient). Messages are kept oldest first."""

    id: int
    type: int
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    topic: str | None = None
    position: int = 0
    slowmode: int = 0
    recipient: int | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)


@dataclass
class Interaction:
    """A press, command or form, and what the bot made of it.

    `answer` is the type of the first callback, `modal` a form that was opened by it, `choices` what was offered while
    someone typed; `replies` are the messages that were sent or changed for it, in turn.
    """

    id: int
    token: str
    type: int
    user_id: int
    channel_id: int
    data: Json
    message_id: int | None = None
    opened_at: float = field(default_factory=time.monotonic)
    answer: int | None = None
    original_id: int | None = None
    ephemeral: bool = False
    loading: bool = False
    modal: Json | None = None
    choices: list[Json] | None = None
    replies: list[int] = field(default_factory=list)
