"""The doctor at roles that come with products: what the bot can't give is a fault, with its cure."""

from collections.abc import Callable

import discord
import pytest

from novacore.db.queries.catalog import sold_roles
from novacore.db.unit_of_work import writing
from novacore.doctor import examine
from novacore.doctor.findings import Finding, Level
from novacore.states import ProductKind
from novacore.states.sold_roles import SoldRole
from novacore.workflows.catalog import offers, products
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.shop import Shop
from tests.doctor.conftest import Town
from tests.fixtures.shops import OWNER

NOBODY = 123_456_789_012_345_678


def look(town: Town, *sold: SoldRole) -> list[Finding]:
    """What the doctor says of the roles of products."""
    every = town.calls.call(lambda client: examine.server(client, town.settings, sold))
    return [one for one in every if one.about == "Roles of products"]


def club(town: Town, permissions: int = 0, position: int = 1) -> SoldRole:
    """A role of the server that is sold."""
    return SoldRole(town.wire.add_role("Club", permissions, position=position), "Club", 30)


def test_without_such_products_nothing_is_said(town: Town) -> None:
    assert look(town) == []


def test_a_role_that_can_be_given_is_well(town: Town) -> None:
    (found,) = look(town, club(town))
    assert (found.level, found.text) == (Level.ok, "The bot may give Club.")


@pytest.mark.parametrize(
    ("sold", "text", "fix"),
    [
        (lambda town: club(town, position=101), "stands above its own", "drag NovaCore above Club"),
        (lambda town: SoldRole(NOBODY, "Club", None), "no role Club any more", "/product edit"),
        (
            lambda town: club(town, discord.Permissions(administrator=True).value),
            "permission that nobody should be able to buy: Administrator",
            "Choose another",
        ),
        (lambda town: SoldRole(town.settings.owner_role_id, "Owner", None), "shop's own roles", "Choose another"),
        (lambda town: SoldRole(town.wire.guild_id, "everyone", None), "Everybody has", "Choose another"),
    ],
)
def test_a_role_that_cannot_be_given_is_a_fault(
    town: Town, sold: Callable[[Town], SoldRole], text: str, fix: str
) -> None:
    (found,) = look(town, sold(town))
    assert found.level is Level.fault
    assert text in found.text
    assert fix in found.fix


def test_a_bot_without_manage_roles_is_one_fault(town: Town) -> None:
    roles = [club(town), club(town)]
    town.wire.permit_bot(discord.Permissions(view_channel=True))
    (found,) = look(town, *roles)
    assert "lacks Manage Roles" in found.text
    assert "allow Manage Roles to NovaCore" in found.fix


def sell(shop: Shop, role: SoldRole | None, name: str) -> int:
    """Put a product on sale that comes with a role."""
    return offers.add_product(shop, OWNER, NewProduct("Club", name, "", ProductKind.unlimited, 500, role=role))


def test_roles_are_counted_and_not_the_products_that_come_with_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sold_roles, "_MOST", 2)
    for role_id, name in ((1, "a"), (1, "b"), (1, "c"), (2, "d"), (3, "e")):
        sell(shop, SoldRole(role_id, name, None), name)
    assert sold_roles.asked_for(shop.database) == [SoldRole(1, "c", None), SoldRole(2, "d", None)]


def test_only_roles_of_products_on_sale_are_looked_at(shop: Shop) -> None:
    sell(shop, None, "nothing")
    sell(shop, SoldRole(1, "One", 30), "a")
    sell(shop, SoldRole(1, "One again", None), "b")
    gone = sell(shop, SoldRole(2, "Two", None), "c")
    products.remove(shop, OWNER, gone)
    assert sold_roles.asked_for(shop.database) == [SoldRole(1, "One again", None)]
    with writing(shop.database) as tx:
        tx.session.connection().exec_driver_sql("DROP TABLE version_files")
        tx.session.connection().exec_driver_sql("ALTER TABLE products RENAME TO elsewhere")
    assert sold_roles.asked_for(shop.database) == (), "told elsewhere: the doctor goes on"
