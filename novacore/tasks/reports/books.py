"""The books check of the night: the owner hears of what is new, and days that were added up wrong are done again."""

from datetime import date, timedelta
from typing import Final

from novacore import clock
from novacore.doctor import books
from novacore.tasks.queue.handlers import Postpone, Work, handles
from novacore.workflows.machine import job_kinds
from novacore.workflows.reports import rollups
from novacore.workflows.upkeep import nightly_check, told_findings
from novacore.workflows.upkeep.told_findings import Found

_CLOSED: Final = timedelta(minutes=10)
"""So late only a check begins that came due while the shop was closed."""

_SETTLES: Final = timedelta(hours=1)


@handles(job_kinds.CHECK_BOOKS)
def check_books(work: Work) -> str:
    """Answer one question after the other. Killed in between, it begins again: nothing was written."""
    shop, answers = work.shop, []
    if clock.now() - work.job.due_at > _CLOSED:
        raise Postpone("The shop was closed; what came due meanwhile is done first.", delay=_SETTLES)
    for check in books.CHECKS:
        answers.append(books.answer(books.Books(shop.database, shop.terms.zone), check))
        work.renew()
    findings = [one.finding for one in answers if one.subjects]
    found = [Found(one.level, one.about, one.text, one.fix, key=one.text) for one in findings]
    told_findings.news(shop, nightly_check.SCOPE, found)
    wrong = [date.fromisoformat(one.id) for answer in answers for one in answer.subjects if one.kind == "day"]
    if wrong:
        rollups.mark_days(shop, wrong)
    return books.summary(answers)
