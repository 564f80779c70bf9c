"""Makes an export and sends it to the owner, a part with each attempt: proofs of payment get their turn in between.

Whoever makes a part sends it: it is in memory then and nowhere else. A worker that is killed leaves nothing behind but
a folder that the next part removes, and any other worker goes on behind the last part that went out.
"""

from datetime import timedelta

from novacore.db.models import Export
from novacore.db.unit_of_work import writing
from novacore.messages.reports.exports import part_message
from novacore.plurals import counted
from novacore.states import ExportState
from novacore.tasks.queue.handlers import Postpone, Work, handles
from novacore.tasks.queue.leases import LeaseLost
from novacore.tasks.queue.offload.offload import OffloadFailed
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToPerson, where_sent
from novacore.workflows.exports import requests as exports
from novacore.workflows.exports.parts import Part, write_part
from novacore.workflows.machine import job_kinds

_PATIENCE = 40.0
"""Seconds in which a part that is made waits for room to be sent: it would have to be made again."""


@handles(job_kinds.MAKE_EXPORT)
def make_export(work: Work) -> str:
    """Make the next part of the export and send it; then make room for others, unless it was the last."""
    export = exports.standing(work.shop, int(work.job.subject_id))
    if export.state is not ExportState.making:
        return "The export is over."
    went_out = bool(export.planned) and where_sent(work, _key(export)) is not None
    if not went_out and not _send(work, export):
        return "Another worker has gone on with this export."
    export = exports.part_sent(work.shop, export)
    if export.state is ExportState.making:
        raise Postpone(f"{export.rows_done} of {export.rows_total} rows are with the owner.", delay=timedelta(0))
    rows = counted(export.rows_done, "row is", "rows are")
    return f"{rows} with the owner, in {counted(export.parts_sent, 'file', 'files')}."


def _send(work: Work, export: Export) -> bool:
    """Make the part, write down where it ends, and send it."""
    url = work.shop.database.engine.url.render_as_string(hide_password=False)
    try:
        part = work.offload.run(write_part, url, exports.next_part(work.shop, export))
        if not _planned(work, export, part):
            return False
    except (OffloadFailed, LeaseLost):
        # It took too long: the next try, whoever makes it, is to be shorter.
        exports.take_smaller_steps(work.shop, export)
        raise
    with work.carrying(len(part.content), _PATIENCE):
        post(work, _key(export), "export", ToPerson(export.owner_id), lambda: part_message(export, part))
    return True


def _planned(work: Work, export: Export, part: Part) -> bool:
    with writing(work.shop.database) as tx:
        work.renew_in(tx)
        return exports.plan(tx, export, part)


def _key(export: Export) -> str:
    return f"export:{export.id}:{export.parts_sent + 1}"
