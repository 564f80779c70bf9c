"""A toy shop for the rehearsal's own tests: one product, a proof, an approval, a worker that delivers, and a ticket.

`python -m tests.rehearsal.toy_shop PORT` plays it and prints the page's address. It uses Discord in every way in which
the real bot does (layouts, pictures, selects, forms with a file, ephemeral answers, messages, Celery in a thread).
"""

import asyncio
import io
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import discord
from celery import Celery
from celery.apps.worker import Worker
from discord import ui
from PIL import Image

from novacore import clock
from novacore.rehearsal import FeedLine, World, rehearse


def picture() -> bytes:
    """A small blue PNG."""
    file = io.BytesIO()
    Image.new("RGB", (200, 120), (30, 90, 200)).save(file, "PNG")
    return file.getvalue()


def card(text: str, *items: ui.Item[Any], image: str | None = None) -> ui.LayoutView:
    """A box with a text, perhaps a picture that is attached, and a row of controls."""
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(text))
    if image:
        box.add_item(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{image}")))
    if items:
        box.add_item(ui.ActionRow(*items))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    return view


def proof_form(order: str) -> ui.Modal:
    form = ui.Modal(title="Proof of payment", custom_id=f"proof:{order}")
    form.add_item(ui.Label(text="Picture", component=ui.FileUpload(custom_id="picture", min_values=1, max_values=1)))
    form.add_item(ui.Label(text="Transaction id", component=ui.TextInput(custom_id="reference")))
    return form


class ToyBot(discord.Client):
    """Answers every press by its custom id, as the real bot does."""

    def __init__(self, shop: "ToyShop", world: World) -> None:
        super().__init__(intents=discord.Intents.all())
        self.shop = shop
        self.world = world
        self.tree = discord.app_commands.CommandTree(self)
        self.tree.add_command(discord.app_commands.Command(name="hello", description="Greets", callback=_hello))

    async def setup_hook(self) -> None:
        await self.tree.sync()

    def channel(self, name: str) -> discord.TextChannel:
        found = self.get_channel(self.world.channels[name].id)
        assert isinstance(found, discord.TextChannel)
        return found

    async def on_ready(self) -> None:
        choice: ui.Select[Any] = ui.Select(custom_id="buy", placeholder="Choose a product")
        choice.add_option(label="Blue code", value="blue")
        choice.add_option(label="Red code", value="red")
        panel = card("## Toy shop", choice, image="shop.png")
        await self.channel("shop").send(view=panel, file=discord.File(io.BytesIO(picture()), "shop.png"))
        await self.channel("support").send(view=card("Trouble?", ui.Button(label="Open a ticket", custom_id="ticket")))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.application_command:
            return
        data: Any = interaction.data
        verb, _, order = data["custom_id"].partition(":")
        is_form = interaction.type is discord.InteractionType.modal_submit
        await getattr(self, f"do_{verb}{'_form' if is_form else ''}")(interaction, order)

    async def do_buy(self, interaction: discord.Interaction, _order: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        order = await asyncio.to_thread(self.shop.place, interaction.user.id)
        until = discord.utils.format_dt(self.shop.orders[order][1], "R")
        paid: ui.Button[Any] = ui.Button(label="I have paid", custom_id=f"proof:{order}")
        await interaction.followup.send(view=card(f"Order {order} runs out {until}.", paid), ephemeral=True)

    async def do_proof(self, interaction: discord.Interaction, order: str) -> None:
        await interaction.response.send_modal(proof_form(order))

    async def do_proof_form(self, interaction: discord.Interaction, order: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        data: Any = interaction.data
        (payload,) = data["resolved"]["attachments"].values()
        proof = discord.Attachment(data=payload, state=self._connection)
        text = data["components"][1]["component"]["value"]
        approve: ui.Button[Any] = ui.Button(label="Approve", custom_id=f"approve:{order}")
        file = discord.File(io.BytesIO(await proof.read()), "proof.png")
        await self.channel("staff-review").send(view=card(f"{order} by {text}", approve, image="proof.png"), file=file)
        self.shop.note(f"order {order} awaiting_payment → under_review")
        await interaction.followup.send(f"Thanks, {order} is being checked.", ephemeral=True)

    async def do_approve(self, interaction: discord.Interaction, order: str) -> None:
        await interaction.response.defer()
        self.shop.note(f"order {order} under_review → approved")
        await interaction.edit_original_response(view=card(f"{order} approved"), attachments=[])
        self.shop.celery.send_task("toy.tell", args=[order, f"Your code for {order}: BLUE-1234"])

    async def do_reveal(self, interaction: discord.Interaction, order: str) -> None:
        await interaction.response.send_message(f"Again: {order}", ephemeral=True)

    async def do_ticket(self, interaction: discord.Interaction, _order: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = self.channel("shop").guild
        shown, hidden = discord.PermissionOverwrite(view_channel=True), discord.PermissionOverwrite(view_channel=False)
        staff = guild.get_role(self.world.roles["Staff"].id)
        assert staff
        assert isinstance(interaction.user, discord.Member)
        who: dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite] = {
            guild.default_role: hidden, guild.me: shown, staff: shown, interaction.user: shown
        }  # fmt: skip
        channel = await guild.create_text_channel("ticket-1", overwrites=who)
        await channel.send("Tell us what is wrong.")
        await interaction.followup.send(channel.mention, ephemeral=True)

    async def tell(self, user_id: int, order: str, text: str) -> None:
        user = self.get_user(user_id) or await self.fetch_user(user_id)
        await user.send(view=card(text, ui.Button(label="Show again", custom_id=f"reveal:{order}")))


async def _hello(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Hello to you.", ephemeral=True)


class ToyShop:
    """Implements RehearsalShop: orders in a dictionary, and a Celery worker in a thread of this process."""

    def __init__(self) -> None:
        self.orders: dict[str, tuple[int, datetime]] = {}
        self.lines: list[FeedLine] = []
        self.celery = Celery("toy", broker="memory://", set_as_current=False)
        self.celery.conf.update(
            task_ignore_result=True,
            worker_redirect_stdouts=False,
            worker_hijack_root_logger=False,
            broker_connection_retry_on_startup=True,
            broker_transport_options={"polling_interval": 0.01},
        )
        self.celery.task(name="toy.tell", shared=False)(self._tell)

    async def build(self, world: World) -> discord.Client:
        self.bot = ToyBot(self, world)
        return self.bot

    async def opened(self) -> None:
        self.loop = asyncio.get_running_loop()
        options: dict[str, Any] = {"pool": "threads", "concurrency": 2, "hostname": "toy", "loglevel": "ERROR"}
        self.worker: Worker = self.celery.Worker(quiet=True, without_gossip=True, without_mingle=True, **options)
        self.thread = threading.Thread(target=self.worker.start, name="worker")
        self.thread.start()

    def feed(self) -> Sequence[FeedLine]:
        return self.lines

    async def clock_moved(self, by: timedelta) -> None:
        now = clock.now()
        for order, (_, until) in list(self.orders.items()):
            if until <= now:
                self.celery.send_task("toy.tell", args=[order, f"{order} has run out."])
                self.note(f"order {order} awaiting_payment → expired")

    async def close(self) -> None:
        await asyncio.to_thread(self._stop)
        say("closed")

    def _stop(self) -> None:
        self.worker.stop()
        self.thread.join(10)

    def place(self, user_id: int) -> str:
        order = f"NC-{len(self.orders) + 1}"
        self.orders[order] = (user_id, clock.now() + timedelta(hours=23))
        self.note(f"order {order} (new) → awaiting_payment")
        return order

    def note(self, text: str) -> None:
        self.lines.append(FeedLine(clock.now(), text))

    def _tell(self, order: str, text: str) -> None:
        user_id, _ = self.orders[order]
        asyncio.run_coroutine_threadsafe(self.bot.tell(user_id, order, text), self.loop).result(10)


def say(line: str) -> None:
    """Tell the test that started this process."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(rehearse(ToyShop(), int(sys.argv[1]), say))
