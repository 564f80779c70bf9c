"""What other viewers show is shown: broken ends, checksums and extras. What shows nothing is refused in a sentence."""

import struct
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile, ImageFilter

from novacore.errors import BadInput
from novacore.media import proofs
from novacore.media.artwork import sample_receipt
from novacore.media.decoding import decoded
from tests.media import pictures
from tests.media.pictures import BLUE, GREEN, RED, encoded, near, opened, png_chunk, quarters

RECEIPT = opened(sample_receipt("12.00 EUR", "shop@example.com", "9AB12345CD678901E")).convert("RGB")
TURNED = [RECEIPT.rotate(180)] * 2


def whole_rows(data: bytes) -> float:
    """What share of the receipt's rows is as it was drawn."""
    kept = decoded(data)
    assert kept.size == RECEIPT.size
    apart = np.abs(np.asarray(kept, dtype=int) - np.asarray(RECEIPT, dtype=int)).max(axis=2)
    return float(((apart < 60).mean(axis=1) > 0.97).mean())


FILES = {
    "jpeg": encoded(RECEIPT, "JPEG"),
    "progressive jpeg": encoded(RECEIPT, "JPEG", progressive=True),
    "cmyk jpeg": encoded(RECEIPT.convert("CMYK"), "JPEG"),
    "png": encoded(RECEIPT, "PNG"),
    "png with alpha": encoded(RECEIPT.convert("RGBA"), "PNG"),
    "palette png": encoded(RECEIPT.quantize(200), "PNG"),
    "animated png": encoded(RECEIPT, "PNG", save_all=True, append_images=TURNED),
    "gif": encoded(RECEIPT.quantize(200), "GIF"),
    "animated gif": encoded(RECEIPT, "GIF", save_all=True, append_images=TURNED),
    "webp": encoded(RECEIPT, "WEBP"),
    "webp with exif": encoded(RECEIPT, "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0", icc_profile=b"p" * 500),
    "lossless webp": encoded(RECEIPT, "WEBP", lossless=True),
    "animated webp": encoded(RECEIPT, "WEBP", save_all=True, append_images=TURNED),
}


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_good_to_begin_with(name: str) -> None:
    assert whole_rows(FILES[name]) > 0.98


@pytest.mark.parametrize("missing", [1, 2, 3, 12, 13])
@pytest.mark.parametrize("name", FILES)
def test_a_file_without_its_last_bytes_is_shown(name: str, missing: int) -> None:
    assert whole_rows(FILES[name][:-missing]) > 0.97


@pytest.mark.parametrize("share", [0.6, 0.8, 0.95])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_breaks_off_shows_what_has_come(name: str, share: float) -> None:
    data = FILES[name]
    assert whole_rows(data[: int(len(data) * share)]) > share - 0.3


@pytest.mark.parametrize("name", ["jpeg", "png", "gif"])
def test_a_third_of_a_file_shows_its_top(name: str) -> None:
    data = FILES[name]
    assert 0.15 < whole_rows(data[: len(data) // 3]) < 0.8


@pytest.mark.parametrize("length", [30, 200, 400])
@pytest.mark.parametrize("name", FILES)
def test_what_shows_nothing_is_refused(name: str, length: int) -> None:
    with pytest.raises(BadInput, match=r"damaged and cannot be opened\. Please take a new screenshot|not a picture"):
        proofs.process(FILES[name][:length])


@pytest.mark.parametrize("name", FILES)
def test_what_stands_behind_a_file_is_passed_over(name: str) -> None:
    assert whole_rows(FILES[name] + b"\xff\xd9 and more " * 500) > 0.97


def test_a_copy_without_its_last_byte_is_recognised() -> None:
    whole, cut = proofs.process(FILES["jpeg"]), proofs.process(FILES["jpeg"][:-1])
    assert proofs.likeness(whole.perceptual_hash, cut.perceptual_hash) <= proofs.ALIKE_DISTANCE
    assert proofs.same_picture(whole.picture, cut.picture)


def test_nothing_of_the_leniency_stays_behind() -> None:
    for data in (FILES["jpeg"][:-1], FILES["png"][:40]):
        with suppress(BadInput):
            decoded(data)
        assert not ImageFile.LOAD_TRUNCATED_IMAGES


# -- PNG: what stands next to the pixels -----------------------------------------------------------------------------


def png_with(*chunks: bytes) -> bytes:
    data = FILES["png"]
    return data[:33] + b"".join(chunks) + data[33:]


PACKED = zlib.compress(bytes(3_000_000))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png_with(png_chunk(b"iCCP", b"p\0\0" + PACKED)), id="profile of 3 MB"),
        pytest.param(png_with(png_chunk(b"zTXt", b"t\0\0" + PACKED)), id="text of 3 MB"),
        pytest.param(png_with(png_chunk(b"iTXt", b"t\0\1\0\0\0" + PACKED)), id="international text of 3 MB"),
        pytest.param(png_with(*[png_chunk(b"zTXt", b"t\0\0" + zlib.compress(bytes(10**6)))] * 80), id="80 texts"),
        pytest.param(png_with(png_chunk(b"iCCP", b"p\0\0not packed at all")), id="broken profile"),
        pytest.param(png_with(png_chunk(b"tEXt", b"t\0" + b"x" * 5_000_000)), id="plain text of 5 MB"),
        pytest.param(png_with(png_chunk(b"tEXt", b"t\0hello")[:-1] + b"!"), id="checksum of a text"),
        pytest.param(png_with(png_chunk(b"gAMA", struct.pack(">I", 45_455))[:-1] + b"!"), id="checksum of a gamma"),
        pytest.param(png_with(png_chunk(b"pHYs", b"short")), id="broken resolution"),
        pytest.param(png_with(png_chunk(b"acTL", b"")), id="broken animation"),
        pytest.param(png_with(png_chunk(b"\0\1\2\3", b"")), id="unspeakable chunk"),
        pytest.param(FILES["png"][:29] + b"\0\0\0\0" + FILES["png"][33:], id="checksum of the header"),
        pytest.param(FILES["png"][:-20] + b"abcd" + FILES["png"][-16:], id="checksum of the pixels"),
        pytest.param(FILES["png"][:-12] + png_chunk(b"zTXt", b"t\0\0" + PACKED), id="text behind, and no end"),
    ],
)
def test_a_png_is_shown_whatever_stands_next_to_its_pixels(data: bytes) -> None:
    assert whole_rows(data) > 0.98


def test_a_png_of_countless_chunks_is_shown() -> None:
    assert whole_rows(png_with(png_chunk(b"tEXt", b"") * 300_000)) > 0.98


def test_a_broken_byte_in_the_middle_shows_what_is_above_it() -> None:
    data = bytearray(FILES["png"])
    data[len(data) // 2] ^= 0xFF
    assert 0.3 < whole_rows(bytes(data)) < 0.9


def test_bytes_between_the_segments_of_a_jpeg_are_passed_over() -> None:
    data = FILES["jpeg"]
    assert whole_rows(data[:20] + b"\0\0\0" + data[20:]) > 0.97


def test_a_webp_that_hides_a_vast_picture_in_a_small_canvas_is_refused_without_being_decoded() -> None:
    """Only the broken way leads there: what is left of the file is a picture of its own, with a size of its own."""
    vast = pictures.stretched_lossy_webp((16_000, 16_000))
    canvas = struct.pack("<4sI4x", b"VP8X", 10) + b"\x77\0\0\x4f\0\0"
    inside = b"WEBP" + canvas + vast[12:]
    with pytest.raises(BadInput, match="too many pixels"):
        decoded(b"RIFF" + struct.pack("<I", len(inside)) + inside[:-8])


# -- large pictures --------------------------------------------------------------------------------------------------


def drawn(size: tuple[int, int]) -> Image.Image:
    """Small print all over, in colours that palettes can hold."""
    page = Image.new("RGB", (200, 200), (240, 240, 240))
    for number in range(0, 200, 4):
        page.paste((number, 40, 200 - number), (number, number % 50, number + 2, 200))
    sheet = Image.new("RGB", size)
    for x in range(0, size[0], 200):
        for y in range(0, size[1], 200):
            sheet.paste(page, (x, y))
    return sheet


@pytest.mark.parametrize("size", [(3000, 2800), (1000, 9000), (9001, 997)])
def test_bands_leave_no_seam(size: tuple[int, int]) -> None:
    picture = drawn(size).filter(ImageFilter.BoxBlur(2))
    kept = decoded(encoded(picture, "PNG", compress_level=1))
    at_once = picture.resize(kept.size, Image.Resampling.LANCZOS)
    assert np.abs(np.asarray(kept, dtype=int) - np.asarray(at_once, dtype=int)).max() <= 2


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PNG", "P", {}),
        ("PNG", "RGBA", {}),
        ("GIF", "P", {}),
        ("JPEG", "CMYK", {"quality": 98, "subsampling": 0}),
    ],
)
def test_small_print_is_as_smooth_as_that_of_its_twin_in_rgb(kind: str, mode: str, options: dict[str, Any]) -> None:
    """Shrunk while they are palettes or inks, pictures would keep the nearest pixel."""
    colours = drawn((3000, 2800)).quantize(200).convert("RGB")
    twin = decoded(encoded(colours, "PNG", compress_level=1))
    other = decoded(encoded(colours.quantize(256) if mode == "P" else colours.convert(mode), kind, **options))
    assert other.size == twin.size
    assert np.abs(np.asarray(other, dtype=int) - np.asarray(twin, dtype=int)).mean() < 3


def test_deep_colours_and_turned_pictures_are_shown() -> None:
    deep = np.zeros((80, 120), dtype=np.uint16)
    deep[:40] = 65_535
    assert near(decoded(encoded(Image.fromarray(deep), "PNG")), (9, 9), (255, 255, 255))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = decoded(encoded(quarters(), "JPEG", exif=exif)[:-1])
    assert turned.size == (80, 120)
    assert near(turned, (9, 9), BLUE)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_cut_animation_the_first_frame_is_shown(kind: str) -> None:
    frames = [quarters((60, 40)), Image.new("RGB", (60, 40), GREEN), Image.new("RGB", (60, 40), BLUE)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    assert near(decoded(data[:-4]), (9, 9), RED)
