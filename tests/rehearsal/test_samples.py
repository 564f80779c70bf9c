"""What the page lends to a customer: pictures and transaction ids that the shop takes."""

import io

import pytest
from PIL import Image

from novacore.rehearsal import samples
from novacore.states import PaymentMethod
from novacore.workflows.payments.transaction_ids import normal_reference


@pytest.mark.parametrize(
    ("name", "method", "network"),
    [
        ("PayPal", PaymentMethod.paypal, ""),
        ("BTC, LTC, USDT on Tron", PaymentMethod.btc, "Bitcoin"),
        ("BTC, LTC, USDT on Tron", PaymentMethod.usdt, "Tron (TRC-20)"),
        ("ETH, USDT on Ethereum", PaymentMethod.eth, "Ethereum"),
        ("ETH, USDT on Ethereum", PaymentMethod.usdt, "Ethereum (ERC-20)"),
        ("SOL, USDT on Solana", PaymentMethod.sol, "Solana"),
    ],
)
def test_the_shop_takes_the_transaction_ids(name: str, method: PaymentMethod, network: str) -> None:
    reference = samples.references()[name]
    assert normal_reference(method, network, reference) == reference


@pytest.mark.parametrize("first", [0, 1, 255])
def test_the_shop_takes_a_signature_that_starts_with_any_byte(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "secrets.token_bytes", lambda count: bytes([first]) * (count // 2) + b"\x80" * (count - count // 2)
    )
    reference = samples.references()["SOL, USDT on Solana"]
    assert normal_reference(PaymentMethod.sol, "Solana", reference) == reference


def test_no_two_are_the_same() -> None:
    first, second = samples.references(), samples.references()
    assert all(first[name] != second[name] for name in first)
    assert samples.proof_picture() != samples.proof_picture()


def test_the_picture_is_one() -> None:
    with Image.open(io.BytesIO(samples.proof_picture())) as picture:
        assert picture.format == "PNG"
        assert picture.width * picture.height < 40_000_000
