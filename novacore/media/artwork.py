"""Pictures for the sample shop: one for each product, and a payment receipt to upload as a proof.

Called by the sample data, the rehearsal and the tests. The same words always give the same bytes.
"""

import io
import zlib

from PIL import Image, ImageDraw

from novacore.media.icons import sign
from novacore.media.lettering import plain, shortened, typeface, wrapped

PRODUCT_SIZE = (600, 400)
RECEIPT_SIZE = (720, 1280)

Colour = tuple[int, int, int]

_WHITE: Colour = (255, 255, 255)
_INK: Colour = (28, 33, 43)
_GREY: Colour = (122, 130, 145)

# Two colours a kind: the top left corner and the bottom right one.
_PALETTES: dict[str, tuple[Colour, Colour]] = {
    "code": ((255, 126, 95), (214, 51, 108)),
    "account": ((67, 198, 172), (25, 84, 160)),
    "file": ((92, 124, 250), (59, 48, 160)),
    "link": ((54, 209, 220), (60, 90, 200)),
    "guide": ((250, 176, 5), (217, 72, 15)),
    "support": ((132, 94, 247), (54, 79, 199)),
    "service": ((81, 207, 102), (9, 110, 110)),
    "warranty": ((34, 184, 207), (11, 80, 120)),
    "key": ((240, 101, 149), (103, 40, 160)),
}
_OTHER_PALETTE: tuple[Colour, Colour] = ((116, 143, 180), (52, 58, 90))


def product_picture(name: str, kind: str) -> bytes:
    """A PNG of 600 by 400: the sign of the kind of goods (a `GoodsType` value) above the product's name."""
    first, last = _PALETTES.get(kind, _OTHER_PALETTE)
    picture = _gradient(PRODUCT_SIZE, first, last)
    _decorate(picture)
    mark = sign(kind, 150)
    picture.paste(_mixed(first, last, 0.85), (229, 65), mark)
    picture.paste(_WHITE, (225, 60), mark)
    _write_name(picture, plain(name))
    return _as_png(picture)


def _gradient(size: tuple[int, int], first: Colour, last: Colour) -> Image.Image:
    corners = Image.new("RGB", (2, 2))
    for place, share in (((0, 0), 0.0), ((1, 0), 0.45), ((0, 1), 0.55), ((1, 1), 1.0)):
        corners.putpixel(place, _mixed(first, last, share))
    return corners.resize(size, Image.Resampling.BILINEAR, box=(0.5, 0.5, 1.5, 1.5))


def _mixed(first: Colour, last: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, last, strict=True))
    return red, green, blue


def _decorate(picture: Image.Image) -> None:
    enlarged = 4
    veil = Image.new("L", (picture.width * enlarged, picture.height * enlarged))
    draw = ImageDraw.Draw(veil)
    for x, y, radius, strength in ((40, 30, 130, 20), (575, 60, 90, 26), (530, 390, 150, 20), (300, 135, 118, 34)):
        box = [(x - radius) * enlarged, (y - radius) * enlarged, (x + radius) * enlarged, (y + radius) * enlarged]
        draw.ellipse(box, fill=strength)
    picture.paste(_WHITE, (0, 0), veil.resize(picture.size, Image.Resampling.BOX))


def _write_name(picture: Image.Image, name: str) -> None:
    face = typeface(40)
    rows = wrapped(name, face, picture.width - 70, lines=2)
    draw = ImageDraw.Draw(picture)
    top = 318 - 24 * (len(rows) - 1)
    for number, row in enumerate(rows):
        draw.text((picture.width / 2, top + 48 * number), row, _WHITE, face, anchor="mm", stroke_width=0.7)


def sample_receipt(
    amount: str,
    recipient: str,
    reference: str,
    paid_on: str = "2 November 2025, 14:05",
    app: str = "SamplePay",
) -> bytes:
    """A PNG of 720 by 1280 that looks like a payment app's screenshot and says SAMPLE all over.

    Each app has its own colour; two receipts of one app differ only in their words.
    """
    accent = list(_PALETTES.values())[zlib.crc32(app.encode()) % len(_PALETTES)][1]
    picture = Image.new("RGB", RECEIPT_SIZE, (244, 246, 250))
    _receipt_head(picture, plain(app), accent)
    _receipt_card(picture, plain(amount), accent)
    rows = {"To": recipient, "Reference": reference, "Date": paid_on, "Status": "Completed"}
    for number, (label, value) in enumerate(rows.items()):
        _receipt_row(picture, 690 + 96 * number, label, plain(value))
    _stamp_sample(picture)
    return _as_png(picture, optimize=False)  # looked at once, and drawn while a customer of the rehearsal waits


def _receipt_head(picture: Image.Image, app: str, accent: Colour) -> None:
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, picture.width, 330), fill=accent)
    draw.text((36, 34), "14:05", _WHITE, typeface(26), anchor="lm")
    draw.rounded_rectangle((640, 24, 684, 44), 5, outline=_WHITE, width=2)
    draw.rectangle((645, 29, 670, 39), fill=_WHITE)
    draw.text((picture.width / 2, 120), shortened(app, typeface(44), 600), _WHITE, typeface(44), anchor="mm")


def _receipt_card(picture: Image.Image, amount: str, accent: Colour) -> None:
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((40, 200, 680, 1100), 32, fill=_WHITE)
    tick = sign("warranty", 120)
    picture.paste(accent, (300, 250), tick)
    draw.text((360, 430), "Payment sent", _GREY, typeface(34), anchor="mm")
    face = typeface(76)
    draw.text((360, 520), shortened(amount, face, 590), _INK, face, anchor="mm", stroke_width=1)
    draw.line((80, 620, 640, 620), (226, 230, 238), 2)


def _receipt_row(picture: Image.Image, y: int, label: str, value: str) -> None:
    draw = ImageDraw.Draw(picture)
    draw.text((80, y), label, _GREY, typeface(28), anchor="lm")
    draw.text((640, y), shortened(value, typeface(28), 400), _INK, typeface(28), anchor="rm")


def _stamp_sample(picture: Image.Image) -> None:
    stamp = Image.new("L", (900, 200))
    ImageDraw.Draw(stamp).text((450, 100), "SAMPLE", 46, typeface(190), anchor="mm", stroke_width=3)
    turned = stamp.rotate(32, Image.Resampling.BICUBIC, expand=True)
    picture.paste((200, 40, 60), ((picture.width - turned.width) // 2, 560), turned)
    draw = ImageDraw.Draw(picture)
    line = "SAMPLE - drawn for a rehearsal, no money was sent"
    draw.text((picture.width / 2, 1190), line, (200, 40, 60), typeface(27), anchor="mm")


def _as_png(picture: Image.Image, *, optimize: bool = True) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=optimize)
    return file.getvalue()
