"""Copies are found and confirmed, other receipts of the same app are not; and two proofs side by side, for staff."""

import functools
import itertools
import random

import numpy as np
import pytest
from PIL import Image

from novacore.errors import BadInput
from novacore.media import proofs
from novacore.media.artwork import product_picture, sample_receipt
from novacore.media.grounds import DARK
from novacore.media.proofs import ALIKE_DISTANCE
from tests.media.pictures import BLUE, GREEN, RED, WHITE, encoded, near, opened

RECEIPT = sample_receipt("12.00 EUR", "shop@example.com", "9AB12345CD678901E")


def hashed(picture: Image.Image) -> int:
    return proofs.process(encoded(picture, "JPEG", quality=95)).perceptual_hash


def copies(picture: Image.Image) -> dict[str, bytes]:
    """What happens to a screenshot that goes through messengers and galleries."""
    rgb = picture.convert("RGB")
    sized = {share: rgb.resize((int(rgb.width * share), int(rgb.height * share))) for share in (0.33, 0.5, 0.75, 1.5)}
    return {
        **{f"jpeg {quality}": encoded(rgb, "JPEG", quality=quality) for quality in (90, 50, 20)},
        **{f"sized {share}": encoded(smaller, "JPEG", quality=75) for share, smaller in sized.items()},
        "webp": encoded(rgb, "WEBP", quality=60),
        "darker": encoded(rgb.point(lambda value: value * 0.9), "JPEG"),
    }


@functools.cache
def photograph(seed: int) -> Image.Image:
    """Blobs of several sizes, as much like a photograph as numbers get."""
    chance = np.random.default_rng(seed)
    layers = [
        Image.fromarray(chance.integers(0, 256, (grain, grain, 3), dtype=np.uint8)).resize((900, 700))
        for grain in (5, 12, 40, 120)
    ]
    picture = layers[0]
    for layer in layers[1:]:
        picture = Image.blend(picture, layer, 0.3)
    return picture


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(opened(RECEIPT), id="receipt"),
        pytest.param(opened(sample_receipt("250.99 USD", "a@b.cd", "XX", app="OtherBank")), id="another app"),
        pytest.param(photograph(1), id="photograph"),
        pytest.param(photograph(2), id="another photograph"),
    ],
)
def test_copies_are_found_and_confirmed(picture: Image.Image) -> None:
    original = encoded(picture.convert("RGB"), "PNG")
    own = proofs.process(original)
    for how, copy in copies(picture).items():
        result = proofs.process(copy)
        assert proofs.likeness(own.perceptual_hash, result.perceptual_hash) <= ALIKE_DISTANCE, how
        assert proofs.same_picture(own.picture, result.picture), how


def test_a_receipt_in_256_colours_is_a_copy() -> None:
    own, copy = proofs.process(RECEIPT), proofs.process(encoded(opened(RECEIPT).quantize(256), "GIF"))
    assert proofs.likeness(own.perceptual_hash, copy.perceptual_hash) <= ALIKE_DISTANCE
    assert proofs.same_picture(own.picture, copy.picture)


def test_different_photographs_are_far_apart() -> None:
    seeds = range(6)
    for one, other in itertools.combinations(seeds, 2):
        assert proofs.likeness(hashed(photograph(one)), hashed(photograph(other))) > 2 * ALIKE_DISTANCE


def receipts(price: str = "12.00 EUR") -> list[bytes]:
    """Seven customers of one shop who pay the same price with the same app: the hard case."""
    chance = random.Random(11)
    return [
        sample_receipt(
            price,
            "shop@example.com",
            "".join(chance.choices("0123456789ABCDEFGHJKLMNPRSTUVWXY", k=17)),
            f"{chance.randint(1, 28)} November 2025, 1{chance.randint(0, 9)}:{chance.randint(10, 59)}",
        )
        for _ in range(7)
    ]


def test_receipts_of_one_app_and_price_are_not_taken_for_copies() -> None:
    kept = [proofs.process(receipt) for receipt in receipts()]
    pairs = list(itertools.combinations(kept, 2))
    near = [proofs.likeness(one.perceptual_hash, other.perceptual_hash) <= ALIKE_DISTANCE for one, other in pairs]
    assert any(near), "the hash alone cannot tell them apart; else the second look would be for nothing"
    assert not any(proofs.same_picture(one.picture, other.picture) for one, other in pairs)


def test_a_picture_of_other_proportions_is_another() -> None:
    wide, tall = Image.new("RGB", (800, 600), RED), Image.new("RGB", (600, 800), RED)
    assert proofs.same_picture(encoded(wide, "PNG"), encoded(wide, "JPEG"))
    assert not proofs.same_picture(encoded(wide, "PNG"), encoded(tall, "PNG"))


def test_what_is_damaged_is_like_nothing() -> None:
    with pytest.raises(BadInput, match="damaged"):
        proofs.same_picture(RECEIPT, RECEIPT[:5000])


def test_hashes_fit_a_signed_column() -> None:
    hashes = [hashed(photograph(seed)) for seed in range(12)]
    assert all(-(2**63) <= value < 2**63 for value in hashes)
    assert min(hashes) < 0 < max(hashes), "both signs occur, so the comparison below means something"
    assert all(proofs.likeness(value, value % 2**64) == 0 for value in hashes)


def test_likeness_counts_bits() -> None:
    assert proofs.likeness(0, 0) == 0
    assert proofs.likeness(0b1011, 0b0001) == 2
    assert proofs.likeness(-1, 0) == 64
    assert proofs.likeness(-(2**63), 2**63 - 1) == 64


@pytest.mark.parametrize("colour", [RED, WHITE, (0, 0, 0)])
def test_blank_pictures_are_alike(colour: tuple[int, int, int]) -> None:
    assert hashed(Image.new("RGB", (720, 1280), colour)) == 0


# -- side by side ----------------------------------------------------------------------------------------------------


def test_two_proofs_stand_side_by_side() -> None:
    left, right = Image.new("RGB", (900, 1600), RED), Image.new("RGB", (1600, 900), GREEN)
    both = opened(proofs.side_by_side(encoded(left, "PNG"), encoded(right, "WEBP"), "NC-1", "NC-2"))
    assert both.format == "JPEG"
    assert both.width > both.height > 1000
    assert near(both, (both.width // 4, 300), RED)
    assert near(both, (both.width * 3 // 4, 300), GREEN)
    assert near(both, (2, 2), (43, 45, 49))


@pytest.mark.parametrize("is_narrow_left", [True, False])
def test_a_narrow_proof_and_a_wide_one_do_not_overlap(is_narrow_left: bool) -> None:
    narrow, wide = (
        encoded(Image.new("RGB", (300, 900), RED), "PNG"),
        encoded(Image.new("RGB", (1600, 900), GREEN), "PNG"),
    )
    both = opened(proofs.side_by_side(*((narrow, wide) if is_narrow_left else (wide, narrow))))
    # Panels of 400 and 800, with 24 around each and a caption of 52 above; the narrow picture in the middle of its own.
    assert both.width == 24 + 400 + 24 + 800 + 24
    in_narrow, in_wide = (0, 424) if is_narrow_left else (824, 0)
    for x in (30, 420, 800):
        assert near(both, (in_wide + 24 + x - 24, 300), GREEN), x
    assert near(both, (in_narrow + 24 + 200, 300), RED)
    assert near(both, (in_narrow + 24 + 20, 300), DARK)
    assert near(both, (in_narrow + 24 + 380, 300), DARK)


def test_captions_are_written_above_each_picture() -> None:
    data = encoded(Image.new("RGB", (600, 600), BLUE), "PNG")
    bare, named = (
        opened(proofs.side_by_side(data, data, "", right)) for right in ("", "approved, größer \N{PARTY POPPER}")
    )
    changed = np.abs(np.asarray(bare, dtype=int) - np.asarray(named, dtype=int)).max(axis=2) > 60
    rows, columns = np.nonzero(changed)
    assert rows.size > 100
    assert rows.max() < 76
    assert columns.min() > bare.width // 2


def test_a_caption_of_any_length_stays_within_its_half() -> None:
    data = encoded(Image.new("RGB", (600, 600), BLUE), "PNG")
    assert (
        opened(proofs.side_by_side(data, data, "long " * 200, "")).size == opened(proofs.side_by_side(data, data)).size
    )


def test_a_damaged_picture_has_no_side() -> None:
    with pytest.raises(BadInput, match="not a picture"):
        proofs.side_by_side(product_picture("Key", "key"), b"junk")
