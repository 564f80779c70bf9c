"""How a proof of payment comes in, by the receipt's form and by `/proof`: only what staff will see counts as one.

Where a transaction id or an order id is wrong, the picture is kept for an hour, and only the id is asked for again.
"""

import discord

from novacore.bot.desk import Desk
from novacore.bot.uploads import uploads
from novacore.db.models import Order
from novacore.errors import BadInput, EvidenceUsed, NotFound, ProofKept, Refusal
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import kept_proofs
from novacore.workflows.orders.kept_proofs import Kept
from novacore.workflows.orders.table import ORDERS


async def take(desk: Desk, actor: Actor, order_id: str, file: discord.Attachment | None, reference: str) -> Order:
    """Look whether it could count; fetch the picture now, because Discord's link to it dies; then take the proof.

    Raises every refusal of these steps, with nothing changed, and ProofKept where only the reference is wrong.
    """
    async with desk.intake.room(actor.id or 0, uploads.size_of(file)):
        try:
            await desk.run(orders.refuse_proof, actor, order_id, reference)
        except BadInput as refusal:
            raise await _kept(desk, actor, order_id, file, reference, refusal) from None
        content = await uploads.fetch(file)
        picture = await desk.intake.process(content)
        try:
            return await desk.run(orders.submit_proof, actor, order_id, content, reference, picture)
        except EvidenceUsed as refusal:
            if not refusal.is_reference:
                raise
            kept_id = await desk.run(kept_proofs.keep, actor, order_id, reference, content)
            raise _with_retry(refusal, kept_id) from None


async def take_typed(desk: Desk, actor: Actor, typed: str, file: discord.Attachment, reference: str) -> Order:
    """Take a proof for the order whose id was typed. Raises as `take` does, and ProofKept where that id is wrong."""
    order_id = await desk.run(kept_proofs.own_order, actor, typed)
    if order_id is not None:
        return await take(desk, actor, order_id, file, reference)
    async with desk.intake.room(actor.id or 0, uploads.size_of(file)):
        raise await _kept(desk, actor, None, file, reference, NotFound(ORDERS.missing))


async def _kept(
    desk: Desk,
    actor: Actor,
    order_id: str | None,
    file: discord.Attachment | None,
    reference: str,
    refusal: Refusal,
) -> Refusal:
    """Return the refusal, with a way to try again where the picture can be kept; one that can't be isn't fetched."""
    if not await desk.run(kept_proofs.may_keep, actor):
        return refusal
    try:
        content = await uploads.fetch(file)
        await desk.intake.process(content)
    except Refusal:
        return refusal
    kept_id = await desk.run(kept_proofs.keep, actor, order_id, reference, content)
    return _with_retry(refusal, kept_id)


def _with_retry(refusal: Refusal, kept_id: int | None) -> Refusal:
    return refusal if kept_id is None else ProofKept(refusal.sentence, kept_id)


async def take_kept(desk: Desk, actor: Actor, kept: Kept, order_id: str, reference: str) -> Order:
    """Take a proof whose picture was kept; what was typed this time is the order's id, or the reference, alone.

    Raises as `take` does.
    """
    async with desk.intake.room(actor.id or 0, kept.size):
        known = kept.order_id or await desk.run(kept_proofs.own_order, actor, order_id)
        if known is None:
            raise ProofKept(ORDERS.missing, kept.id)
        wanted = reference if kept.order_id else kept.reference
        try:
            await desk.run(orders.refuse_proof, actor, known, wanted)
        except (BadInput, EvidenceUsed) as refusal:
            await desk.run(kept_proofs.note, kept.id, known, wanted)
            raise ProofKept(refusal.sentence, kept.id) from None
        content = await desk.run(kept_proofs.picture, actor, kept.id)
        picture = await desk.intake.process(content)
        try:
            order = await desk.run(orders.submit_proof, actor, known, content, wanted, picture)
        except EvidenceUsed as refusal:
            if not refusal.is_reference:
                raise
            await desk.run(kept_proofs.note, kept.id, known, wanted)
            raise ProofKept(refusal.sentence, kept.id) from None
    await desk.run(kept_proofs.drop, kept.id)
    return order
