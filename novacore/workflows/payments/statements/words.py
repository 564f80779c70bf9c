"""The words of statements in the languages in which PayPal and wallets write them, compared without case and accents.

Sources: exports of PayPal in English, German, French, Spanish, Italian, Dutch and Polish as accounting programs read
them, and the lists of wallets as tax programs do.
"""

import re
import unicodedata
from typing import Final


def fold(text: str) -> str:
    """Return letters and digits alone, without case and accents: `Währung`, `Transaction ID` and `Value_IN(ETH)`."""
    return "".join(one for one in unicodedata.normalize("NFKD", text[:80].casefold()) if one.isalnum())


def _folded(table: str) -> frozenset[str]:
    return frozenset(fold(one) for one in re.split(r"[,\n]", table) if one.strip())


OUT: Final = _folded(
    "out, outgoing, send, sent, sent to, withdrawal, withdraw, debit, d, payment sent, transfer out, spend, fee, fees, "
    "soll, débit, débito, debe, addebito, af, obciążenie"
)
"""What a list calls money that went away."""

DONE: Final = _folded(
    "completed, complete, confirmed, success, successful, succeeded, ok, done, cleared, paid, true, yes, 0, "
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

MEMO: Final = _folded("memo, mémo, nota, promemoria")
"""What PayPal says of the effect on the balance where there is none."""

MOVES: Final = re.compile(
    "conversion|umrechnung|omrekening|conversione|przelicz|przewalut"
    "|hold|release|einbehaltung|freigabe|retencion|bloqueo|blocage|blocco|wstrzym"
    "|refund|erstattung|ruckzahlung|rembours|rimborso|reembolso|terugbetal|zwrot"
    "|reversal|ruckbuchung|storno|stornierung|chargeback|annulation|anulacion|cancellation|kaufer?schutz|dispute"
    "|deposit|bankgutschrift|gutschriftaufkreditkarte|aufladung|topup|versamento|ingresocon|approvisionn"
    "|withdrawal|abbuchung|retrait|retiro|prelievo|wyplata"
)
"""Parts of the names that PayPal gives to what is no payment by a customer."""

SYMBOLS: Final = {"xbt": "BTC", "usdttrc20": "USDT", "usdterc20": "USDT", "usdtspl": "USDT", "usdttron": "USDT"}
"""Other names of coins."""


def symbol(text: str) -> str:
    """Return a coin's or a currency's symbol in capitals; empty where the text is none."""
    found = fold(text)
    return SYMBOLS.get(found) or (found.upper() if re.fullmatch("[a-z][a-z0-9]{1,9}", found) else "")
