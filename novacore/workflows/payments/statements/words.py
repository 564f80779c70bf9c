"""The words of statements in the languages in which PayPal and wallets write them, compared without case and accents.

Sources: exports of PayPal in English, German, French, Spanish, Italian, Dutch and Polish as accounting programs read
them, and the lists of wallets as tax programs do.
"""

import re
import unicodedata
from typing import Final

from novacore.money import signs
from novacore.money.currencies import is_currency
from novacore.states import PaymentMethod
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN

_STROKES: Final = str.maketrans("łøđ", "lod")
"""Letters with a stroke, which Unicode takes for letters of their own."""


def fold(text: str) -> str:
    """Return letters and digits alone, without case and accents: `Währung`, `Transaction ID` and `Value_IN(ETH)`."""
    plain = unicodedata.normalize("NFKD", text[:80].casefold()).translate(_STROKES)
    return "".join(one for one in plain if one.isalnum())


def _folded(table: str) -> frozenset[str]:
    return frozenset(fold(one) for one in re.split(r"[,\n]", table) if one.strip())


OUT: Final = _folded(
    "out, outgoing, send, sent, sent to, withdrawal, withdraw, debit, dbit, dr, db, d, s, payment sent, transfer out, "
    "spend, fee, fees, soll, lastschrift, débit, débito, debe, addebito, af, obciążenie"
)
"""What a list calls money that went away."""

IN: Final = _folded(
    "in, incoming, received, receive, recv, deposit, credit, crdt, cr, c, h, haben, gutschrift, crédit, crédito, "
    "haber, accredito, bij, uznanie"
)
"""What a list calls money that came in."""

DONE: Final = _folded(
    "completed, complete, confirmed, success, successful, succeeded, ok, done, cleared, paid, true, yes, 1, booked, "
    "posted, settled, gebucht, verbucht, ausgeführt, comptabilisé, contabilizado, contabilizzato, zaksięgowano, "
    "abgeschlossen, erledigt, terminé, effectué, completado, completada, completo, completato, completata, voltooid, "
    "ukończono, zrealizowano, zakończona, zakończono, concluído, concluída"
)
"""What a list calls a payment that stands."""

RETURNED: Final = _folded(
    "refunded, partially refunded, reversed, canceled, cancelled, charged back, chargeback, denied, "
    "erstattet, rückerstattet, teilweise erstattet, teilweise rückerstattet, storniert, rückgängig gemacht, abgelehnt, "
    "remboursé, partiellement remboursé, annulé, reembolsado, reembolsado parcialmente, cancelado, rechazado, "
    "rimborsato, parzialmente rimborsato, rimborsata, annullata, annullato, stornato, "
    "terugbetaald, gedeeltelijk terugbetaald, geannuleerd, zwrócono, anulowano, częściowo zwrócono"
)
"""What a list calls a payment that went back, or never was one."""

PENDING: Final = _folded(
    "pending, unconfirmed, processing, in progress, held, on hold, unclaimed, waiting, created, new, false, no, "
    "ausstehend, offen, in bearbeitung, einbehalten, en attente, en cours, suspendu, pendiente, en proceso, retenido, "
    "in sospeso, in attesa, in corso, in behandeling, in afwachting, niet voltooid, oczekujące, oczekująca, w toku, "
    "pendente, em andamento"
)
"""What a list calls a payment that isn't completed yet."""

FAILED: Final = _folded(
    "failed, fail, failure, error, dropped, reverted, rejected, expired, 0, fehlgeschlagen, échoué, échec, fallido, "
    "error, non riuscito, fallito, mislukt, nieudane, niepowodzenie, falhou"
)
"""What a list calls a payment that never took place. Explorers add a number or a reason to `Error`."""

MEMO: Final = _folded("memo, mémo, nota, promemoria")
"""What PayPal says of the effect on the balance where there is none."""

_SHIFTS: Final = (
    "conversion|umrechnung|omrekening|conversione|przelicz|przewalut"
    "|hold|release|einbehaltung|freigabe|retencion|bloqueo|blocage|blocco|wstrzym"
    "|deposit|bankgutschrift|gutschriftaufkreditkarte|aufladung|topup|versamento|ingresocon|approvisionn"
    "|withdrawal|abbuchung|retrait|retiro|prelievo|wyplata"
)
SHIFTS: Final = re.compile(f"{_SHIFTS}|fee|gebuhr|frais|comision|commissione|kosten|oplata|tarifa")
"""Parts of the names that PayPal gives to money that it moves or keeps itself: the payment stands all the same."""

_RETURNS: Final = (
    "refund|erstattung|ruckzahlung|rembours|rimborso|reembolso|terugbetal|zwrot"
    "|reversal|ruckbuchung|storno|chargeback|annulation|anulacion|cancellation"
)
RETURNS: Final = re.compile(_RETURNS)
"""Parts of the names that PayPal gives to what takes a payment back, or gives it back after all."""

_DISPUTES: Final = "dispute|kaufer?schutz|litige|disputa|controversia|geschil|sporu|sporn"
DISPUTES: Final = re.compile(_DISPUTES)
"""Parts of the names that PayPal gives to money that it keeps because the customer wants it back."""

MOVES: Final = re.compile(f"{_SHIFTS}|{_RETURNS}|{_DISPUTES}")
"""Parts of the names that PayPal gives to what is no payment by a customer."""

UNMOVED: Final = re.compile(
    "authori[sz]ation|autorisierung|autorisation|autorizacion|autorizzazione|autorisatie|autoryzac|autorizacao"
    "|request|anforderung|demande|solicitud|richiesta|verzoek|prosba|solicitacao"
    "|invoicesent|rechnung(?:wurde)?(?:gesendet|versendet)|factureenvoyee|facturaenviada|fatturainviata"
    "|factuurverz|fakturawyslana|wyslanafaktura|faturaenviada"
    "|^(?:order|bestellung|auftrag|commande|pedido|orden|ordine|bestelling|zamowienie)$"
)
"""Parts of the names of what moves no money. PayPal's column for the effect on the balance knows better."""

PAYMENTS: Final = re.compile(
    "payment|zahlung|paiement|pago|pagamento|betaling|platnosc"
    "|checkout|donation|spende|^don$|donacion|donazione|donatie|darowizna|doacao|moneyreceived|gelderhalten"
)
"""Parts of the names that PayPal gives to payments by customers."""


def _coins() -> dict[str, str]:
    """Return what each coin may be called, folded: the words of the shop's own rows, and more of lists."""
    found = {"xbt": "BTC", "usdttrc20": "USDT", "usdterc20": "USDT", "usdtspl": "USDT", "usdttron": "USDT"}
    for row in (one.row for one in PaymentMethod):
        if row.unit:
            names = (row.unit.symbol, row.short, row.label, *row.spellings)
            found |= dict.fromkeys(map(fold, names), row.unit.symbol)
    return found


_COINS: Final = _coins()
_MOST_SYMBOL: Final = 40
"""Characters of a coin's or a currency's name."""


def symbol(text: str) -> str:
    """Return a coin's or a currency's symbol in capitals; empty for an empty text, `UNKNOWN_COIN` for no symbol.

    A sign that several currencies share stays as it is: `$`. Which one it stands for, the shop's currency tells.
    """
    if not text:
        return ""
    if len(text) > _MOST_SYMBOL:
        return UNKNOWN_COIN
    found = fold(text)
    codes = (part.upper() for part in text.split() if is_currency(part) and signs.is_named(text, part.upper()))
    known = _COINS.get(found) or next(codes, None) or signs.other(text)
    return known or (found.upper() if re.fullmatch("[a-z][a-z0-9]{1,9}", found) else UNKNOWN_COIN)
