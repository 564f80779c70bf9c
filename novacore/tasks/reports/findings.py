"""Tells the owner by DM what the doctor found at a start, or the books check, and which coins' prices are too old."""

from collections.abc import Callable

import discord

from novacore.doctor.findings import Finding, Level
from novacore.messages.doctor import books, news, stale_rates
from novacore.messages.kit.layout import Message
from novacore.plurals import counted
from novacore.tasks.discord.owners import owners
from novacore.tasks.queue.handlers import Work, WorkWith, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToPerson, give_up
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import TellOwner
from novacore.workflows.payments.rates import RATES
from novacore.workflows.upkeep import nightly_check, told_findings


@handles(job_kinds.TELL_OWNER)
def tell_owner(work: WorkWith[TellOwner]) -> str:
    """Send each owner one message with what is new; the log has it as well, so closed DMs are no fault."""
    rows = told_findings.recall(work.shop, work.job.payload["findings"])
    found = [Finding(Level(one.level), one.about, one.text, one.fix) for one in rows]
    if not found:
        return "All of it was put right meanwhile."
    reached = sum(_sent(work, owner, found) for owner in owners(work.calls, work.shop))
    return f"{counted(reached, 'owner has', 'owners have')} been told."


def _page_of(work: Work) -> Callable[[list[Finding]], Message]:
    pages = {RATES: stale_rates, nightly_check.SCOPE: books}
    return next((page for scope, page in pages.items() if work.job.subject_id.startswith(scope)), news)


def _sent(work: Work, owner: int, found: list[Finding]) -> bool:
    key, page = f"findings:{work.job.id}:u{owner}", _page_of(work)
    try:
        post(work, key, "findings", ToPerson(owner), lambda: page(found))
    except (discord.Forbidden, discord.NotFound):
        give_up(work, key)  # an attempt that was cut off may have begun it
        return False
    return True
