"""No picture takes the process that decodes it over 256 MB: what would is refused by its header, in a sentence.

Measured without the limit that the system sets on that process, so that it is the headers that hold.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from novacore.errors import BadInput
from novacore.media import product_pictures, proofs
from novacore.tasks.queue.offload.offload import Child, picture_child
from tests.media import pictures
from tests.media.pictures import png_of, stretched_gif, stretched_jpeg, stretched_lossy_webp, stretched_webp

MOST = 256_000_000
VAST = (8_000, 5_000)
LARGE = (6_000, 4_000)
ORDINARY = (4_032, 3_024)
SHOWN, REFUSED = True, False

CASES: dict[str, tuple[Callable[[], bytes], bool]] = {
    "png, 40 megapixels with alpha": (lambda: png_of(*VAST, colour_type=6), SHOWN),
    "png, 40 megapixels": (lambda: png_of(*VAST, colour_type=2), SHOWN),
    "png, 40 megapixels, grey with alpha": (lambda: png_of(*VAST, colour_type=4), SHOWN),
    "png, 40 megapixels, sixteen bits and alpha": (lambda: png_of(*VAST, depth=16, colour_type=6), SHOWN),
    "png, 40 megapixels, deep grey": (lambda: png_of(*VAST, depth=16, colour_type=0), SHOWN),
    "png, 40 megapixels, palette": (lambda: png_of(*VAST, colour_type=3), SHOWN),
    "png, 40 megapixels, one bit": (lambda: png_of(*VAST, depth=1, colour_type=0), SHOWN),
    "png, a strip": (lambda: png_of(30_000, 1_333, colour_type=6), SHOWN),
    "png, 40 megapixels with alpha and 9 MB of text": (lambda: with_text(png_of(*VAST)), REFUSED),
    "png, 31 megapixels with alpha and 9 MB of text": (lambda: with_text(png_of(7_200, 4_300)), SHOWN),
    "png, cut": (lambda: png_of(*VAST)[:-100], REFUSED),
    "png, a second header": (lambda: png_of(120, 80)[:33] + png_of(*VAST)[8:], SHOWN),
    "jpeg, 40 megapixels": (lambda: stretched_jpeg(VAST), SHOWN),
    "jpeg, 40 megapixels of full colours": (lambda: stretched_jpeg(VAST, subsampling=0), SHOWN),
    "jpeg, 40 megapixels of inks": (lambda: stretched_jpeg(VAST, "CMYK"), SHOWN),
    "progressive jpeg, 40 megapixels": (lambda: stretched_jpeg(VAST, progressive=True), SHOWN),
    "progressive jpeg, 40 megapixels, grey": (lambda: stretched_jpeg(VAST, "L", progressive=True), SHOWN),
    "progressive jpeg, 40 megapixels of full colours": (
        lambda: stretched_jpeg(VAST, progressive=True, subsampling=0),
        REFUSED,
    ),
    "progressive jpeg, 24 megapixels of full colours": (
        lambda: stretched_jpeg(LARGE, progressive=True, subsampling=0),
        SHOWN,
    ),
    "progressive jpeg, 40 megapixels of inks": (lambda: stretched_jpeg(VAST, "CMYK", progressive=True), REFUSED),
    "jpeg in several scans, 40 megapixels": (lambda: in_scans(stretched_jpeg(VAST, subsampling=0)), REFUSED),
    "jpeg, 12 megapixels and 9 MB behind": (lambda: stretched_jpeg(ORDINARY) + bytes(9_000_000), SHOWN),
    "jpeg, 40 megapixels and 9 MB of notes": (lambda: with_notes(stretched_jpeg(VAST)), SHOWN),
    "webp, 39 megapixels": (lambda: stretched_webp((7_600, 5_200)), REFUSED),
    "webp, 12 megapixels": (lambda: stretched_webp(ORDINARY), REFUSED),
    "webp, 11 megapixels": (lambda: stretched_webp((4_070, 2_700)), SHOWN),
    "webp, 4K": (lambda: stretched_webp((3_840, 2_160)), SHOWN),
    "lossy webp, 39 megapixels": (lambda: stretched_lossy_webp((7_600, 5_200)), REFUSED),
    "webp, many frames": (lambda: animated("WEBP", (1_900, 1_900), 40), SHOWN),
    "gif, 40 megapixels": (lambda: pictures.encoded(Image.new("P", VAST, 3), "GIF", transparency=0), SHOWN),
    "gif, 40 megapixels, cut": (lambda: stretched_gif(VAST), REFUSED),
    "gif, 40 megapixels, many frames, cut": (lambda: stretched_gif(VAST, frames=90), REFUSED),
    "gif, many frames": (lambda: animated("GIF", (1_900, 1_900), 40), SHOWN),
    "animated png, many frames": (lambda: animated("PNG", (1_900, 1_900), 40), SHOWN),
}

NEAREST = (
    "png, 40 megapixels with alpha",
    "png, 40 megapixels with alpha and 9 MB of text",
    "png, 31 megapixels with alpha and 9 MB of text",
    "png, a second header",
    "jpeg, 40 megapixels of full colours",
    "jpeg, 40 megapixels and 9 MB of notes",
    "progressive jpeg, 40 megapixels of full colours",
    "progressive jpeg, 24 megapixels of full colours",
    "jpeg in several scans, 40 megapixels",
    "webp, 12 megapixels",
    "webp, 11 megapixels",
    "lossy webp, 39 megapixels",
    "webp, many frames",
    "gif, 40 megapixels, many frames, cut",
    "animated png, many frames",
)
"""Of each kind those next to the bound, on either side of it: what `make test` tries. `make faults` tries them all."""
LONG = os.environ.get("NOVACORE_FAULTS") == "long"


def with_text(png: bytes) -> bytes:
    return png[:33] + pictures.png_chunk(b"tEXt", b"a\0" + b"x" * 9_000_000) + png[33:]


def with_notes(jpeg: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xec\xff\xff".ljust(65_537, b"x") * 137 + jpeg[2:]


def in_scans(jpeg: bytes) -> bytes:
    """Say that the first scan holds one of three components: libjpeg then keeps all coefficients."""
    at = jpeg.index(b"\xff\xda")
    return jpeg[:at] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + jpeg[at + 14 :]


def animated(kind: str, size: tuple[int, int], frames: int) -> bytes:
    small = [pictures.quarters((30 + number, 30)).resize(size) for number in range(frames)]
    return pictures.encoded(small[0], kind, save_all=True, append_images=small[1:], duration=50)


def peak() -> int:
    """How much this process has held at most, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    """One child for all of them, as in a shop: what one leaves behind counts for the next."""
    child = Child(modules=("novacore.media.product_pictures",))
    yield child
    child.close()


@pytest.mark.faults
@pytest.mark.parametrize("name", CASES if LONG else NEAREST)
def test_no_picture_takes_more_than_256_megabytes(name: str, child: Child) -> None:
    make, is_shown = CASES[name]
    data = make()
    if is_shown:
        assert child.run(proofs.process, data).width > 0
    else:
        with pytest.raises(BadInput, match=r"too many pixels\. Please take a screenshot of it|damaged"):
            child.run(proofs.process, data)
    assert child.run(peak) < MOST


def test_the_largest_that_is_shown_uses_the_room(child: Child) -> None:
    """Else the bound would be far below what the shop could show."""
    child.run(proofs.process, png_of(*VAST))
    assert child.run(peak) > 190_000_000


def test_two_pictures_at_once_take_no_more(child: Child) -> None:
    vast = png_of(*VAST)
    child.run(proofs.side_by_side, vast, vast)
    child.run(proofs.same_picture, vast, vast)
    child.run(product_pictures.make, vast)
    assert child.run(peak) < MOST


def hog() -> None:
    """What a decoder with a fault of its own might do."""
    kept = []
    while True:
        kept.append(b"x" * 10_000_000)


def test_whatever_the_decoder_does_the_process_stays_below() -> None:
    child = picture_child()
    with pytest.raises(MemoryError):
        child.run(hog)
    assert child.run(peak) < MOST
    assert child.run(proofs.process, png_of(120, 80)).width == 120
    child.close()
