"""The sample shop's pictures: right size, small, steady, and each saying what it is."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from novacore.media.artwork import product_picture, sample_receipt
from novacore.media.proofs import process
from novacore.states import GoodsType

KINDS = [*GoodsType, "something else"]
NAMES = [
    "Key",
    "Guide: Your First Trading Bot in an Afternoon",
    "Ünïcödé 支付 \N{PARTY POPPER}",
    "",
    "W" * 200,
    "x " * 200,
]


def pixels(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int64)


def white(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(pixels(data).min(axis=2) > 250)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_every_product_gets_a_small_picture(name: str, kind: str) -> None:
    data = product_picture(name, kind)
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("PNG", (600, 400))
    assert len(data) < 60_000


def test_every_kind_looks_different() -> None:
    looks = [pixels(product_picture("Same name", kind)) for kind in KINDS]
    apart = [np.abs(one - other).mean() for one, other in itertools.combinations(looks, 2)]
    assert min(apart) > 4


def test_every_sign_is_drawn_within_its_circle() -> None:
    for kind in KINDS:
        rows, columns = np.nonzero(white(product_picture("", kind)))
        assert 2_500 < rows.size < 18_000, kind
        assert rows.min() >= 55, kind
        assert rows.max() <= 215, kind
        assert columns.min() >= 220, kind
        assert columns.max() <= 380, kind


@pytest.mark.parametrize("name", ["Key", "Streaming Account, 12 months", "W" * 200, "x " * 200])
def test_the_name_is_written_inside_the_picture(name: str) -> None:
    rows, columns = np.nonzero(white(product_picture(name, "key"))[240:])
    assert rows.size > 150
    assert rows.max() < 140
    assert columns.min() >= 20
    assert columns.max() <= 580


def test_another_name_is_another_picture() -> None:
    assert product_picture("One", "key") != product_picture("Two", "key")


def test_the_same_words_give_the_same_bytes() -> None:
    assert product_picture("Gift Card", "code") == product_picture("Gift Card", "code")
    assert sample_receipt("1.00 EUR", "a", "b") == sample_receipt("1.00 EUR", "a", "b")


def test_a_receipt_is_a_proof_that_the_shop_takes() -> None:
    result = process(sample_receipt("12.00 EUR", "shop@example.com", "9AB12345CD678901E"))
    assert (result.width, result.height) == (720, 1280)


@pytest.mark.parametrize("app", ["SamplePay", "OtherBank", "CoinThing"])
def test_a_receipt_is_stamped_as_a_sample(app: str) -> None:
    """Red over the card, and a red line below it."""
    red, green, blue = pixels(sample_receipt("12.00 EUR", "shop@example.com", "F", app=app)).transpose(2, 0, 1)
    reddish = (red > green + 20) & (red > blue + 15)
    assert reddish[660:1120, 60:660].mean() > 0.1
    assert reddish[1170:1210, 40:680].mean() > 0.05


def test_each_word_of_a_receipt_shows() -> None:
    words = ["12.00 EUR", "shop@example.com", "9AB12345CD678901E", "2 November 2025, 14:05", "SamplePay"]
    plain = pixels(sample_receipt(*words))
    for place in range(len(words)):
        other = [*words[:place], "Q", *words[place + 1 :]]
        assert np.abs(plain - pixels(sample_receipt(*other))).max() > 100, words[place]


def test_words_of_any_length_stay_on_the_receipt() -> None:
    data = sample_receipt("9" * 99, "r" * 99, "f" * 99, "d" * 99, "a" * 99)
    dark = pixels(data)[660:1100].max(axis=2) < 120
    columns = np.nonzero(dark)[1]
    assert columns.min() >= 75
    assert columns.max() <= 645
    assert len(data) < 200_000
