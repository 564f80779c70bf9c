"""Pictures of proofs: looked at before they are taken, and compared with earlier ones by a job."""

import logging

from novacore.db.queries.orders import proofs as proof_queries
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, Busy
from novacore.media.proofs import ProcessedProof, process, same_picture
from novacore.plurals import counted
from novacore.tasks.queue.handlers import Work, handles
from novacore.tasks.queue.offload.offload import Offload, OffloadFailed, OffloadStopped
from novacore.workflows.machine import job_kinds
from novacore.workflows.orders import proofs
from novacore.workflows.orders.proofs import Unprocessed

CANDIDATES = 20
"""Pictures compared in earnest, the likest first: two receipts of one app share a hash without being one picture."""

_UNREADABLE = "That picture can't be opened here. Please take a screenshot of it and upload that."
_NOT_NOW = "I can't look at pictures right now. Nothing has changed: please send your proof again in a minute."

log = logging.getLogger(__name__)


def process_elsewhere(pictures: Offload, content: bytes) -> ProcessedProof:
    """Make the picture that staff will see, before an upload counts as a proof. Raises BadInput, and Busy at a stop.

    The bot's own door to the child process: whatever goes wrong there is a sentence to the customer.
    """
    try:
        return pictures.run(process, content)
    except OffloadFailed as fault:
        log.warning("The picture of a proof could not be made: %s", fault)
        raise BadInput(_UNREADABLE) from None
    except (OffloadStopped, OSError) as fault:
        log.warning("No process could be had for the picture of a proof: %s", fault)
        raise Busy(_NOT_NOW) from None


@handles(job_kinds.PROCESS_PROOF)
def process_proof(work: Work) -> str:
    """Compare the newest upload with others; make its safe picture first where it has none; flag what is unreadable."""
    found = proofs.unprocessed(work.shop, work.job.subject_id)
    if found is None:
        return "It was compared already."
    try:
        picture, hashed = _picture(work, found)
    except BadInput as refusal:
        with writing(work.shop.database) as tx:
            proofs.record_unreadable(tx, found.id)
        return f"Staff see a flag instead of a picture: {refusal.sentence}"
    alike = _confirmed(work, picture, proofs.find_alike(work.shop, found.id, hashed))
    proofs.record_likenesses(work.shop, found.id, alike)
    return f"The picture is ready; {counted(len(alike), 'other proof looks', 'other proofs look')} like it."


def _picture(work: Work, found: Unprocessed) -> tuple[bytes, int]:
    """Return the safe picture and its hash; an upload from before it was made at once still needs both."""
    if found.picture is not None and found.perceptual_hash is not None:
        return found.picture, found.perceptual_hash
    made = work.pictures.run(process, found.original or b"")
    proofs.record_picture(work.shop, found.id, made)
    return made.picture, made.perceptual_hash


def _confirmed(work: Work, picture: bytes, candidates: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep the candidates (proof id, differing bits) that show the same picture, not only the same app."""
    found = []
    for other_id, distance in sorted(candidates, key=lambda pair: pair[1])[:CANDIDATES]:
        with reading(work.shop.database) as session:
            other = proof_queries.picture(session, other_id)
        if other and work.pictures.run(same_picture, picture, other):
            found.append((other_id, distance))
    return found
