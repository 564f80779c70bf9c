"""People press, choose, fill in forms and give commands; a real bot on the gateway answers them."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from tests.wire.own_tests.bots import Act, Bot, connected
from tests.wire.people import NotAnswered, Person
from tests.wire.server.forms import NotThere
from tests.wire.stand_in import Wire
from tests.wire.world.state import Message

It = discord.Interaction[Any]


class Counter:
    """A channel with a card of the bot's, and a customer before it."""

    def __init__(self, wire: Wire, bot: Bot) -> None:
        self.wire, self.bot = wire, bot
        self.channel = wire.add_channel("shop")
        self.customer = Person(wire, wire.add_user("alice"), self.channel)

    def card(self, *items: ui.Item[Any], to: int | None = None) -> Message:
        """The bot posts a card with these, each in a row of its own."""
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.TextDisplay("The card"))
        for item in items:
            view.add_item(ui.ActionRow(item))
        view.stop()
        place = self.bot.get_partial_messageable(to or self.channel)
        sent = asyncio.run_coroutine_threadsafe(place.send(view=view), self.bot.loop).result(10)
        return next(each for each in self.wire.messages(sent.channel.id) if each.id == sent.id)

    def answer(self, acts: Mapping[str, Act]) -> None:
        """What the bot does from now on, by custom id."""
        self.bot.acts.update(acts)


@pytest.fixture
def counter(wire: Wire) -> Iterator[Counter]:
    with connected(wire, Bot()) as bot:
        yield Counter(wire, bot)


def _button(label: str = "Buy", custom_id: str = "buy", **more: Any) -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=custom_id, **more)


def _select() -> ui.Select[Any]:
    options = [discord.SelectOption(label="Games", value="1"), discord.SelectOption(label="Guides", value="2")]
    return ui.Select(custom_id="category", placeholder="What?", options=options)


def _form() -> ui.Modal:
    form = ui.Modal(title="Send proof", custom_id="proof")
    form.add_item(ui.Label(text="Reference", component=ui.TextInput(custom_id="reference", max_length=10)))
    form.add_item(ui.Label(text="Note", component=ui.TextInput(custom_id="note", default="none", required=False)))
    form.add_item(ui.Label(text="Picture", component=ui.FileUpload(custom_id="picture", max_values=2)))
    group: ui.RadioGroup[Any] = ui.RadioGroup(custom_id="stars")
    group.add_option(label="Good", value="5")
    group.add_option(label="Bad", value="1")
    form.add_item(ui.Label(text="Stars", component=group))
    return form


async def _open(it: It) -> None:
    form = _form()
    form.stop()
    await it.response.send_modal(form)


async def _say_so(it: It) -> None:
    await it.response.send_message(f"{it.user.display_name} pressed", ephemeral=True)


async def _think(it: It) -> None:
    await it.response.defer(ephemeral=True, thinking=True)
    await asyncio.sleep(0.05)
    await it.edit_original_response(content="Thought about it")


async def _turn_page(it: It) -> None:
    await it.response.defer()
    await asyncio.sleep(0.05)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("The next page"))
    await it.edit_original_response(view=view)


@pytest.mark.parametrize("name", ["Buy", "buy"])
def test_a_press_by_label_or_custom_id_leads_to_what_only_they_see(counter: Counter, name: str) -> None:
    counter.answer({"buy": _say_so})
    seen = counter.customer.press(counter.card(_button(emoji="🛒")), name)
    assert seen.text == "alice pressed"
    assert seen.message.ephemeral_to == counter.customer.id


def test_an_answer_that_takes_its_time_is_waited_for(counter: Counter) -> None:
    counter.answer({"buy": _think})
    assert counter.customer.press(counter.card(_button()), "Buy").text == "Thought about it"


def test_a_card_that_is_changed_is_the_answer(counter: Counter) -> None:
    counter.answer({"buy": _turn_page})
    card = counter.card(_button())
    page = counter.customer.press(card, "Buy")
    assert (page.message.id, page.text) == (card.id, "The next page")
    with pytest.raises(NotThere, match="The next page"):
        counter.customer.press(card, "Buy")


@pytest.mark.parametrize("name", ["Guides", "2"])
def test_a_choice_by_label_or_value(counter: Counter, name: str) -> None:
    chosen: list[Any] = []

    async def take(it: It) -> None:
        chosen.append(it.data)
        await it.response.send_message("Taken", ephemeral=True)

    counter.answer({"category": take})
    counter.customer.choose(counter.card(_select()), name)
    assert chosen[0]["values"] == ["2"]


def test_a_press_in_a_dm_is_a_users(counter: Counter) -> None:
    counter.answer({"buy": _say_so})
    dm = counter.wire.dm_channel(counter.customer.id)
    assert counter.customer.press(counter.card(_button(), to=dm), "Buy").text == "alice pressed"


def test_a_form_is_filled_in_and_sent_with_its_files(counter: Counter) -> None:
    got: list[Any] = []

    async def take(it: It) -> None:
        await it.response.defer(ephemeral=True, thinking=True)
        data: Any = it.data
        (upload,) = data["resolved"]["attachments"].values()
        got.append(await discord.Attachment(data=upload, state=it._state).read())
        got.append([label["component"].get("value", label["component"].get("values")) for label in data["components"]])
        got.append(it.message is not None and it.message.id)
        await it.followup.send("Thank you")

    counter.answer({"buy": _open, "proof": take})
    card = counter.card(_button())
    form = counter.customer.press(card, "Buy")
    assert form.form["title"] == "Send proof"
    done = counter.customer.submit(form, reference="TX-1", picture=("paid.png", b"png"), stars="Good")
    assert done.text == "Thank you"
    assert got[0] == b"png"
    assert (got[1][:2], got[1][3], len(got[1][2]), got[2]) == (["TX-1", "none"], "5", 1, card.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"reference": ""},
        {"reference": "x" * 11},
        {"reference": ("a.png", b"")},
        {"picture": []},
        {"picture": "paid.png"},
        {"picture": [("a.png", b""), ("b.png", b""), ("c.png", b"")]},
        {"stars": "Fair"},
        {"colour": "red"},
    ],
)
def test_a_form_that_does_not_fit_is_not_sent(counter: Counter, wrong: dict[str, Any]) -> None:
    counter.answer({"buy": _open})
    form = counter.customer.press(counter.card(_button()), "Buy")
    right: dict[str, Any] = {"reference": "TX-1", "picture": ("paid.png", b"png"), "stars": "Good"}
    answers = {**right, **wrong} if wrong else {}
    before = len(counter.wire.requests())
    with pytest.raises(NotThere):
        counter.customer.submit(form, **answers)
    assert len(counter.wire.requests()) == before


def test_a_form_beyond_discords_limits_is_refused(counter: Counter) -> None:
    refused: list[int] = []

    async def open_long(it: It) -> None:
        form = ui.Modal(title="x" * 46, custom_id="long")
        form.add_item(ui.Label(text="Text", component=ui.TextInput(custom_id="text")))
        form.stop()
        try:
            await it.response.send_modal(form)
        except discord.HTTPException as error:
            refused.append(error.code)
            await it.response.send_message("Sorry", ephemeral=True)

    counter.answer({"buy": open_long})
    assert counter.customer.press(counter.card(_button()), "Buy").text == "Sorry"
    assert refused == [50035]


def test_what_is_greyed_out_not_there_or_a_link_is_not_pressed(counter: Counter) -> None:
    link: ui.Button[Any] = ui.Button(label="Help", url="https://example.com")
    card = counter.card(_button(disabled=True), link)
    with pytest.raises(NotThere, match="greyed out"):
        counter.customer.press(card, "Buy")
    with pytest.raises(NotThere, match=r"there are \['Buy'\]"):
        counter.customer.press(card, "Help")
    with pytest.raises(NotThere, match="Games / Guides"):
        counter.customer.choose(counter.card(_select()), "Songs")


def test_nobody_presses_what_is_gone_or_for_other_eyes(counter: Counter) -> None:
    counter.answer({"buy": _say_so})
    card, stranger = counter.card(_button()), Person(counter.wire, counter.wire.add_user("bob"), counter.channel)
    page = counter.customer.press(card, "Buy")
    with pytest.raises(NotThere, match="does not see"):
        stranger.press(page, "Buy")
    dm = counter.card(_button(), to=counter.wire.dm_channel(counter.customer.id))
    with pytest.raises(NotThere, match="does not see"):
        stranger.press(dm, "Buy")
    counter.wire.set_overwrite(
        counter.channel, counter.wire.guild_id, deny=discord.Permissions(view_channel=True).value
    )
    with pytest.raises(NotThere, match="does not see"):
        stranger.press(card, "Buy")
    counter.wire.delete_message(counter.channel, card.id)
    with pytest.raises(NotThere, match="gone"):
        counter.customer.press(card, "Buy")


def test_a_press_that_nobody_answers_says_so(counter: Counter) -> None:
    counter.wire.world.ack_window = 0.1
    with pytest.raises(NotAnswered, match="buy"):
        counter.customer.press(counter.card(_button()), "Buy")


def test_a_wrong_guess_at_what_comes_is_told(counter: Counter) -> None:
    counter.answer({"buy": _say_so, "form": _open})
    card = counter.card(_button(), _button("Form", "form"))
    with pytest.raises(NotThere, match="alice pressed"):
        counter.customer.submit(counter.customer.press(card, "Buy"))
    with pytest.raises(NotThere, match="Send proof"):
        _ = counter.customer.press(card, "Form").message


def _teach(bot: Bot) -> None:
    @app_commands.command(description="Send a proof")
    async def proof(it: It, order: app_commands.Range[str, 1, 5], file: discord.Attachment, late: bool = False) -> None:
        await it.response.send_message(f"{order}: {(await file.read()).decode()}, {late}", ephemeral=True)

    @proof.autocomplete("order")
    async def offer(it: It, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"Order {typed}{n}", value=f"{typed}{n}") for n in range(2)]

    products = app_commands.Group(
        name="product", description="Products", default_permissions=discord.Permissions(manage_guild=True)
    )

    @products.command(name="add", description="Add a product")
    async def add(it: It, name: str, price: app_commands.Range[int, 1, 100]) -> None:
        await it.response.send_message(f"{name} for {price}", ephemeral=True)

    bot.tree.add_command(proof)
    bot.tree.add_command(products)
    guild = discord.Object(bot.guilds[0].id)
    bot.tree.copy_global_to(guild=guild)
    asyncio.run_coroutine_threadsafe(bot.tree.sync(guild=guild), bot.loop).result(10)


def test_commands_take_options_files_and_suggestions(counter: Counter) -> None:
    _teach(counter.bot)
    done = counter.customer.slash("proof", order="NC-1", file=("p.txt", b"paid"), late=True)
    assert done.text == "NC-1: paid, True"
    assert counter.customer.suggestions("proof", "order", "NC") == ["Order NC0", "Order NC1"]
    owner = Person(counter.wire, counter.wire.owner_id, counter.channel)
    assert owner.slash("product add", name="Key", price=7).text == "Key for 7"


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("nothing", {}),
        ("product add", {"name": "Key", "price": 7}),
        ("proof", {"order": "NC-1"}),
        ("proof", {"order": "NC-1", "file": "p.txt"}),
        ("proof", {"order": "NC-1-too-long", "file": ("p.txt", b"")}),
        ("proof", {"order": "NC-1", "file": ("p.txt", b""), "late": 1}),
        ("proof", {"order": "NC-1", "file": ("p.txt", b""), "colour": "red"}),
        ("proof later", {"order": "NC-1"}),
    ],
)
def test_a_command_that_the_app_would_not_send_is_not_sent(
    counter: Counter, command: str, options: dict[str, Any]
) -> None:
    _teach(counter.bot)
    with pytest.raises(NotThere):
        counter.customer.slash(command, **options)


def test_only_what_offers_something_is_asked_for_suggestions(counter: Counter) -> None:
    _teach(counter.bot)
    with pytest.raises(NotThere, match="offers nothing"):
        counter.customer.suggestions("proof", "late", "y")


def test_a_message_is_waited_for(counter: Counter) -> None:
    counter.card(to=counter.wire.dm_channel(counter.customer.id))
    assert counter.customer.await_dm("The card").text == "The card"
    counter.customer.says("Hello")
    assert counter.customer.await_message(counter.channel, "Hello").author_id == counter.customer.id
