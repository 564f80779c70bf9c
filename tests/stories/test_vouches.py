"""A buyer is asked for a vouch, writes it, changes it, and staff hide it: on a shop that really runs."""

from contextlib import closing
from pathlib import Path

import discord
from sqlalchemy import select

from novacore.db.engine import Database
from novacore.db.models import Job
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.jobs import JobName
from tests.stories.live import NOVACORE, PATIENCE, PRODUCT, LiveShop, stop
from tests.tasks.jobs import make_due
from tests.wire.fixture import wire
from tests.wire.people import Person
from tests.wire.stand_in import Wire

__all__ = ["wire"]


def _let_two_hours_pass(shop: LiveShop) -> None:
    """Let the invitation be due."""
    with closing(Database(f"sqlite:///{shop.settings['DATABASE_PATH']}")) as database:
        with reading(database) as session:
            job_id = session.execute(select(Job.id).where(Job.name == JobName.invite_vouch)).scalar_one()
        make_due(database, job_id)


def _moderator(shop: LiveShop) -> Person:
    """Someone of the staff whom Discord shows their commands."""
    sees_commands = shop.wire.add_role("Moderator", discord.Permissions(manage_messages=True).value)
    sue = shop.wire.add_user("sue", roles=(shop.roles["Staff"], sees_commands))
    return Person(shop.wire, sue, shop.channels["staff"], PATIENCE)


def test_a_vouch_from_the_invitation_to_its_end(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {}) as shop:
        shop.run(NOVACORE, "sample", by_file=True)
        process = shop.start(NOVACORE, "run", by_file=True)
        vouches = shop.channels["vouches"]
        shop.pay(shop.order())
        shop.approve()
        shop.staff.await_message(shop.channels["purchases"], PRODUCT)

        _let_two_hours_pass(shop)
        invitation = shop.buyer.await_dm("How was it?")
        form = shop.buyer.press(invitation, "Write a vouch")
        assert "Thank you" in shop.buyer.submit(form, rating="4", comment="Quick, but no manual.").text
        posted = shop.staff.await_message(vouches, "Quick, but no manual.")
        assert PRODUCT in posted.text

        form = shop.buyer.press(invitation, "Write a vouch")
        shop.buyer.submit(form, rating="5", comment="They sent me a manual!")
        assert shop.staff.await_message(vouches, "They sent me a manual!").id == posted.id

        order_id = str(invitation.custom_ids[0]).rsplit(":", 1)[-1]
        answer = _moderator(shop).slash("vouch hide", order_id=order_id, reason="It was not meant for us.")
        assert "leaves its channel" in answer.text
        wire.wait_for(lambda: not wire.messages(vouches), PATIENCE, "the channel to be empty")
        stop([process])
        assert "Traceback" not in process.log
