"""Tickets in production: the bot hears channels that workers made, ten presses are one, a killed bot catches up."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from novacore.db.engine import Database
from novacore.db.models import Ticket
from novacore.db.unit_of_work import reading
from tests.fixtures.servers.redis_server import RedisServer
from tests.stories.live import CELERY, NOVACORE, PATIENCE, LiveShop, Process, stop
from tests.wire.fixture import wire
from tests.wire.people import Person
from tests.wire.stand_in import Wire
from tests.wire.world.state import Message

__all__ = ["wire"]

WORKER = (*CELERY, "worker", "-l", "info", "-Q", "discord")
TEN = 10


def _status(shop: LiveShop) -> list[str]:
    """Return where each ticket is."""
    with closing(Database(shop.settings["DATABASE_URL"])) as database, reading(database) as session:
        return [str(one) for one in session.execute(select(Ticket.status).order_by(Ticket.number)).scalars()]


def _await_status(shop: LiveShop, status: str) -> None:
    shop.wire.wait_for(lambda: _status(shop) == [status], PATIENCE, f"the ticket to be {status}")


def _open_ten_times(shop: LiveShop, alice: Person) -> list[str]:
    """Alice has ten forms open, and sends them all in one moment; what she is told."""
    support = shop.channels["support"]
    panel = alice.await_message(support, "Do you need help?")
    forms = [alice.press(panel, "Others") for _ in range(TEN)]
    with ThreadPoolExecutor(TEN) as pool:
        answers = pool.map(lambda form: alice.submit(form, subject="Hours", description="When are you there?"), forms)
        return [answer.text for answer in answers]


def _card(shop: LiveShop) -> Message:
    """Wait for the card in the one channel that was made, and return it."""

    def cards() -> list[Message]:
        every = shop.wire.ask(lambda world: [one for home in world.channels.values() for one in home.messages.values()])
        return [one for one in every if "Others · ticket #1" in one.text]

    shop.wire.wait_for(cards, PATIENCE, "the card")
    (card,) = cards()
    return card


def test_a_ticket_between_processes_one_of_which_is_killed(
    wire: Wire, tmp_path: Path, postgresql_url: str, own_redis: RedisServer
) -> None:
    with LiveShop(wire, tmp_path, {"DATABASE_URL": postgresql_url, "CELERY_BROKER_URL": own_redis.url}) as shop:
        shop.run(NOVACORE, "migrate")
        bot, others = shop.start(NOVACORE, "bot"), [shop.start(*WORKER), shop.start(*CELERY, "beat")]
        alice, sam = shop.buyer, shop.staff
        told = _open_ten_times(shop, alice)
        assert sum("Ticket #1 is " in one for one in told) == 1
        card = _card(shop)
        _await_status(shop, "awaiting_staff")
        sam.says("All day long.", to=card.channel_id)
        _await_status(shop, "awaiting_customer")

        bot.kill()
        alice.says("And at night?", to=card.channel_id)
        bot = shop.start(NOVACORE, "bot")
        _await_status(shop, "awaiting_staff")

        form = sam.press(sam.press(card, "For staff"), "Close")
        assert "is being closed" in sam.submit(form, reason="At night, too.").text
        assert "At night, too." in alice.await_dm("Your ticket #1 is closed").text
        _await_status(shop, "closed")
        wire.wait_for(lambda: card.channel_id not in wire.channel_ids().values(), PATIENCE, "the channel to be gone")
        _end([bot, *others])


def _end(everything: list[Process]) -> None:
    stop(everything)
    assert [each.log for each in everything if "Traceback" in each.log] == []
