"""Send once: one delivery is one message, whatever is killed in between.

The attempt is recorded before the send. Where an earlier attempt may have sent without recording it, the channel is
searched for its token first. The token is the nonce as well, so that Discord drops a repeat of the last minutes.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import discord
from sqlalchemy import Table, insert, select, update

from novacore import clock, ids
from novacore.db.models import Send
from novacore.db.unit_of_work import reading, writing
from novacore.discord_facts.error_codes import DMS_CLOSED, UNKNOWN_CHANNEL
from novacore.states import SendState
from novacore.tasks.discord.calls import Outgoing, SentMessage
from novacore.tasks.discord.turns import NotOurTurn
from novacore.tasks.queue.handlers import Postpone, Work
from novacore.tasks.queue.leases import LeaseLost
from novacore.workflows.machine import people

_S = cast(Table, Send.__table__).c
_NOTHING_WENT_OUT = (400, 403, 404, 413)
"""Answers after which no later attempt need look for the message. Not 429: discord.py may have tried before it."""


@dataclass(frozen=True, slots=True)
class ToChannel:
    """A channel of the server."""

    channel_id: int


@dataclass(frozen=True, slots=True)
class ToPerson:
    """Someone's DMs."""

    user_id: int


To = ToChannel | ToPerson


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message as it stands; `repeated` when an earlier attempt had sent it."""

    message: SentMessage
    token: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Record:
    """What is stored of the send. `unknown`: an earlier attempt began it, and nobody knows whether it went out."""

    token: str
    channel_id: int
    message_id: int | None
    begun_at: datetime
    unknown: bool


def send_once(work: Work, key: str, purpose: str, to: To, build: Callable[[str], Outgoing], size: int = 0) -> Receipt:
    """Send the message that `key` stands for, unless it has been sent.

    `build` gets the token and must show it (footer, custom id or file name); it runs on the event loop. `size` is what
    large files in it come to, in bytes: they get more time. Raises what the calls raises, and LeaseLost when someone
    else has the job by now.
    """
    record = _recorded(work, key)
    if record is None or record.message_id is None:
        # Opening a DM channel sends nothing, and works even where the send will be refused.
        channel_id = to.channel_id if isinstance(to, ToChannel) else work.calls.dm_channel(to.user_id)
        record = _begin(work, key, purpose, channel_id)
    if record.message_id is None and record.unknown:
        record = _search(work, key, record, to)
    if record.message_id is not None:
        return Receipt(SentMessage(record.channel_id, record.message_id), record.token, repeated=True)
    return Receipt(_send(work, key, record, to, build, size), record.token, repeated=False)


def where_sent(work: Work, key: str) -> SentMessage | None:
    """Return the message that `key` stands for, or None if none went out; in doubt the channel is searched.

    Raises what the calls raises, and LeaseLost.
    """
    record = _recorded(work, key)
    if record is not None and record.unknown:
        record = _search(work, key, record)
    return _message(record)


def _message(record: _Record | None) -> SentMessage | None:
    if record is None or record.message_id is None:
        return None
    return SentMessage(record.channel_id, record.message_id)


def settle(work: Work, key: str) -> SentMessage | None:
    """Return what `where_sent` does; where nothing went out, record that as well: nobody will send it any more.

    Only for the job that would have sent it: another one's request may still be on its way.
    """
    record = _recorded(work, key)
    if record is not None and record.unknown:
        record = _search(work, key, record)
        if record.message_id is None:
            _abandon(work, key, None)
    return _message(record)


def give_up(work: Work, key: str) -> None:
    """Record that nobody will send it any more, where Discord doesn't even let us look for it. As for `settle`."""
    record = _recorded(work, key)
    if record is not None and record.unknown:
        _abandon(work, key, None)


def _recorded(work: Work, key: str) -> _Record | None:
    with reading(work.shop.database) as session:
        row = session.execute(select(Send).where(_S.key == key)).scalar_one_or_none()
    return _as_record(row) if row else None


def _begin(work: Work, key: str, purpose: str, channel_id: int) -> _Record:
    """Record that we are about to send, and restart the lease: who has lost it records nothing."""
    # Compared with Discord's clock later, so it is the machine's time, not the shop's, which a rehearsal moves.
    begun_at = clock.machine_now()
    with writing(work.shop.database) as tx:
        work.renew_in(tx)
        connection = tx.connection
        row = tx.session.execute(select(Send).where(_S.key == key)).scalar_one_or_none()
        if row is not None and row.state is not SendState.abandoned:
            return _as_record(row)
        values = {"state": SendState.begun, "channel_id": channel_id, "begun_at": begun_at}
        if row is not None:
            connection.execute(_update(key, **values))
            return _Record(row.token, channel_id, None, begun_at, unknown=False)
        token = ids.new_token()
        subject = {"subject_kind": work.job.subject_kind, "subject_id": work.job.subject_id}
        connection.execute(
            insert(Send.__table__).values(key=key, token=token, purpose=purpose, **subject, **values)  # type: ignore[arg-type]
        )
    return _Record(token, channel_id, None, begun_at, unknown=False)


def _search(work: Work, key: str, record: _Record, to: To | None = None) -> _Record:
    """Look for what the earlier attempt may have sent, and record it when it is there."""
    try:
        found = work.calls.find_by_token(record.channel_id, record.token, record.begun_at)
    except discord.NotFound as error:
        # Of the server, where it was deleted with whatever went out. A DM channel may come back with all that is in it.
        if error.code == UNKNOWN_CHANNEL and isinstance(to, ToChannel):
            _abandon(work, key, None)
        raise
    if found is None:
        work.renew()
        return record
    _note_sent(work, key, SentMessage(record.channel_id, found), to)
    return _Record(record.token, record.channel_id, found, record.begun_at, unknown=False)


def _send(work: Work, key: str, record: _Record, to: To, build: Callable[[str], Outgoing], size: int) -> SentMessage:
    def built() -> Outgoing:
        # The last moment before the request: a thread may have slept since the lease was renewed.
        if work.lease_left() < work.calls.seconds_to_send(size):
            raise LeaseLost(f"Job {work.job.id} ({work.job.name}) has too little of its lease left to send.")
        if work.counts_as_dead():
            raise Postpone("The database lost sight of this worker just before the send.")
        out = build(record.token)
        if not _shows(out, record.token):
            raise RuntimeError(f"The message for {work.job.name} does not show its token: it could not be found again.")
        return out

    try:
        message = work.calls.send(record.channel_id, built, record.token, size)
    except NotOurTurn:
        _abandon(work, key, None)
        raise
    except discord.HTTPException as error:
        if error.status in _NOTHING_WENT_OUT:
            _abandon(work, key, to if error.code == DMS_CLOSED else None)
        raise
    _note_sent(work, key, message, to)
    return message


def _shows(out: Outgoing, token: str) -> bool:
    components = out.view.to_components()  # type: ignore[no-untyped-call]
    return token in json.dumps(components) or any(token in file.filename for file in out.files)


def _note_sent(work: Work, key: str, message: SentMessage, to: To | None) -> None:
    with writing(work.shop.database) as tx:
        values = {"state": SendState.sent, "message_id": message.message_id, "sent_at": tx.now}
        tx.connection.execute(_update(key, **values))
        if isinstance(to, ToPerson):
            people.note_dms(tx, to.user_id, closed=False)


def _abandon(work: Work, key: str, closed: To | None) -> None:
    """Record that nothing went out; `closed` is whose DMs have refused it."""
    with writing(work.shop.database) as tx:
        tx.connection.execute(_update(key, state=SendState.abandoned))
        if isinstance(closed, ToPerson):
            people.note_dms(tx, closed.user_id, closed=True)


def _update(key: str, **values: Any) -> Any:
    # What is known to be sent stays sent, whoever comes late.
    return update(Send.__table__).where(_S.key == key, _S.state != SendState.sent).values(**values)  # type: ignore[arg-type]


def _as_record(row: Send) -> _Record:
    channel_id = row.channel_id or 0
    return _Record(row.token, channel_id, row.message_id, row.begun_at, unknown=row.state is SendState.begun)
