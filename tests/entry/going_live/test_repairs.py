"""A shop that was set up, with one thing broken: that is repaired, and nothing else is touched."""

from collections.abc import Callable
from contextlib import closing

import discord
import pytest
from sqlalchemy import text

from novacore.discord_facts.invitation import PERMISSIONS
from novacore.doctor.findings import Level
from novacore.entry import check_up
from novacore.errors import NovaCoreError
from novacore.settings import load_settings
from novacore.workflows.orders.timers.opening_hours import credit_downtime
from novacore.workflows.upkeep.opening import open_migrated
from tests.entry.going_live.conftest import CHANNELS, ROLES, UNKNOWN, Stage, owner
from tests.wire.faults import Act, Answer, Limited
from tests.wire.world.state import CATEGORY, TEXT_CHANNEL

SEE = discord.Permissions(view_channel=True).value
SEND = discord.Permissions(send_messages=True).value
KINDS = {setting: CATEGORY if setting.endswith("CATEGORY_ID") else TEXT_CHANNEL for setting in CHANNELS}


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """A shop that is well."""
    stage.run()
    return stage


def repaired(shop: Stage) -> list[str]:
    """Repair, see that nothing is left to do, and return what was changed at Discord, by method and kind of thing."""
    before = len(shop.changes())
    shop.run()
    assert shop.code == 0
    made = shop.changes()[before:]
    shop.run()
    assert shop.changes()[before + len(made) :] == []
    return [f"{one.split()[0]} {one.split('/')[1]}" for one in made]


@pytest.mark.parametrize("setting", CHANNELS)
def test_a_channel_that_was_deleted_is_made_again(shop: Stage, setting: str) -> None:
    shop.wire.delete_channel(shop.id_of(setting))
    assert repaired(shop) == ["POST guilds", "PATCH channels"]
    assert shop.id_of(setting) == shop.channels()[CHANNELS[setting]]


@pytest.mark.parametrize("setting", ROLES)
def test_a_role_that_was_deleted_is_made_again_and_opened_to(shop: Stage, setting: str) -> None:
    shop.wire.delete_role(shop.id_of(setting))
    done = repaired(shop)
    expected = {"CUSTOMER_ROLE_ID": [], "STAFF_ROLE_IDS": ["PUT channels"]}
    assert done == ["POST guilds", "PATCH guilds", *expected.get(setting, ["PUT channels", "PUT guilds"])]
    holder = shop.wire.add_user(roles=(shop.id_of(setting),))
    assert shop.may(holder, shop.id_of("STAFF_CHANNEL_ID")).view_channel is (setting != "CUSTOMER_ROLE_ID")


def _closes_the_shop_to_the_bot(shop: Stage) -> None:
    shop.wire.set_overwrite(shop.id_of("MAIN_CHANNEL_ID"), shop.wire.bot_id, deny=SEND, allow=SEE)


def _opens_the_staff_channel_to_everyone(shop: Stage) -> None:
    shop.wire.remove_overwrite(shop.id_of("STAFF_CHANNEL_ID"), shop.wire.guild_id)


def _opens_the_staff_channel_to_customers(shop: Stage) -> None:
    shop.wire.set_overwrite(shop.id_of("STAFF_CHANNEL_ID"), shop.id_of("CUSTOMER_ROLE_ID"), allow=SEE)


def _closes_the_staff_channel_to_staff(shop: Stage) -> None:
    shop.wire.remove_overwrite(shop.id_of("STAFF_CHANNEL_ID"), shop.id_of("STAFF_ROLE_IDS"))


def _takes_what_tickets_need(shop: Stage) -> None:
    denied = discord.Permissions(manage_channels=True).value
    shop.wire.set_overwrite(shop.id_of("TICKET_CATEGORY_ID"), shop.wire.bot_id, allow=SEE, deny=denied)


@pytest.mark.parametrize(
    "harm",
    [
        _closes_the_shop_to_the_bot,
        _opens_the_staff_channel_to_everyone,
        _opens_the_staff_channel_to_customers,
        _closes_the_staff_channel_to_staff,
        _takes_what_tickets_need,
    ],
)
def test_a_permission_that_is_wrong_is_put_right(shop: Stage, harm: Callable[[Stage], None]) -> None:
    harm(shop)
    assert repaired(shop) == ["PUT channels"]


def test_an_open_channel_that_is_to_be_staffs_is_closed_without_locking_anyone_out(stage: Stage) -> None:
    channel = stage.wire.add_channel("back office")
    stage.run(use=("staff=back office",))
    assert stage.code == 0
    team = stage.wire.add_user(roles=(stage.id_of("STAFF_ROLE_IDS"),))
    customer = stage.wire.add_user(roles=(stage.id_of("CUSTOMER_ROLE_ID"),))
    assert stage.may(team, channel).view_channel
    assert stage.may(stage.wire.bot_id, channel).view_channel
    assert not stage.may(customer, channel).view_channel


def test_a_channel_for_reports_is_closed_to_all_but_owners(shop: Stage) -> None:
    channel = shop.wire.add_channel("reports")
    shop.env.write_text(shop.env.read_text() + f"REPORT_CHANNEL_ID={channel}\n")
    assert repaired(shop) == ["PUT channels"] * 3  # the bot, owners, everyone
    assert shop.may(shop.wire.add_user(roles=(shop.id_of("OWNER_ROLE_ID"),)), channel).view_channel
    assert not shop.may(shop.wire.add_user(roles=(shop.id_of("STAFF_ROLE_IDS"),)), channel).view_channel


def test_what_the_owner_has_changed_on_purpose_stays(shop: Stage) -> None:
    friend = shop.wire.add_role("Friends")
    shop.wire.set_overwrite(shop.id_of("STAFF_CHANNEL_ID"), friend, allow=SEE)
    shop.wire.remove_overwrite(shop.id_of("MAIN_CHANNEL_ID"), shop.wire.guild_id)
    shop.wire.ask(lambda world: setattr(world.channels[shop.id_of("VOUCH_CHANNEL_ID")], "name", "praise"))
    shop.env.write_text(shop.env.read_text().replace("STAFF_ROLE_IDS=", f"STAFF_ROLE_IDS={friend},"))
    shop.wire.set_overwrite(shop.id_of("STAFF_CHANNEL_ID"), friend, allow=SEE)
    assert repaired(shop) == []


def test_of_several_roles_of_staff_the_one_that_is_gone_is_taken_out(shop: Stage) -> None:
    kept, gone = shop.id_of("STAFF_ROLE_IDS"), shop.wire.add_role("Night shift")
    shop.env.write_text(shop.env.read_text().replace("STAFF_ROLE_IDS=", f"STAFF_ROLE_IDS={gone},"))
    shop.wire.delete_role(gone)
    assert repaired(shop) == []
    assert shop.id_of("STAFF_ROLE_IDS") == kept


def test_a_lost_env_file_is_written_again_from_what_is_there(shop: Stage) -> None:
    before, done = {name: shop.id_of(name) for name in (*ROLES, *CHANNELS)}, shop.changes()
    partner = shop.wire.add_user("partner", roles=(shop.id_of("OWNER_ROLE_ID"),))
    shop.env.unlink()
    said = shop.run().said
    assert {name: shop.id_of(name) for name in before} == before
    assert shop.changes() == done
    assert "use the role Staff again, which was made before" in said
    assert "leave the owner's role to everyone who has it: " in said
    assert f"partner ({partner})" in said


def test_an_id_that_the_environment_gives_is_not_written_over(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.wire.delete_channel(shop.id_of("MAIN_CHANNEL_ID"))
    monkeypatch.setenv("MAIN_CHANNEL_ID", "123456789012345678")
    before, done = shop.env.read_text(), shop.changes()
    with pytest.raises(NovaCoreError, match="MAIN_CHANNEL_ID has to change, but it is set in the environment"):
        shop.run()
    assert shop.env.read_text() == before
    assert shop.changes() == done


def test_a_channel_that_is_shut_to_the_bot_is_left_to_the_owner_and_named(shop: Stage) -> None:
    shop.wire.set_overwrite(shop.id_of("MAIN_CHANNEL_ID"), shop.wire.bot_id, deny=SEE)
    said = shop.run().said
    assert "not done, as the channel is closed to the bot" in said
    assert "In #shop the bot lacks View Channel." in " ".join(said.split())
    assert shop.code == 1


def test_a_token_in_a_file_of_its_own_stays_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = stage.env.with_name("token")
    secret.write_text(stage.wire.token + "\n")
    monkeypatch.delenv("DISCORD_TOKEN")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(secret))
    stage.run()
    assert stage.code == 0
    assert stage.wire.token not in stage.env.read_text()
    secret.write_text(UNKNOWN)
    with pytest.raises(NovaCoreError, match="the file that DISCORD_TOKEN_FILE names"):
        stage.run(owner({"hidden": stage.wire.token}))


def test_a_token_in_the_env_file_is_not_lost_to_one_in_the_environment(stage: Stage) -> None:
    stage.env.write_text(f"DISCORD_TOKEN={UNKNOWN}\n")
    assert "another DISCORD_TOKEN than .env" in stage.run().said
    assert stage.code == 0
    assert f"DISCORD_TOKEN={UNKNOWN}\n" in stage.env.read_text()


def test_a_bot_that_was_let_in_without_commands_gets_the_link(shop: Stage) -> None:
    shop.wire.fault("GET", "/applications/*/guilds/*/commands", Answer(403, 50001), times=None)
    assert f"scope=bot+applications.commands&permissions={PERMISSIONS.value}" in shop.run().said
    assert shop.code == 1


def test_intents_that_discord_leaves_to_the_owner_are_named_and_nothing_missing(stage: Stage) -> None:
    stage.wire.ask(lambda world: setattr(world, "intents", discord.ApplicationFlags()))
    stage.wire.fault("PATCH", "/applications/@me", Answer(403, 50001), times=None)
    assert "switch on Server Members Intent" in stage.run().said
    assert len(stage.channels()) == len(CHANNELS)
    before = stage.changes()
    assert "Nothing is missing" in stage.run(agreed=False).said
    assert stage.code == 0
    assert "Nothing is missing" in stage.run(owner({"intents": "n"})).said
    assert stage.changes() == before


def test_intents_that_the_owner_has_switched_off_are_asked_about(shop: Stage) -> None:
    shop.wire.ask(lambda world: setattr(world, "intents", discord.ApplicationFlags()))
    shop.wire.delete_channel(shop.id_of("MAIN_CHANNEL_ID"))
    assert repaired(shop) == ["POST guilds", "PATCH channels"]
    assert not shop.wire.ask(lambda world: world.intents)
    shop.run(owner({"intents": "y"}))
    assert shop.wire.ask(lambda world: world.intents).gateway_message_content_limited


def test_a_bot_that_may_too_little_is_told_what_to_switch_on(stage: Stage) -> None:
    fewer = discord.Permissions(manage_roles=True, embed_links=True, mention_everyone=True)
    stage.wire.permit_bot(discord.Permissions(PERMISSIONS.value & ~fewer.value))
    with pytest.raises(NovaCoreError) as refused:
        stage.run()
    assert "the bot lacks Embed Links and Manage Roles." in str(refused.value)
    assert f"guild_id={stage.wire.guild_id}" in str(refused.value)
    assert stage.changes() == []


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (Limited(via=False), "takes no requests"),
        (Limited(45.0), "about 45 seconds"),
        (Answer(403, 50013), "lacks a permission"),
        (Answer(403, 60003), "two-factor"),
        (Answer(400, 30013), "500 channels"),
    ],
    ids=["banned", "long limit", "permission", "two-factor", "full"],
)
def test_discords_no_is_a_sentence_and_the_next_run_goes_on(stage: Stage, trouble: Act, sentence: str) -> None:
    stage.wire.fault("POST", "/guilds/*/channels", trouble, nth=2)
    with pytest.raises(NovaCoreError, match=sentence):
        stage.run()
    stage.run()
    assert sorted(stage.channels()) == sorted(CHANNELS.values())


def test_a_short_rate_limit_is_waited_out(stage: Stage) -> None:
    stage.wire.fault("POST", "/guilds/*/roles", Limited(0.05), nth=2)
    stage.run()
    assert stage.code == 0


def test_what_discord_made_twice_is_named_and_never_deleted(stage: Stage) -> None:
    stage.wire.fault("POST", "/guilds/*/channels", Answer(502, taken=True), nth=2)
    said = stage.run().said
    mark = f"novacore-{stage.wire.bot_id}-shop"
    assert f"The channel #{mark} isn't used: Discord made it twice, or someone else made it." in said
    assert sorted(stage.channels()) == sorted([*CHANNELS.values(), mark])
    assert f"#{mark} isn't used" in stage.run().said


def test_a_shop_that_was_open_before_is_no_fault_for_being_closed_now(shop: Stage) -> None:
    opened = open_migrated(load_settings())
    with closing(opened.database) as database:
        credit_downtime(opened)
        with database.engine.execution_options(writes=True).begin() as connection:
            connection.execute(text("UPDATE shop_facts SET at = '2026-01-01 00:00:00.000000'"))
    assert [one.level for one in check_up.check_up() if one.about == "Sweep"] == [Level.fault]
    assert repaired(shop) == []


def test_a_shop_of_own_ways_to_pay_may_open_with_all_others_off(stage: Stage) -> None:
    said = stage.run(pay=()).said
    assert "Add one of your own in Discord" in said
    assert stage.code == 0
