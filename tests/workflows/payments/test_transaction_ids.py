"""Transaction ids as people paste them: the id is taken out, and what isn't clear is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novacore.errors import BadInput
from novacore.states import PaymentMethod
from novacore.workflows.payments.transaction_ids import normal_reference

PAYPAL = "4AB12345CD678901E"
HEX = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbb9c8c4f1f7b8a5f2b3d"
SIGNATURE = "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW"

OF_PAYPAL = (
    f"{PAYPAL}\u200b",
    f"\ufeff{PAYPAL}",
    f"\u202a{PAYPAL}\u202c",
    f"Transaction ID: {PAYPAL}",
    f"Transaction ID:\n{PAYPAL.lower()}.",
    f"Código de transacción {PAYPAL} (9,99 €)",
    f"https://www.paypal.com/activity/payment/{PAYPAL}",
    f"https://www.paypal.com/myaccount/transactions/details/{PAYPAL}?x=1",
    f"#{PAYPAL}",
    f'"{PAYPAL}"',
    "4AB1 2345 CD67 8901E",
    "4AB12345CD\n678901E",
    "４ＡＢ１２３４５ＣＤ６７８９０１Ｅ",
    f"{PAYPAL} {PAYPAL}",
)
OF_BITCOIN = (
    f"{HEX}\u2060",
    f"txid: {HEX.upper()}",
    f"https://mempool.space/tx/{HEX}",
    f"https://blockchair.com/bitcoin/transaction/{HEX}?from=wallet",
    f"<https://blockstream.info/tx/{HEX}#vout=0>",
    f"[my payment](https://mempool.space/tx/{HEX})",
    f"{HEX[:32]}\n{HEX[32:]}",
    f"{HEX[:32]}\u00ad{HEX[32:]}",
)


@pytest.mark.parametrize("text", OF_PAYPAL)
def test_a_paypal_id_is_taken_out_of_what_is_around_it(text: str) -> None:
    assert normal_reference(PaymentMethod.paypal, "PayPal", text) == PAYPAL


@pytest.mark.parametrize("text", OF_BITCOIN)
def test_a_bitcoin_id_is_taken_out_of_what_is_around_it(text: str) -> None:
    assert normal_reference(PaymentMethod.btc, "Bitcoin", text) == HEX


@pytest.mark.parametrize(
    ("method", "network", "text", "expected"),
    [
        (PaymentMethod.eth, "Ethereum", f"https://etherscan.io/tx/0x{HEX}", f"0x{HEX}"),
        (PaymentMethod.eth, "Ethereum", f"Hash 0X{HEX.upper()}", f"0x{HEX}"),
        (PaymentMethod.usdt, "Ethereum (ERC-20)", f"https://etherscan.io/tx/0x{HEX}", f"0x{HEX}"),
        (PaymentMethod.usdt, "TRON (TRC-20)", f"https://tronscan.org/#/transaction/{HEX}", HEX),
        (PaymentMethod.sol, "Solana", f"https://solscan.io/tx/{SIGNATURE}?cluster=mainnet", SIGNATURE),
        (PaymentMethod.usdt, "Solana (SPL)", f"Signature:{SIGNATURE}", SIGNATURE),
        (PaymentMethod.ltc, "Litecoin", f"https://blockchair.com/litecoin/transaction/{HEX}", HEX),
    ],
)
def test_the_link_of_an_explorer_is_read(method: PaymentMethod, network: str, text: str, expected: str) -> None:
    assert normal_reference(method, network, text) == expected


@pytest.mark.parametrize(
    ("method", "network", "text"),
    [
        (PaymentMethod.btc, "Bitcoin", f"https://blockchair.com/litecoin/transaction/{HEX}"),
        (PaymentMethod.ltc, "Litecoin", f"https://mempool.space/tx/{HEX}"),
        (PaymentMethod.usdt, "TRON (TRC-20)", f"https://etherscan.io/tx/{HEX}"),
        (PaymentMethod.eth, "Ethereum", f"https://tronscan.org/#/transaction/{HEX}"),
    ],
)
def test_the_link_of_another_networks_explorer_is_refused(method: PaymentMethod, network: str, text: str) -> None:
    with pytest.raises(BadInput, match=f"another network. This order is paid by {network[:4]}"):
        normal_reference(method, network, text)


@pytest.mark.parametrize("text", [f"{HEX} {HEX[::-1]}", f"{HEX},{'0' * 64}"])
def test_of_two_ids_neither_is_guessed(text: str) -> None:
    with pytest.raises(BadInput, match="more than one transaction id"):
        normal_reference(PaymentMethod.btc, "Bitcoin", text)


@pytest.mark.parametrize("text", [f"0x{HEX}", f"{HEX}0", f"z{HEX}", HEX[:-1], f"bc1q{HEX}"])
def test_a_part_of_something_longer_is_no_bitcoin_id(text: str) -> None:
    with pytest.raises(BadInput, match="does not look like"):
        normal_reference(PaymentMethod.btc, "Bitcoin", text)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_an_id_in_one_form_or_a_sentence(text: str) -> None:
    for method, network in ((PaymentMethod.paypal, "PayPal"), (PaymentMethod.btc, "Bitcoin")):
        try:
            found = normal_reference(method, network, text)
        except BadInput:
            continue
        assert normal_reference(method, network, found) == found
