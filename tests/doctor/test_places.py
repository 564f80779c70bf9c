"""The doctor at the shop's Discord server: nothing to say while all is well, and one finding for each broken thing."""

from collections.abc import Callable

import discord
import pytest

from novacore.doctor import examine
from novacore.doctor.findings import Finding, Level
from novacore.doctor.places import IN_A_CATEGORY, IN_A_SERVER
from tests.doctor.conftest import SEE, Town
from tests.wire.faults import Act, Answer, Limited, Slow
from tests.wire.world.state import CATEGORY
from tests.wire.world.world import BOT_PERMISSIONS, World

NOBODY = 123_456_789_012_345_678
MENTION = discord.Permissions(mention_everyone=True).value


def the_one(town: Town) -> Finding:
    """Return the only thing that is wrong."""
    found = town.bad()
    assert len(found) == 1, found
    return found[0]


def test_a_server_with_everything_has_no_faults(town: Town) -> None:
    assert town.bad() == []
    about = [each.about for each in town.examine()]
    assert {"DISCORD_TOKEN", "Server", "Intents", "Commands", "Room for tickets", "CUSTOMER_ROLE_ID"} <= {*about}
    assert {"MAIN_CHANNEL_ID", "STAFF_CHANNEL_ID", "REPORT_CHANNEL_ID", "TICKET_CATEGORY_ID"} <= {*about}


@pytest.mark.parametrize(
    ("flags", "name", "lost"),
    [
        ({"gateway_guild_members_limited": True}, "Message Content", "Transcripts of tickets"),
        ({"gateway_message_content_limited": True}, "Server Members", "leaves the server stays open"),
    ],
)
def test_an_intent_that_is_off(town: Town, flags: dict[str, bool], name: str, lost: str) -> None:
    town.wire.ask(lambda world: setattr(world, "intents", discord.ApplicationFlags(**flags)))
    found = the_one(town)
    assert found.level is Level.warning
    assert f"{name} Intent is off" in found.text
    assert lost in found.text
    assert "developer portal" in found.fix


def test_an_intent_of_a_large_bot_counts_as_well(town: Town) -> None:
    large = discord.ApplicationFlags(gateway_guild_members=True, gateway_message_content=True)
    town.wire.ask(lambda world: setattr(world, "intents", large))
    assert town.bad() == []


def test_a_bot_that_discord_has_not_heard_commands_of(town: Town) -> None:
    town.wire.ask(lambda world: world.commands.clear())
    assert the_one(town).level is Level.warning
    assert "Start the bot" in the_one(town).fix


def test_a_bot_that_was_invited_without_commands(town: Town) -> None:
    town.wire.fault("GET", "/applications/*/guilds/*/commands", Answer(403, 50001), times=None)
    assert "applications.commands" in the_one(town).fix


@pytest.mark.parametrize(
    "setting", ["main_channel_id", "staff_channel_id", "vouch_channel_id", "report_channel_id", "ticket_category_id"]
)
def test_a_channel_that_is_not_there(town: Town, setting: str) -> None:
    found = the_one(town.with_settings(**{setting: NOBODY}))
    assert (found.level, found.about) == (Level.fault, setting.upper())
    assert str(NOBODY) in found.text
    assert ("right-click" if setting == "report_channel_id" else "Run `novacore go-live`") in found.fix


def test_a_category_in_place_of_a_channel(town: Town) -> None:
    swapped = town.with_settings(vouch_channel_id=town.wire.add_category("vouches"))
    assert "is not a text channel" in the_one(swapped).text


def test_a_channel_in_place_of_a_category(town: Town) -> None:
    swapped = town.with_settings(ticket_overflow_category_id=town.wire.add_channel("overflow"))
    assert "is not a category" in the_one(swapped).text


@pytest.mark.parametrize("name", ["send_messages", "attach_files", "read_message_history"])
@pytest.mark.parametrize("setting", ["main_channel_id", "public_log_channel_id", "staff_channel_id"])
def test_a_permission_that_one_channel_denies(town: Town, setting: str, name: str) -> None:
    bits = discord.Permissions(**{name: True}).value
    town.wire.set_overwrite(getattr(town.settings, setting), town.wire.bot_id, deny=bits, allow=SEE)
    found = the_one(town)
    words = name.replace("_", " ").title()
    assert (found.level, found.about) == (Level.fault, setting.upper())
    assert f"the bot lacks {words}." in found.text
    assert found.fix.endswith(f"and allow {words}.")


def test_a_channel_that_the_bot_does_not_see(town: Town) -> None:
    town.wire.set_overwrite(town.settings.main_channel_id, town.wire.bot_id, deny=SEE)
    assert "View Channel" in the_one(town).text


def without(**names: bool) -> discord.Permissions:
    """Return what the bot needs but for these."""
    return discord.Permissions(BOT_PERMISSIONS.value & ~discord.Permissions(**names).value)


@pytest.mark.parametrize("name", ["manage_channels", "embed_links"])
def test_tickets_need_more_than_talk(town: Town, name: str) -> None:
    town.wire.permit_bot(without(**{name: True}))
    found = the_one(town)
    assert found.about == "TICKET_CATEGORY_ID"
    assert found.text == f"In tickets the bot lacks {name.replace('_', ' ').title()}."


def test_a_category_that_denies_what_makes_a_channel_private(town: Town) -> None:
    denied = discord.Permissions(manage_roles=True).value
    town.wire.set_overwrite(town.settings.ticket_category_id, town.wire.bot_id, deny=denied)
    assert the_one(town).text == "In tickets the bot lacks Manage Permissions."


def test_a_ticket_that_would_call_nobody(town: Town) -> None:
    town.wire.permit_bot(without(mention_everyone=True))
    found = the_one(town)
    assert (found.level, found.about) == (Level.warning, "TICKET_CATEGORY_ID")
    assert "calls nobody of Staff" in found.text
    assert "Mention All Roles" in found.fix


def test_a_role_that_everybody_may_mention_is_called_without_that(town: Town) -> None:
    town.wire.permit_bot(without(mention_everyone=True))
    (staff,) = town.settings.staff_role_ids
    town.wire.ask(lambda world: setattr(world.roles[staff], "mentionable", True))
    assert town.bad() == []


def test_a_role_that_new_proofs_would_not_call(town: Town) -> None:
    role = town.wire.add_role("Reviewers")
    calling = town.with_settings(review_ping=role)
    assert calling.bad() == []
    town.wire.set_overwrite(town.settings.staff_channel_id, town.wire.bot_id, allow=SEE, deny=MENTION)
    assert "may not mention" in the_one(calling).text
    assert "Mention All Roles" in the_one(calling).fix
    town.wire.ask(lambda world: setattr(world.roles[role], "mentionable", True))
    assert calling.bad() == []
    missing = the_one(town.with_settings(review_ping=NOBODY))
    assert (missing.about, missing.level) == ("REVIEW_PING", Level.fault)


@pytest.mark.parametrize("setting", ["staff_channel_id", "report_channel_id"])
@pytest.mark.parametrize("role", ["everyone", "customers"])
def test_a_private_channel_that_customers_can_read(town: Town, setting: str, role: str) -> None:
    who = town.wire.guild_id if role == "everyone" else town.settings.customer_role_id
    town.wire.set_overwrite(getattr(town.settings, setting), who, allow=SEE)
    found = town.bad()
    assert {each.about for each in found} == {setting.upper()}
    assert all(each.level is Level.fault and "customers can read" in each.text for each in found)


def fill(town: Town, parent_id: int | None, count: int) -> None:
    """Make so many channels."""
    for number in range(count):
        town.wire.add_channel(f"ticket-{number}", parent_id=parent_id)


def test_a_role_that_can_open_threads_where_the_bot_cannot_forbid_them(town: Town) -> None:
    threads = discord.Permissions(
        create_public_threads=True, create_private_threads=True, send_messages_in_threads=True
    )

    def give(world: World) -> None:
        world.roles[world.guild_id].permissions &= ~threads.value
        world.roles[town.settings.customer_role_id].permissions |= threads.value

    town.wire.ask(give)
    found = the_one(town)
    assert (found.level, found.about) == (Level.warning, "TICKET_CATEGORY_ID")
    assert "can open threads in tickets" in found.text
    assert "Send Messages in Threads" in found.fix


def test_a_category_that_is_nearly_full_and_then_full(town: Town) -> None:
    fill(town, town.settings.ticket_category_id, IN_A_CATEGORY - 5)
    assert (the_one(town).level, the_one(town).text) == (Level.warning, "5 more can be opened.")
    fill(town, town.settings.ticket_category_id, 5)
    assert the_one(town).level is Level.fault
    assert "TICKET_OVERFLOW_CATEGORY_ID" in the_one(town).fix


def test_a_second_category_makes_room(town: Town) -> None:
    fill(town, town.settings.ticket_category_id, IN_A_CATEGORY)
    roomy = town.with_settings(ticket_overflow_category_id=town.wire.add_category("more tickets"))
    assert roomy.bad() == []


def test_a_server_that_is_full(town: Town) -> None:
    used = len(town.wire.channel_ids())
    town.wire.ask(lambda world: [world.add_channel(f"c{n}", kind=CATEGORY) for n in range(IN_A_SERVER - used)])
    assert the_one(town).level is Level.fault


def _above_the_bot(town: Town) -> None:
    town.wire.ask(lambda world: setattr(world.roles[town.settings.customer_role_id], "position", 101))


def _without_manage_roles(town: Town) -> None:
    town.wire.permit_bot(without(manage_roles=True))


@pytest.mark.parametrize(
    ("harm", "fix"),
    [(_above_the_bot, "drag NovaCore above Customer"), (_without_manage_roles, "allow Manage Roles to NovaCore")],
)
def test_a_role_that_the_bot_cannot_give(town: Town, harm: Callable[[Town], None], fix: str) -> None:
    harm(town)
    found = the_one(town)
    assert (found.level, found.about) == (Level.fault, "CUSTOMER_ROLE_ID")
    assert fix in found.fix


@pytest.mark.parametrize("setting", ["customer_role_id", "owner_role_id", "staff_role_ids", "reviewer_role_ids"])
def test_a_role_that_is_not_there_or_everybodys(town: Town, setting: str) -> None:
    def given(role_id: int) -> Town:
        return town.with_settings(**{setting: frozenset({role_id}) if setting.endswith("ids") else role_id})

    assert "no role with the id" in the_one(given(NOBODY)).text
    assert [each.text for each in given(town.wire.guild_id).bad() if each.about == setting.upper()] == [
        "That is the role that everybody has."
    ]


def test_a_bot_that_is_nowhere(town: Town) -> None:
    ids = {name: NOBODY for name in town.settings.model_fields_set if name.endswith("_id") and "role" not in name}
    found = the_one(town.with_settings(**ids))
    assert "Invite the bot" in found.fix


@pytest.mark.parametrize(
    "trouble", [Answer(503), Answer(401), Limited(via=False), Slow(60)], ids=["503", "401", "429", "slow"]
)
def test_a_discord_that_does_not_answer(town: Town, trouble: Act) -> None:
    town.wire.fault("GET", "/guilds/*", trouble, times=None)
    (found,) = town.calls.call(lambda client: examine.server(client, town.settings, seconds=1))
    assert (found.level, found.about) == (Level.fault, "Discord")
    assert town.wire.token not in found.text
