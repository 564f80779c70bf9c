"""One press of a button or select, or one form that came back, as the handlers of `components` get it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from novacore.bot.answers import Interaction
from novacore.bot.desk import Desk
from novacore.bot.form import Answers
from novacore.errors import WrongState
from novacore.messages.kit.custom_ids import CustomId
from novacore.workflows.machine.policy import Actor

OUT_OF_DATE = (
    "That button is from an older time and does not work any more. `/shop` opens the shop, and `/orders` shows your "
    "orders with fresh buttons."
)


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed what. `chosen` is the value picked in a select, `answers` what was filled into a form.

    `all_chosen` has every value where a select takes several.
    """

    interaction: Interaction = field(repr=False)
    desk: Desk = field(repr=False)
    actor: Actor
    id: CustomId
    chosen: str = ""
    answers: Answers = field(default_factory=Answers)
    all_chosen: tuple[str, ...] = ()

    def chosen_row(self) -> int:
        """Return the row id that was picked. Raises WrongState for anything that our selects never offer."""
        is_number = self.chosen.isascii() and self.chosen.isdigit() and len(self.chosen) < 20
        if not is_number or not 0 < int(self.chosen) < 2**63:
            raise WrongState(OUT_OF_DATE)
        return int(self.chosen)


Handler = Callable[[Press], Awaitable[None]]
