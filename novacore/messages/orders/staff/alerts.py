"""What reaches staff unasked: a delivery that Discord refused, a job that died. Posted once by a job."""

from collections.abc import Mapping, Sequence
from typing import Final

from discord import ButtonStyle, ui

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.event_kinds.orders import ROLE_REFUSED
from novacore.db.models import Event, Order
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Message, box, rows, text
from novacore.messages.orders import buttons
from novacore.messages.orders.staff.story import job_name
from novacore.plurals import counted
from novacore.states import OrderStatus
from novacore.workflows.machine.typed_text import REASON_LIMIT

_NAMED: Final = 20
"""Orders that one message names."""

_COLOUR: Final = colours.WARNING


def alert(order: Order | None, event: Event) -> Message:
    """Tell staff that something needs them. `event` says why; `order` is none if it is about something else.

    The buttons are what can be done about it from where the order is by now.
    """
    if order is None:
        about = f"{words.escape(event.subject_kind, 40)} {words.inline(event.subject_id)}"
        return _message(about, event, retry(event))
    about = f"{words.bought(order)} · {words.inline(order.id)} · <@{order.customer_id}>"
    ways = [*buttons.for_staff(order, only=("retry_delivery",)), *retry(event), buttons.details(order.id)]
    return _message(about, event, ways)


def _message(about: str, event: Event, ways: Sequence[buttons.Button]) -> Message:
    title, hint = _words(event)
    return Message(box([text(f"## {title}", about, *_why(event)), text(hint), *rows(ways)], _COLOUR))


def _why(event: Event) -> list[str]:
    return [words.quote(event.reason, REASON_LIMIT)] if event.reason else []


def retry(event: Event) -> list[buttons.Button]:
    """Return the button that has a dead job tried again, for the event of its death."""
    died = event.detail_of(JOB_DIED)
    return [try_again(died["job_id"])] if died else []


def try_again(job_id: int, label: str = "Try again") -> buttons.Button:
    """Return the button that has a dead job tried again."""
    custom_id = custom_ids.build("job", "retry", job_id)
    return ui.Button(label=label, style=ButtonStyle.primary, emoji="🔄", custom_id=custom_id)


def others(told: Event, deaths: Sequence[Event]) -> Message:
    """Name what died of the same cause as `told` after its alert, in one message with one button for all of them."""
    title, hint = _words(told)
    named = list(dict.fromkeys(words.inline(one.subject_id) for one in deaths))
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    button: buttons.Button = ui.Button(
        label="Try all of them again",
        style=ButtonStyle.primary,
        emoji="🔄",
        custom_id=custom_ids.build("job", "retry_all", told.id),
    )
    times = counted(len(deaths), "more time", "more times")
    about = f"Since our last message it happened **{times}**: {', '.join(named[:_NAMED])}{more}"
    return Message(box([text(f"## {title}", about, *_why(told)), text(hint), *rows([button])], _COLOUR))


def _words(event: Event) -> tuple[str, str]:
    if event.trigger == OrderStatus.delivery_blocked:
        return "🚧 The goods could not be delivered", (
            "The customer can still get them by **Show my goods** on their receipt or in `/orders`. Ask them to open "
            "their DMs, then try again."
        )
    if refused := event.detail_of(ROLE_REFUSED):
        return f"🎭 The role {words.escape(refused['role'], 60)} can't be given or taken", _SOLD_ROLE
    known = event.detail.get("job", "")
    name = f"“{job_name(known)}”" if known else "A job"
    return f"🚨 {name} did not work", _HINTS.get(known, _SAFE)


_SAFE: Final = "Nothing is lost. Fix what stands above, then try again; the details show every try."
_ROLE: Final = (
    "Most often the bot's own role stands too low. Open **Server Settings, Roles**, drag the bot's role **above** the "
    "customers' role and allow it **Manage Roles**. Then try again. Further customers of the day make no message of "
    "their own; one at its end names them."
)
_SOLD_ROLE: Final = (
    "It comes with what this customer bought. In **Server Settings, Roles** drag the bot's role **above** it, and "
    "allow the bot's role **Manage Roles**; then it is given, or taken, by itself. Where the role is gone, or has "
    "permissions that nobody should be able to buy, choose another one with `/product edit` and **Role**: for a role "
    "that is gone, its buyers get that one instead. There is one message for a role, however many wait "
    "for it."
)
_HINTS: Mapping[str, str] = {
    "grant_customer_role": _ROLE,
    "withdraw_customer_role": _ROLE,
    "make_export": "What was sent stays with the owner. Fix what stands above, then type `/export` again.",
    "resend_goods": "The customer can still get the goods by **Show my goods** in `/orders`. Ask them to open their "
    "DMs, then try again.",
    "send_replacement": "The new one is theirs all the same: **Show my goods** in `/orders` has it. Ask them to open "
    "their DMs, then try again.",
}
