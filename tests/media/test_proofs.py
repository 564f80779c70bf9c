"""Proofs of payment: what is refused and how, what is kept, and that any bytes at all have an answer."""

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from novacore.errors import BadInput
from novacore.media import proofs
from novacore.media.artwork import sample_receipt
from novacore.media.headers import PictureFormat, PictureHeader
from novacore.media.proofs import MAX_KEPT_PIXELS, MAX_PROOF_BYTES, MAX_PROOF_SIDE
from tests.media import pictures
from tests.media.pictures import BLUE, GREEN, RED, WHITE, encoded, near, opened, quarters

SECRET = b"52.5200N 13.4050E, my phone"
RECEIPT = sample_receipt("12.00 EUR", "shop@example.com", "9AB12345CD678901E")


def processed(data: bytes) -> Image.Image:
    return opened(proofs.process(data).picture)


# -- what is refused -------------------------------------------------------------------------------------------------


def zip_file() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("proof.png", RECEIPT)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x89", id="one byte"),
        pytest.param(b"paid, please send", id="text"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", id="pdf"),
        pytest.param(b"<!doctype html><script>alert(1)</script>", id="html"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', id="svg"),
        pytest.param(zip_file(), id="zip"),
        pytest.param(b"MZ\x90\x00" + bytes(200), id="exe"),
        pytest.param(encoded(quarters(), "BMP"), id="bmp"),
        pytest.param(encoded(quarters(), "TIFF"), id="tiff"),
        pytest.param(encoded(quarters(), "EPS"), id="eps"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(data: bytes) -> None:
    for look in (proofs.inspect_header, proofs.process):
        with pytest.raises(BadInput, match=r"^That .*\. Please upload a PNG, JPEG or WEBP screenshot"):
            look(data)


def test_an_iphone_photo_is_refused_with_its_own_sentence() -> None:
    with pytest.raises(BadInput, match="HEIC"):
        proofs.inspect_header(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")


def test_ten_mebibytes_are_the_limit() -> None:
    data = encoded(quarters(), "PNG")
    at_the_limit = data + bytes(MAX_PROOF_BYTES - len(data))
    assert proofs.inspect_header(at_the_limit) == PictureHeader(PictureFormat.png, 120, 80)
    with pytest.raises(BadInput, match="larger than 10 MiB"):
        proofs.inspect_header(at_the_limit + b"\0")


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(pictures.png_claiming(60_000, 60_000), id="png"),
        pytest.param(pictures.png_claiming(2**31 - 1, 2**31 - 1), id="largest png"),
        pytest.param(pictures.gif_claiming(65_535, 65_535), id="gif"),
        pytest.param(pictures.jpeg_claiming(65_500, 65_500), id="jpeg"),
        pytest.param(pictures.webp_claiming(16_383, 16_383), id="webp"),
        pytest.param(pictures.lossless_webp_claiming(16_384, 16_384), id="lossless webp"),
        pytest.param(pictures.png_claiming(MAX_PROOF_SIDE + 1, 1), id="strip"),
        pytest.param(pictures.png_claiming(8_000, 5_001), id="a little over"),
    ],
)
def test_bombs_are_refused_by_their_header_alone(bomb: bytes) -> None:
    """There are no pixels behind these headers: a decoder would have called them damaged."""
    for look in (proofs.inspect_header, proofs.process):
        with pytest.raises(BadInput, match="too many pixels"):
            look(bomb)


def test_forty_megapixels_pass_the_header() -> None:
    assert proofs.inspect_header(pictures.png_claiming(8_000, 5_000)).width == 8_000


@pytest.mark.parametrize("side", [7_000, 10_000, 60_000])
def test_a_second_header_that_claims_more_is_refused(side: int) -> None:
    """The first IHDR is harmless; Pillow believes the last one. 49 megapixels, past its warning, past its error."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = encoded(quarters(), "PNG")
    doubled = data[:33] + pictures.png_chunk(b"IHDR", header) + data[33:]
    assert proofs.inspect_header(doubled).width == 120
    with pytest.raises(BadInput):
        proofs.process(doubled)


def test_a_whole_picture_over_the_limit_behind_a_small_header_is_refused() -> None:
    data = encoded(Image.new("L", (8_000, 5_001)), "PNG")
    small = pictures.png_claiming(120, 80)[:33]
    with pytest.raises(BadInput, match="too many pixels"):
        proofs.process(small + data[8:])


def test_a_gif_frame_larger_than_its_screen_is_refused() -> None:
    data = bytearray(encoded(quarters((50, 50)).quantize(4), "GIF"))
    frame = data.index(b"\x2c", 13 + 3 * 4)
    data[frame + 5 : frame + 9] = struct.pack("<HH", 65_535, 65_535)
    with pytest.raises(BadInput):
        proofs.process(bytes(data))


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encoded(quarters(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    stretched = data[:last] + data[last:-2] * 300 + b"\xff\xd9"
    assert opened(stretched).size == (120, 80), "the attack itself is a readable picture"
    with pytest.raises(BadInput, match="damaged"):
        proofs.process(stretched)


def test_a_flipped_byte_in_a_png_is_refused() -> None:
    data = bytearray(encoded(quarters(), "PNG"))
    data[data.index(b"IDAT") + 10] ^= 0xFF
    with pytest.raises(BadInput, match="damaged"):
        proofs.process(bytes(data))


def test_a_script_behind_a_gif_signature_is_refused() -> None:
    with pytest.raises(BadInput):
        proofs.process(b"GIF89a/*\x01*/=0;alert(document.cookie)//")


# -- what is kept ----------------------------------------------------------------------------------------------------


def marked(kind: str) -> bytes:
    """A picture with a place and a name in every drawer that its kind has for such things."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    drawers: dict[str, dict[str, object]] = {
        "JPEG": {"exif": exif, "comment": SECRET, "xmp": SECRET, "icc_profile": SECRET},
        "PNG": {"exif": exif, "icc_profile": SECRET},
        "WEBP": {"exif": exif, "xmp": SECRET, "icc_profile": SECRET},
        "GIF": {"comment": SECRET},
    }
    data = encoded(quarters(), kind, **drawers[kind])
    if kind == "PNG":
        data = data[:33] + pictures.png_chunk(b"tEXt", b"Comment\0" + SECRET) + data[33:]
    return data + SECRET


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_no_metadata_survives(kind: str) -> None:
    data = marked(kind)
    assert SECRET in data
    kept = proofs.process(data).picture
    assert SECRET not in kept
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(opened(kept).info)
    assert not opened(kept).getexif()
    assert SECRET not in proofs.side_by_side(data, data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_turned_upright(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(quarters(), kind, exif=exif)
    upright = ImageOps.exif_transpose(opened(data)).convert("RGB")
    kept = processed(data)
    assert kept.size == upright.size
    for place in ((9, 9), (upright.width - 9, 9), (9, upright.height - 9)):
        seen = upright.getpixel(place)
        assert isinstance(seen, tuple)
        assert near(kept, place, (int(seen[0]), int(seen[1]), int(seen[2])))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"garbage", b"M", b"MM\0*\0\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff"])
def test_damaged_exif_does_not_spoil_the_picture(exif: bytes, kind: str) -> None:
    assert near(processed(encoded(quarters(), kind, exif=b"Exif\0\0" + exif)), (9, 9), RED)


def gif_with_a_hole() -> bytes:
    picture = quarters().quantize(4)
    return encoded(picture, "GIF", transparency=picture.getpixel((9, 70)))


def see_through() -> Image.Image:
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 40, 120, 80))
    return picture


@pytest.mark.parametrize(
    ("data", "top_left", "bottom_left"),
    [
        pytest.param(encoded(quarters().quantize(8), "PNG"), RED, BLUE, id="palette"),
        pytest.param(encoded(quarters().convert("CMYK"), "JPEG"), RED, BLUE, id="cmyk"),
        pytest.param(encoded(quarters().convert("RGBA"), "PNG"), RED, BLUE, id="opaque alpha"),
        pytest.param(encoded(see_through(), "PNG"), RED, WHITE, id="alpha"),
        pytest.param(encoded(Image.new("RGBA", (120, 80), (0, 0, 0, 0)), "PNG"), WHITE, WHITE, id="nothing but alpha"),
        pytest.param(encoded(see_through(), "WEBP", lossless=True), RED, WHITE, id="webp alpha"),
        pytest.param(encoded(see_through().convert("LA"), "PNG"), (77, 77, 77), WHITE, id="grey alpha"),
        pytest.param(encoded(see_through().quantize(8), "PNG"), RED, WHITE, id="palette alpha"),
        pytest.param(gif_with_a_hole(), RED, WHITE, id="gif alpha"),
        pytest.param(encoded(quarters(), "PNG", transparency=BLUE), RED, WHITE, id="colour key"),
        pytest.param(encoded(quarters().convert("L"), "JPEG"), (77, 77, 77), (55, 55, 55), id="grey"),
        pytest.param(encoded(Image.new("1", (120, 80), 1), "PNG"), WHITE, WHITE, id="one bit"),
    ],
)
def test_every_kind_of_pixel_is_shown(
    data: bytes, top_left: tuple[int, int, int], bottom_left: tuple[int, int, int]
) -> None:
    kept = processed(data)
    assert (kept.mode, kept.size) == ("RGB", (120, 80))
    assert near(kept, (9, 9), top_left)
    assert near(kept, (9, 70), bottom_left)


def test_sixteen_bits_keep_their_brightness() -> None:
    steps = np.repeat(np.array([[0, 16_384, 32_768, 65_535]], dtype=np.uint16), 20, axis=1).repeat(20, axis=0)
    kept = processed(encoded(Image.fromarray(steps), "PNG"))
    assert [near(kept, (20 * step + 10, 10), (grey,) * 3) for step, grey in enumerate((0, 64, 128, 255))] == [True] * 4


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, GREEN, BLUE)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    kept = processed(data)
    assert kept.size == (60, 40)
    assert near(kept, (30, 20), RED)


def test_of_a_stereo_photo_the_first_picture_is_kept() -> None:
    left, right = Image.new("RGB", (60, 40), RED), Image.new("RGB", (60, 40), BLUE)
    assert near(processed(encoded(left, "MPO", save_all=True, append_images=[right])), (30, 20), RED)


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (900, 12_000), (30_000, 1_300), (30_000, 1)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_large_pictures_are_bounded_in_their_proportions(size: tuple[int, int], kind: str) -> None:
    result = proofs.process(encoded(Image.new("RGB", size, GREEN), kind))
    assert opened(result.picture).size == (result.width, result.height)
    assert result.width * result.height <= MAX_KEPT_PIXELS
    assert abs(result.width * size[1] - result.height * size[0]) <= 2 * max(size)


def test_a_long_scrolled_screenshot_stays_readable() -> None:
    assert proofs.process(encoded(Image.new("RGB", (1080, 15_000)), "PNG")).width > 500


def test_ordinary_screenshots_keep_their_size() -> None:
    result = proofs.process(RECEIPT)
    assert (result.width, result.height, result.content_type) == (720, 1280, "image/jpeg")
    assert opened(result.picture).format == "JPEG"


def test_what_is_kept_fits_discord_even_for_noise() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (2200, 2200, 3), dtype=np.uint8)
    kept = proofs.process(encoded(Image.fromarray(noise), "JPEG", quality=60)).picture
    assert len(kept) < MAX_PROOF_BYTES


def test_what_is_kept_can_be_processed_again() -> None:
    once = proofs.process(RECEIPT)
    again = proofs.process(once.picture)
    assert proofs.likeness(once.perceptual_hash, again.perceptual_hash) <= 2


def test_answers_travel_between_processes() -> None:
    """Pictures are processed in a child process; what it answers or refuses comes back pickled."""
    result = proofs.process(RECEIPT)
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301 - our own bytes
    with pytest.raises(BadInput) as refused:
        proofs.process(RECEIPT[:5000])
    again = pickle.loads(pickle.dumps(refused.value))  # noqa: S301 - our own bytes
    assert (type(again), again.sentence) == (BadInput, refused.value.sentence)


def test_the_bytes_stay_out_of_logs() -> None:
    assert "xff" not in repr(proofs.process(RECEIPT))


# -- anything at all -------------------------------------------------------------------------------------------------

SMALL = quarters((40, 30))
SEEDS = (
    encoded(SMALL, "PNG"),
    encoded(SMALL.quantize(4), "PNG"),
    encoded(SMALL, "JPEG"),
    encoded(
        SMALL, "JPEG", progressive=True, exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    ),
    encoded(SMALL, "GIF", save_all=True, append_images=[SMALL.rotate(180)]),
    encoded(SMALL, "WEBP"),
    encoded(SMALL, "WEBP", save_all=True, append_images=[SMALL.rotate(180)], lossless=True),
    encoded(SMALL, "PNG", save_all=True, append_images=[SMALL.rotate(180)]),
    encoded(SMALL, "MPO", save_all=True, append_images=[SMALL.rotate(180)]),
)


def answered(data: bytes) -> bool:
    """Whether the picture was taken; any exception but the refusal goes through and fails the test."""
    try:
        result = proofs.process(data)
    except BadInput:
        return False
    assert opened(result.picture).size == (result.width, result.height)
    return True


@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data: bytes) -> None:
    assert not answered(data)


@given(st.sampled_from([seed[:30] for seed in SEEDS]), st.binary(max_size=400))
def test_random_bytes_behind_a_good_beginning_have_an_answer(beginning: bytes, rest: bytes) -> None:
    answered(beginning + rest)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from(["set", "cut", "put"]), st.binary(min_size=1, max_size=9)),
        max_size=6,
    ),
)
def test_mutated_pictures_have_an_answer(seed: bytes, edits: list[tuple[float, str, bytes]]) -> None:
    for share, how, new in edits:
        at = int(share * len(seed))
        seed = seed[:at] + (b"" if how == "cut" else new) + seed[at + (0 if how == "put" else len(new)) :]
    answered(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_seeds_of_the_mutations_are_good(seed: bytes) -> None:
    assert answered(seed)
