"""What the books check found, as a page for the owner: each fault with what to do, and a button to its orders."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from novacore.doctor.books import CHECKS, Answer, Subject, summary
from novacore.ids import parse_order_id
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import Item, Message, box, line, rows, text
from novacore.messages.kit.progress import bar
from novacore.messages.orders import buttons
from novacore.plurals import counted

MOST_FAULTS: Final = 5
"""Faults of one page: with their buttons, Discord takes no more. The next ones come once these are put right."""

MOST_BUTTONS: Final = 4
_TEXT: Final = 500


def page(answers: Sequence[Answer]) -> Message:
    """Build the page. What doesn't fit is counted, and the command line names all of it."""
    wrong = [one for one in answers if one.subjects]
    head = text("## 📒 Books check", summary(answers))
    if not wrong:
        return Message(box([head], colours.DONE))
    numbers = count()
    items = [item for one in wrong[:MOST_FAULTS] for item in _fault(one, numbers)]
    left = len(wrong) - MOST_FAULTS
    more = f"{counted(left, 'more check', 'more checks')} found something. " if left > 0 else ""
    foot = text(f"-# {more}`novacore audit` names every one, where the bot runs.")
    return Message(box([head, *items, line(), foot], colours.FAULT))


def on_its_way(done: int) -> Message:
    """Build the page that is shown while the books are checked."""
    head = text("## 📒 Books check", "The books are being checked. You can go on with other things meanwhile.")
    return Message(box([head, text(bar(done, len(CHECKS)))], colours.BRAND))


def _fault(answer: Answer, numbers: Iterator[int]) -> Iterator[Item]:
    finding = answer.finding
    yield line()
    said = f"❌ **{finding.about}**: {words.harmless(finding.text, _TEXT)}"
    yield text(said, f"-# {words.harmless(finding.fix, _TEXT)}")
    if orders := _orders(answer.subjects):
        yield from rows([buttons.details(order_id, order_id, again=next(numbers)) for order_id in orders])


def _orders(subjects: Sequence[Subject]) -> list[str]:
    named = dict.fromkeys(one.id for one in subjects if one.kind == "order" and parse_order_id(one.id))
    return [*named][:MOST_BUTTONS]
