"""Cards as one job edits them: each only where it would show something else than it does. `cards` calls this."""

from novacore.db.models import Card
from novacore.messages.kit.layout import Message
from novacore.tasks.queue.handlers import Work
from novacore.tasks.queue.sending.outgoing import outgoing
from novacore.workflows.machine import cards


class ShownCards:
    """What each card shows by now, as far as it is known for sure.

    What is stored holds for the first edit only: from then on this job knows better, whatever others have stored
    meanwhile. An earlier attempt may have edited without storing it, so a second one edits everything.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._is_first_attempt = work.job.attempt == 1
        self._marks: dict[int, str | None] = {}
        self.edits = 0
        """How many edits have been sent."""

    def show(self, card: Card, message: Message) -> None:
        """Edit the card unless it shows this. One that is gone is let go. Raises what the calls raise."""
        mark = message.mark
        if mark == self._marks.get(card.id, card.shown if self._is_first_attempt else None):
            return
        self.edits += 1
        self._marks[card.id] = None  # until Discord says so: an edit of which nothing is heard may have been made
        if not self._work.calls.edit(card.channel_id, card.message_id, lambda: outgoing(message)):
            cards.forget(self._work.shop, card.id)
            del self._marks[card.id]
            return
        self._marks[card.id] = mark

    def store(self, *, is_certain: bool) -> None:
        """Remember it for the jobs to come; nothing for certain where others were editing all the while."""
        known = {card_id: mark if is_certain else None for card_id, mark in self._marks.items()}
        cards.note_shown(self._work.shop, known)
