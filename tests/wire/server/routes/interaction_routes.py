"""Routes that answer an interaction: the callback within three seconds, then followups by its token."""

import time

from aiohttp import web

from tests.wire.server.bodies import Body
from tests.wire.server.errors import refusal
from tests.wire.server.limits import check_form
from tests.wire.server.pipeline import BODY, WORLD, answer, nothing, number_in
from tests.wire.world import messages, payloads
from tests.wire.world.components import complete
from tests.wire.world.state import EPHEMERAL, LOADING, Interaction, Message
from tests.wire.world.world import World

routes = web.RouteTableDef()
SAY, THINK, DEFER_UPDATE, UPDATE, SUGGEST, FORM = 4, 5, 6, 7, 8, 9
MODAL_SUBMIT = 5


@routes.post(r"/interactions/{interaction:\d+}/{token}/callback")
async def callback(request: web.Request) -> web.Response:
    """The first answer: 10062 after three seconds, 40060 for a second one. 204 unless a response is asked for."""
    world, fields = request.app[WORLD], request[BODY].fields
    it = _unanswered(world, request)
    shown = _first_answer(world, it, fields["type"], Body(fields.get("data") or {}, request[BODY].files))
    it.answer = fields["type"]
    if shown and fields["type"] != THINK:
        it.replies.append(shown.id)
    if request.query.get("with_response") not in ("1", "true"):
        return nothing()
    made = payloads.message(world, shown) if shown and fields["type"] != THINK else None
    return answer(payloads.interaction_answer(it, fields["type"], made))


def _unanswered(world: World, request: web.Request) -> Interaction:
    it = world.interactions.get(request.match_info["token"])
    if it is None or it.id != number_in(request, "interaction"):
        raise refusal(10062)
    if it.answer is not None:
        raise refusal(40060)
    if time.monotonic() - it.opened_at > world.ack_window:
        raise refusal(10062)
    return it


def _first_answer(world: World, it: Interaction, kind: int, body: Body) -> Message | None:
    if kind in (SAY, THINK):
        return _open_original(world, it, body, loading=kind == THINK)
    if kind == UPDATE:
        message = _pressed(world, it)
        messages.edit(world, message, body)
        return message
    if kind == DEFER_UPDATE:
        _pressed(world, it)
    elif kind == FORM and it.type != MODAL_SUBMIT:
        check_form(body.fields)
        complete(body.fields["components"])
        it.modal = body.fields
    elif kind == SUGGEST:
        it.choices = body.fields["choices"]
    elif kind != 1:
        raise refusal(50109)
    return None


def _pressed(world: World, it: Interaction) -> Message:
    if it.message_id is None:
        raise refusal(10008)
    it.original_id = it.message_id
    return world.shown_message(it.channel_id, it.message_id)


def _open_original(world: World, it: Interaction, body: Body, *, loading: bool) -> Message:
    it.ephemeral = bool((body.fields.get("flags") or 0) & EPHEMERAL)
    it.loading = loading
    if loading:
        message = Message(world.ids.mint(), it.channel_id, world.bot_id, flags=LOADING | EPHEMERAL * it.ephemeral)
        _store(world, it, message)
    else:
        message = _say(world, it, body)
    it.original_id = message.id
    return message


def _say(world: World, it: Interaction, body: Body) -> Message:
    message = messages.compose(world, it.channel_id, world.bot_id, body)
    _store(world, it, message)
    if message.ephemeral_to is None:
        world.announce("MESSAGE_CREATE", payloads.message_event(world, message))
    return message


def _store(world: World, it: Interaction, message: Message) -> None:
    # No history holds an ephemeral message, and no event tells of it.
    message.interaction_id = it.id
    if message.flags & EPHEMERAL:
        message.ephemeral_to = it.user_id
        world.ephemeral[message.id] = message
    else:
        world.channel(it.channel_id).messages[message.id] = message


def _by_token(request: web.Request) -> tuple[World, Interaction]:
    world = request.app[WORLD]
    it = world.interactions.get(request.match_info["token"])
    if it is None or it.answer is None or number_in(request, "application") != world.bot_id:
        raise refusal(10015)
    if time.monotonic() - it.opened_at > world.token_window:
        raise refusal(50027)
    return world, it


@routes.post(r"/webhooks/{application:\d+}/{token}")
async def post_followup(request: web.Request) -> web.Response:
    """One more message. After a thinking answer the first of these is the original itself."""
    world, it = _by_token(request)
    if it.loading and it.original_id is not None:
        message = world.shown_message(it.channel_id, it.original_id)
        _finish_thinking(world, it, message, request[BODY])
    else:
        message = _say(world, it, request[BODY])
    it.replies.append(message.id)
    shown = payloads.message(world, message)
    return answer(shown) if request.query.get("wait") in ("1", "true") else nothing()


def _finish_thinking(world: World, it: Interaction, message: Message, body: Body) -> None:
    messages.edit(world, message, body)
    message.flags &= ~LOADING
    it.loading = False


def _named(request: web.Request) -> tuple[World, Interaction, Message]:
    world, it = _by_token(request)
    name = request.match_info["message"]
    message = world.shown_message(it.channel_id, it.original_id or 0 if name == "@original" else int(name))
    if message.id != it.original_id and message.interaction_id != it.id:
        raise refusal(10008)
    return world, it, message


@routes.get(r"/webhooks/{application:\d+}/{token}/messages/{message:\d+|@original}")
async def get_followup(request: web.Request) -> web.Response:
    """One of the interaction's messages."""
    world, _, message = _named(request)
    return answer(payloads.message(world, message))


@routes.patch(r"/webhooks/{application:\d+}/{token}/messages/{message:\d+|@original}")
async def patch_followup(request: web.Request) -> web.Response:
    """Edits one of them; ends the thinking if it is the original."""
    world, it, message = _named(request)
    if message.id == it.original_id:
        _finish_thinking(world, it, message, request[BODY])
    else:
        messages.edit(world, message, request[BODY])
    it.replies.append(message.id)
    return answer(payloads.message(world, message))


@routes.delete(r"/webhooks/{application:\d+}/{token}/messages/{message:\d+|@original}")
async def delete_followup(request: web.Request) -> web.Response:
    """Takes it away again."""
    world, it, message = _named(request)
    if world.ephemeral.pop(message.id, None) is None:
        messages.delete(world, world.channel(it.channel_id), message.id)
    return nothing()
