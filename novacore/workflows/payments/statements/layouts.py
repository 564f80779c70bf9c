"""What kind of list a file is, by its header, and which column says what. A kind is a row here.

Columns are found by name, never by place: PayPal lets people choose them, and every release of a wallet adds some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from novacore.states import PaymentMethod, ReferenceForm
from novacore.workflows.payments.statements import contracts
from novacore.workflows.payments.statements.contracts import NO_CONTRACTS, ContractColumns
from novacore.workflows.payments.statements.words import fold, symbol


class Role(StrEnum):
    """What a column says of a payment."""

    reference = "reference"
    amount = "amount"
    received = "received"
    """Amounts that came in alone; an empty one, or zero, is in a row with money that went out."""
    net = "net"
    symbol = "symbol"
    day = "day"
    status = "status"
    kind = "kind"
    """Which way the money went, or what it was."""
    impact = "impact"
    sender = "sender"
    to = "to"
    decimals = "decimals"
    """Of an amount in whole smallest units."""
    contract = "contract"
    """Of a token, by which it is known."""
    confirmations = "confirmations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of list. `columns` names each column as headers do, the likeliest name first, folded as `words.fold` does.

    A star at the end stands for a coin's symbol: `valuein*` is `Value_IN(ETH)`.
    """

    name: str
    columns: Mapping[Role, str]
    needs: tuple[Role, ...]
    forms: tuple[ReferenceForm, ...] = (ReferenceForm.hex, ReferenceForm.ethereum, ReferenceForm.solana)
    methods: tuple[PaymentMethod, ...] = ()
    """The ways to pay that it can be about; none for any."""
    incoming: frozenset[str] = frozenset()
    """What the column `kind` has to say, folded; where there is nothing here, the sign of the amount tells."""
    of_tokens: bool = False
    """Whether it lists tokens. Their names prove nothing: without a known contract no order asks for them."""
    english: str = ""
    """A column that only an English header has: numbers of other languages have decimal commas, days come first."""


_TOKEN_COLUMNS: Final = {
    Role.reference: "txhash transactionhash",
    Role.symbol: "tokensymbol symbol",
    Role.sender: "from",
    Role.to: "to",
    Role.contract: "contractaddress tokenaddress",
    Role.day: "unixtimestamp datetimeutc datetime blocktimeutc",
    Role.status: "status isconfirm",
}
_GENERIC_COLUMNS: Final = {
    Role.reference: "txid txhash transactionid transactionhash hash signature txnhash transactionsignature reference "
    "transactionreference referencenumber transactioncode transaktionscode transaktionsid transaction tx",
    Role.amount: "amount* value* quantity* betrag montant importe importo",
    Role.received: "received* amountin* valuein* credit deposit in*",
    Role.symbol: "currency coin asset symbol ticker tokensymbol token unit amountunit currencyticker wahrung devise",
    Role.day: "date datetime datetimeutc dateutc time timestamp blocktime unixtimestamp day datum fecha data created "
    "createdat transactiondate",
    Role.status: "status state",
    Role.kind: "flow direction side creditdebit debitcredit creditdebitindicator cdtdbtind drcr crdr sollhaben afbij "
    "type transactiontype action",
    Role.sender: "from fromaddress sender",
    Role.to: "to toaddress recipient",
    Role.contract: "tokenaddress contractaddress tokencontract",
    Role.confirmations: "confirmations",
}

KINDS: Final[Sequence[Kind]] = (
    Kind(
        name="a PayPal report",
        columns={
            Role.reference: "transactionid transaktionscode transaktionsid numerodetransaction iddetransaccion "
            "codicetransazione transactiereferentie transactieid numertransakcji codigodatransacao iddatransacao",
            Role.amount: "gross brutto avantcommission brut bruto lordo valorbruto",
            Role.net: "net netto neto liquido",
            Role.symbol: "currency wahrung devise divisa moneda valuta waluta moeda",
            Role.day: "date datum fecha data",
            Role.status: "status etat estado stato",
            Role.kind: "type typ tipo description beschreibung descripcion descrizione omschrijving opis",
            Role.impact: "balanceimpact auswirkungaufguthaben impactsurlesolde efectoenelsaldo impatto impattosulsaldo "
            "wplywnasaldo",
        },
        needs=(Role.reference, Role.amount, Role.net),
        forms=(ReferenceForm.paypal,),
        methods=(PaymentMethod.paypal,),
        english="gross",
    ),
    Kind(
        name="Electrum's history",
        columns={
            Role.reference: "octransactionhash transactionhash",
            Role.amount: "amountchainbc value",
            Role.day: "timestamp",
            Role.confirmations: "confirmations",
        },
        needs=(Role.reference, Role.amount, Role.confirmations),
        forms=(ReferenceForm.hex,),
        methods=(PaymentMethod.btc, PaymentMethod.ltc),
    ),
    Kind(
        name="Exodus' list",
        columns={Role.reference: "txid", Role.amount: "coinamount", Role.kind: "type", Role.day: "date"},
        needs=(Role.reference, Role.amount, Role.kind),
        incoming=frozenset({"deposit"}),
    ),
    Kind(
        name="Exodus' list",
        columns={
            Role.reference: "intxid",
            Role.amount: "inamount",
            Role.symbol: "incurrency",
            Role.kind: "type",
            Role.day: "date",
        },
        needs=(Role.reference, Role.amount, Role.symbol, Role.kind),
        incoming=frozenset({"deposit"}),
    ),
    Kind(
        name="Ledger's list",
        columns={
            Role.reference: "operationhash",
            Role.amount: "operationamount",
            Role.symbol: "currencyticker",
            Role.kind: "operationtype",
            Role.status: "status",
            Role.day: "operationdate",
        },
        needs=(Role.reference, Role.amount, Role.kind),
        incoming=frozenset({"in"}),
    ),
    Kind(
        name="Trezor's list",
        columns={
            Role.reference: "transactionid",
            Role.amount: "amount",
            Role.symbol: "amountunit",
            Role.kind: "type",
            Role.day: "timestamp date",
        },
        needs=(Role.reference, Role.amount, Role.symbol, Role.kind),
        incoming=frozenset({"recv", "received"}),
    ),
    Kind(
        name="Solscan's list",
        columns={
            Role.reference: "signature",
            Role.amount: "amount",
            Role.kind: "flow",
            Role.decimals: "decimals",
            Role.contract: "tokenaddress",
            Role.sender: "from",
            Role.to: "to",
            Role.day: "blocktime humantime time",
        },
        needs=(Role.reference, Role.amount, Role.decimals, Role.contract),
        forms=(ReferenceForm.solana,),
        methods=(PaymentMethod.sol, PaymentMethod.usdt),
        of_tokens=True,
    ),
    Kind(
        name="Etherscan's list",
        columns={
            Role.reference: "txhash transactionhash",
            Role.received: "valuein*",
            Role.day: "unixtimestamp datetimeutc datetime",
            Role.status: "status",
        },
        needs=(Role.reference, Role.received),
        forms=(ReferenceForm.ethereum,),
        methods=(PaymentMethod.eth,),
    ),
    Kind(
        name="a list of token transfers",
        columns={Role.amount: "tokenvalue value quantity amount", **_TOKEN_COLUMNS},
        needs=(Role.reference, Role.amount, Role.symbol, Role.sender, Role.to),
        of_tokens=True,
    ),
    Kind(
        name="a list with received amounts",
        columns={one: names for one, names in _GENERIC_COLUMNS.items() if one is not Role.amount},
        needs=(Role.reference, Role.received),
        forms=tuple(ReferenceForm),
    ),
    Kind(
        name="a list of transactions",
        columns={one: names for one, names in _GENERIC_COLUMNS.items() if one is not Role.received},
        needs=(Role.reference, Role.amount),
        forms=tuple(ReferenceForm),
    ),
    Kind(
        name="a list of transaction ids",
        columns={one: _GENERIC_COLUMNS[one] for one in (Role.reference, Role.day, Role.status)},
        needs=(Role.reference,),
        forms=tuple(ReferenceForm),
    ),
)
"""In the order in which they are asked: the more a kind needs, the earlier."""

_SYMBOLS: Final = ("btc", "xbt", "ltc", "eth", "sol", "usdt")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, by place."""

    kind: Kind
    columns: Mapping[Role, int]
    symbol: str = ""
    """The coin that the header names."""
    is_english: bool = True
    contracts: ContractColumns = NO_CONTRACTS

    def picked(self, cells: Sequence[str]) -> Mapping[Role, str]:
        """Return what a row says in the columns that are read, without those in which it says nothing."""
        found = ((role, cells[place].strip()) for role, place in self.columns.items() if place < len(cells))
        return {role: cell for role, cell in found if cell}


def recognised(header: Sequence[str]) -> Layout | None:
    """Return the layout that a header stands for; None if it is no header of a statement."""
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        places.setdefault(fold(cell), place)
    return next((found for kind in KINDS if (found := _laid_out(kind, places))), None)


def _laid_out(kind: Kind, places: Mapping[str, int]) -> Layout | None:
    columns: dict[Role, int] = {}
    coin = ""
    for role, names in kind.columns.items():
        for name, said in _spellings(names):
            if name in places:
                columns[role] = places[name]
                coin = coin or said
                break
    if not all(role in columns for role in kind.needs):
        return None
    is_english = not kind.english or kind.english in places
    parties = {columns[role] for role in (Role.sender, Role.to) if role in columns}
    found = contracts.columns(places, columns.values(), parties)
    return Layout(kind, columns, symbol(coin), is_english, found)


def _spellings(names: str) -> Sequence[tuple[str, str]]:
    """Return each name that a column may have, with the coin that it then names."""
    found: list[tuple[str, str]] = []
    for name in names.split():
        bare = name.removesuffix("*")
        found.append((bare, ""))
        if bare != name:
            found += [(bare + one, one) for one in _SYMBOLS]
    return found
