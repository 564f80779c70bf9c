"""What a wallet's camera reads from a QR code: address and amount, by the scheme of the coin.

BIP 21 for Bitcoin, which Litecoin has taken over; EIP-681 for Ether, with the value in wei and the number of the main
network; Solana Pay. For tokens the address alone: EIP-681 names a token's contract as the one to be called, and a
wallet that doesn't know what to do with it would pay the contract.
"""

from typing import Final

from novacore.money.coins import Coin, coin_number

_WEI_DECIMALS: Final = 18
_MAIN_NETWORK: Final = 1
"""Ethereum's own, in the list of chains of EIP-155."""


def payment_link(scheme: str, address: str, units: int | None, coin: Coin | None) -> str:
    """Return the link, or the bare address where the coin has no scheme or the amount isn't known.

    `units` are the coin's smallest ones, as the shop asks for them.
    """
    if not scheme or units is None or coin is None:
        return address
    if scheme == "ethereum":
        return f"ethereum:{address}@{_MAIN_NETWORK}?value={units * 10 ** (_WEI_DECIMALS - coin.decimals)}"
    return f"{scheme}:{address}?amount={coin_number(units, coin)}"
