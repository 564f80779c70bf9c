"""Answers to interactions, by real discord.py's own objects: in time, once, then followups."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest

from tests.wire.clients import logged_in
from tests.wire.stand_in import Wire
from tests.wire.world.components import Json

Act = Callable[["discord.Interaction[discord.Client]"], Awaitable[Any]]
BUTTON: Json = {"component_type": 2, "custom_id": "nc:order:approve:1:1"}


class Scene:
    """A customer before a card with a button, in a channel."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.customer = wire.add_user()
        self.channel = wire.add_channel("staff")
        self.card = asyncio.run(self._post())

    async def _post(self) -> int:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Approve", custom_id=BUTTON["custom_id"]))
        async with logged_in(self.wire) as client:
            return (await client.get_partial_messageable(self.channel).send("The card", view=view)).id

    def press(self) -> Json:
        """The customer presses the button."""
        return self.wire.interact(self.customer, self.channel, BUTTON, message_id=self.card)

    def answer(self, payload: Json, act: Act) -> Any:
        """Lets the bot do something with the interaction."""

        async def run() -> Any:
            async with logged_in(self.wire) as client:
                return await act(discord.Interaction(data=payload, state=client._connection))  # type: ignore[arg-type]

        return asyncio.run(run())


@pytest.fixture
def scene(wire: Wire) -> Scene:
    return Scene(wire)


def test_an_ephemeral_answer_is_seen_by_one_person_only(scene: Scene) -> None:
    pressed = scene.press()
    scene.answer(pressed, lambda it: it.response.send_message("Only you", ephemeral=True))
    assert [each.text for each in scene.wire.ephemeral(scene.customer)] == ["Only you"]
    assert scene.wire.ephemeral(scene.wire.owner_id) == []
    assert [each.content for each in scene.wire.messages(scene.channel)] == ["The card"]


def test_after_thinking_the_first_followup_is_the_original(scene: Scene) -> None:
    async def act(it: discord.Interaction[discord.Client]) -> None:
        await it.response.defer(ephemeral=True, thinking=True)
        first = await it.followup.send("one", wait=True)
        second = await it.followup.send("two", ephemeral=True, wait=True)
        assert (await it.original_response()).id == first.id != second.id
        await it.edit_original_response(content="one, changed")
        await it.followup.edit_message(second.id, content="two, changed")

    scene.answer(scene.press(), act)
    seen = scene.wire.ephemeral(scene.customer)
    assert [each.text for each in seen] == ["one, changed", "two, changed"]
    assert not any(discord.MessageFlags._from_value(each.flags).loading for each in seen)


def test_a_public_answer_stands_in_the_channel_and_can_be_deleted(scene: Scene) -> None:
    async def act(it: discord.Interaction[discord.Client]) -> int:
        await it.response.send_message("For all")
        assert len(scene.wire.messages(scene.channel)) == 2
        await it.delete_original_response()
        return len(scene.wire.messages(scene.channel))

    assert scene.answer(scene.press(), act) == 1


def test_the_pressed_card_is_changed_in_place(scene: Scene) -> None:
    scene.answer(scene.press(), lambda it: it.response.edit_message(content="Approved", view=None))
    (card,) = scene.wire.messages(scene.channel)
    assert (card.id, card.text, card.custom_ids) == (scene.card, "Approved", [])


def test_a_deferred_update_changes_the_card_later(scene: Scene) -> None:
    async def act(it: discord.Interaction[discord.Client]) -> None:
        await it.response.defer()
        await it.edit_original_response(content="Approved", view=None)

    scene.answer(scene.press(), act)
    assert [each.text for each in scene.wire.messages(scene.channel)] == ["Approved"]


def test_a_form_is_opened(scene: Scene) -> None:
    form = discord.ui.Modal(title="Why?", custom_id="nc:order:reject:1:1")
    form.add_item(discord.ui.Label(text="Reason", component=discord.ui.TextInput(custom_id="reason")))
    pressed = scene.press()
    scene.answer(pressed, lambda it: it.response.send_modal(form))
    opened = scene.wire.interaction(pressed).modal
    assert opened is not None
    assert (opened["title"], opened["custom_id"]) == ("Why?", "nc:order:reject:1:1")


def test_a_second_answer_is_refused(scene: Scene) -> None:
    pressed = scene.press()
    scene.answer(pressed, lambda it: it.response.send_message("first"))
    with pytest.raises(discord.HTTPException) as refused:
        scene.answer(pressed, lambda it: it.response.send_message("second"))
    assert refused.value.code == 40060


def test_an_answer_after_three_seconds_is_too_late(scene: Scene) -> None:
    scene.wire.world.ack_window = 0.0
    with pytest.raises(discord.NotFound) as refused:
        scene.answer(scene.press(), lambda it: it.response.send_message("late"))
    assert refused.value.code == 10062
    assert scene.wire.ephemeral(scene.customer) == []


def test_a_followup_needs_an_answer_before_it_and_a_living_token(scene: Scene) -> None:
    pressed = scene.press()
    with pytest.raises(discord.NotFound) as refused:
        scene.answer(pressed, lambda it: it.followup.send("too early"))
    assert refused.value.code == 10015
    scene.answer(pressed, lambda it: it.response.defer())
    scene.wire.world.token_window = 0.0
    with pytest.raises(discord.HTTPException) as expired:
        scene.answer(pressed, lambda it: it.followup.send("too late"))
    assert expired.value.code == 50027


def test_a_press_says_who_where_and_with_which_roles(scene: Scene) -> None:
    role = scene.wire.add_role("staff", discord.Permissions(manage_messages=True).value)
    member = scene.wire.add_user("sam", roles=(role,))
    pressed = scene.wire.interact(member, scene.channel, BUTTON, message_id=scene.card)

    async def look(it: discord.Interaction[discord.Client]) -> None:
        assert it.user.id == member
        assert it.permissions.manage_messages
        assert it.app_permissions.send_messages
        assert it.filesize_limit == 10 * 1024 * 1024
        assert it.message is not None
        assert it.message.id == scene.card
        assert not it.is_expired()

    scene.answer(pressed, look)
    assert pressed["member"]["roles"] == [str(role)]


def test_a_press_in_a_dm_carries_the_user(scene: Scene) -> None:
    pressed = scene.wire.interact(scene.customer, scene.wire.dm_channel(scene.customer), BUTTON | {"custom_id": "x"})
    assert (pressed["user"]["id"], pressed["context"], "guild_id" in pressed) == (str(scene.customer), 1, False)
