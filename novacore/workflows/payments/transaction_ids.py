"""Transaction ids as people send them: pasted with invisible characters, with words around them, as an explorer's link.

Whatever they bring, one id in one form is stored and compared; where there is none, or more than one, they are asked.
Cheats send what has paid already in another spelling, or with letters that look the same to whoever compares by eye.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from base58_bech32 import base58

from novacore.errors import BadInput
from novacore.states import PaymentMethod, ReferenceForm

MOST: Final = 1000
"""Characters that are looked at."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What the ids of one ledger look like. `stored` makes the one form of what `pattern` and `holds` have found."""

    pattern: re.Pattern[str]
    help: str
    stored: Callable[[str], str]
    holds: Callable[[str], bool] = bool
    at_a_glance: Callable[[str], str] | None = None
    """What is left of an id for whoever compares it by eye; None if no characters look the same."""


def _alone(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for something that isn't part of a longer word or number."""
    return re.compile(rf"(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])", re.ASCII | re.IGNORECASE)


def _with_prefix(found: str) -> str:
    return f"0x{found.lower().removeprefix('0x')}"


def _is_signature(found: str) -> bool:
    """Tell whether it can be a signature, which has 64 bytes.

    A 1 in front is a byte of zeros: unless it belongs to those 64, it makes a second spelling of the same transaction.
    """
    has_all = len(base58.b58decode(found, max_length=len(found))) == _SIGNATURE_BYTES
    return has_all or (len(found) in _USUAL_LENGTHS and not found.startswith("1"))


_SIGNATURE_BYTES: Final = 64
_USUAL_LENGTHS: Final = range(86, 89)
"""Of a signature in base58; one of 20,000 is shorter."""

_ALIKE: Final = str.maketrans("OQILSBZG", "00115826")

_PAYPAL = _Form(
    _alone("(?=[A-Z]{0,16}[0-9])[0-9A-Z]{17}"),
    "A PayPal transaction id has 17 letters and digits, like 4AB12345CD678901E. PayPal shows it in the receipt.",
    str.upper,
    at_a_glance=lambda one: one.translate(_ALIKE),
)
_ETHEREUM = _Form(
    _alone("(?:0x)?[0-9a-f]{64}"),
    "An Ethereum transaction id starts with 0x and has 64 more characters of 0-9 and a-f.",
    _with_prefix,
)
_SOLANA = _Form(
    re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{64,88}(?![0-9A-Za-z])", re.ASCII),
    "A Solana transaction signature has 86 to 88 letters and digits. Your wallet shows it with the payment.",
    str,
    holds=_is_signature,
    at_a_glance=str.lower,
)
# With 0x in front it is a transaction of another chain, however alike the rest looks.
_HEX = _alone("[0-9a-f]{64}")

_OTHERS: Final = _Form(_HEX, "", str.lower)
"""Of every other ledger; the help names it."""

_FORMS: Final[Mapping[ReferenceForm, _Form]] = {
    ReferenceForm.paypal: _PAYPAL,
    ReferenceForm.ethereum: _ETHEREUM,
    ReferenceForm.solana: _SOLANA,
}
_LINKS: Final = {name: one.chain for method in PaymentMethod for one in method.row.networks for name in one.links}
"""What names a ledger in the link of a block explorer."""

_LINK: Final = re.compile(r"://|[a-z0-9]\.[a-z]{2,12}/")
_ELSEWHERE: Final = (
    *("bscscan.", "polygonscan.", "basescan.", "arbiscan.", "snowtrace.", "optimistic.etherscan.", "/bitcoin-cash/"),
    *("ftmscan.", "lineascan.", "blastscan.", "gnosisscan.", "celoscan.", "zksync.", "/bsc/", "/bnb/", "/polygon/"),
    *("sepolia.", "goerli.", "holesky.", "hoodi.", "shasta.", "nile.", "testnet", "devnet", "/signet/"),
)
"""What names a ledger on which nobody is paid here although its ids look the same: money for play, among them."""

_BLOCK = re.compile(r"/blocks?/\S+", re.IGNORECASE)
"""In a link: a block, whose number looks like a transaction id."""

_BASE58: Final = "[1-9A-HJ-NP-Za-km-z]"
_HINTS: Final = (
    (
        re.compile(r"[0-9A-Za-z]{3}\s?(?:\.{2,}|…)\s?[0-9A-Za-z]{3}"),
        "That id is cut short in the middle: copy all of it.",
    ),
    (
        re.compile(
            rf"(?<![0-9A-Za-z])(?:(?:bc1|ltc1)[0-9a-z]{{20,59}}|0x[0-9A-Fa-f]{{40}}|[13LMT]{_BASE58}{{25,33}})(?![0-9A-Za-z])"
            rf"|\A(?:\S*/)?{_BASE58}{{43,44}}\Z"
        ),
        "That is the address of a wallet, not the id of a payment.",
    ),
    (re.compile(r"\bINV2?-|\bPAYID-", re.IGNORECASE), "That is the number of an invoice, not the id of a payment."),
    (re.compile(r"\S@\S+\.\S"), "That is an email address, not the id of a payment."),
)
"""What people send in place of the id, and what to say about it."""


def normal_reference(method: PaymentMethod, network: str, text: str) -> str:
    """Return the reference in the one form in which it is stored and compared.

    `network` tells on which chain a USDT payment was made. Raises BadInput with what the form should be.
    """
    bare = _bare(text)
    _refuse_other_chain(method, network, bare)
    form = _form(method, network)
    found = _found(form, bare)
    if len(found) > 1:
        raise BadInput("There is more than one transaction id in that. Please send only the one of this payment.")
    if not found:
        raise BadInput(f"{_what_it_is(bare)} {form.help}")
    return found.pop()


def stored_forms(text: str, forms: Sequence[ReferenceForm]) -> tuple[str, ...]:
    """Return the id in a text that a program wrote, as it is stored, in each of these forms that it can be.

    64 characters of 0-9 and a-f may be an id of Ethereum without its 0x. Of several ids in a form none is returned.
    """
    bare = _bare(text)
    found = (_found(_FORMS.get(form) or _OTHERS, bare) for form in forms)
    return tuple(dict.fromkeys(one.pop() for one in found if len(one) == 1))


def forms_of(ids: Sequence[str]) -> frozenset[ReferenceForm]:
    """Return the forms that stored ids have."""
    known = {form: _FORMS.get(form) or _OTHERS for form in ReferenceForm}
    return frozenset(name for name, form in known.items() if any(_found(form, one) == {one} for one in ids))


def _found(form: _Form, bare: str) -> set[str]:
    return {form.stored(one) for one in form.pattern.findall(bare) if form.holds(one)} or _whole(form, bare)


def chain_of(method: PaymentMethod, network: str) -> str:
    """Name the ledger that a reference belongs to: an Ethereum transaction may be in ETH or USDT, and pays once."""
    return method.row.network(network).chain


def at_a_glance(method: PaymentMethod, network: str, reference: str) -> str | None:
    """Return what a stored reference looks like to whoever compares it by eye; None if nothing looks the same."""
    look = _form(method, network).at_a_glance
    return look(reference) if look else None


def where_it_stands(method: PaymentMethod, network: str) -> str:
    """Say in at most 100 characters where a customer finds the id, and what it looks like."""
    return _WHERE[method.row.network(network).form]


_WHERE: Final[Mapping[ReferenceForm, str]] = {
    ReferenceForm.paypal: "PayPal shows it in the receipt: 17 letters and digits.",
    ReferenceForm.hex: "Your wallet shows it in the payment's details: 64 characters of 0-9 and a-f.",
    ReferenceForm.ethereum: "Your wallet shows it in the payment's details: 0x and 64 more characters.",
    ReferenceForm.solana: "Your wallet shows it in the payment's details: 86 to 88 letters and digits.",
}


def _form(method: PaymentMethod, network: str) -> _Form:
    form = method.row.network(network).form
    if form in _FORMS:
        return _FORMS[form]
    help_text = f"A {network} transaction id has 64 characters of 0-9 and a-f. Your wallet shows it with the payment."
    return replace(_OTHERS, help=help_text)


def _bare(text: str) -> str:
    """Leave out what nobody sees, and take full-width letters and digits for what they are."""
    plain = unicodedata.normalize("NFKC", text[:MOST])
    seen = "".join(one for one in plain if one.isspace() or unicodedata.category(one)[0] != "C").strip()
    return _BLOCK.sub("", seen) if _LINK.search(seen) else seen


def _what_it_is(text: str) -> str:
    """Say what was sent in place of an id."""
    return next((said for shape, said in _HINTS if shape.search(text)), "That does not look like a transaction id.")


def _whole(form: _Form, text: str) -> set[str]:
    """Return an id that is all there is, broken by spaces or lines, or a PayPal id that has no digit."""
    # In one piece only: many a sentence has 17 letters.
    if form is _PAYPAL and re.fullmatch(r"[A-Za-z]{17}", text, re.ASCII):
        return {form.stored(text)}
    joined = "".join(text.split())
    return {form.stored(joined)} if form.pattern.fullmatch(joined) and form.holds(joined) else set()


def _refuse_other_chain(method: PaymentMethod, network: str, text: str) -> None:
    link = text.lower()
    if not _LINK.search(link) or not method.row.coin:
        return
    named = {chain for name, chain in _LINKS.items() if name in link}
    if any(name in link for name in _ELSEWHERE) or (named and chain_of(method, network) not in named):
        raise BadInput(f"That link is about another network. This order is paid by {network}: send its transaction id.")
