"""See-through pictures lie on a ground that lets them be read, and stay as different as they are."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from novacore.media import product_pictures, proofs
from novacore.media.decoding import decoded
from novacore.media.grounds import DARK, WHITE
from novacore.media.lettering import typeface
from tests.media.pictures import encoded, near, opened

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
WORDS = ("Paid 12.00 EUR to shop", "Reference 9AB12345CD")


def written(words: str, colour: Colour, hidden: Colour = BLACK, size: tuple[int, int] = (600, 300)) -> Image.Image:
    """Words on nothing. `hidden` is the colour that the nothing has in the file."""
    picture = Image.new("RGBA", size, (*hidden, 0))
    for y in range(20, size[1] - 40, 60):
        ImageDraw.Draw(picture).text((20, y), words, (*colour, 255), typeface(40))
    return picture


def contrast(picture: Image.Image) -> int:
    grey = np.asarray(picture.convert("L"), dtype=int)
    return int(np.percentile(grey, 99.5) - np.percentile(grey, 0.5))


@pytest.mark.parametrize("hidden", [BLACK, (255, 255, 255)])
@pytest.mark.parametrize(
    "colour", [(255, 255, 255), (235, 240, 250), BLACK, (60, 60, 60), (128, 128, 128), (200, 0, 0)]
)
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_words_on_nothing_can_be_read(colour: Colour, hidden: Colour, kind: str) -> None:
    kept = decoded(encoded(written(WORDS[0], colour, hidden), kind))
    assert contrast(kept) >= 64


def test_white_words_lie_on_dark_and_black_ones_on_white() -> None:
    white, black = (decoded(encoded(written(WORDS[0], each), "PNG")) for each in ((255, 255, 255), BLACK))
    assert near(white, (590, 290), DARK)
    assert near(black, (590, 290), WHITE)


def palette(picture: Image.Image) -> bytes:
    return encoded(picture.quantize(8), "PNG")


def gif(picture: Image.Image) -> bytes:
    flat = Image.new("P", picture.size, 0)
    flat.putpalette([0, 0, 0, 255, 255, 255])
    flat.paste(1, mask=picture.getchannel("A"))
    return encoded(flat, "GIF", transparency=0)


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda picture: encoded(picture, "PNG"), id="png"),
        pytest.param(lambda picture: encoded(picture.convert("LA"), "PNG"), id="grey"),
        pytest.param(palette, id="palette"),
        pytest.param(gif, id="gif"),
        pytest.param(lambda picture: encoded(picture, "WEBP", lossless=True), id="webp"),
        pytest.param(lambda picture: encoded(picture.resize((3600, 1800)), "PNG", compress_level=1), id="large"),
    ],
)
def test_two_of_them_are_two(encode: Callable[[Image.Image], bytes]) -> None:
    one, other = (proofs.process(encode(written(words, (255, 255, 255)))) for words in WORDS)
    assert contrast(opened(one.picture)) > 150
    assert one.perceptual_hash != other.perceptual_hash
    assert not proofs.same_picture(one.picture, other.picture)


def test_all_colours_of_words_at_once_can_be_read() -> None:
    both = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    both.paste(written(WORDS[0], (255, 255, 255)), (0, 0))
    both.paste(written(WORDS[1], BLACK), (0, 300))
    kept = decoded(encoded(both, "PNG"))
    top, bottom = kept.crop((0, 0, 600, 300)), kept.crop((0, 300, 600, 600))
    assert min(contrast(top), contrast(bottom)) >= 64


def test_a_card_with_black_words_and_white_ones_next_to_it() -> None:
    """Most of the picture is bright; what lies on nothing decides."""
    card = written(WORDS[0], (255, 255, 255), size=(600, 500))
    card.paste((255, 255, 255, 255), (0, 250, 600, 500))
    ImageDraw.Draw(card).text((20, 300), WORDS[1], (0, 0, 0, 255), typeface(40))
    kept = decoded(encoded(card, "PNG"))
    assert contrast(kept.crop((0, 0, 600, 240))) > 150
    assert contrast(kept.crop((0, 260, 600, 500))) > 150


def test_faint_words_are_laid_on_what_suits_them() -> None:
    faint = written(WORDS[0], (255, 255, 255))
    faint.putalpha(faint.getchannel("A").point(lambda value: value * 0.4))
    assert near(decoded(encoded(faint, "PNG")), (590, 290), DARK)


def test_nothing_at_all_is_white() -> None:
    assert near(decoded(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG")), (9, 9), WHITE)


def test_a_products_white_sign_is_seen() -> None:
    assert contrast(opened(product_pictures.make(encoded(written("KEY", (255, 255, 255)), "PNG")))) > 150


def test_side_by_side_they_are_read_as_well() -> None:
    one, other = (encoded(written(words, (255, 255, 255)), "PNG") for words in WORDS)
    both = opened(proofs.side_by_side(one, other))
    halves = [both.crop((0, 120, both.width // 2, both.height)), both.crop((both.width // 2, 120, *both.size))]
    assert all(contrast(half) > 150 for half in halves)
    assert all(one != other for one, other in itertools.pairwise(half.tobytes() for half in halves))
