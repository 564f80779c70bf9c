"""The picture job: makes a safe picture of an uploaded proof and looks for earlier ones like it."""

from novacore.db.unit_of_work import writing
from novacore.errors import BadInput
from novacore.media.proofs import process
from novacore.tasks.work import Work, handles
from novacore.workflows import proofs
from novacore.workflows.jobs import JobName


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
    alike = proofs.find_alike(work.shop, proof_id, picture.perceptual_hash)
    proofs.record_picture(work.shop, proof_id, picture, alike)
    return f"The picture is ready; {len(alike)} earlier proofs look like it."
