"""Is this payment address what it claims to be? Checksums and networks of the coins that the shop takes.

`settings` asks for each address at start, because a mistyped one loses a customer's money. Every refusal is an
`AddressFault` whose text goes on where the setting's name stops ("BTC_ADDRESS" + " is a testnet address ..."). It
never quotes the address: what is pasted here by mistake may be a private key.

Sources: BIP 13 and 173 and 350 (Bitcoin; Litecoin uses the same with its own prefixes), EIP-55 (Ethereum), TRON's
account docs (base58check, prefix 0x41), Solana's docs (base58 of 32 bytes, no checksum).
"""

import re
from dataclasses import dataclass

from base58_bech32 import base58, bech32
from base58_bech32.exceptions import Base58Bech32ValueError
from Crypto.Hash import keccak
from Crypto.Signature import eddsa

from novacore.wallets import not_wallets

TRON, ETHEREUM, SOLANA = "tron", "ethereum", "solana"
USDT_NETWORKS = {TRON: "TRON (TRC-20)", ETHEREUM: "Ethereum (ERC-20)", SOLANA: "Solana (SPL)"}
"""What USDT_NETWORK may say, and what the customer reads."""

_BITCOIN_VERSIONS = {0x00, 0x05}
_LITECOIN_VERSIONS = {0x30, 0x32, 0x05}
_TRON_VERSION = 0x41
_TESTNET_VERSIONS = {0x6F, 0xC4, 0x3A}
_PRIVATE_KEY_VERSIONS = {0x80, 0xB0, 0xEF}
_OTHER_COINS = {0x00: "Bitcoin", 0x05: "Bitcoin", 0x30: "Litecoin", 0x32: "Litecoin", _TRON_VERSION: "TRON"}
_MAINNET_HRPS = {"bc": "Bitcoin", "ltc": "Litecoin"}
_TESTNET_HRPS = {"tb", "bcrt", "tltc", "rltc", "tmweb"}
_MWEB_HRP = "ltcmweb"
_SEGWIT = re.compile(r"(bc|tb|bcrt|ltc|tltc|rltc|ltcmweb|tmweb)1", re.IGNORECASE)
_BAD_CHECKSUM = "fails its checksum, so at least one character is wrong or missing."


class AddressFault(ValueError):
    """The address cannot be used. The text goes on after the setting's name."""


@dataclass(frozen=True, slots=True)
class PaymentAddress:
    """Where a customer pays. `network` is the name that the customer reads; `warning` is for the owner, or empty."""

    address: str
    network: str
    warning: str = ""


def bitcoin(text: str) -> PaymentAddress:
    """Check a Bitcoin address: P2PKH (1...), P2SH (3...), segwit and taproot (bc1...). Raises AddressFault."""
    address = _plain(text)
    if _SEGWIT.match(address):
        return PaymentAddress(_segwit(address, "bc", "Bitcoin"), "Bitcoin")
    _base58check(address, _BITCOIN_VERSIONS, "Bitcoin")
    return PaymentAddress(address, "Bitcoin")


def litecoin(text: str) -> PaymentAddress:
    """Check a Litecoin address: L..., M..., the old 3... form, ltc1... but not MWEB. Raises AddressFault."""
    address = _plain(text)
    if _SEGWIT.match(address):
        return PaymentAddress(_segwit(address, "ltc", "Litecoin"), "Litecoin")
    if _base58check(address, _LITECOIN_VERSIONS, "Litecoin") == 0x05:
        warning = (
            "is in the old form that starts with 3, which Bitcoin uses too, so it may be a Bitcoin address. "
            "Better use the form that starts with M or ltc1."
        )
        return PaymentAddress(address, "Litecoin", warning)
    return PaymentAddress(address, "Litecoin")


def ethereum(text: str, network: str = "Ethereum") -> PaymentAddress:
    """Check an Ethereum address (EIP-55). One in a single case has no checksum: taken, with a warning."""
    address = _plain(text)
    if re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", address):
        raise AddressFault("is too long for an address: it looks like a PRIVATE KEY or a transaction id.")
    if address.lower().endswith(".eth"):
        raise AddressFault("is a name, not an address, and names can be taken over by others. Give the 0x... address.")
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", address):
        raise AddressFault("is not an Ethereum address: that is 0x and then 40 digits from 0-9 and a-f.")
    _refuse_what_is_no_wallet(address.lower(), bytes.fromhex(address[2:]))
    checked = _eip55(address[2:].lower())
    if address == checked:
        return PaymentAddress(address, network)
    if address[2:] in {address[2:].lower(), address[2:].upper()}:
        return PaymentAddress(checked, network, _unchecked("has no checksum, being all in one case"))
    raise AddressFault(_BAD_CHECKSUM)


def solana(text: str, network: str = "Solana") -> PaymentAddress:
    """Check a Solana address: 32 bytes in base58. It has no checksum; one that is on no curve gets a warning."""
    address = _plain(text)
    try:
        key = base58.b58decode(address, max_length=100)
    except Base58Bech32ValueError:
        raise AddressFault(
            "is not a Solana address: it has a character that Solana never uses (0, O, I or l)."
        ) from None
    if len(key) == 64:
        raise AddressFault("is too long for an address: it looks like a PRIVATE KEY or a transaction id.")
    if len(key) != 32:
        raise AddressFault(f"is not a Solana address: {_whose(address)}.")
    _refuse_what_is_no_wallet(address, key)
    if _is_on_curve(key):
        return PaymentAddress(address, network)
    return PaymentAddress(address, network, _unchecked("is not the address of an ordinary Solana wallet"))


def usdt(text: str, network: str = "") -> PaymentAddress:
    """Check a USDT address and name its network: told by its form, or by `network` (a key of USDT_NETWORKS)."""
    address = _plain(text)
    found = _usdt_network(address)
    if network and network != found:
        raise AddressFault(
            f"is not an address on {USDT_NETWORKS[network]}, which USDT_NETWORK names: by its form it is one on "
            f"{USDT_NETWORKS[found]}. USDT that is sent on the wrong network is gone."
        )
    if found == TRON:
        return _tron(address)
    check = ethereum if found == ETHEREUM else solana
    return check(address, USDT_NETWORKS[found])


def _usdt_network(address: str) -> str:
    if address[:2].lower() == "0x" or address.lower().endswith(".eth"):
        return ETHEREUM
    if address.startswith("T") and len(address) < 40:
        return TRON
    return SOLANA


def _tron(address: str) -> PaymentAddress:
    _base58check(address, {_TRON_VERSION}, "TRON")
    return PaymentAddress(address, USDT_NETWORKS[TRON])


def _plain(text: str) -> str:
    """Return the text without outer spaces. Refuses what cannot be an address on any network."""
    address = text.strip()
    if len(address.split()) >= 12:
        raise AddressFault("looks like a wallet's RECOVERY PHRASE. Never give that to anybody, not even to this shop.")
    if re.match(r"[a-zA-Z]+:", address):
        raise AddressFault(
            "starts with a payment link's prefix. Give the address alone, without what stands before it."
        )
    for position, character in enumerate(address, start=1):
        if not (character.isascii() and character.isalnum()) and character != ".":
            raise AddressFault(f"has a character at place {position} that no address has (a space, or a look-alike).")
    if not address or len(address) > 150:
        raise AddressFault("is empty or far too long for an address.")
    return address


def _base58check(address: str, versions: set[int], coin: str) -> int:
    """Return the version byte of a base58check address. Raises AddressFault unless it is one of `versions`."""
    try:
        payload = base58.b58decode_check(address)
    except Base58Bech32ValueError:
        raise AddressFault(_bad_base58(address, coin)) from None
    if not payload:
        raise AddressFault(f"is not a {coin} address.")
    if payload[0] in _PRIVATE_KEY_VERSIONS and len(payload) in {33, 34}:
        raise AddressFault("is a PRIVATE KEY. Whoever sees it owns your coins: never give it to anybody.")
    if len(payload) == 78:
        raise AddressFault("is an extended key (xpub or the like), not an address. Take a single receiving address.")
    if len(payload) != 21 or payload[0] not in versions:
        raise AddressFault(f"is not a {coin} address: {_whose(address)}.")
    _refuse_what_is_no_wallet(address, payload[1:])
    return payload[0]


def _bad_base58(address: str, coin: str) -> str:
    if re.fullmatch(r"0x[0-9a-fA-F]*", address):
        return f"is not a {coin} address: it looks like an Ethereum address."
    if not 26 <= len(address) <= 36:
        return f"is not a {coin} address: it has {len(address)} characters."
    return _BAD_CHECKSUM


def _whose(address: str) -> str:
    """Tell what a wrong address seems to be: the end of a sentence."""
    try:
        version = base58.b58decode_check(address)[0]
    except (Base58Bech32ValueError, IndexError):
        return "it has a wrong length"
    if version in _TESTNET_VERSIONS:
        return "that is a testnet address, and testnet coins are worth nothing"
    if version in _OTHER_COINS:
        return f"it looks like a {_OTHER_COINS[version]} address"
    return "it belongs to another coin"


def _segwit(address: str, hrp: str, coin: str) -> str:
    """Return a segwit address in lower case. Raises AddressFault. The rules are those of BIP 173 and BIP 350."""
    if address not in {address.lower(), address.upper()}:
        raise AddressFault("mixes capital and small letters, which this kind of address never does.")
    try:
        found, values, constant = bech32.bech32_decode(address, limit=90 if _MWEB_HRP not in address.lower() else 150)
    except Base58Bech32ValueError:
        raise AddressFault(_BAD_CHECKSUM) from None
    _refuse_other_hrp(found, hrp, coin)
    _refuse_what_is_no_wallet(address.lower(), _program(values, constant))
    return address.lower()


def _refuse_other_hrp(found: str, hrp: str, coin: str) -> None:
    if found in _TESTNET_HRPS:
        raise AddressFault(f"is not a {coin} address: that is a testnet address, and testnet coins are worth nothing.")
    if found == _MWEB_HRP:
        raise AddressFault(
            "is a private MWEB address. Payments to it are hidden, so staff could not check them, and many wallets "
            "cannot pay to it. Use an address that starts with ltc1q, L or M."
        )
    if found != hrp:
        raise AddressFault(f"is not a {coin} address: it looks like a {_MAINNET_HRPS[found]} address.")


def _program(values: list[int], constant: int) -> bytes:
    """Return what a segwit address pays to.

    Allows only what wallets hand out: version 0 with 20 or 32 bytes, version 1 (taproot) with 32. Raises AddressFault.
    """
    version = values[0] if values else -1
    if constant != (bech32.BECH32_1_CONST if version == 0 else bech32.BECH32_M_CONST):
        raise AddressFault(_BAD_CHECKSUM)
    try:
        program = bytes(bech32.convertbits(values[1:], 5, 8, False))
    except Base58Bech32ValueError:
        raise AddressFault(_BAD_CHECKSUM) from None
    if (version, len(program)) not in {(0, 20), (0, 32), (1, 32)}:
        raise AddressFault("is of a kind that no wallet uses: coins sent there may be lost.")
    return program


def _eip55(digits: str) -> str:
    """Return 0x and the digits (lower case) with the capitals that EIP-55 puts in."""
    digest = keccak.new(digest_bits=256, data=digits.encode()).hexdigest()
    return "0x" + "".join(c.upper() if int(d, 16) >= 8 else c for c, d in zip(digits, digest, strict=False))


def _is_on_curve(key: bytes) -> bool:
    """Tell whether the 32 bytes are a point of Ed25519: half of all typing mistakes are not."""
    try:
        eddsa.import_public_key(key)
    except ValueError:
        return False
    return True


def _refuse_what_is_no_wallet(address: str, payload: bytes) -> None:
    name = not_wallets.name_of(address, payload)
    if name is not None:
        named = f" ({name})" if name else ""
        raise AddressFault(
            f"is not a wallet of yours: it is a contract or nobody's address{named}, and coins sent there are lost."
        )


def _unchecked(reason: str) -> str:
    return f"{reason}, so a typing mistake cannot be noticed. Compare it with your wallet, character by character."
