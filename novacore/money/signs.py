"""What people write instead of a currency's code: signs, abbreviations, a few words. Pure look-ups for `reader`.

A sign that several currencies share (`$`, `kr`, `¥`) names whichever of them is asked about. What isn't listed here is
never guessed: the amount is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from novacore.money.currencies import DIGITS, WITHDRAWN

_DOLLARS: Final = """
    AUD A$ AU$ · BBD Bds$ · BMD BD$ · BND B$ · BSD B$ · BZD BZ$ · CAD C$ CA$ CAN$ $CA · FJD FJ$ · GYD G$ GY$ · HKD HK$
    JMD J$ · KYD CI$ · LRD L$ · NAD N$ · NZD NZ$ · SBD SI$ · SGD S$ · SRD SR$ · TTD TT$ · TWD NT$ · USD US$ U$ $US
    XCD EC$ · ARS AR$ · CLP CL$ · COP COL$ CO$ · CUP MN$ · DOP RD$ · MXN MX$ Mex$ · UYU $U UY$
"""
"""Currencies whose sign at home is a plain $ as well."""

_OTHERS: Final = """
    AED Dh Dhs د.إ · AFN ؋ · ALL Lek · AMD ֏ · AOA Kz · AWG Afl. ƒ · AZN ₼ man. · BAM KM · BDT ৳ Tk Tk.
    BGN лв лв. lv · BIF FBu · BOB Bs Bs. · BRL R$ · BTN Nu. · BWP P · BYN Br · CDF FC · CHF Fr Fr. SFr SFr.
    CNY ¥ CN¥ 元 人民币 RMB · CRC ₡ · CVE Esc · CZK Kč Kc · DKK kr kr. · DZD DA دج · EGP £ E£ £E LE L.E. ج.م
    ERN Nfk · ETB Br · EUR € euro euros · FKP £ · GBP £ · GEL ₾ · GHS ₵ GH₵ GHC · GIP £ · GMD D · GNF FG · GTQ Q
    HNL L · HTG G · HUF Ft · IDR Rp Rp. · ILS ₪ NIS · INR ₹ Rs Rs. ₨ · IQD د.ع · IRR ﷼ · ISK kr kr. · JOD JD د.ا
    JPY ¥ JP¥ 円 yen · KES KSh Ksh. · KGS с ⃀ · KHR ៛ · KPW ₩ · KRW ₩ 원 won · KWD KD د.ك · KZT ₸ · LAK ₭
    LBP £ L£ ل.ل · LKR Rs Rs. ₨ · LYD LD د.ل · MAD DH د.م · MDL lei leu · MGA Ar · MKD ден · MMK K · MNT ₮
    MOP MOP$ P · MRU UM · MUR Rs Rs. ₨ · MVR Rf · MWK MK · MYR RM · MZN MT MTn · NGN ₦ · NIO C$ · NOK kr kr.
    NPR Rs Rs. ₨ रू · OMR ﷼ ر.ع · PAB B/. · PEN S/ S/. · PGK K · PHP ₱ P · PKR ₨ Rs Rs. · PLN zł zl
    PYG ₲ Gs Gs. · QAR ﷼ QR ر.ق · RON lei leu · RSD din din. дин дин. · RUB ₽ руб руб. · SAR ﷼ SR ر.س ⃁
    SCR Rs Rs. ₨ · SDG £ · SEK kr kr. · SHP £ · SLE Le · SOS Sh · SSP £ · STN Db · SVC ₡ · SYP £ ل.س · SZL E
    THB ฿ บาท · TND DT د.ت · TOP T$ · TRY ₺ TL · TZS TSh · UAH ₴ грн грн. · UGX USh · USD dollar dollars
    UZS soʻm · VES Bs Bs. · VND ₫ đ · VUV VT · WST WS$ · XAF FCFA · XOF CFA FCFA · YER ﷼ · ZAR R · ZMW K ZK
    ZWG ZiG
"""


def _listed(table: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Go through a table: a code, then its signs, up to a dot or the next code at the beginning of a line."""
    for entry in re.split(r"·|\n", table):
        if words := entry.split():
            yield words[0], tuple(words[1:])


def _signs() -> dict[str, tuple[str, ...]]:
    signs = {code: (*signs, "$") for code, signs in _listed(_DOLLARS)}
    for code, more in _listed(_OTHERS):
        signs[code] = (*signs.get(code, ()), *more)
    return signs


SIGNS: Final[Mapping[str, tuple[str, ...]]] = _signs()
"""What a currency is written with, apart from its code."""

SHOWN: Final[Mapping[str, str]] = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}
"""What this shop itself writes before an amount; all others are followed by their code."""


def is_named(text: str, currency: str) -> bool:
    """Tell whether a text is nothing but signs and codes of this currency; an empty one is as well."""
    return _own(currency).fullmatch(_bare(text)) is not None


def other(text: str) -> str | None:
    """Return what a text of signs and codes names: `EUR`, or the text where several currencies share it; else None."""
    bare = _bare(text)
    if not bare or _any().fullmatch(bare) is None:
        return None
    owners = _owners().get(bare, ())
    return owners[0] if len(owners) == 1 else text.strip()


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text).casefold()


def _codes() -> tuple[str, ...]:
    return (*DIGITS, *WITHDRAWN)


def _words_of(currency: str) -> set[str]:
    return {_bare(word) for word in (currency, *SIGNS.get(currency, ()))}


def _pattern(words: set[str]) -> re.Pattern[str]:
    """At most two on either side of a number: `US$ 5`, `$5 USD`."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, longest_first))}){{0,2}}")


@cache
def _owners() -> Mapping[str, Sequence[str]]:
    """Return by each code and sign the currencies that are written so."""
    found: dict[str, list[str]] = {}
    for code in _codes():
        for word in _words_of(code):
            found.setdefault(word, []).append(code)
    return found


@cache
def _own(currency: str) -> re.Pattern[str]:
    return _pattern(_words_of(currency))


@cache
def _any() -> re.Pattern[str]:
    return _pattern(set().union(*map(_words_of, _codes())))
