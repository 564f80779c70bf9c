"""How a proof of payment comes in, by the receipt's form and by `/proof`: only what staff will see counts as one."""

import discord

from novacore.bot.desk import Desk
from novacore.bot.uploads import uploads
from novacore.db.models import Order
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import commands as orders


async def take(desk: Desk, actor: Actor, order_id: str, file: discord.Attachment | None, reference: str) -> Order:
    """Look whether it could count; fetch the picture now, because Discord's link to it dies; then take the proof.

    Raises every refusal of these steps, with nothing changed.
    """
    async with desk.intake.room(actor.id or 0, uploads.size_of(file)):
        await desk.run(orders.refuse_proof, actor, order_id, reference)
        content = await uploads.fetch(file)
        picture = await desk.intake.process(content)
        return await desk.run(orders.submit_proof, actor, order_id, content, reference, picture)
