"""`Wire`: the stand-in for Discord as a test holds it: what people do there, what they see, what went over the wire.

Real discord.py speaks to it over real HTTP and WebSocket, so that what was sent stays when the sender is killed. Tests
get it from the `wire` fixture (`fixture.py`), break it with `faults.py` and `Wire.gateway`, start clients with
`clients.py`, and let people press, choose and submit with `people.py`.
"""

import copy
import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

import discord

from tests.wire.faults import Act, Faults, wait_until
from tests.wire.server.bodies import Body, Upload
from tests.wire.server.gateway import Gateway
from tests.wire.server.pipeline import PREFIX
from tests.wire.server.rates import Rates
from tests.wire.server.request_log import LoggedRequest, RequestLog
from tests.wire.server.server import Server, build_app
from tests.wire.world import channels, messages, payloads
from tests.wire.world.components import Json
from tests.wire.world.state import CATEGORY, TEXT_CHANNEL, Interaction, Message, Overwrite
from tests.wire.world.world import World

T = TypeVar("T")
A = TypeVar("A", bound=Act)
PRESS = 3


class Wire:
    """One Discord over HTTP. All methods may be called from any thread but the server's own.

    `world` belongs to the server's loop: read ids and move its limits freely, reach the rest through `ask`.
    """

    def __init__(self) -> None:
        self.world = World()
        self.faults = Faults()
        self.rates = Rates()
        self._log = RequestLog()
        self.gateway = Gateway(self.world)
        self._server = Server(build_app(self.world, self.gateway, self.faults, self.rates, self._log))
        self.world.origin = self._server.origin
        self.url, self.gateway_url = self._server.origin + PREFIX, self.gateway.url
        self.token = self.world.token
        self.bot_id, self.owner_id, self.guild_id = self.world.bot_id, self.world.owner_id, self.world.guild_id

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.faults.clear()
        self._server.stop()

    def ask(self, question: Callable[[World], T]) -> T:
        """Runs the function with the world, on the server's loop, between two requests."""
        return self._server.ask(lambda: question(self.world))

    # What people do.

    def add_user(self, name: str = "customer", *, member: bool = True, roles: tuple[int, ...] = ()) -> int:
        """Someone new, in the server unless `member=False`."""

        def come(world: World) -> int:
            user_id = world.add_user(name, member=member, roles=roles)
            if member:
                joined = payloads.member(world, world.members[user_id])
                world.announce("GUILD_MEMBER_ADD", joined | {"guild_id": str(world.guild_id)})
            return user_id

        return self.ask(come)

    def add_role(self, name: str, permissions: int = 0, *, position: int = 1) -> int:
        """A new role. The bot's own stands at position 100: it can hand out those below."""

        def make(world: World) -> int:
            role_id = world.add_role(name, permissions, position=position)
            self._announce_role(world, "GUILD_ROLE_CREATE", role_id)
            return role_id

        return self.ask(make)

    def _announce_role(self, world: World, event: str, role_id: int) -> None:
        world.announce(event, {"guild_id": str(world.guild_id), "role": payloads.role(world.roles[role_id])})

    def add_channel(self, name: str, *, parent_id: int | None = None) -> int:
        """A text channel."""
        return self.ask(lambda world: self._make_channel(world, name, TEXT_CHANNEL, parent_id))

    def add_category(self, name: str) -> int:
        """A category, which holds up to 50 channels."""
        return self.ask(lambda world: self._make_channel(world, name, CATEGORY, None))

    def _make_channel(self, world: World, name: str, kind: int, parent_id: int | None) -> int:
        channel = world.add_channel(name, kind=kind, parent_id=parent_id)
        world.announce("CHANNEL_CREATE", payloads.channel(world, channel))
        return channel.id

    def permit_bot(self, permissions: discord.Permissions) -> None:
        """The owner changes what the bot's role may do in the server."""

        def change(world: World) -> None:
            world.roles[world.bot_role_id].permissions = permissions.value
            self._announce_role(world, "GUILD_ROLE_UPDATE", world.bot_role_id)

        self.ask(change)

    def set_overwrite(self, channel_id: int, target_id: int, *, allow: int = 0, deny: int = 0) -> None:
        """The owner sets a channel's permission bits for a role, or for a member."""

        def change(world: World) -> None:
            channel, kind = world.channel(channel_id), 0 if target_id in world.roles else 1
            channel.overwrites[target_id] = Overwrite(target_id, kind, allow, deny)
            world.announce("CHANNEL_UPDATE", payloads.channel(world, channel))

        self.ask(change)

    def remove_overwrite(self, channel_id: int, target_id: int) -> None:
        """The owner forgets a channel's permission bits for a role or a member."""

        def change(world: World) -> None:
            channel = world.channel(channel_id)
            channel.overwrites.pop(target_id, None)
            world.announce("CHANNEL_UPDATE", payloads.channel(world, channel))

        self.ask(change)

    def sync_now(self, channel_id: int, category_id: int | None = None) -> None:
        """Someone presses "Sync now", or moves a channel into another category with its permissions."""

        def sync(world: World) -> None:
            channel = world.channel(channel_id)
            channels.sync_now(world, channel, category_id or channel.parent_id)

        self.ask(sync)

    def delete_role(self, role_id: int) -> None:
        """Someone deletes a role: nobody has it any more, and no channel speaks of it."""

        def go(world: World) -> None:
            del world.roles[role_id]
            for member in world.members.values():
                member.roles = [each for each in member.roles if each != role_id]
            for channel in world.channels.values():
                channel.overwrites.pop(role_id, None)
            world.announce("GUILD_ROLE_DELETE", {"guild_id": str(world.guild_id), "role_id": str(role_id)})

        self.ask(go)

    def close_dms(self, user_id: int, *, closed: bool = True) -> None:
        """The person stops taking DMs (or takes them again)."""
        self.ask(lambda world: setattr(world.user(user_id), "dms_closed", closed))

    def leave(self, user_id: int) -> None:
        """The person leaves the server, which closes their DMs to the bot."""

        def go(world: World) -> None:
            world.user(user_id).dms_closed = True
            self._remove_member(world, user_id)

        self.ask(go)

    def come_back(self, user_id: int) -> None:
        """The person comes into the server again, where nobody has kept their roles."""

        def go(world: World) -> None:
            joined = payloads.member(world, world.join(user_id))
            world.announce("GUILD_MEMBER_ADD", joined | {"guild_id": str(world.guild_id)})

        self.ask(go)

    def move_role(self, role_id: int, position: int, permissions: int = 0) -> None:
        """The owner drags a role to another place, and says what it may do."""

        def go(world: World) -> None:
            world.roles[role_id].position, world.roles[role_id].permissions = position, permissions
            self._announce_role(world, "GUILD_ROLE_UPDATE", role_id)

        self.ask(go)

    def _remove_member(self, world: World, user_id: int) -> None:
        if world.members.pop(user_id, None) is not None:
            gone = {"guild_id": str(world.guild_id), "user": payloads.user(world.user(user_id))}
            world.announce("GUILD_MEMBER_REMOVE", gone)

    def delete_account(self, user_id: int) -> None:
        """The account is gone: 10013 from now on."""

        def go(world: World) -> None:
            self._remove_member(world, user_id)
            del world.users[user_id]

        self.ask(go)

    def say(
        self,
        user_id: int,
        channel_id: int,
        content: str,
        files: dict[str, bytes] | None = None,
        *,
        answers: int | None = None,
    ) -> int:
        """A person writes into a channel, or into their DM with the bot, perhaps in reply; the message's id."""
        uploads = {n: Upload(name, data) for n, (name, data) in enumerate((files or {}).items())}
        fields: Json = {"content": content}
        if answers is not None:
            fields["message_reference"] = {"channel_id": str(channel_id), "message_id": str(answers), "type": 0}
        body = Body(fields, uploads)
        return self.ask(lambda world: messages.create(world, world.channel(channel_id), user_id, body).id)

    def notice(self, user_id: int, channel_id: int, kind: int, about: int | None = None, content: str = "") -> int:
        """Discord itself tells in a person's name what they did (6: pinned `about`, 18: began a thread, 7: joined)."""

        def tell(world: World) -> int:
            message = Message(world.ids.mint(), channel_id, user_id, content, kind)
            if about is not None:
                place = {"channel_id": str(channel_id), "guild_id": str(world.guild_id)}
                message.reference = place | {"message_id": str(about), "type": 0}
            return messages.stand(world, world.channel(channel_id), message).id

        return self.ask(tell)

    def delete_message(self, channel_id: int, message_id: int) -> None:
        """Someone deletes a message."""
        self.ask(lambda world: messages.delete(world, world.channel(channel_id), message_id))

    def delete_channel(self, channel_id: int) -> None:
        """Someone deletes a channel."""
        self.ask(lambda world: channels.delete_channel(world, world.channel(channel_id)))

    def interact(
        self, user_id: int, channel_id: int, data: Json, *, kind: int = PRESS, message_id: int | None = None
    ) -> Json:
        """A person presses (3), gives a command (2) or submits a form (5); INTERACTION_CREATE's payload."""

        def act(world: World) -> Json:
            token = secrets.token_urlsafe(48)
            it = Interaction(world.ids.mint(), token, kind, user_id, channel_id, data, message_id)
            world.interactions[token] = it
            payload = payloads.interaction(world, it)
            world.announce("INTERACTION_CREATE", payload)
            return payload

        return self.ask(act)

    def expire_file_addresses(self) -> None:
        """The signatures of all attachment addresses handed out so far run out."""
        self.ask(lambda world: setattr(world, "url_generation", world.url_generation + 1))

    # What people see. Copies: they do not change under the test's hands.

    def messages(self, channel_id: int) -> list[Message]:
        """The messages of a channel, oldest first."""
        return self.ask(lambda world: copy.deepcopy(list(world.channel(channel_id).messages.values())))

    def dms(self, user_id: int) -> list[Message]:
        """What the person sees in their DM with the bot, oldest first."""
        return self.ask(lambda world: copy.deepcopy(list(world.dm_channel(user_id).messages.values())))

    def ephemeral(self, user_id: int) -> list[Message]:
        """The answers that only this person saw, oldest first."""
        return [each for each in self._ephemeral() if each.ephemeral_to == user_id]

    def _ephemeral(self) -> list[Message]:
        return self.ask(lambda world: copy.deepcopy(list(world.ephemeral.values())))

    def interaction(self, payload: Json) -> Interaction:
        """What became of an interaction: how it was answered, and the form that it opened."""
        return self.ask(lambda world: copy.deepcopy(world.interactions[payload["token"]]))

    def dm_channel(self, user_id: int) -> int:
        """The id of the person's DM channel, to aim a fault at."""
        return self.ask(lambda world: world.dm_channel(user_id).id)

    def roles_of(self, user_id: int) -> list[int]:
        """The roles that a member has."""
        return self.ask(lambda world: list(world.member(user_id).roles))

    def channel_ids(self) -> dict[str, int]:
        """The server's channels by name."""
        return self.ask(lambda world: {each.name: each.id for each in world.channels.values() if each.guild_id})

    # What went over the wire.

    def fault(self, method: str, path: str, act: A, *, nth: int = 1, times: int | None = 1) -> A:
        """Lets something go wrong for the nth matching request and `times` in all (None: for ever); the act."""
        return self.faults.add(method, path, act, nth, times)

    def requests(self, method: str = "*", path: str = "*") -> list[LoggedRequest]:
        """The requests that matched, in order; `*` within a path stands for one segment."""
        return self._log.find(method, path)

    @property
    def unknown(self) -> list[str]:
        """Routes that were asked for and that the stand-in does not know."""
        return self._log.unknown()

    @property
    def crashes(self) -> list[str]:
        """Tracebacks of the stand-in's own faults."""
        return list(self._log.crashes)

    def wait_for(self, holds: Callable[[], object], timeout: float = 10.0, what: str = "the condition") -> None:
        """Blocks until the condition holds; raises TimeoutError naming the last requests."""
        try:
            wait_until(holds, timeout, what)
        except TimeoutError as error:
            last = [f"{each.method} {each.path} -> {each.status}" for each in self.requests()[-5:]]
            raise TimeoutError(f"{error}; last on the wire: {last}") from None
