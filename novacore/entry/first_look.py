"""Speaks up once the shop is connected: that it is open, and what the doctor finds. `run_shop` starts it as a task.

It holds nothing up and stops nothing: presses are answered meanwhile, and whatever goes wrong here is only logged.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from novacore.bot.client import ShopBot
from novacore.db.queries.catalog import products, sold_roles
from novacore.db.unit_of_work import reading
from novacore.doctor import examine
from novacore.doctor.findings import Finding, Level
from novacore.plurals import counted
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep import told_findings
from novacore.workflows.upkeep.told_findings import Found

SETTLED_SECONDS = 120.0
"""After which workers, sweep and jobs have to be well: a start finds them on their way."""

_STARTING = frozenset({"Broker", "Workers", "Sweep", "Jobs"})
"""What is looked at only once the shop has settled."""

HERE, WORK, SERVER = "here", "work", "server"

log = logging.getLogger(__name__)


async def speak(bot: ShopBot) -> None:
    """Say that the shop is open, ask the doctor at once, and about the work again when it has settled."""
    try:
        await bot.wait_until_open()
    except Exception:  # noqa: BLE001 - it did not open: whoever runs the bot says why
        return
    try:
        await _say_open(bot)
        await _examine(bot)
        await asyncio.sleep(SETTLED_SECONDS)
        found = await asyncio.to_thread(_at_home, bot)
        await _tell(bot, WORK, (one for one in found if one.about in _STARTING))
    except Exception as error:  # noqa: BLE001 - a doctor who can't look is no reason to close
        log.warning("The doctor could not look at everything at the start (%s).", type(error).__name__)


async def _say_open(bot: ShopBot) -> None:
    where = bot.places
    if where is not None:
        count = counted(await asyncio.to_thread(_on_sale, bot.desk.shop), "product", "products")
        name = bot.desk.shop.face.name or "The shop"
        log.info("%s is open in #%s of %s with %s.", name, where.main.name, where.guild.name, count)


def _on_sale(shop: Shop) -> int:
    with reading(shop.database) as session:
        return products.on_sale(session)


async def _examine(bot: ShopBot) -> None:
    found = await asyncio.to_thread(_at_home, bot)
    await _tell(bot, HERE, (one for one in found if one.about not in _STARTING))
    sold = await asyncio.to_thread(sold_roles.asked_for, bot.desk.shop.database)
    server = await examine.server(bot, bot.desk.settings, sold)
    # Where Discord could not be asked, nothing is known of what was found there before.
    if not any(one.about == "Discord" for one in server):
        await _tell(bot, SERVER, server)


def _at_home(bot: ShopBot) -> list[Finding]:
    desk = bot.desk
    return examine.shop(desk.settings, desk.shop.database, desk.roll_call, examine.BY_THE_BOT)


async def _tell(bot: ShopBot, scope: str, findings: Iterable[Finding]) -> None:
    """Tell log and owner what is new, each thing once."""
    bad = [Found(one.level, one.about, one.text, one.fix) for one in findings if one.level is not Level.ok]
    new: Sequence[Found] = await asyncio.to_thread(told_findings.news, bot.desk.shop, scope, bad)
    for one in new:
        log.warning("%s: %s %s", one.about, one.text, one.fix)
    if known := len(bad) - len(new):
        many = counted(known, "finding", "findings")
        log.info("%s of the doctor told before: `novacore doctor` shows everything.", many)
