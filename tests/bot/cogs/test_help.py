"""`/help` lists what this person can do, and nothing that is someone else's."""

from simcord import MemberActor

from tests.bot.conftest import Opening
from tests.bot.towns.town import Town, page, said


async def listed(here: Town, who: MemberActor) -> str:
    answer = await who.slash(here.channels["shop"], "help")
    page(answer)  # nobody else sees it
    return said(answer)


async def test_a_customer_reads_what_customers_can_do(town: Opening) -> None:
    async with town() as here:
        told = await listed(here, here.alice)
        for wanted in ("For everybody", "shop:", "orders:", "Get help", f"<#{here.channels['support'].id}>"):
            assert wanted in told
        for other in ("For staff", "For the owner", "queue", "product add"):
            assert other not in told


async def test_staff_read_theirs_and_the_owner_everything(town: Opening) -> None:
    async with town() as here:
        staffs = await listed(here, here.sam)
        assert "For staff" in staffs
        assert "ticket close" in staffs
        assert "For the owner" not in staffs
        assert "product add" not in staffs
        owners = await listed(here, here.olga)
        assert "For staff" in owners
        assert "For the owner" in owners
        assert "product add" in owners


async def test_commands_can_be_pressed_where_their_ids_are_known_and_are_plain_where_not(town: Opening) -> None:
    async with town() as here:
        guild = here.bot.get_guild(here.guild.id)
        assert guild
        ids = {command.name: command.id for command in await here.bot.tree.fetch_commands(guild=guild)}
        assert f"</shop:{ids['shop']}>: See what is on sale" in await listed(here, here.alice)
        here.bot.desk.command_ids = {}
        assert "`/shop`: See what is on sale" in await listed(here, here.alice)
        assert "</" not in await listed(here, here.olga)


async def test_the_ids_are_known_after_a_restart_as_well(town: Opening) -> None:
    async with town() as here:
        await here.restart()
        assert "</shop:" in await listed(here, here.alice)
