"""A ticket's life in a `Town`: opened, talked in as the bot would hear it, closed; and who can see its channel."""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import discord
from sqlalchemy import select

from novacore.db.models import Job, Ticket
from novacore.db.queries import tickets as queries
from novacore.db.queries.tickets import KeptTranscript
from novacore.db.unit_of_work import reading
from novacore.states import TicketKind
from novacore.tasks.queue import runner
from novacore.workflows.machine.arrows import Given
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets import conversation
from novacore.workflows.tickets.commands import TicketForm
from novacore.workflows.tickets.wordings import Said, SaidFile
from tests.fixtures.servers.forked import Forked
from tests.fixtures.shops import KEY, STAFF
from tests.tasks.town import Town
from tests.wire.faults import Hold
from tests.wire.world.permissions import effective
from tests.wire.world.state import TEXT_CHANNEL, Message
from tests.wire.world.world import World

ROOT = Path(__file__).resolve().parents[2]

CREATE = ("POST", "/guilds/*/channels")
DELETE = ("DELETE", "/channels/*")


def stored(town: Town, ticket_id: str) -> Ticket:
    """The ticket as it is now."""
    with reading(town.shop.database) as session:
        return session.get_one(Ticket, ticket_id)


def open_ticket(town: Town, kind: TicketKind = TicketKind.other, order_text: str = "") -> Ticket:
    """The customer opens a ticket; its channel is not made yet."""
    draft = TicketForm(kind, "It does not work", "I have tried everything.", order_text)
    return tickets.open_ticket(town.shop, town.customer, draft)


def opened(town: Town, kind: TicketKind = TicketKind.other, order_text: str = "") -> Ticket:
    """A ticket whose channel is there, with its card."""
    ticket = open_ticket(town, kind, order_text)
    town.work()
    return stored(town, ticket.id)


def channel_of(ticket: Ticket) -> int:
    """The ticket's channel."""
    assert ticket.channel_id is not None
    return ticket.channel_id


def staff_member(town: Town, name: str = "helper") -> int:
    """Someone of the staff at the stand-in."""
    return town.wire.add_user(name, roles=tuple(town.places.staff_role_ids))


def says(
    town: Town, ticket: Ticket, author_id: int, text: str, *, heard: bool = True, files: dict[str, bytes] | None = None
) -> int:
    """Someone writes into the channel; `heard` is whether the bot was there to hear it."""
    channel_id = channel_of(ticket)
    message_id = town.wire.say(author_id, channel_id, text, files)
    if heard:
        conversation.note_message(town.shop, channel_id, heard_as(town, channel_id, message_id))
    return message_id


def heard_as(town: Town, channel_id: int, message_id: int) -> Said:
    """A message as the bot hears it."""
    (message,) = [one for one in town.wire.messages(channel_id) if one.id == message_id]
    files = tuple(SaidFile(one.id, one.filename, len(one.content), one.content_type) for one in message.attachments)
    at = message.edited_at or discord.utils.snowflake_time(message_id)
    answers = int(message.reference["message_id"]) if message.reference else None
    name = f"person {message.author_id}"
    return Said(message_id, message.author_id, name, message.content, at, files=files, answers=answers)


def closing(town: Town, ticket: Ticket) -> Ticket:
    """Staff close the ticket; its jobs have not run yet."""
    return tickets.close(town.shop, STAFF, ticket.id, Given(reason="It works now."))


def sees(town: Town, user_id: int, channel_id: int) -> bool:
    """Whether a person may look into a channel, as Discord computes it."""
    return town.wire.ask(
        lambda world: discord.Permissions(effective(world, user_id, world.channel(channel_id))).view_channel
    )


def ticket_channels(town: Town) -> list[str]:
    """The names of the channels in the ticket category."""
    inside = {town.places.ticket_category_id, town.places.ticket_overflow_category_id} - {None}
    return town.wire.ask(lambda world: [one.name for one in world.channels.values() if one.parent_id in inside])


def run_job(town: Town, name: str) -> None:
    """Run the newest job of this name, due or not."""
    with reading(town.shop.database) as session:
        job_id = session.execute(select(Job.id).where(Job.name == name).order_by(Job.id.desc()).limit(1)).scalar_one()
    runner.run(town.runtime, job_id)


def kill_in_flight(town: Town, shop_url: str, job_id: int, held: Hold) -> None:
    """Run a job in a process of its own and kill -9 it while its request is held."""
    places = town.places
    ids = (places.staff_channel_id, places.main_channel_id, places.ticket_category_id, *places.staff_role_ids)
    arguments = [shop_url, KEY, town.wire.url, town.wire.token, str(job_id), *map(str, ids)]
    worker = Forked([sys.executable, "-m", "tests.tasks.one_job", *arguments], cwd=ROOT)
    held.wait_reached(timeout=60)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(20)
    held.release()


def fill(town: Town, category_id: int, count: int = 50) -> None:
    """Put channels into a category."""

    def put(world: World) -> None:
        for number in range(count):
            world.add_channel(f"old-{number}", kind=TEXT_CHANNEL, parent_id=category_id)

    town.wire.ask(put)


def with_overflow(town: Town) -> tuple[Town, int]:
    """The same town with a second category for tickets, and that category."""
    overflow = town.wire.add_category("more tickets")
    places = replace(town.places, ticket_overflow_category_id=overflow)
    shop = replace(town.shop, places=places)
    return replace(town, runtime=replace(town.runtime, shop=shop), places=places), overflow


def kept(town: Town, ticket: Ticket, round_: int = 1) -> KeptTranscript:
    """The transcript of a round."""
    with reading(town.shop.database) as session:
        found = queries.transcript(session, ticket.id, round_)
    assert found
    return found


def files_beside(town: Town, where: str) -> list[list[bytes]]:
    """The files that reached the staff's channel or the customer next to the pages, message by message."""
    return [[*one.files.values()] for one in _received(town, where) if one.files and "Files from ticket" in one.text]


def transcripts_at(town: Town, where: str) -> list[bytes]:
    """The pages that reached the staff's channel or the customer."""
    every = (item for one in _received(town, where) for item in one.files.items())
    return [content for name, content in every if name.endswith(".html")]


def _received(town: Town, where: str) -> list[Message]:
    if where == "staff":
        return town.wire.messages(town.places.staff_channel_id)
    return town.wire.dms(town.customer.id or 0)
