"""Addresses that are well-formed and nobody's wallet: tokens, programs, burn addresses. `addresses` asks for each.

People copy these from an explorer when they look for "the USDT address"; what customers would send there is lost.

Sources: Tether's page "Supported Protocols" and the deployments in USDT0's docs; Circle's page "USDC Contract
Addresses"; each token's verified page on the chain's explorer for the others; TRON's genesis block (its black hole);
Solana's docs on native programs and the SPL's own pages; Bitcoin's wiki on burning. Programs and burn addresses that
are made of one repeated piece (`0x00...dEaD`, `1CounterpartyXXXXXXXXXXXXXXX...`, `Vote1111...`) are known by that.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_MOST_PERIOD: Final = 8
_TELLING_HEX: Final = 12
_TELLING_TEXT: Final = 9
"""So many characters that repeat what stands before them come by chance once in 10^11 wallets."""

_ON_ETHEREUM: Final = {
    "0xdac17f958d2ee523a2206206994597c13d831ec7": "USDT",
    "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48": "USDC",
    "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2": "WETH",
    "0x6b175474e89094c44da98b954eedeac495271d0f": "DAI",
    "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599": "WBTC",
    "0xae7ab96520de3a18e5e111b5eaab095312d7fe84": "stETH",
    "0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0": "wstETH",
    "0x4fabb145d64652a948d72533023f6e7a623c7c53": "BUSD",
    "0x0000000000085d4780b73119b644ae5ecd22b376": "TUSD",
    "0xc5f0f7b66764f6ec8c8dff7ba683102295e16409": "FDUSD",
    "0x6c3ea9036406852006290770bedfcaba0e23a0e8": "PYUSD",
    "0x4c9edd5852cd905f086c759e8383e09bff1e68b3": "USDe",
    "0x514910771af9ca656af840dff83e8264ecf986ca": "LINK",
    "0x1f9840a85d5af5bf1d1762f925bdaddc4201f984": "UNI",
    "0x95ad61b0a150d79219dcf64e1e6cc01f0b64c4ce": "SHIB",
    "0x6982508145454ce325ddbe47a25d4ec3d2311933": "PEPE",
    "0x00000000219ab540356cbb839cbe05303d7705fa": "the deposits of Ethereum's validators",
    "0x7a250d5630b4cf539739df2c5dacb4c659f2488d": "Uniswap",
    "0xe592427a0aece92de3edee1f18e0157c05861564": "Uniswap",
    "0x68b3465833fb72a70ecdf485e0e4c7bd8665fc45": "Uniswap",
    "0x3fc91a3afd70395cd496c647d5a6cc9d4b2b7fad": "Uniswap",
    "0x000000000022d473030f116ddee9f6b43ac78ba3": "Permit2",
    "0x1111111254eeb25477b68fb85ed929f73a960582": "1inch",
    "0xdef1c0ded9bec7f1a1670819833240f027b25eff": "0x",
    "0xca11bde05977b3631167028862be2a173976ca11": "Multicall3",
    "0x5ff137d4b0fdcd49dca30c7cf57e578a026d2789": "the entry point of smart accounts",
    "0x00000000000c2e074ec69a0dfb2997ba6c7d2e1e": "the registry of ENS",
}
_USDT_ELSEWHERE: Final = {
    "0x55d398326f99059ff775485246999027b3197955": "BNB Smart Chain",
    "0x9e5aac1ba1a2e6aed6b32689dfcf62a509ca96f3": "opBNB",
    "0xc2132d05d31c914a87c6611c10748aeb04b58e8f": "Polygon",
    "0xfd086bc7cd5c481dcc9c85ebe478a1c0b69fcbb9": "Arbitrum",
    "0x94b008aa00579c1307b0ef2c499ad98a8ce58e58": "Optimism",
    "0x01bff41798a0bcf287b996046ca68b395dbc1071": "Optimism",
    "0xfde4c96c8593536e31f229ea8f37b2ada2699bb2": "Base",
    "0x9702230a8ea53601f5cd2dc00fdbc13d4df4a8c7": "Avalanche",
    "0xc7198437980c041c805a1edcba50c1ce5db95118": "Avalanche",
    "0x48065fbbe25f71c9282ddf5e1cd6d6a887483d5e": "Celo",
    "0xd077a400968890eacc75cdc901f0356c943e4fdb": "Kaia",
    "0x919c1c267bc06a7039e03fcc2ef738525769109c": "Kava",
    "0x493257fd37edb34451f62edf8d2a0c418852ba4c": "zkSync",
    "0x049d68029688eabf473097a2fc38ef61633a3c7a": "Fantom",
    "0x4ecaba5870353805a9f068101a40e0f32ed605c6": "Gnosis",
    "0xa219439258ca9da29e9cc4ce5596924745e12b93": "Linea",
    "0xf55bec9cafdbe8730f096aa55dad6d22d44099df": "Scroll",
    "0x201eba5cc46d216ce6dc03f6a759e8e766e956ae": "Mantle",
    "0x0200c29006150606b650577bbe7b6248f58470c1": "Ink",
    "0x779ded0c9e1022225f8e0630b35a9b54be713736": "Berachain",
    "0x9151434b16b9763660705744891fa906f660ecc5": "Unichain",
    "0xb8ce59fc3717ada4c02eadf9682a9e934f625ebb": "HyperEVM and Plasma",
    "0xa71edc38d189767582c38a3145b5873052c3e47a": "Heco",
    "0x382bb369d343125bfb2117af9c149795c6c65c50": "OKTC",
    "0x66e428c3f67a68878562e79a0234c1f83c208770": "Cronos",
    "0xefaeee334f0fd1712f9a8cc375f427d9cdd40d73": "Moonbeam",
    "0xbb06dca3ae6887fabf931640f67cab3e3a16f4dc": "Metis",
}
_OTHERS_ELSEWHERE: Final = {
    "0x8ac76a51cc950d9822d68b83fe1ad97b32cd580d": "USDC on BNB Smart Chain",
    "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359": "USDC on Polygon",
    "0x2791bca1f2de4661ed88a30c99a7a9449aa84174": "USDC on Polygon",
    "0xaf88d065e77c8cc2239327c5edb3a432268e5831": "USDC on Arbitrum",
    "0xff970a61a04b1ca14834a43f5de4533ebddb5cc8": "USDC on Arbitrum",
    "0x0b2c639c533813f4aa9d7837caf62653d097ff85": "USDC on Optimism",
    "0x7f5c764cbc14f9669b88837ca1490cca17c31607": "USDC on Optimism",
    "0x833589fcd6edb6e08f4c7c32d4f71b54bda02913": "USDC on Base",
    "0xd9aaec86b65d86f6a7b5b1b0c42ffa531710b6ca": "USDC on Base",
    "0xb97ef9ef8734c71904d8002f8b6bc66dd9c48a6e": "USDC on Avalanche",
    "0x82af49447d8a07e3bd95bd0d56f35241523fbab1": "WETH on Arbitrum",
    "0x7ceb23fd6bc0add59e62ac25578270cff1b9f619": "WETH on Polygon",
    "0x49d5c2bdffac6ce2bfdb6640f4f80f226bc10bab": "WETH on Avalanche",
    "0x2170ed0880ac9a755fd29b2688956bd959f933f8": "ETH on BNB Smart Chain",
    "0xbb4cdb9cbd36b01bd1cbaebf2de08d9173bc095c": "WBNB",
    "0x7130d2a12b9bcbfae4f2634d864a1ee1ce3ead9c": "BTCB on BNB Smart Chain",
    "0xe9e7cea3dedca5984780bafc599bd69add087d56": "BUSD on BNB Smart Chain",
    "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270": "WPOL on Polygon",
    "0xb31f66aa3c1e785363f0875a1b74e27b85fd66c7": "WAVAX on Avalanche",
}
_ON_TRON: Final = {
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": "USDT",
    "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8": "USDC",
    "TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR": "WTRX",
    "TPYmHEhy5n8TCEfYGqW2rPxsghSfzghPDn": "USDD",
    "TXDk8mbtRbXeYuMNS83CfKPaYYT8XWv9Hz": "USDD",
    "TUpMhErZL2fhh4sVNULAbNKLokS4GjC1F4": "TUSD",
    "TMwFHYXLJaRUPeW6421aqXL4ZEzPRFGkGT": "USDJ",
    "TLsV52sRDL79HXGGm9yzwKibb6BeruhUzy": "TRON's black hole",
}
_ON_SOLANA: Final = {
    "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB": "USDT",
    "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v": "USDC",
    "2b1kV6DkPAnxd5ixfnxCpjxmKwqjjaYmCZfHsFu24GXo": "PYUSD",
    "So11111111111111111111111111111111111111112": "wrapped SOL",
    "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So": "mSOL",
    "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn": "JitoSOL",
    "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263": "BONK",
    "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN": "JUP",
    "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA": "the Token Program",
    "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb": "the Token-2022 Program",
    "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL": "the Associated Token Account Program",
    "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr": "the Memo Program",
    "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo": "the Memo Program",
    "metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s": "Metaplex",
    "namesLPneVptA9Z5rqUDD9tMTWEJwofgaYwp8cawRkX": "the Name Service",
    "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4": "Jupiter",
    "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8": "Raydium",
    "6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P": "pump.fun",
}
_BURNT: Final = {"1BitcoinEaterAddressDontSendf59kuE": "the Bitcoin Eater"}

_KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{address: f"{token} on Ethereum" for address, token in _ON_ETHEREUM.items()},
        **{address: f"USDT on {chain}" for address, chain in _USDT_ELSEWHERE.items()},
        **_OTHERS_ELSEWHERE,
        **{address: f"{token} on TRON" for address, token in _ON_TRON.items()},
        **{address: f"{token} on Solana" for address, token in _ON_SOLANA.items()},
        **_BURNT,
    }
)


_TETHER: Final = frozenset({"USDT on Ethereum", "USDT on TRON", "USDT on Solana"})
_NATIVE_SOL: Final = "So11111111111111111111111111111111111111111"
"""What Solana's explorers write in place of a token's address where SOL itself was sent."""


def symbol_of_token(contract: str) -> str | None:
    """Return the coin that shops are paid with by this contract, in any case: USDT, SOL; None for every other token.

    Anybody can make a token that is called USDT; only its address tells.
    """
    known = _KNOWN.get(contract) or _KNOWN.get(contract.lower())
    return "USDT" if known in _TETHER else "SOL" if contract == _NATIVE_SOL else None


def name_of(address: str, payload: bytes) -> str | None:
    """Say whose an address is that is no wallet: a name, or '' where it has none. None: it may be a wallet.

    `address` is in small letters where its form has no case of its own (0x..., bc1...); `payload` are its bytes,
    without version and checksum.
    """
    if address in _KNOWN:
        return _KNOWN[address]
    is_text_made_up = not address.startswith("0x") and _repeats(address) >= _TELLING_TEXT
    return "" if is_text_made_up or _repeats(payload.hex()) >= _TELLING_HEX else None


def _repeats(text: str) -> int:
    """Return how many characters in a row repeat those before them, in steps of one to eight characters."""
    return max(_longest(text, period) for period in range(1, _MOST_PERIOD + 1))


def _longest(text: str, period: int) -> int:
    longest = run = 0
    for one, other in zip(text, text[period:], strict=False):
        run = run + 1 if one == other else 0
        longest = max(longest, run)
    return longest
