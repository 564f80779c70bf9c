"""The size in the first bytes: as Pillow reads it from real files, and None for everything that is none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from novacore.media.headers import PictureFormat, PictureHeader, read_header, what_else
from tests.media import pictures

SIZES = ((1, 1), (3, 700), (1170, 2532))
WAYS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("PNG", {}),
    ("JPEG", {}),
    ("JPEG", {"progressive": True, "comment": b"c" * 60_000, "icc_profile": b"p" * 200_000}),
    ("GIF", {}),
    ("WEBP", {}),
    ("WEBP", {"lossless": True}),
    ("WEBP", {"exif": Image.Exif(), "icc_profile": b"profile"}),
)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("kind", "options"), WAYS)
def test_reads_the_size_that_was_written(size: tuple[int, int], kind: str, options: dict[str, Any]) -> None:
    data = pictures.encoded(pictures.quarters(size), kind, **options)
    assert read_header(data) == PictureHeader(PictureFormat(kind.lower()), *size)


def test_reads_the_largest_sizes_that_each_kind_can_claim() -> None:
    claims = [
        read_header(pictures.png_claiming(2**31 - 1, 2**31 - 1)),
        read_header(pictures.gif_claiming(65_535, 65_535)),
        read_header(pictures.jpeg_claiming(65_535, 65_535)),
        read_header(pictures.webp_claiming(2**24, 2**24)),
        read_header(pictures.lossless_webp_claiming(16_384, 16_384)),
        read_header(pictures.lossy_webp_claiming(16_383, 16_383)),
    ]
    sides = [2**31 - 1, 65_535, 65_535, 2**24, 16_384, 16_383]
    assert [(claim.width, claim.height) for claim in claims if claim] == [(side, side) for side in sides]


def test_a_picture_without_width_is_none() -> None:
    assert read_header(pictures.png_claiming(0, 10)) is None
    assert read_header(pictures.gif_claiming(10, 0)) is None


def test_filler_bytes_before_a_marker_are_passed_over() -> None:
    data = pictures.jpeg_claiming(31, 17).replace(b"\xff\xc0", b"\xff\xff\xff\xff\xc0")
    assert read_header(data) == PictureHeader(PictureFormat.jpeg, 31, 17)


def test_endless_segments_are_given_up() -> None:
    assert read_header(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1_000_000) is None
    assert read_header(b"\xff\xd8" + b"\xff\xe0\x00\x00" * 1_000_000) is None
    assert read_header(b"\xff\xd8" + b"\xff" * 1_000_000) is None


def test_every_beginning_of_a_header_is_none_until_the_size_is_there() -> None:
    for whole in (pictures.png_claiming(9, 9), pictures.webp_claiming(9, 9), pictures.jpeg_claiming(9, 9)):
        answers = [read_header(whole[:length]) is not None for length in range(len(whole) + 1)]
        assert answers == sorted(answers)
        assert answers[-1]


def test_other_riff_files_are_none() -> None:
    assert read_header(b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40)) is None
    assert read_header(b"RIFF\x24\x00\x00\x00WEBPJUNK" + bytes(40)) is None


@given(st.sampled_from([b"", b"\xff\xd8\xff", b"GIF89a", b"RIFF1234WEBPVP8X", pictures.PNG_SIGNATURE]), st.binary())
def test_any_bytes_have_an_answer(opening: bytes, rest: bytes) -> None:
    header = read_header(opening + rest)
    assert header is None or (header.width > 0 and header.height > 0)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "a HEIC photo"),
        (b"\x00\x00\x00\x18ftypavif", "an AVIF picture"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "a video"),
        (b"%PDF-1.7", "a PDF"),
        (b"BM\x00\x00", "a BMP picture"),
        (b"GIF8", ""),
        (b"", ""),
    ],
)
def test_what_people_upload_in_good_faith_is_named(data: bytes, what: str) -> None:
    assert what_else(data) == what
