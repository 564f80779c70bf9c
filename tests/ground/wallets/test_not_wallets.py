"""Addresses that are well-formed and still nobody's wallet."""

import random
from collections.abc import Callable

import pytest
from base58_bech32 import base58, bech32

from novacore.wallets import not_wallets
from novacore.wallets.addresses import AddressFault, PaymentAddress, bitcoin, ethereum, litecoin, solana, usdt

Check = Callable[[str], PaymentAddress]

REPEATED = bech32.convertbits(b"\xab" * 32, 8, 5)
PRECOMPILES = [f"0x{number:040x}" for number in (0, 1, 9, 0x0A, 0x11, 0x100)]
NOBODYS: list[tuple[Check, str]] = [
    *((ethereum, address) for address in PRECOMPILES),
    (ethereum, "0x000000000000000000000000000000000000dEaD"),
    (ethereum, "0xdEAD000000000000000042069420694206942069"),
    (ethereum, "0x" + "dead" * 10),
    (ethereum, "0x" + "deadbeef" * 5),
    (ethereum, "0x" + "1" * 40),
    (ethereum, "0x" + "f" * 40),
    (ethereum, "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE"),
    (ethereum, "0x4200000000000000000000000000000000000006"),  # WETH on Optimism and Base
    (ethereum, "0x" + "12345678" * 5),
    *((solana, address) for address in ("1" * 32, "So" + "1" * 40 + "2", "1nc1nerator" + "1" * 32)),
    *((solana, f"{name}{'1' * (size - len(name))}") for name, size in (("Vote", 43), ("Stake", 43), ("Config", 43))),
    (solana, "SysvarC1ock11111111111111111111111111111111"),
    (solana, "Sysvar1nstructions1111111111111111111111111"),
    (solana, "ComputeBudget111111111111111111111111111111"),
    (solana, "BPFLoaderUpgradeab1e11111111111111111111111"),
    (solana, "AddressLookupTab1e1111111111111111111111111"),
    (usdt, "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"),  # TRON's null address
    (usdt, base58.b58encode_check(b"\x41" + bytes(18) + b"\xde\xad").decode()),
    (usdt, base58.b58encode_check(b"\x41" + b"\x11" * 20).decode()),
    (bitcoin, "1BitcoinEaterAddressDontSendf59kuE"),
    (bitcoin, "1CounterpartyXXXXXXXXXXXXXXXUWLpVr"),
    (bitcoin, "1ChancecoinXXXXXXXXXXXXXXXXXZELUFD"),
    (bitcoin, "1111111111111111111114oLvT2"),
    (bitcoin, "11111111111111111111BZbvjr"),
    (bitcoin, "bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq9e75rs"),
    (bitcoin, base58.b58encode_check(b"\x05" + bytes(20)).decode()),
    *((litecoin, base58.b58encode_check(bytes([version]) + bytes(20)).decode()) for version in (0x30, 0x32)),
    (litecoin, bech32.bech32_encode("ltc", [0] * 33).decode()),
    (
        litecoin,
        bech32.bech32_encode("ltc", [1, *bech32.convertbits(b"\xab" * 32, 8, 5)], m=bech32.BECH32_M_CONST).decode(),
    ),
]


@pytest.mark.parametrize(("check", "address"), NOBODYS)
def test_what_was_made_up_is_nobodys_address(check: Check, address: str) -> None:
    with pytest.raises(AddressFault, match="nobody's address"):
        check(address)


@pytest.mark.parametrize("address", not_wallets._KNOWN)
def test_what_is_in_the_table_is_refused_by_its_name(address: str) -> None:
    check: Check = {"0": ethereum, "1": bitcoin}.get(address[0], usdt)
    checks = [check, usdt] if check is ethereum else [check, solana] if len(address) > 40 else [check]
    for one in checks:
        with pytest.raises(AddressFault) as refusal:
            one(address)
        assert f"({not_wallets._KNOWN[address]})" in str(refusal.value)
        assert address not in str(refusal.value)


def test_the_capitals_of_a_contract_do_not_matter() -> None:
    weth = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
    for written in (weth, weth.lower(), "0x" + weth[2:].upper()):
        with pytest.raises(AddressFault, match=r"\(WETH on Ethereum\)"):
            ethereum(written)


def test_no_wallet_is_taken_for_a_made_up_address() -> None:
    chance = random.Random(11)
    for _ in range(1_500):
        payload = chance.randbytes(20)
        assert ethereum("0x" + payload.hex()).address
        assert usdt(base58.b58encode_check(b"\x41" + payload).decode()).address
        assert bitcoin(base58.b58encode_check(b"\x00" + payload).decode()).address
        assert bitcoin(bech32.bech32_encode("bc", [0, *bech32.convertbits(payload, 8, 5)]).decode()).address
        assert solana(base58.b58encode(chance.randbytes(32)).decode()).address


@pytest.mark.parametrize("zeros", [6, 8, 10])
def test_a_wallet_that_was_sought_for_its_zeros_is_still_one(zeros: int) -> None:
    rest = random.Random(zeros).randbytes(20).hex()[zeros:]
    assert ethereum(f"0x{'0' * zeros}{rest}").address
