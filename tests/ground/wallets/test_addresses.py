"""Addresses, by the vectors of the BIPs, of EIP-55 and of the chains' own docs."""

import random
from collections.abc import Callable

import pytest
from base58_bech32 import bech32

from novacore.wallets.addresses import AddressFault, PaymentAddress, bitcoin, ethereum, litecoin, solana, usdt

Check = Callable[[str], PaymentAddress]

TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
BTC = ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", SEGWIT, TAPROOT]
BTC += ["bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"]
LTC = ["LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "MTvnA4CN73ry7c65wEuTSaKzb2pNKHB4n1"]
LTC += [
    "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",
    "ltc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqpj6zg2",
]
# EIP-55: ordinary ones, then those whose checksum happens to be all capitals or all small.
ETH = ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"]
ETH += ["0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"]
ETH += ["0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77"]
TRON = ["TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TZ4UXDV5ZhNW7fb2AMSbgfAEZ7hWsnYS2g"]
SOL = ["83astBRguLMdt2h5U1Tpdq5tjFoJ6noeGwaY3mDLVcri", "vines1vzrYbzLMRdu58ou5XTby4qAqVRLmqo36NKPTg"]

WITH_CHECKSUM: list[tuple[Check, str]] = [
    *((bitcoin, address) for address in BTC),
    *((litecoin, address) for address in LTC),
    *((ethereum, address) for address in ETH[:4]),
    *((usdt, address) for address in TRON),
]
EXAMPLES = [*WITH_CHECKSUM, *((ethereum, address) for address in ETH[4:]), *((solana, address) for address in SOL)]


@pytest.mark.parametrize(("check", "address"), EXAMPLES)
def test_published_addresses_are_taken_as_they_are(check: Check, address: str) -> None:
    found = check(f"  {address}\n")
    assert (found.address, found.warning) == (address, "")


def test_each_coin_names_its_network() -> None:
    found = [bitcoin(BTC[0]), litecoin(LTC[0]), ethereum(ETH[0]), solana(SOL[0])]
    assert [one.network for one in found] == ["Bitcoin", "Litecoin", "Ethereum", "Solana"]


def test_capital_bech32_of_a_qr_code_is_written_small() -> None:
    assert bitcoin(SEGWIT.upper()).address == SEGWIT


@pytest.mark.parametrize(("check", "address"), WITH_CHECKSUM)
def test_no_single_wrong_character_passes(check: Check, address: str) -> None:
    """At every place, four characters that could stand there: a copying mistake must never reach a customer."""
    chance = random.Random(address)
    for place in range(len(address)):
        for wrong in chance.sample(sorted(_alphabet(address) - {address[place]}), 4):
            with pytest.raises(AddressFault):
                check(address[:place] + wrong + address[place + 1 :])


def _alphabet(address: str) -> set[str]:
    if address.startswith("0x"):
        return set("0123456789abcdefABCDEF")
    if address.startswith(("bc1", "ltc1")):
        return set("qpzry9x8gf2tvdw0s3jn54khce6mua7l")
    return set("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")


@pytest.mark.parametrize(("check", "address"), WITH_CHECKSUM)
def test_a_lost_a_doubled_or_two_swapped_characters_do_not_pass(check: Check, address: str) -> None:
    for place in range(4, len(address) - 1):
        lost = address[:place] + address[place + 1 :]
        doubled = address[:place] + address[place] + address[place:]
        swapped = address[:place] + address[place + 1] + address[place] + address[place + 2 :]
        for broken in {lost, doubled, swapped} - {address}:
            with pytest.raises(AddressFault):
                check(broken)


@pytest.mark.parametrize(
    "address",
    [
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # version 1 with the checksum of version 0
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",  # version 0 with the checksum of version 1
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  # a character bech32 does not have
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",  # version 17
        "bc1pw5dgrnzv",  # one byte
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",  # 41 bytes
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",  # version 0 with 16 bytes
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",  # too much padding
        "bc1gmk9yu",  # nothing in it
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",  # BIP 173: checksum
        "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",  # BIP 173, version 2 before BIP 350
    ],
)
def test_the_invalid_examples_of_the_bips_are_refused(address: str) -> None:
    with pytest.raises(AddressFault):
        bitcoin(address)


@pytest.mark.parametrize(
    "address", ["bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "bc1pfeessrawgf"]
)
def test_a_valid_program_that_no_wallet_owns_is_refused(address: str) -> None:
    with pytest.raises(AddressFault, match="of a kind that no wallet uses"):
        bitcoin(address)


@pytest.mark.parametrize(
    ("check", "address"),
    [
        (bitcoin, "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r"),
        (bitcoin, "2N3vVYSK5XRgVSGWy21PnsRmBUywSQNdCsf"),
        (bitcoin, "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"),
        (bitcoin, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"),
        (litecoin, "tltc1qw508d6qejxtdg4y5r3zarvary0c5xw7klfsuq0"),
        (litecoin, "QXHFfTBKYXjaaTH1e7Rox8CcdNPGHVhM59"),
    ],
)
def test_testnet_addresses_are_called_by_their_name(check: Check, address: str) -> None:
    with pytest.raises(AddressFault, match="that is a testnet address"):
        check(address)


@pytest.mark.parametrize(
    ("check", "address", "sentence"),
    [
        (bitcoin, LTC[0], "looks like a Litecoin address"),
        (bitcoin, LTC[2], "looks like a Litecoin address"),
        (litecoin, BTC[0], "looks like a Bitcoin address"),
        (litecoin, SEGWIT, "looks like a Bitcoin address"),
        (bitcoin, TRON[0], "looks like a TRON address"),
        (bitcoin, ETH[0], "looks like an Ethereum address"),
        (bitcoin, "DFpN6QqFfUm3gKNaxN6tNcab1FArL9cZLE", "another coin"),
        (solana, TRON[0], "looks like a TRON address"),
        (solana, ETH[0], "a character that Solana never uses"),
        (ethereum, SOL[0], "not an Ethereum address"),
        (usdt, BTC[0], "looks like a Bitcoin address"),
        (bitcoin, SEGWIT.replace("q", "Q"), "mixes capital and small"),
        (bitcoin, "bitcoin:" + SEGWIT, "payment link"),
        (bitcoin, "bс1" + SEGWIT[3:], "at place 2"),  # a Cyrillic c
        (bitcoin, SEGWIT[:9] + " " + SEGWIT[9:], "at place 10"),
        (bitcoin, SEGWIT[:9] + "\u200b" + SEGWIT[9:], "at place 10"),
        (bitcoin, "", "empty"),
        (bitcoin, "1" * 10_000, "far too long"),
        (bitcoin, "1" * 30, "fails its checksum|not a Bitcoin address"),
        (bitcoin, "hello", "it has 5 characters"),
        (ethereum, "shop.eth", "names can be taken over"),
        (ethereum, ETH[0][2:], "not an Ethereum address"),
        (ethereum, "0x" + "0" * 40, "nobody's address"),
        (solana, "1" * 32, "nobody's address"),
        (usdt, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "it is a contract"),
        (usdt, "0xdAC17F958D2ee523a2206206994597C13D831ec7", "it is a contract"),
        (usdt, "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", "it is a contract"),
    ],
)
def test_the_refusal_says_what_is_wrong(check: Check, address: str, sentence: str) -> None:
    with pytest.raises(AddressFault, match=sentence):
        check(address)


@pytest.mark.parametrize(
    ("check", "secret"),
    [
        (bitcoin, "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf"),  # key number one, in wallet import format
        (ethereum, "0x" + "0" * 63 + "1"),
        (ethereum, "0" * 63 + "1"),
        (solana, "4" + "k" * 87),
        (litecoin, "abandon " * 11 + "about"),
        (usdt, "abandon " * 11 + "about"),
    ],
)
def test_a_private_key_is_recognised_and_not_repeated(check: Check, secret: str) -> None:
    with pytest.raises(AddressFault, match=r"PRIVATE KEY|RECOVERY PHRASE") as refusal:
        check(secret)
    assert secret.split(maxsplit=1)[0] not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_an_extended_key_is_not_an_address() -> None:
    # BIP 32, test vector 1, chain m.
    xpub = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W"
    xpub += "1EGMcet8"
    with pytest.raises(AddressFault, match="extended key"):
        bitcoin(xpub)


def test_hidden_litecoin_payments_are_refused_with_the_reason() -> None:
    address = bech32.bech32_encode("ltcmweb", [0, *bech32.convertbits(bytes(66), 8, 5)], m=1).decode()
    with pytest.raises(AddressFault, match="staff could not check them"):
        litecoin(address)


def test_the_old_litecoin_form_that_bitcoin_shares_is_taken_with_a_warning() -> None:
    found = litecoin("3CNHUhP3uyB9EUtRLsmvFUmvGdjGdkTxJw")
    assert "may be a Bitcoin address" in found.warning


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_an_ethereum_address_without_a_checksum_is_taken_with_a_warning(change: Callable[[str], str]) -> None:
    found = ethereum("0x" + change(ETH[0][2:]))
    assert found.address == ETH[0]  # the customer's wallet can check it at least
    assert "has no checksum" in found.warning


def test_half_of_all_typing_mistakes_in_a_solana_address_are_noticed() -> None:
    """Solana has no checksum. A wrong key is off the curve as often as not, and then the owner is warned."""
    outcomes = []
    for place in range(2, 42):
        for letter in "2b7Q":
            try:
                outcomes.append(bool(solana(SOL[0][:place] + letter + SOL[0][place + 1 :]).warning))
            except AddressFault:
                outcomes.append(True)
    assert 0.35 < sum(outcomes) / len(outcomes) < 0.65


@pytest.mark.parametrize(
    ("address", "network", "shown"),
    [
        (TRON[0], "tron", "TRON (TRC-20)"),
        (ETH[0], "ethereum", "Ethereum (ERC-20)"),
        (SOL[0], "solana", "Solana (SPL)"),
    ],
)
def test_usdt_names_its_network(address: str, network: str, shown: str) -> None:
    assert usdt(address).network == shown
    assert usdt(address, network).network == shown
    for other in {"tron", "ethereum", "solana"} - {network}:
        with pytest.raises(AddressFault, match="wrong network is gone"):
            usdt(address, other)
