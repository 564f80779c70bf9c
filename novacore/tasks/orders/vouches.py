"""The one message of a vouch in its channel: posted, edited with the vouch, and gone once staff have hidden it."""

from novacore.db.queries.orders import vouches as queries
from novacore.db.queries.orders.vouches import PublicVouch
from novacore.db.unit_of_work import reading
from novacore.messages.orders.vouches import public_vouch
from novacore.tasks.queue.handlers import REFRESHES, Work, handles
from novacore.tasks.queue.sending.outgoing import outgoing, post
from novacore.tasks.queue.sending.send_once import ToChannel, where_sent
from novacore.workflows.machine import job_kinds


@handles(job_kinds.POST_VOUCH)
def post_vouch(work: Work) -> str:
    """Bring the channel to what the vouch is now."""
    outcome = ""
    for _ in range(REFRESHES):
        vouch = _vouch(work)
        if vouch is None:
            return "There is no vouch for this order."
        outcome = _take_down(work) if vouch.is_hidden else _show(work, vouch)
        if _vouch(work) == vouch:
            break
        # It changed while we were at Discord: whoever speaks last must be the one who read last.
    return outcome


def _show(work: Work, vouch: PublicVouch) -> str:
    channel = ToChannel(work.shop.places.vouch_channel_id)
    sent = post(work, _key(work), "public_vouch", channel, lambda: public_vouch(vouch))
    if not sent.repeated:
        return "The vouch is in its channel."
    place = sent.message
    if work.calls.edit(place.channel_id, place.message_id, lambda: outgoing(public_vouch(vouch))):
        return "The vouch in its channel is as it was written last."
    return "Someone deleted the vouch's message; it stays deleted."


def _take_down(work: Work) -> str:
    sent = where_sent(work, _key(work))
    if sent is None:
        return "The vouch is hidden and was never posted."
    work.calls.delete(sent.channel_id, sent.message_id)
    return "The hidden vouch is gone from its channel."


def _key(work: Work) -> str:
    return f"public_vouch:{work.job.subject_id}"


def _vouch(work: Work) -> PublicVouch | None:
    with reading(work.shop.database) as session:
        return queries.public(session, work.job.subject_id)
