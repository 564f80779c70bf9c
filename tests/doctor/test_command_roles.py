"""The doctor at who sees which commands: too few and people can't work, too many and they press for nothing."""

import discord
import pytest

from novacore.discord_facts.command_bits import FOR_OWNER, FOR_STAFF
from novacore.doctor.findings import Finding, Level
from tests.doctor.conftest import Town

ADMINISTRATOR = discord.Permissions(administrator=True).value


def look(town: Town) -> list[Finding]:
    return [one for one in town.examine() if one.about == "Who sees commands"]


def with_role(town: Town, setting: str, permissions: int) -> Town:
    """Let a role called Other, with these permissions, take the place of the shop's own."""
    role = town.wire.add_role("Other", permissions)
    return town.with_settings(**{setting: frozenset({role}) if setting.endswith("ids") else role})


def test_where_everybody_sees_their_own_all_is_well(town: Town) -> None:
    (found,) = look(town)
    assert found.level is Level.ok


@pytest.mark.parametrize(
    ("setting", "permissions", "said", "fix"),
    [
        ("staff_role_ids", 0, "doesn't show staff's commands to Other", "allow Manage Messages to Other"),
        ("owner_role_id", FOR_STAFF.value, "doesn't show the owner's commands", "allow View Server Insights to Other"),
        ("owner_role_id", FOR_OWNER.value, "doesn't show staff's commands", "allow Manage Messages to Other"),
        (
            "staff_role_ids",
            (FOR_STAFF | FOR_OWNER).value,
            "shows the owner's commands to Other",
            "take View Server Insights from Other",
        ),
        ("customer_role_id", FOR_STAFF.value, "shows staff's commands to Other", "take Manage Messages from Other"),
        (
            "reviewer_role_ids",
            FOR_OWNER.value,
            "shows the owner's commands to Other",
            "take View Server Insights from Other",
        ),
        ("staff_role_ids", ADMINISTRATOR, "shows the owner's commands to Other", "take Administrator from Other"),
    ],
)
def test_too_little_and_too_much_is_named_with_its_cure(
    town: Town, setting: str, permissions: int, said: str, fix: str
) -> None:
    (found,) = look(with_role(town, setting, permissions))
    assert found.level is Level.warning
    assert said in found.text
    assert fix in found.fix
    assert "Server Settings > Integrations" in found.fix


@pytest.mark.parametrize("permissions", [0, FOR_STAFF.value])
def test_reviewers_need_no_permission_and_may_have_that_of_staff(town: Town, permissions: int) -> None:
    (found,) = look(with_role(town, "reviewer_role_ids", permissions))
    assert found.level is Level.ok


def test_an_owners_role_that_is_an_administrators_sees_everything(town: Town) -> None:
    (found,) = look(with_role(town, "owner_role_id", ADMINISTRATOR))
    assert found.level is Level.ok
