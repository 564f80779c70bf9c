"""Anyone who may manage roles or channels can copy a name: what isn't surely ours is not used without a question."""

import discord
import pytest

from novacore.entry.going_live.at_discord.access import People, of_new
from novacore.entry.going_live.at_discord.slots import ROLES, SLOTS, Slot, mark
from tests.entry.going_live.conftest import Stage, owner

STAFF_CHANNEL = SLOTS[-1]


@pytest.mark.parametrize("slot", ROLES, ids=lambda slot: slot.key)
@pytest.mark.parametrize("permissions", [0, discord.Permissions(kick_members=True).value])
def test_a_role_under_our_mark_is_ours_only_if_nobody_has_it_and_it_allows_nothing(
    stage: Stage, slot: Slot, permissions: int
) -> None:
    copied = stage.wire.add_role(mark(stage.wire.bot_id, slot), permissions)
    attacker = stage.wire.add_user("attacker", roles=() if permissions else (copied,))
    said = stage.run().said
    assert stage.id_of(slot.setting.upper()) == stage.roles()[slot.name] != copied
    assert stage.wire.roles_of(stage.wire.owner_id) == [stage.id_of("OWNER_ROLE_ID")]
    assert stage.id_of("OWNER_ROLE_ID") not in stage.wire.roles_of(attacker)
    assert f"The role {mark(stage.wire.bot_id, slot)} isn't used" in said


def test_a_role_under_our_mark_may_be_used_by_whoever_says_so(stage: Stage) -> None:
    copied = stage.wire.add_role(mark(stage.wire.bot_id, ROLES[2]))
    attacker = stage.wire.add_user("partner", roles=(copied,))
    said = stage.run(owner({"Use it?": "y", "as well?": "y"})).said
    assert "Everyone who has it will be an owner of the shop" in said
    assert f"but others do: partner ({attacker})." in said
    assert stage.id_of("OWNER_ROLE_ID") == stage.roles()["Shop Owner"] == copied
    assert stage.wire.roles_of(stage.wire.owner_id) == [copied]


@pytest.mark.parametrize("name", ["mark", "shop-staff"])
def test_a_channel_that_is_open_to_others_is_not_taken_for_ours(stage: Stage, name: str) -> None:
    stage.run()
    roles = (stage.id_of("STAFF_ROLE_IDS"), stage.id_of("OWNER_ROLE_ID"))
    whom = People(stage.wire.guild_id, stage.wire.bot_id, stage.id_of("CUSTOMER_ROLE_ID"), roles)
    stage.wire.delete_channel(stage.id_of("STAFF_CHANNEL_ID"))
    copied = stage.wire.add_channel(mark(stage.wire.bot_id, STAFF_CHANNEL) if name == "mark" else name)
    for one in of_new(STAFF_CHANNEL.setting, whom):
        stage.wire.set_overwrite(copied, one.id, allow=one.allow, deny=one.deny)
    stage.wire.set_overwrite(copied, stage.wire.add_role("Friends"), allow=discord.Permissions(view_channel=True).value)
    stage.run()
    assert stage.id_of("STAFF_CHANNEL_ID") != copied


def test_a_role_of_staffs_name_is_not_staffs_without_a_question(stage: Stage) -> None:
    theirs = stage.wire.add_role("Staff")
    stage.wire.ask(lambda world: setattr(world.roles[theirs], "color", ROLES[1].colour))
    stage.run()
    assert stage.id_of("STAFF_ROLE_IDS") == stage.roles()["Staff 2"] != theirs
