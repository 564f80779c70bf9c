"""Who may read a ticket's channel, as far as the shop remembers it: roles that are gone, permissions that changed.

What stands at Discord is read and put right by jobs; here it is noted, and staff are told once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.event_kinds.tickets import ACCESS_CHANGED, ROLE_MISSING
from novacore.db.models import Event, ShopFact, Ticket
from novacore.db.queries import tickets as queries
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.states import TALKING, ActorKind
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Places, Shop
from novacore.workflows.tickets.table import TICKETS

_MISSING = "missing_role:"
"""Facts whose name begins so are roles that the settings name and Discord does not know."""

ONE_STORY = timedelta(hours=1)
"""Changes of one channel's permissions within this time are told as one."""


# ---- roles


def wanted_roles(places: Places) -> Mapping[int, str]:
    """Return the roles that a ticket is for, each with the setting that names it."""
    found = {places.owner_role_id: "OWNER_ROLE_ID"} | dict.fromkeys(places.staff_role_ids, "STAFF_ROLE_IDS")
    return {role_id: setting for role_id, setting in sorted(found.items()) if role_id}


def called_roles(shop: Shop) -> list[int]:
    """Return the roles that a ticket's card calls: those of staff, but for any that is known to be gone."""
    with reading(shop.database) as session:
        return sorted(shop.places.staff_role_ids - _known_missing(session))


def note_missing_roles(shop: Shop, ticket_id: str, role_ids: Iterable[int]) -> None:
    """Note roles that Discord does not know any more, and have staff told: once a role, whatever is restarted."""
    wanted = wanted_roles(shop.places)
    with reading(shop.database) as session:
        fresh = sorted({*role_ids} - _known_missing(session))
    if not fresh:
        return
    with writing(shop.database) as tx:
        for role_id in fresh:
            if _is_first(tx, role_id):
                _tell(tx, ticket_id, role_id, _missing_sentence(wanted[role_id], role_id))


def _missing_sentence(setting: str, role_id: int) -> str:
    return (
        f"{setting} names the role {role_id}, which was deleted in Discord. Please correct {setting} in the shop's "
        "settings, then restart the shop."
    )


def _known_missing(session: Session) -> set[int]:
    names = session.execute(select(ShopFact.name).where(ShopFact.name.startswith(_MISSING, autoescape=True))).scalars()
    return {int(name.removeprefix(_MISSING)) for name in names}


def _is_first(tx: Transaction, role_id: int) -> bool:
    row = insert_into(tx, ShopFact).values(name=f"{_MISSING}{role_id}", value={}, at=tx.now)
    return bool(tx.session.execute(row.on_conflict_do_nothing().returning(ShopFact.name)).first())


# ---- permissions


def look_at(shop: Shop, channel_id: int) -> None:
    """Have a job look who may read this channel, where it is an open ticket's: its permissions were changed."""
    with reading(shop.database) as session:
        ticket = queries.of_channel(session, channel_id)
    if ticket is None or ticket.status not in TALKING:
        return
    with writing(shop.database) as tx:
        jobs.enqueue(tx, [job_kinds.RESTORE_ACCESS.about(TICKETS.name, ticket.id)], key="look")


def note_change(shop: Shop, ticket: Ticket, sentences: Sequence[str]) -> None:
    """Note what was found to be wrong, before it is put right: a worker may be killed there. Noting twice is fine."""
    with writing(shop.database) as tx:
        tx.session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update(key_share=True))
        if _latest(tx.session, ticket, tx.now - ONE_STORY) is None:
            what = ACCESS_CHANGED({"round": ticket.round, "reason": "\n".join(sentences)})
            record(tx, NewEvent(TICKETS.name, ticket.id, what, SYSTEM, ActorKind.system))


def tell_change(shop: Shop, ticket: Ticket) -> bool:
    """Have staff told of what was noted last and is put right now, once. False where there is nothing to tell."""
    with writing(shop.database) as tx:
        event = _latest(tx.session, ticket, tx.now - ONE_STORY)
        if event is None:
            return False
        _alert(tx, ticket.id, event.id)
    return True


def _latest(session: Session, ticket: Ticket, since: datetime) -> Event | None:
    mine = Event.subject_kind == TICKETS.name, Event.subject_id == ticket.id, Event.trigger == ACCESS_CHANGED.trigger
    rows = select(Event).where(*mine, Event.at > since).order_by(Event.id.desc()).limit(1)
    found = session.execute(rows).scalar_one_or_none()
    return found if found and found.detail["round"] == ticket.round else None


def _tell(tx: Transaction, ticket_id: str, role_id: int, reason: str) -> None:
    what = ROLE_MISSING({"role_id": role_id, "reason": reason})
    _alert(tx, ticket_id, record(tx, NewEvent(TICKETS.name, ticket_id, what, SYSTEM, ActorKind.system)))


def _alert(tx: Transaction, ticket_id: str, event_id: int) -> None:
    alert = job_kinds.ALERT_TICKET_STAFF.about(TICKETS.name, ticket_id, {"event_id": event_id})
    jobs.enqueue(tx, [alert], event_id=event_id)
