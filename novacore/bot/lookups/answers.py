"""What the pages of answers show, read in one go: the list for the owner, names for staff to choose from."""

from collections.abc import Sequence

from novacore.bot.lookups import MOST_CHOICES
from novacore.db.queries.desk.answers import every_answer, names
from novacore.db.unit_of_work import reading
from novacore.messages.kit.layout import Form, Message
from novacore.messages.tickets import answers as pages
from novacore.workflows.machine.policy import Actor, require_owner, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import tidy_name
from novacore.workflows.tickets import answers
from novacore.workflows.tickets.answers import TypedAnswer


def listing(shop: Shop, actor: Actor, page: int) -> Message:
    """Return a page of all answers. Raises NotAllowed."""
    require_owner(actor, "look at the list of answers")
    with reading(shop.database) as session:
        return pages.list_page(every_answer(session), page)


def suggested(shop: Shop, actor: Actor, typed: str) -> Sequence[str]:
    """Return the names that have in them what was typed, those that begin with it first. Raises NotAllowed."""
    require_staff(actor, "reply with an answer")
    part = answers.folded(tidy_name(typed))
    with reading(shop.database) as session:
        found = [(key, name) for key, name in names(session) if part in key]
    first = sorted(found, key=lambda one: not one[0].startswith(part))
    return [name for _, name in first[:MOST_CHOICES]]


def new_form(shop: Shop, actor: Actor) -> Form:
    """Return the form of a new answer. Raises NotAllowed and LimitReached."""
    answers.refuse_early(shop, actor)
    return pages.answer_form(TypedAnswer())


def form_of(shop: Shop, actor: Actor, name: str) -> Form:
    """Return the form of an answer with what it says now. Raises NotAllowed and NotFound."""
    now = answers.to_change(shop, actor, name)
    return pages.answer_form(TypedAnswer(now.name, now.text), now.id, now.version)
