"""Transaction ids as people paste them: the id is taken out, and what isn't clear is asked."""

import pytest
from base58_bech32 import base58
from hypothesis import given
from hypothesis import strategies as st

from novacore.errors import BadInput
from novacore.states import PaymentMethod
from novacore.workflows.payments.transaction_ids import at_a_glance, normal_reference

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
        (PaymentMethod.eth, "Ethereum", f"tronscan.org/#/transaction/{HEX}"),
        (PaymentMethod.eth, "Ethereum", f"https://bscscan.com/tx/0x{HEX}"),
        (PaymentMethod.eth, "Ethereum", f"https://sepolia.etherscan.io/tx/0x{HEX}"),
        (PaymentMethod.usdt, "Ethereum (ERC-20)", f"https://optimistic.etherscan.io/tx/0x{HEX}"),
        (PaymentMethod.sol, "Solana", f"https://solscan.io/tx/{SIGNATURE}?cluster=devnet"),
        (PaymentMethod.btc, "Bitcoin", f"https://mempool.space/testnet4/tx/{HEX}"),
        (PaymentMethod.btc, "Bitcoin", f"https://blockchair.com/bitcoin-cash/transaction/{HEX}"),
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


@pytest.mark.parametrize("zeros", [0, 1, 10])
def test_a_solana_signature_has_one_spelling_whatever_its_length(zeros: int) -> None:
    """It has 64 bytes; a 1 put in front of one that paid already would make 65 of them."""
    signature = base58.b58encode(bytes(zeros) + b"\x01" * (64 - zeros)).decode()
    assert normal_reference(PaymentMethod.sol, "Solana", f"Signature: {signature}.") == signature
    for forged in (f"1{signature}", f"1{signature[:40]} {signature[40:]}"):
        with pytest.raises(BadInput, match="does not look like"):
            normal_reference(PaymentMethod.sol, "Solana", forged)


def test_a_sentence_of_17_letters_is_no_paypal_id() -> None:
    assert normal_reference(PaymentMethod.paypal, "PayPal", "ABCDEFGHIJKLMNOPQ") == "ABCDEFGHIJKLMNOPQ"
    with pytest.raises(BadInput, match="does not look like"):
        normal_reference(PaymentMethod.paypal, "PayPal", "please check it soon")


@pytest.mark.parametrize(
    ("method", "network", "text", "same"),
    [
        (PaymentMethod.paypal, "PayPal", "4AB1O345CD678901E", "4A810345CD67B9OIE"),
        (PaymentMethod.paypal, "PayPal", "OQILSBZG012345678", "00115B2601Z34S67B"),
        (PaymentMethod.sol, "Solana", SIGNATURE, SIGNATURE.swapcase()),
        (PaymentMethod.usdt, "Solana (SPL)", SIGNATURE, SIGNATURE[:40] + SIGNATURE[40:].upper()),
    ],
)
def test_ids_that_nobody_tells_apart_look_the_same(method: PaymentMethod, network: str, text: str, same: str) -> None:
    assert text != same
    assert at_a_glance(method, network, text) == at_a_glance(method, network, same)
    other = text[:-1] + ("3" if text[-1] != "3" else "4")
    assert at_a_glance(method, network, other) != at_a_glance(method, network, text)


@pytest.mark.parametrize("method", [PaymentMethod.btc, PaymentMethod.ltc, PaymentMethod.eth])
def test_ids_of_digits_and_six_letters_look_like_nothing_else(method: PaymentMethod) -> None:
    assert at_a_glance(method, method.row.networks[0].name, HEX) is None


@pytest.mark.parametrize(
    ("method", "text", "hint"),
    [
        (PaymentMethod.btc, f"https://mempool.space/block/{HEX}", "does not look like"),
        (PaymentMethod.btc, f"{HEX[:10]}…{HEX[-10:]}", "cut short"),
        (PaymentMethod.btc, "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "address of a wallet"),
        (PaymentMethod.eth, "https://etherscan.io/address/0x742d35Cc6634C0532925a3b844Bc454e4438f44e", "address of a"),
        (PaymentMethod.sol, "7dHbWXmci3dT8UFYWYZweBLXgycu7Y3iL6trKn1Y7ARj", "address of a wallet"),
        (PaymentMethod.usdt, "TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf", "address of a wallet"),
        (PaymentMethod.paypal, "INV2-AB12-CD34-EF56-GH78", "number of an invoice"),
        (PaymentMethod.paypal, "ann@example.com", "email address"),
    ],
)
def test_what_is_sent_in_place_of_an_id_is_named(method: PaymentMethod, text: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        normal_reference(method, method.row.networks[0].name, text)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_an_id_in_one_form_or_a_sentence(text: str) -> None:
    for method, network in ((PaymentMethod.paypal, "PayPal"), (PaymentMethod.btc, "Bitcoin")):
        try:
            found = normal_reference(method, network, text)
        except BadInput:
            continue
        assert normal_reference(method, network, found) == found
