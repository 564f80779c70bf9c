"""A person at Discord, who presses, chooses, fills in forms and gives commands, and waits for what comes of it.

Tests of whole processes hold a `Person` for each; the bot that answers is connected to the same stand-in. A person can
do only what Discord's app would let them do: what is not there, is greyed out or does not fit raises `NotThere`.
"""

import copy
import time
from dataclasses import dataclass
from typing import Any

import discord

from tests.wire.server import forms
from tests.wire.server.errors import DiscordError
from tests.wire.server.forms import Answer, NotThere, Uploads
from tests.wire.stand_in import PRESS, Wire
from tests.wire.world import slash
from tests.wire.world.components import BUTTON, STRING_SELECT, Json, walk
from tests.wire.world.permissions import effective
from tests.wire.world.slash import Given
from tests.wire.world.state import Interaction, Message
from tests.wire.world.world import World

COMMAND, SUGGEST, SUBMIT = 2, 4, 5


class NotAnswered(Exception):
    """Discord's "The application did not respond": nobody answered in time."""


@dataclass(frozen=True)
class Reply:
    """What came of an act: a message (a page of their own, or the one that was changed), or a form that opened."""

    interaction: Interaction
    shown: Message | None = None

    @property
    def message(self) -> Message:
        """The message. Raises NotThere if a form opened instead."""
        if self.shown is None:
            raise NotThere(f"No message came of it, but {self.interaction.modal or self.interaction.choices}")
        return self.shown

    @property
    def form(self) -> Json:
        """The form that opened. Raises NotThere if a message came instead."""
        if self.interaction.modal is None:
            raise NotThere(f"No form opened; the answer was: {self.text}")
        return self.interaction.modal

    @property
    def text(self) -> str:
        """Every word of the message."""
        return self.message.text


@dataclass(frozen=True)
class Person:
    """Someone at Discord. `at` is the channel in which they give commands."""

    wire: Wire
    id: int
    at: int
    patience: float = 20.0
    """Seconds for the whole answer, after the acknowledgement."""

    def press(self, where: Message | Reply, button: str) -> Reply:
        """Presses a button, by its label or custom id; what came of it."""
        message = _message(where)
        found = _one(
            self._see(message), BUTTON, lambda each: button in (each.get("label"), each.get("custom_id")), button
        )
        return self._act(
            message.channel_id, {"component_type": BUTTON, "custom_id": found["custom_id"]}, PRESS, message.id
        )

    def choose(self, where: Message | Reply, *options: str) -> Reply:
        """Chooses options, by label or value, in the select that offers the first of them; what came of it."""
        message = _message(where)
        found = _one(self._see(message), STRING_SELECT, lambda each: _offers(each, options[0]), options[0])
        values = [forms.value_of(found, each) for each in options]
        data = {"component_type": STRING_SELECT, "custom_id": found["custom_id"], "values": values}
        return self._act(message.channel_id, data, PRESS, message.id)

    def submit(self, form: Reply, **answers: Answer) -> Reply:
        """Fills in the form that opened and sends it off.

        `answers` by the inputs' custom ids: a text, the label or value of an option, or a file as (name, content).
        What is left out keeps its default.
        """
        it = form.interaction

        def fill(world: World) -> Json:
            return forms.filled(Uploads(world, it.channel_id), form.form, answers)

        return self._act(it.channel_id, self.wire.ask(fill), SUBMIT, it.message_id)

    def slash(self, command: str, **options: Answer | int | bool) -> Reply:
        """Gives a slash command (a subcommand after a space) in the channel `at`; what came of it."""
        return self._act(self.at, self._command(command, options), COMMAND)

    def suggestions(self, command: str, option: str, typed: str, **options: Answer | int | bool) -> list[str]:
        """What is offered while the person types an option of a command: the names of the choices."""
        data = self._command(command, options | {option: typed}, focused=option)
        return [each["name"] for each in self._act(self.at, data, SUGGEST).interaction.choices or []]

    def says(self, text: str, files: dict[str, bytes] | None = None, *, to: int | None = None) -> int:
        """Writes into the channel `to`, else `at`; the message's id."""
        return self.wire.say(self.id, to or self.at, text, files)

    def dms(self) -> list[Message]:
        """Their DM with the bot, oldest first."""
        return self.wire.dms(self.id)

    def await_dm(self, words: str) -> Message:
        """Waits until a DM that holds these words is there; the newest of them."""

        def found() -> list[Message]:
            return [each for each in self.dms() if words in each.text]

        self.wire.wait_for(found, self.patience, f"a DM with {words!r}")
        return found()[-1]

    def await_message(self, channel_id: int, words: str) -> Message:
        """Waits until a message that holds these words stands in the channel; the newest of them."""

        def found() -> list[Message]:
            return [each for each in self.wire.messages(channel_id) if words in each.text]

        self.wire.wait_for(found, self.patience, f"a message with {words!r}")
        return found()[-1]

    def _see(self, message: Message) -> Message:
        """The message as it stands now. Raises NotThere if it is gone, or is not for this person's eyes."""

        def look(world: World) -> Message:
            channel = world.channel(message.channel_id)
            visible = discord.Permissions(effective(world, self.id, channel)).view_channel
            current = world.shown_message(channel.id, message.id)
            if not visible or current.ephemeral_to not in (None, self.id) or channel.recipient not in (None, self.id):
                raise NotThere("This person does not see that message")
            return copy.deepcopy(current)

        try:
            return self.wire.ask(look)
        except DiscordError as gone:
            raise NotThere(f"The message is gone: {gone}") from None

    def _command(self, name: str, options: dict[str, Any], focused: str | None = None) -> Json:
        return self.wire.ask(
            lambda world: slash.command(world, self.id, name, Given(options, Uploads(world, self.at), focused))
        )

    def _act(self, channel_id: int, data: Json, kind: int, message_id: int | None = None) -> Reply:
        payload = self.wire.interact(self.id, channel_id, data, kind=kind, message_id=message_id)
        deadline = time.monotonic() + self.wire.world.ack_window + self.patience
        while not _is_settled(it := self.wire.interaction(payload)):
            late = it.answer is None and time.monotonic() - it.opened_at > self.wire.world.ack_window
            if late or time.monotonic() > deadline:
                last = [f"{each.method} {each.path} -> {each.status}" for each in self.wire.requests()[-5:]]
                raise NotAnswered(
                    f"{data.get('custom_id') or data.get('name')} got no answer; last on the wire: {last}"
                )
            time.sleep(0.005)
        return Reply(it, self._shown(it))

    def _shown(self, it: Interaction) -> Message | None:
        if not it.replies:
            return None
        return self.wire.ask(lambda world: copy.deepcopy(world.shown_message(it.channel_id, it.replies[-1])))


def _message(where: Message | Reply) -> Message:
    return where.message if isinstance(where, Reply) else where


def _is_settled(it: Interaction) -> bool:
    return bool(it.replies) or it.modal is not None or it.choices is not None


def _offers(select: Json, option: str) -> bool:
    return any(option in (each["label"], each["value"]) for each in select["options"])


def _one(message: Message, kind: int, fits: Any, wanted: str) -> Json:
    there = [each for each in walk(message.components) if each["type"] == kind and "custom_id" in each]
    found = [each for each in there if fits(each)]
    if len(found) != 1:
        offered = [forms.name_of(each) for each in there]
        raise NotThere(f"{len(found)} components fit {wanted!r}; there are {offered} under:\n{message.text}")
    if found[0].get("disabled"):
        raise NotThere(f"{wanted!r} is greyed out")
    return found[0]
