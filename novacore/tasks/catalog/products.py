"""The picture of a product that its owner is writing: fetched if need be, cleaned, kept, or refused with a reason."""

from novacore.db.unit_of_work import writing
from novacore.errors import BadInput
from novacore.media.product_pictures import make
from novacore.tasks.discord import remote_pictures
from novacore.tasks.queue.handlers import Work, WorkWith, handles
from novacore.tasks.queue.offload.offload import OffloadFailed
from novacore.workflows.catalog import draft_pictures
from novacore.workflows.catalog.draft_pictures import Wanted
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import TakePicture


@handles(job_kinds.TAKE_PICTURE)
def take_picture(work: WorkWith[TakePicture]) -> str:
    """Take the picture of a draft. What is wrong with it the owner reads on the draft's page."""
    draft_id, number = int(work.job.subject_id), work.job.payload["round"]
    wanted = draft_pictures.wanted(work.shop, draft_id, number)
    if wanted is None:
        return "Nobody waits for this picture any more."
    try:
        picture = work.pictures.run(make, _content(wanted))
    except BadInput as refusal:
        return _refuse(work, draft_id, number, refusal.sentence)
    except OffloadFailed:
        return _refuse(work, draft_id, number, "That picture could not be read. Please try another one.")
    kept = draft_pictures.keep(work.shop, draft_id, number, picture)
    return "The picture is ready." if kept else "Nobody waits for this picture any more."


def _content(wanted: Wanted) -> bytes:
    if wanted.upload is not None:
        return wanted.upload
    return remote_pictures.fetch(wanted.url or "")


def _refuse(work: Work, draft_id: int, number: int, why: str) -> str:
    with writing(work.shop.database) as tx:
        draft_pictures.refuse(tx, draft_id, number, why)
    return f"The owner is told: {why}"
