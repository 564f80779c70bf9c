"""Making and changing messages in the world: nonces, files, embeds and components. Routes and `Wire.say` call it."""

import mimetypes
import time
from copy import deepcopy
from datetime import UTC, datetime

from tests.wire.server.bodies import Body
from tests.wire.server.errors import refusal, too_long
from tests.wire.server.limits import check_message
from tests.wire.world import payloads
from tests.wire.world.components import Json, complete, media_of, resolve
from tests.wire.world.state import COMPONENTS_V2, EPHEMERAL, Attachment, Channel, Message
from tests.wire.world.world import World


def create(world: World, channel: Channel, author_id: int, body: Body) -> Message:
    """Stores the message and announces it, or returns the earlier one that its enforced nonce names."""
    fields = body.fields
    nonce = _nonce(fields)
    earlier = _earlier(world, channel, author_id, nonce) if fields.get("enforce_nonce") else None
    if earlier is not None:
        return earlier
    message = compose(world, channel.id, author_id, body)
    if nonce is not None:
        world.nonces[channel.id, author_id, nonce] = (time.monotonic(), message.id)
    return stand(world, channel, message)


def stand(world: World, channel: Channel, message: Message) -> Message:
    """Puts a complete message into its channel and announces it."""
    channel.messages[message.id] = message
    world.announce("MESSAGE_CREATE", payloads.message_event(world, message))
    return message


def compose(world: World, channel_id: int, author_id: int, body: Body) -> Message:
    """A message that is checked and complete but stands nowhere yet (an ephemeral one never will)."""
    fields = body.fields
    message = Message(world.ids.mint(), channel_id, author_id)
    message.flags = (fields.get("flags") or 0) & (EPHEMERAL | COMPONENTS_V2 | 1 << 2 | 1 << 12)
    message.reference = fields.get("message_reference")
    message.type = 19 if message.reference and not message.reference.get("type") else 0
    _fill(world, message, body)
    return message


def edit(world: World, message: Message, body: Body) -> None:
    """Changes what the body names and leaves the rest. Files not listed in `attachments`, where given, go."""
    changed = deepcopy(message)
    changed.flags |= (body.fields.get("flags") or 0) & COMPONENTS_V2
    listed = body.fields.get("attachments")
    if listed is not None:
        kept = {int(each["id"]) for each in listed}
        changed.attachments = [each for each in changed.attachments if each.id in kept]
    _fill(world, changed, body)
    changed.edited_at = datetime.now(UTC)
    message.__dict__.update(changed.__dict__)
    if message.ephemeral_to is None:
        world.announce("MESSAGE_UPDATE", payloads.message_event(world, message))


def delete(world: World, channel: Channel, message_id: int) -> None:
    """Removes the message and announces it."""
    del channel.messages[message_id]
    gone = {"id": str(message_id), "channel_id": str(channel.id)}
    world.announce("MESSAGE_DELETE", gone | ({"guild_id": str(channel.guild_id)} if channel.guild_id else {}))


def _nonce(fields: Json) -> str | None:
    nonce = fields.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        raise too_long("nonce", 25)
    return None if nonce is None else str(nonce)


def _earlier(world: World, channel: Channel, author_id: int, nonce: str | None) -> Message | None:
    # Documented as "in the past few minutes", per author; whether a deleted message still counts is not, so it
    # does not here: then a repeat is seen rather than lost.
    if nonce is None or (channel.id, author_id, nonce) not in world.nonces:
        return None
    sent_at, message_id = world.nonces[channel.id, author_id, nonce]
    fresh = time.monotonic() - sent_at < world.nonce_window
    return channel.messages.get(message_id) if fresh else None


def _fill(world: World, message: Message, body: Body) -> None:
    fields = body.fields
    if "content" in fields:
        message.content = fields["content"] or ""
    if "embeds" in fields:
        message.embeds = [_embed(each) for each in fields["embeds"] or []]
    if "components" in fields:
        message.components = fields["components"] or []
    message.allowed_mentions = fields.get("allowed_mentions")
    message.attachments += _uploaded(world, message, body)
    check_message(message)
    complete(message.components)
    _show_files(world, message)
    world.attachments |= {each.id: each for each in message.attachments}


def _embed(sent: Json) -> Json:
    fields = [{"inline": False} | each for each in sent.get("fields", ())]
    return {"type": "rich"} | sent | ({"fields": fields} if fields else {})


def _uploaded(world: World, message: Message, body: Body) -> list[Attachment]:
    described = {int(each["id"]): each for each in body.fields.get("attachments") or []}
    found = []
    for index, upload in sorted(body.files.items()):
        if len(upload.content) > world.file_limit:
            raise refusal(40005)
        about = described.get(index, {})
        name = about.get("filename") or upload.filename
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        new = Attachment(world.ids.mint(), message.channel_id, name, upload.content, kind, about.get("description"))
        new.ephemeral = bool(message.flags & EPHEMERAL)
        found.append(new)
    return found


def _show_files(world: World, message: Message) -> None:
    urls = {each.filename: (each.id, payloads.attachment_url(world, each)) for each in message.attachments}
    in_components = {resolve(media, "components", urls) for media in media_of(message.components)}
    in_embeds = {
        resolve(embed[key], f"embeds.{index}.{key}.url", urls)
        for index, embed in enumerate(message.embeds)
        for key in ("image", "thumbnail")
        if key in embed
    }
    for each in message.attachments:
        each.in_embed = each.id in in_embeds
        each.exposed = not message.flags & COMPONENTS_V2 or each.id in in_components
