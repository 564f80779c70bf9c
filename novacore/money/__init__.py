"""Money: whole minor units and a currency code, never a float. There is one reader of what people and files say.

`currencies` is ISO 4217, `signs` knows what people write instead of a code, `reader` turns a text into an exact number
or refuses it, and `amounts` has the verbs that everyone else calls.
"""

from novacore.money.amounts import MAX_MINOR, MAX_PRICE, Money, format_money, parse_money, parse_price
from novacore.money.currencies import currency_exponent, is_currency, require_currency, why_not
from novacore.money.reader import EXACT, BadAmount, Fault, read_number
from novacore.money.signs import is_named

__all__ = [
    "EXACT",
    "MAX_MINOR",
    "MAX_PRICE",
    "BadAmount",
    "Fault",
    "Money",
    "currency_exponent",
    "format_money",
    "is_currency",
    "is_named",
    "parse_money",
    "parse_price",
    "read_number",
    "require_currency",
    "why_not",
]
