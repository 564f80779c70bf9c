"""The currencies of ISO 4217, how many digits follow their point, and what became of those that were withdrawn.

Source: list one (current) and list three (historic) of ISO 4217's maintenance agency, SIX, as published on 2026-01-01.
"""

from collections.abc import Mapping
from typing import Final

from novacore.errors import BadInput

_TWO_DIGITS: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
    MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""
_NO_DIGITS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS: Final = "CLF UYW"

DIGITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(_TWO_DIGITS.split(), 2),
    **dict.fromkeys(_NO_DIGITS.split(), 0),
    **dict.fromkeys(_THREE_DIGITS.split(), 3),
    **dict.fromkeys(_FOUR_DIGITS.split(), 4),
}
"""Every active code that has a smallest unit, and the digits after its point."""

_WITHOUT: Final = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"
NO_UNIT: Final = frozenset(_WITHOUT.split())
"""Active codes without a smallest unit: metals, units of account, tests, none at all. Nothing can cost one of them."""

_BECAME: Final = """
    ADP>EUR AFA>AFN ANG>XCG AOR>AOA ARA>ARS ATS>EUR AZM>AZN BEF>EUR BGL>EUR BGN>EUR BRR>BRL BYB>BYN BYR>BYN CSD>RSD
    CSK>CZK CUC>CUP CYP>EUR DEM>EUR ECS>USD EEK>EUR ESP>EUR FIM>EUR FRF>EUR GHC>GHS GRD>EUR GWP>XOF HRD>EUR HRK>EUR
    IEP>EUR ITL>EUR LTL>EUR LUF>EUR LVL>EUR MGF>MGA MRO>MRU MTL>EUR MXP>MXN MZM>MZN NLG>EUR PLZ>PLN PTE>EUR ROL>RON
    RUR>RUB SDD>SDG SIT>EUR SKK>EUR SLL>SLE SRG>SRD STD>STN TJR>TJS TMM>TMT TPE>USD TRL>TRY UAK>UAH UYP>UYU VEB>VES
    VEF>VES XEU>EUR YDD>YER YUM>RSD ZMK>ZMW ZWD>ZWG ZWL>ZWG ZWN>ZWG ZWR>ZWG
"""

WITHDRAWN: Final[Mapping[str, str]] = {word[:3]: word[4:] for word in _BECAME.split()}
"""Codes that were withdrawn, and the code that is in use there today."""

_IN_OLD_ORDERS: Final[Mapping[str, int]] = {"BGN": 2}
"""Earlier releases took these. What was sold in them is still shown; nothing new is priced in them."""


def currency_exponent(currency: str) -> int:
    """Return how many digits follow the point (USD 2, JPY 0, KWD 3). Raises BadInput for a code without any."""
    digits = DIGITS.get(currency, _IN_OLD_ORDERS.get(currency))
    if digits is None:
        raise BadInput(f"{currency[:20]!r} {why_not(currency)}")
    return digits


def require_currency(code: str) -> str:
    """Return a code in which prices can be set from now on, in capitals. Raises BadInput that says why not."""
    currency = code.strip().upper()
    if currency not in DIGITS:
        raise BadInput(f"{code.strip()[:20]!r} {why_not(currency)}")
    return currency


def is_currency(code: str) -> bool:
    """Tell whether this is a code in which prices can be set, in whatever case."""
    return code.upper() in DIGITS


def why_not(currency: str) -> str:
    """Say why nothing can be priced in this code; the sentence goes on where the code stops, and doesn't quote it."""
    if currency in WITHDRAWN:
        return f"was withdrawn from use. Use {WITHDRAWN[currency]}, which took its place."
    if currency in NO_UNIT:
        return "is a code of ISO 4217, but not money that people pay with. Use one like USD, EUR or JPY."
    return "is not a currency that NovaCore knows. Use a code of ISO 4217: three letters, like USD, EUR or JPY."
