"""The kinds of lists that are read, a row each, with the names of their columns. `layouts` finds these in a header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from novacore.states import PaymentMethod, ReferenceForm


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
    text = "text"
    """What the payer wrote. Only tells the kind of list: the order ids in a row are found wherever they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of list. `columns` names each column as headers do, the likeliest name first, folded as `words.fold` does.

    A star at the end stands for a coin's symbol: `valuein*` is `Value_IN(ETH)`; a plus for a currency: `Betrag (EUR)`.
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
    """Columns that only an English header has: numbers of other languages have decimal commas, days come first."""

    @property
    def has_ids(self) -> bool:
        """Whether its rows have transaction ids. Without these an order is found by its own id alone."""
        return Role.reference in self.columns


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

_BANK_COLUMNS: Final = {
    Role.text: "description verwendungszweck purpose paymentreference transactiondetails details narrative memo notes "
    "note message remittanceinformation buchungstext betreff libelle communication motif concepto descripcion causale "
    "descrizione omschrijving mededelingen opis opisoperacji tytul descricao particulars",
    Role.symbol: f"{_GENERIC_COLUMNS[Role.symbol]} divisa moneda valuta waluta moeda",
    Role.day: "date datum buchungstag buchungsdatum bookingdate postingdate dateposted transactiondate completeddate "
    "valuedate valutadatum wertstellung fecha fechaoperacion dataoperacji data dateoperation datedoperation boekdatum "
    "timestamp time",
    Role.status: _GENERIC_COLUMNS[Role.status],
    Role.kind: _GENERIC_COLUMNS[Role.kind],
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
    Kind(
        name="Coinbase's report",
        columns={
            Role.amount: "quantitytransacted",
            Role.symbol: "asset",
            Role.kind: "transactiontype",
            Role.day: "timestamp",
            Role.text: "notes",
        },
        needs=(Role.amount, Role.symbol, Role.kind, Role.text),
        incoming=frozenset({"receive", "received", "deposit"}),
    ),
    Kind(
        name="a bank's list",
        columns={
            Role.received: "credit credits creditamount paidin moneyin haben gutschrift eingang credito abono haber",
            **_BANK_COLUMNS,
        },
        needs=(Role.received, Role.day, Role.text),
        forms=tuple(ReferenceForm),
        english="credit credits creditamount paidin moneyin",
    ),
    Kind(
        name="a bank's list",
        columns={
            Role.amount: "amount+ betrag+ betragin+ umsatz+ montant+ importe+ importo+ bedrag+ kwota+ valor+",
            **_BANK_COLUMNS,
        },
        needs=(Role.amount, Role.day, Role.text),
        forms=tuple(ReferenceForm),
        english="amount amounteur amountusd amountgbp",
    ),
)
"""In the order in which they are asked: the more a kind needs, the earlier."""
