"""Links to block explorers: percent-encoded, within Discord's limit, and none if none is wanted."""

import pytest

from novacore.wallets.explorers import DEFAULTS, MOST_LETTERS, address_link, transaction_link


@pytest.mark.parametrize(
    ("chain", "link"),
    [
        ("btc", "https://mempool.space/tx/ab12"),
        ("ltc", "https://litecoinspace.org/tx/ab12"),
        ("ethereum", "https://etherscan.io/tx/0xab12"),
        ("solana", "https://explorer.solana.com/tx/ab12"),
        ("tron", "https://tronscan.org/#/transaction/ab12"),
    ],
)
def test_a_transaction_has_its_link(chain: str, link: str) -> None:
    assert transaction_link(DEFAULTS, chain, "ab12") == link


def test_what_customers_typed_cannot_lead_elsewhere() -> None:
    hostile = "../../evil?x=1#y\u202e"
    link = transaction_link(DEFAULTS, "btc", hostile)
    assert link == "https://mempool.space/tx/..%2F..%2Fevil%3Fx%3D1%23y%E2%80%AE"
    assert address_link(DEFAULTS, "tron", "T/1") == "https://tronscan.org/#/address/T%2F1"


def test_no_link_without_an_explorer_or_beyond_discords_limit() -> None:
    assert transaction_link({}, "btc", "ab12") is None
    assert transaction_link(DEFAULTS, "paypal", "ab12") is None
    longest = "a" * (MOST_LETTERS - len("https://mempool.space/tx/"))
    assert transaction_link(DEFAULTS, "btc", longest) is not None
    assert transaction_link(DEFAULTS, "btc", f"{longest}a") is None
