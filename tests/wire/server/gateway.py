"""The gateway's side of the world: sessions, what each of them is told, and what a test can do to its lines.

`routes_gateway.py` opens a line (one WebSocket) and hands in what the bot says there. A session outlives its line, so
that a bot that lost it can resume. Text frames only: discord.py takes them, whatever `compress` it asked for.
"""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import discord

from tests.wire.world import payloads
from tests.wire.world.components import Json
from tests.wire.world.permissions import effective
from tests.wire.world.state import Channel
from tests.wire.world.world import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, MEMBERS, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 8, 9, 10, 11
PATH = "/websocket"

_MEMBERS_IN_A_CHUNK = 1000
_PRIVILEGED = {
    "members": ("gateway_guild_members", "gateway_guild_members_limited"),
    "presences": ("gateway_presence", "gateway_presence_limited"),
    "message_content": ("gateway_message_content", "gateway_message_content_limited"),
}


class Refused(Exception):
    """The line is to be closed with this code: what the bot said there is not taken."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


@dataclass(eq=False)
class Line:
    """One open WebSocket. What is put into it goes out in turn; a number closes it with that code, None without one."""

    outgoing: "asyncio.Queue[str | int | None]" = field(default_factory=asyncio.Queue)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    session: "Session | None" = None

    def put(self, item: str | int | None) -> None:
        """Sends, or closes. From any thread."""
        self.loop.call_soon_threadsafe(self.outgoing.put_nowait, item)

    def say(self, op: int, data: Any) -> None:
        """Sends a frame that is no event."""
        self.put(json.dumps({"op": op, "d": data, "s": None, "t": None}))


@dataclass(eq=False)
class Session:
    """A bot that has identified. `frames` is all that it was ever told, numbered from 1."""

    id: str
    intents: discord.Intents
    line: Line | None
    frames: list[str] = field(default_factory=list)

    def tell(self, event: str, data: Json) -> None:
        """Dispatches an event; while the line is lost, for the resume."""
        frame = json.dumps({"op": DISPATCH, "t": event, "s": len(self.frames) + 1, "d": data})
        self.frames.append(frame)
        if self.line is not None:
            self.line.put(frame)


class Gateway:
    """Every session. A test may call the public methods from its own thread."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sessions: dict[str, Session] = {}
        self.lines: list[Line] = []
        self.heard: list[int] = []
        """The opcodes that bots have sent, in order."""
        self.heartbeat_seconds = 41.25
        self.is_deaf = False
        """Takes heartbeats and does not acknowledge them: a line that is dead and does not know it."""
        world.listeners.append(self._dispatch)

    @property
    def url(self) -> str:
        """Where a bot connects: what `GET /gateway/bot` tells, and READY for a resume."""
        return self._world.origin.replace("http", "ws", 1) + PATH

    # What a test can do.

    @property
    def connected(self) -> int:
        """How many bots are identified and have their line."""
        return sum(1 for each in tuple(self.sessions.values()) if each.line is not None)

    def cut(self, code: int | None = 1001) -> None:
        """Closes every line with this code; None drops it without a word."""
        self._put(code)

    def ask_to_reconnect(self) -> None:
        """Op 7, as Discord does when it restarts a server."""
        self._say(RECONNECT, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Op 9. Unless `resumable` the sessions are forgotten, and the bot has to identify again."""
        if not resumable:
            self.sessions.clear()
        self._say(INVALID_SESSION, resumable)

    def ask_for_heartbeat(self) -> None:
        """Op 1: the bot has to send one at once."""
        self._say(HEARTBEAT, None)

    def _put(self, item: str | int | None) -> None:
        for line in tuple(self.lines):
            line.put(item)

    def _say(self, op: int, data: Any) -> None:
        for line in tuple(self.lines):
            line.say(op, data)

    # What a bot says; `routes_gateway.py` calls these on the server's loop.

    def greet(self) -> Line:
        """A new line, which starts with HELLO."""
        line = Line()
        self.lines.append(line)
        line.say(HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000), "_trace": []})
        return line

    def hear(self, line: Line, frame: Json) -> None:
        """One frame from a bot. Raises Refused."""
        op, data = frame["op"], frame["d"]
        self.heard.append(op)
        if op == HEARTBEAT:
            if not self.is_deaf:
                line.say(ACK, None)
        elif op == IDENTIFY:
            self._identify(line, data)
        elif op == RESUME:
            self._resume(line, data)
        elif line.session is None:
            raise Refused(4003)
        elif op == MEMBERS:
            self._send_members(line.session, data)
        elif op not in (3, 4):
            raise Refused(4001)

    def hang_up(self, line: Line) -> None:
        """The line is gone; its session waits to be resumed."""
        self.lines.remove(line)
        if line.session is not None and line.session.line is line:
            line.session.line = None

    def _identify(self, line: Line, data: Json) -> None:
        if line.session is not None:
            raise Refused(4005)
        self._require_token(data)
        intents = discord.Intents._from_value(data["intents"])
        self._require_allowed(intents)
        session = line.session = Session(secrets.token_hex(16), intents, line)
        self.sessions[session.id] = session
        session.tell("READY", payloads.ready(self._world, session.id, self.url))
        session.tell("GUILD_CREATE", payloads.guild_create(self._world))

    def _require_token(self, data: Json) -> None:
        if data["token"] != self._world.token:
            raise Refused(4004)

    def _require_allowed(self, intents: discord.Intents) -> None:
        allowed = self._world.intents
        for name, flags in _PRIVILEGED.items():
            if getattr(intents, name) and not any(getattr(allowed, flag) for flag in flags):
                raise Refused(4014)

    def _resume(self, line: Line, data: Json) -> None:
        self._require_token(data)
        session = self.sessions.get(data["session_id"])
        if session is None:
            line.say(INVALID_SESSION, False)
            return
        if data["seq"] is None or data["seq"] > len(session.frames):
            raise Refused(4007)
        for frame in session.frames[data["seq"] :]:
            line.put(frame)
        line.session, session.line = session, line
        session.tell("RESUMED", {"_trace": []})

    def _send_members(self, session: Session, data: Json) -> None:
        if not data.get("user_ids") and not session.intents.members:
            raise Refused(4014)
        found = [self._world.members[each] for each in self._asked_for(data)]
        pages = [found[n : n + _MEMBERS_IN_A_CHUNK] for n in range(0, len(found), _MEMBERS_IN_A_CHUNK)] or [[]]
        for index, page in enumerate(pages):
            chunk: Json = {
                "guild_id": str(self._world.guild_id),
                "members": [payloads.member(self._world, m) for m in page],
            }
            chunk |= {"chunk_index": index, "chunk_count": len(pages), "not_found": [], "nonce": data.get("nonce")}
            session.tell("GUILD_MEMBERS_CHUNK", chunk)

    def _asked_for(self, data: Json) -> list[int]:
        if data.get("user_ids"):
            return [int(each) for each in data["user_ids"] if int(each) in self._world.members]
        limit, start = data["limit"] or None, data.get("query") or ""
        return [each for each in self._world.members if self._world.user(each).name.startswith(start)][:limit]

    # What the world announces.

    def _dispatch(self, event: str, payload: Json) -> None:
        for session in self.sessions.values():
            if self._concerns(session.intents, event, payload):
                session.tell(event, self._as_seen(session.intents, event, payload))

    def _concerns(self, intents: discord.Intents, event: str, payload: Json) -> bool:
        if event == "INTERACTION_CREATE":
            return True
        if event.startswith("MESSAGE_"):
            wanted = intents.guild_messages if "guild_id" in payload else intents.dm_messages
            return wanted and self._is_visible(payload)
        return intents.members if event.startswith("GUILD_MEMBER_") else intents.guilds

    def _is_visible(self, payload: Json) -> bool:
        channel: Channel | None = self._world.channels.get(int(payload["channel_id"]))
        if channel is None:
            return False
        return discord.Permissions(effective(self._world, self._world.bot_id, channel)).view_channel

    def _as_seen(self, intents: discord.Intents, event: str, payload: Json) -> Json:
        if event not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or intents.message_content or "guild_id" not in payload:
            return payload
        return payloads.blanked(self._world, payload)
