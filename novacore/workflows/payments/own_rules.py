"""What the owner may write about a way to pay. Pure: what was typed becomes what is stored, and a list of slips."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from novacore.money import MAX_MINOR, format_money
from novacore.states import Method, PaymentMethod, ReferenceNeed
from novacore.workflows.machine.typed_text import length, storable, tidy_name
from novacore.workflows.payments.emoji import read_emoji
from novacore.workflows.payments.methods import (
    ADDRESS_LIMIT,
    INSTRUCTIONS_LIMIT,
    LABEL_LIMIT,
    PLACEHOLDER,
    PLACEHOLDERS,
    REFERENCE_LIMIT,
    filled_in,
)

EMOJI: Final = "💵"
"""Of whatever has none of its own."""

REFERENCE: Final = "reference"
"""What is asked for if the owner has no name for it."""

_ORDER_ID: Final = "NC-20260102-ABCDEF"


@dataclass(frozen=True, slots=True)
class Typed:
    """A way to pay as it was typed, right or wrong. Kept in a draft, so that the form can show it again."""

    label: str = ""
    emoji: str = ""
    instructions: str = ""
    address: str = ""
    reference: str = ""
    need: ReferenceNeed = ReferenceNeed.required

    def stored(self) -> dict[str, Any]:
        """Return it as JSON may hold it."""
        return asdict(self)

    @classmethod
    def read(cls, form: Mapping[str, Any]) -> "Typed":
        """Read what `stored` made; what an older release did not know keeps its default."""
        known = {one.name: form[one.name] for one in fields(cls) if one.name in form}
        return cls(**known | {"need": ReferenceNeed(known.get("need", ReferenceNeed.required))})


def describe(typed: Typed, currency: str) -> tuple[Method, tuple[str, ...]]:
    """Return what would be stored, without a key, and a sentence for everything that is wrong with it.

    Where there are slips it is as near as can be, for the page that shows them.
    """
    slips: list[str] = []
    described = Method(
        key="",
        label=_label(typed.label, slips),
        emoji=_emoji(typed.emoji, slips),
        instructions=_instructions(typed.instructions, currency, slips),
        address=_address(typed.address, slips),
        reference=_reference(typed.reference, slips),
        need=typed.need,
    )
    return described, tuple(slips)


def _label(text: str, slips: list[str]) -> str:
    bare = tidy_name(unicodedata.normalize("NFKC", text))
    if not any(one.isalnum() for one in bare):
        slips.append("The name needs at least one letter or digit, such as “Bank transfer”.")
    elif length(bare) > LABEL_LIMIT:
        slips.append(f"The name has {length(bare)} characters; the limit is {LABEL_LIMIT}.")
    elif known := _known(bare):
        slips.append(f"{known.row.label} is built in: set {known.row.setting.upper()} in .env, or choose another name.")
    return bare


def _known(label: str) -> PaymentMethod | None:
    """Return the shop's own way to pay that goes by this name."""
    said = label.casefold()
    names = ((one, {one.value, one.row.label, one.row.short, *one.row.spellings}) for one in PaymentMethod)
    return next((one for one, called in names if said in {name.casefold() for name in called}), None)


def _emoji(text: str, slips: list[str]) -> str:
    if not text.strip():
        return EMOJI
    found = read_emoji(text)
    if found is None:
        slips.append("Discord can't show that emoji in a menu. Use a single one, such as 🏦, 💵, 💳 or 📱.")
    return found or EMOJI


def _instructions(text: str, currency: str, slips: list[str]) -> str:
    bare = PLACEHOLDER.sub(lambda found: f"{{{found[1].strip().casefold()}}}", storable(text))
    if not any(one.isalnum() for one in bare):
        slips.append("Tell customers what to do: where the money goes, and how you will know who paid.")
    unknown = dict.fromkeys(one for one in PLACEHOLDER.findall(bare) if one not in PLACEHOLDERS)
    slips += [f"{{{one}}} can't be filled in. In braces there may be {{total}} and {{order}}." for one in unknown]
    longest = length(filled_in(bare, format_money(MAX_MINOR, currency), _ORDER_ID))
    if longest > INSTRUCTIONS_LIMIT:
        slips.append(
            f"The instructions have up to {longest} characters once {{total}} and {{order}} are filled in; "
            f"the limit is {INSTRUCTIONS_LIMIT}. Please shorten them: what you typed is still in the form."
        )
    return bare


def _address(text: str, slips: list[str]) -> str:
    bare = tidy_name(text)
    if length(bare) > ADDRESS_LIMIT:
        slips.append(f"The text to copy has {length(bare)} characters; the limit is {ADDRESS_LIMIT}.")
    if "`" in bare or PLACEHOLDER.search(bare):
        slips.append("The text to copy is shown as it is: no backticks, and no {total} or {order}.")
    return bare


def _reference(text: str, slips: list[str]) -> str:
    bare = tidy_name(unicodedata.normalize("NFKC", text)) or REFERENCE
    if not any(one.isalnum() for one in bare):
        slips.append("What the reference is called needs at least one letter, such as “transfer reference”.")
    elif length(bare) > REFERENCE_LIMIT:
        slips.append(f"What the reference is called has {length(bare)} characters; the limit is {REFERENCE_LIMIT}.")
    return bare
