"""Transaction ids as people send them: pasted with invisible characters, with words around them, as an explorer's link.

Whatever they bring, one id in one form is stored and compared; where there is none, or more than one, they are asked.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from novacore.errors import BadInput
from novacore.states import PaymentMethod, ReferenceForm

_MOST: Final = 1000
"""Characters that are looked at."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What the ids of one ledger look like. `stored` makes the one form of what `pattern` has found."""

    pattern: re.Pattern[str]
    help: str
    stored: Callable[[str], str]


def _alone(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for something that isn't part of a longer word or number."""
    return re.compile(rf"(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])", re.ASCII | re.IGNORECASE)


def _with_prefix(found: str) -> str:
    return f"0x{found.lower().removeprefix('0x')}"


_PAYPAL = _Form(
    _alone("(?=[A-Z]{0,16}[0-9])[0-9A-Z]{17}"),
    "A PayPal transaction id has 17 letters and digits, like 4AB12345CD678901E. PayPal shows it in the receipt.",
    str.upper,
)
_ETHEREUM = _Form(
    _alone("(?:0x)?[0-9a-f]{64}"),
    "An Ethereum transaction id starts with 0x and has 64 more characters of 0-9 and a-f.",
    _with_prefix,
)
_SOLANA = _Form(
    re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{86,88}(?![0-9A-Za-z])", re.ASCII),
    "A Solana transaction signature has 86 to 88 letters and digits. Your wallet shows it with the payment.",
    str,
)
# With 0x in front it is a transaction of another chain, however alike the rest looks.
_HEX = _alone("[0-9a-f]{64}")

_FORMS: Final[Mapping[ReferenceForm, _Form]] = {
    ReferenceForm.paypal: _PAYPAL,
    ReferenceForm.ethereum: _ETHEREUM,
    ReferenceForm.solana: _SOLANA,
}
_LINKS: Final = {name: one.chain for method in PaymentMethod for one in method.row.networks for name in one.links}
"""What names a ledger in the link of a block explorer."""


def normal_reference(method: PaymentMethod, network: str, text: str) -> str:
    """Return the reference in the one form in which it is stored and compared.

    `network` tells on which chain a USDT payment was made. Raises BadInput with what the form should be.
    """
    bare = _bare(text)
    _refuse_other_chain(method, network, bare)
    form = _form(method, network)
    found = {form.stored(one) for one in form.pattern.findall(bare)} or _whole(form, "".join(bare.split()))
    if len(found) > 1:
        raise BadInput("There is more than one transaction id in that. Please send only the one of this payment.")
    if not found:
        raise BadInput(f"That does not look like a transaction id. {form.help}")
    return found.pop()


def chain_of(method: PaymentMethod, network: str) -> str:
    """Name the ledger that a reference belongs to: an Ethereum transaction may be in ETH or USDT, and pays once."""
    return method.row.network(network).chain


def _form(method: PaymentMethod, network: str) -> _Form:
    form = method.row.network(network).form
    if form in _FORMS:
        return _FORMS[form]
    help_text = f"A {network} transaction id has 64 characters of 0-9 and a-f. Your wallet shows it with the payment."
    return _Form(_HEX, help_text, str.lower)


def _bare(text: str) -> str:
    """Leave out what nobody sees, and take full-width letters and digits for what they are."""
    plain = unicodedata.normalize("NFKC", text[:_MOST])
    return "".join(one for one in plain if one.isspace() or unicodedata.category(one)[0] != "C").strip()


def _whole(form: _Form, text: str) -> set[str]:
    """Return an id that is all there is, broken by spaces or lines, or a PayPal id that has no digit."""
    if form is _PAYPAL and re.fullmatch(r"[A-Za-z]{17}", text, re.ASCII):
        return {form.stored(text)}
    return {form.stored(text)} if form.pattern.fullmatch(text) else set()


def _refuse_other_chain(method: PaymentMethod, network: str, text: str) -> None:
    link = text.lower()
    if "://" not in link or not method.row.coin:
        return
    named = {chain for name, chain in _LINKS.items() if name in link}
    if named and chain_of(method, network) not in named:
        raise BadInput(f"That link is about another network. This order is paid by {network}: send its transaction id.")
