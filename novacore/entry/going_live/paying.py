"""Asks which ways to pay the shop takes, and where each pays to. Checked as the settings are; each answer is kept."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from novacore.entry.going_live.console import Console
from novacore.entry.going_live.notes import Notes
from novacore.errors import NovaCoreError
from novacore.settings.env_file import clean
from novacore.settings.payments import OFF, is_off
from novacore.states import PaymentMethod

_COPY: Final = (
    "Copy each address from your wallet and never type one: money that is sent to a wrong address is gone. Give "
    "addresses, never a private key or a recovery phrase."
)
_NONE: Final = "All of these ways to pay are off. Add one of your own in Discord with /payment add before you sell."


def ask(console: Console, notes: Notes, given: Mapping[PaymentMethod, str]) -> None:
    """Settle every way to pay; what stands in the settings stays.

    Raises NovaCoreError for an address in `given` that is wrong. Without anyone to ask, the ways that nothing is said
    about are off.
    """
    for method, text in given.items():
        _keep_given(notes, method, clean(text))
    open_ones = [method for method in PaymentMethod if not notes.is_fine(method.row.setting)]
    wanted = _chosen(console, open_ones) if open_ones and console.asks else []
    notes.keep(**{method.row.setting: OFF for method in open_ones if method not in wanted})
    if wanted:
        console.say(_COPY)
    for method in wanted:
        _ask_one(console, notes, method)
    if all(is_off(notes.text(method.row.setting)) for method in PaymentMethod):
        console.say(_NONE)


def _keep_given(notes: Notes, method: PaymentMethod, text: str) -> None:
    if fault := notes.fault(method.row.setting, text):
        raise NovaCoreError(f"--pay {method.value}: {fault}")
    notes.keep(**{method.row.setting: text})


def _chosen(console: Console, open_ones: Sequence[PaymentMethod]) -> list[PaymentMethod]:
    by_name = {method.value: method for method in open_ones}
    console.say(f"Which of these ways to pay do you take: {', '.join(by_name)}?")
    while True:
        said = console.ask("Names with commas between them, or Enter for none:").lower()
        names = [name for name in re.split(r"[\s,]+", said) if name]
        if not (unknown := [name for name in names if name not in by_name]):
            return [method for name, method in by_name.items() if name in names]
        console.say(f"{unknown[0][:40]} isn't one of {', '.join(by_name)}.")


def _ask_one(console: Console, notes: Notes, method: PaymentMethod) -> None:
    what = "E-mail of your PayPal account" if method is PaymentMethod.paypal else f"{method.row.label} address"
    while True:
        text = clean(console.ask(f"{what} (or off):"))
        if not text:
            continue
        fault = notes.fault(method.row.setting, text)
        if fault is None:
            notes.keep(**{method.row.setting: text})
            return
        console.say(fault)
