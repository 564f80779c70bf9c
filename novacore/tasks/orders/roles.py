"""The jobs that bring the server's roles to what the orders say: given at delivery, ended when their time is up."""

from datetime import datetime, timedelta

import discord

from novacore import clock
from novacore.db.models import Order
from novacore.db.unit_of_work import reading
from novacore.discord_facts.error_codes import MISSING_PERMISSION, UNKNOWN_MEMBER, UNKNOWN_ROLE, UNKNOWN_USER
from novacore.discord_facts.granted_roles import why_not
from novacore.plurals import counted
from novacore.tasks.discord import directory
from novacore.tasks.orders.cards import load
from novacore.tasks.queue.handlers import REFRESHES, Postpone, Work, handles
from novacore.tasks.queue.retry import Kind, classify
from novacore.workflows.machine import job_kinds
from novacore.workflows.orders.delivered import roles
from novacore.workflows.orders.delivered.roles import Earned

AGAIN = timedelta(hours=1)
"""How long a role that is refused waits, should nobody tell us that it was put right."""

AGAIN_IF_GONE = roles.LONGEST_WAIT
"""The same for one that is gone: until its product has another one."""

BETWEEN = timedelta(seconds=5)
"""Between some people of the daily look and the next ones."""

_TOO_HIGH = "The bot lacks Manage Roles, or the role stands above its own."


class _Refused(Exception):
    """The role can be neither given nor taken as the server is now; `why` is a sentence for staff."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Gone(_Refused):
    """The server has no such role any more."""

    def __init__(self) -> None:
        super().__init__("The role is gone from the server.")


@handles(job_kinds.SETTLE_ROLE)
def settle_role(work: Work) -> str:
    """Give the role of an order, or take it, as all orders of its customer say; wait for the end of its time.

    The waiting is this row: whoever is killed, it is due then.
    """
    order = load(work)
    if order.role_id is None:
        return "No role comes with this order."
    try:
        said = _brought(work, order)
    except _Gone as gone:
        if roles.move_on(work.shop, order.customer_id, order.role_id):
            return settle_role(work)  # with the role that the owner has chosen since
        roles.note_refused(work.shop, order, gone.why)
        raise Postpone(gone.why, delay=AGAIN_IF_GONE) from None
    except _Refused as refused:
        roles.note_refused(work.shop, order, refused.why)
        raise Postpone(refused.why, delay=AGAIN) from None
    mine = roles.earned(work.shop, order, clock.now())
    if mine is not None and mine.until is not None:
        raise Postpone(said, until=mine.until)
    return said


def _brought(work: Work, order: Order) -> str:
    """Bring the role to what the orders say, again where they have changed meanwhile."""
    mine, said = roles.earned(work.shop, order, clock.now()), ""
    for _ in range(REFRESHES):
        said = _give(work, order.customer_id, mine) if mine else _take(work, order)
        now = roles.earned(work.shop, order, clock.now())
        if (now is None) == (mine is None):
            return said
        mine = now
    return said


def _give(work: Work, user_id: int, mine: Earned) -> str:
    guild = _home(work)
    found = directory.role_facts(work.calls, guild, mine.role.id)
    if found is None:
        raise _Gone
    if why := why_not(found, work.shop.places.own_roles):
        raise _Refused(why)
    return _changed(work, guild, user_id, mine.role.id, grant=True)


def _home(work: Work) -> int:
    return work.calls.guild_of(work.shop.places.main_channel_id)


def _take(work: Work, order: Order) -> str:
    if order.role_id in work.shop.places.own_roles:  # by now: nobody loses by it what makes them staff or a customer
        return "The role is one of the shop's own by now, so it stays."
    return _changed(work, _home(work), order.customer_id, order.role_id or 0, grant=False)


def _changed(work: Work, guild: int, user_id: int, role_id: int, *, grant: bool) -> str:
    change = work.calls.add_role if grant else work.calls.remove_role
    why = "It comes with what they bought." if grant else "Its time is up, or the purchase was refunded."
    try:
        change(guild, user_id, role_id, why)
    except discord.HTTPException as error:
        if error.code in (UNKNOWN_MEMBER, UNKNOWN_USER):
            return "They have left the server. If they come back in time, they get it again."
        if error.code == UNKNOWN_ROLE and not grant:
            return "The role is gone, so nobody has it."
        if error.code == UNKNOWN_ROLE:
            raise _Gone from None
        if error.code == MISSING_PERMISSION:
            raise _Refused(_TOO_HIGH) from None
        raise
    roles.note_given(work.shop, role_id)  # only now: of someone who has left, Discord says nothing about the role
    return "The role is theirs." if grant else "The role is taken back."


@handles(job_kinds.RETURN_ROLES)
def return_roles(work: Work) -> str:
    """Give someone who is in the server again every role that is theirs. A refused one is its own job's business."""
    user_id, given = int(work.job.subject_id), 0
    for mine in _all_earned(work, user_id, clock.now()):
        given += _give_if_possible(work, user_id, mine)
    return f"They were given back {counted(given, 'role', 'roles')}."


@handles(job_kinds.CHECK_ROLES)
def check_roles(work: Work) -> str:
    """See once a day whether everybody in the server has the roles that are theirs, some people at a time.

    For whoever came back while nobody was listening; whose time is up is not looked at here.
    """
    some = roles.next_to_check(work.shop)
    for user_id in some:
        _check_whatever_comes(work, user_id)
        roles.note_checked(work.shop, user_id)
    if some:
        raise Postpone("Others have their turn in between.", delay=BETWEEN)
    return "Everybody in the server has the roles that are theirs."


def _check_whatever_comes(work: Work, user_id: int) -> None:
    """See to one person; what goes wrong with them alone is reported, and the look goes on with the next."""
    try:
        _check(work, user_id)
    except Exception as error:
        if classify(error).kind is not Kind.bug:
            raise  # that is about the server, or about Discord, so it is about everybody
        work.runtime.quiet.error("daily look at roles", error, "The roles of one person could not be looked at.")


def _check(work: Work, user_id: int) -> None:
    mine = _all_earned(work, user_id, clock.now())
    held = directory.roles_of(work.calls, _home(work), user_id) if mine else None
    for one in mine if held is not None else ():
        if one.role.id in (held or ()):
            roles.keep_timer(work.shop, one)
        else:
            _give_if_possible(work, user_id, one)


def _give_if_possible(work: Work, user_id: int, mine: Earned) -> bool:
    """Give a role whose end is sure to come; what is refused is for the order's own job, and for the next day."""
    roles.keep_timer(work.shop, mine)
    try:
        _give(work, user_id, mine)
    except _Gone:
        roles.move_on(work.shop, user_id, mine.role.id)
        return False
    except _Refused:
        return False
    return True


def _all_earned(work: Work, user_id: int, now: datetime) -> list[Earned]:
    with reading(work.shop.database) as session:
        return roles.earned_by(session, user_id, now)
