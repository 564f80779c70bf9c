"""The published vectors of base58, bech32 and bech32m, by which a release of base58-bech32 has to be judged.

Sources: BIP 173 and BIP 350; Bitcoin Core's base58_encode_decode.json. Before its pin is raised, these have to pass.
"""

import pytest
from base58_bech32 import base58, bech32
from base58_bech32.exceptions import Base58Bech32ValueError

BECH32, BECH32M = bech32.BECH32_1_CONST, bech32.BECH32_M_CONST
LONG = "characterlonghumanreadablepartthatcontainsthe"

VALID = [
    *((BECH32, one) for one in ("A12UEL5L", "a12uel5l", "?1ezyfcl", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw")),
    (BECH32, f"an83{LONG}number1andtheexcludedcharactersbio1tt5tgs"),
    (BECH32, f"11{'q' * 82}c8247j"),
    (BECH32, "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"),
    *((BECH32M, one) for one in ("A1LQFN3A", "a1lqfn3a", "?1v759aa", "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx")),
    (BECH32M, f"an83{LONG}theexcludedcharactersbioandnumber11sg7hg6"),
    (BECH32M, f"11{'l' * 82}ludsr8"),
    (BECH32M, "split1checkupstagehandshakeupstreamerranterredcaperredlc445v"),
]
INVALID = [
    *(
        "\x201nwldj5",
        "\x7f1axkwrx",
        "\x801eym55h",
        f"an84{LONG[:9]}s{LONG[9:]}number1andtheexcludedcharactersbio1569pvx",
    ),
    *("pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\xff", "A1G7SGD8", "10a06t8", "1qzzfhee"),
    *("\x201xj0phk", "\x7f1g6xzxy", "\x801vctc34", "qyrz8wqd2c9m", "1qyrz8wqd2c9m", "y1b0jsk6g", "lt1igcx5c0"),
    *("in1muywd", "mm1crxm3i", "au1s5cgom", "M1VUXWEZ", "16plkw9", "1p2gdwpf"),
]
BASE58 = [
    ("61", "2g"),
    ("626262", "a3gV"),
    ("636363", "aPEr"),
    ("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"),
    ("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"),
    ("516b6fcd0f", "ABnLTmg"),
    ("bf4f89001e670274dd", "3SEo3LWLoPntC"),
    ("572e4794", "3EFU7m"),
    ("ecac89cad93923c02321", "EJDM8drfXA6uyA"),
    ("10c8511e", "Rt5zm"),
    ("00" * 10, "1" * 10),
]


@pytest.mark.parametrize(("constant", "text"), VALID)
def test_a_valid_text_ends_on_its_constant_and_is_written_the_same(constant: int, text: str) -> None:
    prefix, values, found = bech32.bech32_decode(text, limit=90)
    assert found == constant
    assert bech32.bech32_encode(prefix, values, m=constant).decode() == text.lower()


@pytest.mark.parametrize("text", INVALID)
def test_an_invalid_text_is_refused(text: str) -> None:
    with pytest.raises(Base58Bech32ValueError):
        bech32.bech32_decode(text, limit=90)


@pytest.mark.parametrize(("content", "text"), BASE58)
def test_base58_both_ways(content: str, text: str) -> None:
    assert base58.b58decode(text, max_length=100).hex() == content
    assert base58.b58encode(bytes.fromhex(content)).decode() == text
