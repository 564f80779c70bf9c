"""Who can read a ticket's channel: with roles that were deleted, after "Sync now", and where staff meant it."""

from collections.abc import Callable
from dataclasses import replace

import discord
import pytest

from novacore.states import TicketStatus
from novacore.tasks.queue import runner
from novacore.workflows.tickets import access, conversation
from tests.fixtures.shops import MovableClock
from tests.tasks.help_desk import (
    channel_of,
    closing,
    kill_in_flight,
    open_ticket,
    opened,
    sees,
    staff_member,
    stored,
    ticket_channels,
)
from tests.tasks.jobs import lapse
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop, Hold
from tests.wire.world.permissions import effective
from tests.wire.world.world import BOT_PERMISSIONS

T = TicketStatus
VIEW = discord.Permissions(view_channel=True).value
SEND = discord.Permissions(send_messages=True).value
PUT = ("PUT", "/channels/*/permissions/*")


@pytest.fixture
def town(town: Town) -> Town:
    """Two roles for staff, and a category that nobody but staff and the bot sees."""
    second = town.wire.add_role("Night shift")
    places = replace(town.places, staff_role_ids=town.places.staff_role_ids | {second})
    shop = replace(town.shop, places=places)
    town.wire.set_overwrite(places.ticket_category_id, town.wire.guild_id, deny=VIEW)
    town.wire.set_overwrite(places.ticket_category_id, town.wire.bot_id, allow=VIEW)
    return replace(town, runtime=replace(town.runtime, shop=shop), places=places)


def alerts(town: Town, words: str = "changed who can read") -> list[str]:
    """What staff were told."""
    return [text for text in town.staff_channel() if words in text]


def look(town: Town, channel_id: int) -> None:
    """The bot hears that the channel was changed."""
    access.look_at(town.shop, channel_id)
    town.work()


def come_back(town: Town, _channel_id: int) -> None:
    """The bot was away meanwhile."""
    conversation.reconcile(town.shop)
    town.work()


WAYS = pytest.mark.parametrize("notice", [look, come_back], ids=["heard", "away"])


# ---- roles that were deleted


def test_a_deleted_role_of_staff_is_left_out_and_told_once(town: Town) -> None:
    gone, left = sorted(town.places.staff_role_ids)
    town.wire.delete_role(gone)
    ticket = opened(town)
    assert ticket.status is T.awaiting_staff
    helper = town.wire.add_user("helper", roles=(left,))
    assert sees(town, helper, channel_of(ticket))
    assert sees(town, town.customer.id or 0, channel_of(ticket))
    (card,) = town.wire.messages(channel_of(ticket))
    assert card.pinged_roles == [left]
    assert f"<@&{gone}>" not in card.text
    (told,) = alerts(town, "A role of our team is gone")
    assert f"STAFF\\_ROLE\\_IDS names the role {gone}" in told


def test_it_is_told_once_whatever_opens_and_restarts(town: Town, time: MovableClock) -> None:
    town.wire.delete_role(min(town.places.staff_role_ids))
    first = opened(town)
    conversation.channel_deleted(town.shop, channel_of(first))
    time.move(days=30)
    again = replace(town, runtime=replace(town.runtime, worker="after a restart"))
    opened(again)
    come_back(again, 0)
    assert len(alerts(again, "A role of our team is gone")) == 1


@pytest.mark.parametrize("which", ["all of staff", "owner", "every one"])
def test_whatever_roles_are_gone_the_ticket_opens_and_each_setting_is_named(town: Town, which: str) -> None:
    staff, owner = sorted(town.places.staff_role_ids), town.places.owner_role_id
    gone = {"all of staff": staff, "owner": [owner], "every one": [*staff, owner]}[which]
    for role_id in gone:
        town.wire.delete_role(role_id)
    ticket = opened(town)
    assert ticket.status is T.awaiting_staff
    assert sees(town, town.customer.id or 0, channel_of(ticket))
    told = alerts(town, "A role of our team is gone")
    assert len(told) == len(gone)
    for role_id in gone:
        setting = "OWNER\\_ROLE\\_ID" if role_id == owner else "STAFF\\_ROLE\\_IDS"
        assert any(setting in text and str(role_id) in text for text in told)


@WAYS
def test_a_role_that_is_deleted_later_is_told_and_nothing_is_put_right(
    town: Town, notice: Callable[[Town, int], None]
) -> None:
    ticket = opened(town)
    town.wire.delete_role(min(town.places.staff_role_ids))
    notice(town, channel_of(ticket))
    assert len(alerts(town, "A role of our team is gone")) == 1
    assert alerts(town) == []
    assert town.outcome("restore_access") == ("done", "All is well.")


@pytest.mark.parametrize("gone", ["left", "deleted"])
def test_a_customer_who_is_gone_before_there_is_a_channel_gets_none(town: Town, gone: str) -> None:
    ticket = open_ticket(town)
    go = town.wire.leave if gone == "left" else town.wire.delete_account
    go(town.customer.id or 0)
    town.work()
    now = stored(town, ticket.id)
    assert now.status is T.failed
    assert "not in the server any more" in (now.reason or "")
    assert ticket_channels(town) == []


# ---- permissions that someone changed


def open_category(town: Town) -> None:
    """Everybody sees the category."""
    town.wire.remove_overwrite(town.places.ticket_category_id, town.wire.guild_id)


def category_of_members(town: Town) -> None:
    """A role of the server, and one person, see the category."""
    town.wire.set_overwrite(town.places.ticket_category_id, town.places.customer_role_id, allow=VIEW)
    town.wire.set_overwrite(town.places.ticket_category_id, town.wire.add_user("guest"), allow=VIEW)


def nothing(_town: Town) -> None:
    """The category is staff's."""


@WAYS
@pytest.mark.parametrize("category", [nothing, open_category, category_of_members])
def test_sync_now_is_noticed_put_right_and_told_once(
    town: Town, notice: Callable[[Town, int], None], category: Callable[[Town], None]
) -> None:
    category(town)
    ticket = opened(town)
    channel, before = channel_of(ticket), overwrites(town, channel_of(ticket))
    town.wire.sync_now(channel)
    assert not sees(town, town.customer.id or 0, channel) or category is open_category
    notice(town, channel)
    assert overwrites(town, channel) == before
    (told,) = alerts(town)
    assert "customer could not read it any more" in told
    assert ("Everyone in the server" in told) == (category is open_category)
    assert ("its category lets in" in told) == (category is category_of_members)
    for again in (look, come_back, look):
        again(town, channel)
    assert len(alerts(town)) == 1
    assert stored(town, ticket.id).version == ticket.version


def test_moved_into_another_category_with_its_permissions_it_stays_there_and_private(town: Town) -> None:
    ticket = opened(town)
    channel, before, elsewhere = (
        channel_of(ticket),
        overwrites(town, channel_of(ticket)),
        town.wire.add_category("open"),
    )
    town.wire.sync_now(channel, elsewhere)
    look(town, channel)
    assert overwrites(town, channel) == before
    assert town.wire.ask(lambda world: world.channel(channel).parent_id) == elsewhere
    assert len(alerts(town)) == 1


HANDS: dict[str, Callable[[Town, int], None]] = {
    "customer forgotten": lambda town, channel: town.wire.remove_overwrite(channel, town.customer.id or 0),
    "customer shut out": lambda town, channel: town.wire.set_overwrite(channel, town.customer.id or 0, deny=VIEW),
    "everyone let in": lambda town, channel: town.wire.set_overwrite(channel, town.wire.guild_id, allow=VIEW),
    "everyone forgotten": lambda town, channel: town.wire.remove_overwrite(channel, town.wire.guild_id),
    "staff forgotten": lambda town, channel: town.wire.remove_overwrite(channel, min(town.places.staff_role_ids)),
    "owner forgotten": lambda town, channel: town.wire.remove_overwrite(channel, town.places.owner_role_id),
}


@WAYS
@pytest.mark.parametrize("hand", HANDS)
def test_what_a_hand_has_changed_is_put_right(town: Town, notice: Callable[[Town, int], None], hand: str) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    HANDS[hand](town, channel)
    notice(town, channel)
    people = {
        town.customer.id or 0: True,
        staff_member(town): True,
        town.wire.add_user("shopkeeper", roles=(town.places.owner_role_id,)): True,
        town.wire.add_user("bystander"): False,
    }
    assert {each: sees(town, each, channel) for each in people} == people
    assert len(alerts(town)) == 1


def add_one_of_the_category(town: Town, channel: int) -> None:
    """Staff let in a role that sees the category as well."""
    category_of_members(town)
    town.wire.set_overwrite(channel, town.places.customer_role_id, allow=VIEW)


MEANT: dict[str, Callable[[Town, int], None]] = {
    "a person added": lambda town, channel: town.wire.set_overwrite(channel, town.wire.add_user("friend"), allow=VIEW),
    "a role added": lambda town, channel: town.wire.set_overwrite(channel, town.wire.add_role("Experts"), allow=VIEW),
    "a role of the category added": add_one_of_the_category,
    "the customer muted": lambda town, channel: town.wire.set_overwrite(
        channel, town.customer.id or 0, allow=VIEW, deny=SEND
    ),
    "a role of staff shut out": lambda town, channel: town.wire.set_overwrite(
        channel, min(town.places.staff_role_ids), deny=VIEW
    ),
    "moved with its own": lambda town, channel: town.wire.ask(
        lambda world: setattr(world.channel(channel), "parent_id", None)
    ),
}


@WAYS
@pytest.mark.parametrize("meant", MEANT)
def test_what_staff_meant_stays(town: Town, notice: Callable[[Town, int], None], meant: str) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    MEANT[meant](town, channel)
    before = overwrites(town, channel)
    notice(town, channel)
    assert overwrites(town, channel) == before
    assert alerts(town) == []


def test_a_friend_who_was_added_after_sync_now_stays_when_it_is_put_right(town: Town) -> None:
    category_of_members(town)
    ticket = opened(town)
    channel, friend = channel_of(ticket), town.wire.add_user("friend")
    member = town.wire.add_user("member", roles=(town.places.customer_role_id,))
    town.wire.sync_now(channel)
    town.wire.set_overwrite(channel, friend, allow=VIEW)
    come_back(town, channel)
    assert sees(town, friend, channel)
    assert not sees(town, member, channel)


# ---- what breaks


@pytest.mark.parametrize("taken", [True, False], ids=["after it was set", "before it was set"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_worker_killed_while_it_puts_right_is_followed_by_one_that_ends_it(
    town: Town, shop_url: str, nth: int, taken: bool
) -> None:
    open_category(town)
    ticket = opened(town)
    channel = channel_of(ticket)
    town.wire.sync_now(channel)
    access.look_at(town.shop, channel)
    (job_id,) = town.due("restore_access")
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*PUT, Hold(taken=taken), nth=nth))
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    town.work()
    assert sees(town, town.customer.id or 0, channel)
    assert not sees(town, town.wire.add_user("bystander"), channel)
    assert len(alerts(town)) == 1


@pytest.mark.parametrize("fault", [Answer(503), Answer(500, taken=True), Drop(taken=False), Drop(taken=True)])
def test_a_bad_moment_is_waited_out(town: Town, time: MovableClock, fault: Answer | Drop) -> None:
    ticket = opened(town)
    channel = channel_of(ticket)
    town.wire.sync_now(channel)
    town.wire.fault(*PUT, fault)
    access.look_at(town.shop, channel)
    for _ in range(3):
        town.work()
        time.move(minutes=10)
    assert sees(town, town.customer.id or 0, channel)
    assert len(alerts(town)) == 1


@pytest.mark.parametrize("why", ["no permission", "locked out"])
def test_what_the_bot_may_not_put_right_is_told_as_it_is(town: Town, why: str) -> None:
    ticket = opened(town)
    if why == "locked out":
        town.wire.remove_overwrite(town.places.ticket_category_id, town.wire.bot_id)
    else:
        town.wire.permit_bot(discord.Permissions(BOT_PERMISSIONS.value & ~discord.Permissions(manage_roles=True).value))
    town.wire.sync_now(channel_of(ticket))
    look(town, channel_of(ticket))
    assert alerts(town) == []
    (told,) = [text for text in town.staff_channel() if "restore access" in text]
    assert ("cannot see that channel" if why == "locked out" else "lacks a permission") in told


def test_where_the_bot_may_make_no_threads_itself_it_hides_the_channel_all_the_same(town: Town) -> None:
    threads = discord.Permissions(
        create_public_threads=True, create_private_threads=True, send_messages_in_threads=True
    ).value

    ticket = opened(town)
    town.wire.ask(lambda world: setattr(world.roles[world.guild_id], "permissions", 0))
    open_category(town)
    town.wire.sync_now(channel_of(ticket))
    look(town, channel_of(ticket))
    bystander = town.wire.add_user("bystander")
    held = town.wire.ask(lambda world: effective(world, bystander, world.channel(channel_of(ticket))))
    assert held & (VIEW | threads) == 0
    assert len(alerts(town)) == 1


def test_a_channel_that_is_gone_closes_its_ticket(town: Town) -> None:
    ticket = opened(town)
    access.look_at(town.shop, channel_of(ticket))
    town.wire.delete_channel(channel_of(ticket))
    town.work()
    assert stored(town, ticket.id).status is T.closed


def test_a_ticket_that_is_being_closed_is_left_alone(town: Town) -> None:
    ticket = opened(town)
    access.look_at(town.shop, channel_of(ticket))
    closing(town, ticket)
    town.wire.sync_now(channel_of(ticket))
    (job_id,) = town.due("restore_access")
    runner.run(town.runtime, job_id)
    assert town.outcome("restore_access") == ("done", "Nothing to look after: the ticket is being closed.")
    access.look_at(town.shop, 12345)
    assert town.due("restore_access") == []


def overwrites(town: Town, channel_id: int) -> dict[int, tuple[int, int]]:
    """The channel's permission bits, by role or person."""
    return town.wire.ask(
        lambda world: {each.id: (each.allow, each.deny) for each in world.channel(channel_id).overwrites.values()}
    )
