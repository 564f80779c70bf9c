"""QR codes: read back by a decoder that shares no code with the encoder."""

import io

import pytest
import zxingcpp
from PIL import Image

from novacore.errors import BadInput
from novacore.media.qr import payment_qr

ADDRESSES = {
    "paypal": "payments@shop.example",
    "btc": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "btc taproot": "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
    "ltc": "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
    "usdt": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    "sol": "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV",
    "eth": "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
}


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def read(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("method", ADDRESSES)
def test_a_phone_reads_exactly_the_address(method: str) -> None:
    assert read(opened(payment_qr(ADDRESSES[method]))) == [ADDRESSES[method]]


@pytest.mark.parametrize("text", ["a", "a" * 300, "Día, größer, 支付"])
def test_any_text_within_the_limit_is_read(text: str) -> None:
    assert read(opened(payment_qr(text))) == [text]


@pytest.mark.parametrize("text", ["", "a" * 301])
def test_no_text_and_too_much_text_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="1 to 300"):
        payment_qr(text)


@pytest.mark.parametrize("text", ["a", ADDRESSES["btc"], "a" * 300])
def test_it_is_about_400_pixels_wide_and_small(text: str) -> None:
    data = payment_qr(text)
    width, height = opened(data).size
    assert width == height
    assert 300 <= width <= 400
    assert len(data) < 10_000


def test_it_is_read_on_discords_dark_page_and_when_shown_small() -> None:
    code = opened(payment_qr(ADDRESSES["btc taproot"]))
    page = Image.new("RGB", (code.width + 200, code.height + 200), (49, 51, 56))
    page.paste(code, (100, 100))
    assert read(page) == [ADDRESSES["btc taproot"]]
    assert read(page.resize((page.width // 2, page.height // 2))) == [ADDRESSES["btc taproot"]]


def test_the_margin_is_white() -> None:
    code = opened(payment_qr(ADDRESSES["eth"]))
    black = code.convert("L").point(lambda value: 255 - value).getbbox()
    assert black is not None
    modules = (black[2] - black[0]) / (code.width - 2 * black[0])
    assert modules == 1
    assert black[0] >= 4 * 8, "four modules, each at least eight pixels wide"
    assert {colour for _, colour in code.getcolors() or []} == {(0, 0, 0), (255, 255, 255)}


def test_the_same_address_gives_the_same_bytes() -> None:
    assert payment_qr(ADDRESSES["sol"]) == payment_qr(ADDRESSES["sol"])
