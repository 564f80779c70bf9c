"""What one person or one worker does in a single go: a command by name, which another process can carry out as well."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from novacore.db.models import StaffNote
from novacore.db.unit_of_work import reading
from novacore.states import TicketKind
from novacore.states.texts import ShopText
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Runtime
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale, commands, goods, new_amounts, vouches
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.desk import notes
from novacore.workflows.orders.discounts import codes
from novacore.workflows.orders.discounts.codes import NewCode
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.payments import rates
from novacore.workflows.texts import saving
from novacore.workflows.tickets import attributes, conversation
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.commands import TicketForm
from novacore.workflows.tickets.table import TICKETS
from novacore.workflows.tickets.wordings import Said
from tests.workflows.machine import lives


@dataclass(frozen=True)
class Deed:
    """`what` is the name in `_DOERS`; `words` is what is typed or picked, plain enough for JSON."""

    what: str
    subject_id: str = ""
    actor: Actor = SYSTEM
    words: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self) | {"words": dict(self.words)}

    def __str__(self) -> str:
        """Tell it in a line, for the story of a life."""
        who = self.actor.name if self.actor.id else "the shop"
        return f"{who}: {self.what} {self.subject_id} {dict(self.words) or ''}".rstrip()


def from_plain(made: Mapping[str, Any]) -> Deed:
    """Read what `plain` has made."""
    return Deed(**{**made, "actor": Actor(**made["actor"])})


def carry_out(runtime: Runtime, deed: Deed) -> Any:
    """Do it, and return what the command returns. Raises the command's refusals."""
    return _DOERS[deed.what](runtime, deed)


Doer = Callable[[Runtime, Deed], Any]


def _remove_note(runtime: Runtime, deed: Deed) -> Any:
    """Take the newest note away, whatever it is about."""
    with reading(runtime.shop.database) as session:
        note_id = session.execute(select(func.max(StaffNote.id))).scalar_one() or 0
    return notes.remove(runtime.shop, deed.actor, note_id)


def _place(runtime: Runtime, deed: Deed) -> Any:
    words = deed.words
    what = words["key"], words["product"], words["quantity"], words["method"]
    checkout = Checkout(*what, code=words["code"], terms=words["terms"])
    return commands.place(runtime.shop, deed.actor, checkout)


def _add_code(runtime: Runtime, deed: Deed) -> Any:
    words = deed.words
    new = NewCode(words["code"], words["percent"], uses=words["uses"], per_person=words["per_person"])
    return codes.add(runtime.shop, deed.actor, new)


def _submit(runtime: Runtime, deed: Deed) -> Any:
    number = deed.words["proof"]
    proof = lives.picture(number), lives.reference(number)
    return commands.submit_proof(runtime.shop, deed.actor, deed.subject_id, *proof)


def _approve_amount(runtime: Runtime, deed: Deed) -> Any:
    return commands.approve_amount(runtime.shop, deed.actor, deed.subject_id, Given(), deed.words["amount"])


def _open_ticket(runtime: Runtime, deed: Deed) -> Any:
    kind = TicketKind(deed.words["kind"])
    draft = TicketForm(kind, "It does not work", "I have tried everything.", deed.words["order"])
    return tickets.open_ticket(runtime.shop, deed.actor, draft)


def _say(runtime: Runtime, deed: Deed) -> Any:
    author = deed.actor.id or 0
    said = Said(deed.words["message"], author, deed.actor.name, "Hello", datetime(2026, 3, 1, tzinfo=UTC))
    return conversation.note_message(runtime.shop, deed.words["channel"], said)


def _arrow_of_an_order(trigger: str) -> Doer:
    return lambda runtime, deed: commands.take(runtime.shop, deed.actor, deed.subject_id, trigger, _given(deed))


def _arrow_of_a_ticket(trigger: str) -> Doer:
    if trigger == "reopen":
        return lambda runtime, deed: tickets.reopen(runtime.shop, deed.actor, deed.subject_id, _given(deed))
    return lambda runtime, deed: tickets.take(runtime.shop, deed.actor, deed.subject_id, trigger, _given(deed))


def _given(deed: Deed) -> Given:
    return Given(reason=deed.words.get("reason"), round=deed.words.get("round"))


def _simply(command: Callable[..., Any], *names: str) -> Doer:
    def do(runtime: Runtime, deed: Deed) -> Any:
        return command(runtime.shop, deed.actor, deed.subject_id, *(deed.words[name] for name in names))

    return do


def _gone(command: Callable[[Shop, int], Any]) -> Doer:
    return lambda runtime, deed: command(runtime.shop, int(deed.subject_id))


_DOERS: Mapping[str, Doer] = {
    **{arrow.trigger: _arrow_of_an_order(arrow.trigger) for arrow in ORDERS.arrows},
    "place": _place,
    "submit_proof": _submit,
    "approve_amount": _approve_amount,
    "reveal": _simply(goods.reveal),
    "resend": _simply(after_sale.resend, "version"),
    "replace_unit": _simply(after_sale.replace_unit, "version", "number", "reason"),
    "return_money": _simply(after_sale.return_money, "version", "amount", "reason"),
    "receive_money": _simply(after_sale.receive_money, "version", "amount", "reason"),
    "write_vouch": _simply(vouches.write, "stars", "comment"),
    "new_amount": _simply(new_amounts.renew),
    "add_note": _simply(notes.add_to_order, "comment"),
    "remove_note": _remove_note,
    "add_code": _add_code,
    "end_code": lambda runtime, deed: codes.end(runtime.shop, deed.actor, deed.words["code"]),
    "save_terms": lambda runtime, deed: saving.save(runtime.shop, deed.actor, deed.words["draft"]),
    "have_no_terms": lambda runtime, deed: saving.reset(
        runtime.shop, deed.actor, ShopText.terms, deed.words["version"]
    ),
    "set_rate": lambda runtime, deed: rates.set_rate(runtime.shop, deed.actor, "btc", deed.words["price"], sure=True),
    **{arrow.trigger: _arrow_of_a_ticket(arrow.trigger) for arrow in TICKETS.arrows},
    "open_ticket": _open_ticket,
    "say": _say,
    "channel_deleted": _gone(conversation.channel_deleted),
    "member_left": _gone(conversation.member_left),
    "claim": _simply(attributes.claim),
    "release": _simply(attributes.release),
    "priority": _simply(attributes.set_priority, "priority"),
    "link_order": _simply(attributes.link_order, "order"),
    "ask_close": _simply(attributes.ask_close),
    "rate": _simply(attributes.rate, "stars", "comment"),
    "work": lambda runtime, deed: runner.run(runtime, int(deed.subject_id)),
}
