"""A start that speaks: the shop says that it is open, and tells log and owner once what the doctor finds."""

from pathlib import Path

import discord

from tests.fixtures.terminal import at_terminal
from tests.stories.live import NOVACORE, LiveShop, Process, stop
from tests.wire.fixture import wire
from tests.wire.people import Person
from tests.wire.stand_in import Wire

__all__ = ["wire"]

SEES = "customers can read each other's proofs of payment"
KNOWN = "of the doctor told before"


def opened(shop: LiveShop) -> Process:
    """Start the shop, and wait until it has said so and the doctor has looked at the server."""
    process = shop.start(NOVACORE, "run")
    process.wait_for("The shop is open in #shop of ")
    return process


def told(owner: Person) -> list[str]:
    """The DMs that bring something of the doctor's."""
    return [one.text for one in owner.dms() if "Your shop has started" in one.text]


def test_the_shop_says_that_it_is_open_and_each_finding_once(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {}) as shop:
        shop.run(NOVACORE, "sample")
        owner = shop.owner()
        staff, view = shop.channels["staff"], discord.Permissions(view_channel=True).value
        shop.wire.set_overwrite(staff, wire.guild_id, allow=view)

        process = opened(shop)
        assert "with 11 products." in process.log
        process.wait_for(SEES)
        assert SEES in owner.await_dm("Your shop has started").text
        stop([process])
        assert process.log.count(SEES) == 1
        assert process.log.count(SEES) == (tmp_path / "logs" / "novacore.log").read_text().count(SEES)

        process = opened(shop)
        process.wait_for(KNOWN)
        stop([process])
        assert SEES not in process.log

        shop.wire.set_overwrite(staff, wire.guild_id, deny=view)
        shop.settings["CURRENCY"] = "EUR"
        process = opened(shop)
        process.wait_for("there are prices in another currency: 11 products in USD")
        wire.wait_for(lambda: any("CURRENCY" in one for one in told(owner)), 60, "the owner's DM")
        stop([process])

        shop.wire.set_overwrite(staff, wire.guild_id, allow=view)
        process = opened(shop)
        process.wait_for(SEES)
        wire.wait_for(lambda: sum(SEES in one for one in told(owner)) == 2, 60, "the second DM about it")
        stop([process])
        assert "Traceback" not in process.log


def test_samples_are_asked_about_at_a_terminal_of_a_live_shop(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {}) as shop:
        env = shop.environment()
        for answer in ("", "no", "n"):
            said = at_terminal((NOVACORE, "sample"), answer, cwd=shop.folder, env=env)
            assert (said.returncode, "Nothing was put on sale." in said.stdout) == (1, True)
        assert not Path(shop.settings["DATABASE_PATH"]).exists()
        said = at_terminal((NOVACORE, "sample"), "yes", cwd=shop.folder, env=env)
        assert (said.returncode, "11 sample products are on sale." in said.stdout) == (0, True)
        assert "11 sample products were taken out" in shop.run(NOVACORE, "sample", "--remove")


def test_without_a_terminal_it_goes_ahead_and_says_so(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {}) as shop:
        said = shop.run(NOVACORE, "sample")
        assert "11 sample products are on sale." in said
        assert "customers can buy them. `" in said
        assert "novacore sample --remove`" in said
