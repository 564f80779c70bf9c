"""The picture job: makes a safe picture of an uploaded proof and looks for earlier ones like it."""

from novacore.db.queries import proofs as proof_queries
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput
from novacore.media.proofs import process, same_picture
from novacore.tasks.queue.handlers import Work, handles
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import proofs

CANDIDATES = 20
"""Pictures compared in earnest, the likest first: two receipts of one app share a hash without being one picture."""


@handles(JobName.process_proof)
def process_proof(work: Work) -> str:
    """Re-encode the newest upload without its metadata, hash it, compare it; flag what cannot be read."""
    found = proofs.unprocessed(work.shop, work.job.subject_id)
    if found is None:
        return "Its picture was made already."
    proof_id, original = found
    try:
        picture = work.heavy.run(process, original)
    except BadInput as refusal:
        with writing(work.shop.database) as tx:
            proofs.record_unreadable(tx, proof_id)
        return f"Staff see a flag instead of a picture: {refusal.sentence}"
    proofs.record_picture(work.shop, proof_id, picture)
    alike = _confirmed(work, picture.picture, proofs.find_alike(work.shop, proof_id, picture.perceptual_hash))
    proofs.record_likenesses(work.shop, proof_id, alike)
    return f"The picture is ready; {len(alike)} other proofs look like it."


def _confirmed(work: Work, picture: bytes, candidates: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep the candidates (proof id, differing bits) that show the same picture, not only the same app."""
    found = []
    for other_id, distance in sorted(candidates, key=lambda pair: pair[1])[:CANDIDATES]:
        with reading(work.shop.database) as session:
            other = proof_queries.picture(session, other_id)
        if other and work.heavy.run(same_picture, picture, other):
            found.append((other_id, distance))
    return found
