"""Which roles may be sold: none with power, none of another app, and none by which the shop knows people."""

import discord
import pytest

from novacore.discord_facts.granted_roles import DANGEROUS, RoleFacts, why_not

PLAIN = RoleFacts(
    7, "Club", discord.Permissions(send_messages=True, connect=True, view_channel=True).value, False, False
)


def test_a_role_without_power_may_be_sold() -> None:
    assert why_not(PLAIN, {1, 2}) is None


@pytest.mark.parametrize("name", [name for name, held in DANGEROUS if held])
def test_no_power_is_for_sale(name: str) -> None:
    bits = discord.Permissions(**{name: True}).value
    said = why_not(RoleFacts(7, "Club", bits, False, False), ())
    assert said is not None
    assert name.replace("_", " ").title() in said


@pytest.mark.parametrize(
    ("role", "own", "said"),
    [
        (RoleFacts(7, "everyone", 0, False, True), (), "Everybody has that role already."),
        (RoleFacts(7, "Booster", 0, True, False), (), "Discord lets nobody give it"),
        (PLAIN, {7}, "one of the shop's own roles"),
    ],
)
def test_other_roles_that_nobody_can_buy(role: RoleFacts, own: set[int], said: str) -> None:
    assert said in (why_not(role, own) or "")


def test_administrator_and_what_decides_about_people_are_among_it() -> None:
    for name in ("administrator", "ban_members", "manage_roles", "manage_messages", "mention_everyone"):
        assert getattr(DANGEROUS, name)
