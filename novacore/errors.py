"""What can go wrong, as classes with a sentence that a customer understands.

A `Refusal` is an answer, not a fault: the front doors show its text to whoever asked and the state is unchanged.
Anything else that escapes is a bug and goes to the log and to Sentry under a reference.
"""

from collections.abc import Sequence


class NovaCoreError(Exception):
    """Everything that NovaCore raises on purpose."""


class Refusal(NovaCoreError):
    """The shop says no. The text is the whole answer: simple, everyday language, and how to fix it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(Refusal):
    """There is no such thing, or it is not the asker's: a stranger's order reads like a missing one."""


class NotAllowed(Refusal):
    """The person may not do this."""


class BadInput(Refusal):
    """What was typed or uploaded cannot be used."""


class CodeRefused(BadInput):
    """A discount code takes nothing off this order; the sentence says why."""


class ProofKept(BadInput):
    """The transaction id or order id of a proof is wrong; its picture is kept under `kept_id`, to be tried again."""

    def __init__(self, sentence: str, kept_id: int) -> None:
        super().__init__(sentence)
        self.kept_id = kept_id


class WrongState(Refusal):
    """The order or ticket is past (or before) the point where this can be done."""


class AlreadyDone(WrongState):
    """Someone did exactly this already; the sentence says who."""


class EvidenceUsed(WrongState):
    """The picture or transaction id has paid for another order; the sentence tells nothing of that one.

    `order_id` is the order that it was sent for; `is_reference`: what was typed has paid, and not the picture.
    """

    def __init__(self, sentence: str, order_id: str, *, is_reference: bool) -> None:
        super().__init__(sentence)
        self.order_id = order_id
        self.is_reference = is_reference


class PageChanged(WrongState):
    """The product, or how it can be paid, is not what the page said any more.

    Nothing was ordered: the page has to be shown as it is now.
    """


class TermsNotAccepted(PageChanged):
    """The shop has terms, and this customer has not accepted them as they are now. Nothing was ordered."""


class SoldOut(Refusal):
    """Not enough units are left."""


class LimitReached(Refusal):
    """The person has too much open, or is too quick."""


class Blocked(NotAllowed):
    """The person may not buy here."""


class Busy(Refusal):
    """Someone else is at the same rows right now; trying again in a moment may work."""


class Unavailable(Refusal):
    """The database could not do it. Each kind has a sentence of its own; the state is unchanged unless it says so."""

    SENTENCE = "This can't be done right now, and nothing was changed. Please try again in a minute."

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.SENTENCE)


class DatabaseAway(Unavailable):
    """It cannot be reached, or has no connection left for us. Nothing was saved: the same may be asked again."""

    SENTENCE = "We can't reach our records right now, so nothing was changed. Please try again in a minute."


class RowsHeld(Unavailable):
    """Another transaction holds what is needed, for longer than anybody should wait."""

    SENTENCE = "Someone else is working on this right now, so nothing was changed. Please try again in a moment."


class TookTooLong(Unavailable):
    """One statement took longer than it may."""

    SENTENCE = "This took too long, so we stopped it and nothing was changed. Please try again in a minute."


class DatabaseFull(Unavailable):
    """The disk is full: only the owner can do something about it."""

    SENTENCE = "The shop can't save anything right now, so nothing was changed. Please try again later."


class OutcomeUnknown(Unavailable):
    """The connection was lost at the very moment of saving: it may have been saved, and must not simply be repeated."""

    SENTENCE = (
        "The connection to our records was lost while this was being saved, so we can't tell whether it was. Please "
        "look first (`/orders` shows your orders), and try again only if it wasn't."
    )


class SettingsError(NovaCoreError):
    """The settings cannot be used; every fault is listed, each with its fix."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  - {fault}" for fault in self.faults)
        super().__init__(f"NovaCore cannot start. Please fix the settings below and start it again:\n{lines}")
