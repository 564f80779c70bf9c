"""Makes the owner's reports, and sends those of the schedule. The database adds up, and `offload` draws."""

import json
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

import discord

from novacore import private_files
from novacore.db.models import Report
from novacore.db.unit_of_work import reading
from novacore.media.reports.picture import draw
from novacore.messages.reports import reports as messages
from novacore.messages.reports.report_page import page
from novacore.plurals import counted
from novacore.tasks.discord.owners import owners
from novacore.tasks.queue.handlers import Postpone, Work, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel, ToPerson
from novacore.workflows.machine import job_kinds
from novacore.workflows.reports import figures, reports, rollups
from novacore.workflows.reports.figures import Figures
from novacore.workflows.reports.rollups import Tick

log = logging.getLogger(__name__)

_EVERY_SECONDS = 1.0
"""How often the progress is written down, and the lease begun again while there is much to add up."""

TURN_SECONDS = 5.0
"""How long days are added up before proofs that wait for the same worker have their turn, and a stop its chance."""


@handles(job_kinds.ROLL_UP)
def roll_up(work: Work) -> str:
    """Bring the figures of every day up to date."""
    return f"{rollups.catch_up(work.shop, _in_turns(work, None))} days were added up again."


@handles(job_kinds.MAKE_REPORT)
def make_report(work: Work) -> str:
    """Add up, draw, and keep what came of it: in the database for the sender, and as files for the owner."""
    report = _report(work)
    if report.made_at is not None:
        return "The report had been made already."
    made = reports.figures_of(work.shop, reports.period_of(report), _in_turns(work, report))
    shown = made.currencies[: messages.MOST_PICTURES]
    pictures = []
    for one in shown:
        work.renew()
        pictures.append(work.offload.run(draw, page(made, one, work.shop.face.name)))
    _store_files(work.shop.terms.report_folder, made, pictures)
    work.renew()
    reports.keep(work.shop, report.id, made, pictures)
    return "The report is made."


@handles(job_kinds.SEND_REPORT)
def send_report(work: Work) -> str:
    """Send a report to each owner by DM and, where there is one, to the channel for reports; each once."""
    report, pictures, _ = reports.load(work.shop, int(work.job.subject_id))
    made = figures.load(report.figures)
    channel_id = work.shop.places.report_channel_id
    places: list[ToChannel | ToPerson] = [ToPerson(one) for one in owners(work.calls, work.shop)]
    if channel_id is not None:
        places.append(ToChannel(channel_id))
    reached = 0
    for to in places:
        reached += _sent(work, to, made, pictures)
    if not reached:
        staff = ToChannel(work.shop.places.staff_channel_id)
        post(work, f"report:{report.id}:nobody", "report_alert", staff, messages.not_sent)
        return "The report reached nobody; staff have been told."
    return f"The report was sent to {counted(reached, 'place', 'places')}."


def _sent(work: Work, to: ToChannel | ToPerson, made: Figures, pictures: Sequence[bytes]) -> bool:
    """Send it to one place; False where Discord refuses that for good."""
    place = f"c{to.channel_id}" if isinstance(to, ToChannel) else f"u{to.user_id}"
    key = f"report:{work.job.subject_id}:{place}"
    try:
        post(work, key, "report", to, lambda: messages.report(made, pictures, work.shop.face.name))
    except (discord.Forbidden, discord.NotFound):
        return False  # closed DMs, an account or a channel that is gone: the other places still get it
    return True


def _report(work: Work) -> Report:
    with reading(work.shop.database) as session:
        return session.get_one(Report, int(work.job.subject_id))


def _in_turns(work: Work, report: Report | None) -> Tick:
    """Return what notes the progress, at most once a second, and lets others have their turn between two days."""
    began = noted = time.monotonic()

    def tick(done: int, total: int) -> None:
        nonlocal noted
        if time.monotonic() - noted >= _EVERY_SECONDS:
            noted = time.monotonic()
            work.renew()
            _note(work, report, done, total)
        if 0 < done < total and time.monotonic() - began >= TURN_SECONDS:
            _note(work, report, done, total)
            raise Postpone(f"{total - done} days are still to be added up; others have their turn in between.")

    return tick


def _note(work: Work, report: Report | None, done: int, total: int) -> None:
    """Show how far it is, with what earlier turns have done."""
    if report is not None:
        whole = max(total, report.days_total)
        reports.note_progress(work.shop, report.id, whole - total + done, whole)


def _store_files(folder: Path | None, made: Figures, pictures: Sequence[bytes]) -> None:
    """Keep figures and pictures under names that the days give: made again, the new ones take their place."""
    if folder is None:
        return
    name = f"report-{made.first}-{made.last}"
    files = {f"{name}.json": json.dumps(made.dump(), indent=2, ensure_ascii=False).encode()}
    shown = zip(made.currencies, pictures, strict=False)
    files |= {f"{name}-{one.currency.lower()}.png": picture for one, picture in shown}
    try:
        private_files.make_folder(folder)
        for called, content in files.items():
            _replace(folder / called, content)
    except OSError:
        # A full or locked disk: the report itself is in the database.
        log.warning("The copies of a report could not be written into %s.", folder, exc_info=True)


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that there is never half of it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        private_files.write_new(part, content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
