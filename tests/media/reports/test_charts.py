"""The picture of a report: everything is inside, nothing runs over anything, whatever the numbers and names are.

`python -m tests.media.reports.test_charts FOLDER` writes them all, to be looked at.
"""

import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.font_manager import findfont, get_font
from matplotlib.transforms import Bbox
from PIL import Image

from novacore.media.reports import charts
from novacore.media.reports import picture as report_picture
from novacore.media.reports.layout import Page
from novacore.messages.reports.report_page import page
from tests.messages.reports.samples import REPORTS

PAGES = {name: page(report, report.currencies[0]) for name, report in REPORTS.items()}


@pytest.mark.parametrize("name", PAGES)
def test_texts_are_inside_and_none_runs_over_another(name: str) -> None:
    sheet = charts._Sheet(charts._height(PAGES[name]))
    charts._compose(sheet, PAGES[name])
    boxes = {_label(number, text.get_text()): _extent(sheet, number) for number, text in enumerate(sheet.texts)}
    outside = [what for what, box in boxes.items() if not _inside(box, sheet.height)]
    assert outside == []
    over = [(one, other) for one, other in combinations(boxes, 2) if _overlap(boxes[one], boxes[other])]
    assert over == []


def _label(number: int, text: str) -> str:
    return f"{number}: {text}"


def _extent(sheet: charts._Sheet, number: int) -> Bbox:
    return sheet.texts[number].get_window_extent(sheet._canvas.get_renderer())  # type: ignore[no-untyped-call]


def _inside(box: Bbox, height: int) -> bool:
    if not box.width:
        return True
    return bool(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= charts.WIDTH and box.y1 <= height)


def _overlap(one: Bbox, other: Bbox) -> bool:
    if not (one.width and other.width):
        return False
    # A pixel is the renderer's own rounding.
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    along = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(across > 1 and along > 1)


def test_the_check_can_fail() -> None:
    sheet = charts._Sheet(300)
    for x in (100, 130, 1190):
        sheet.text(x, 100, "words", charts._Pen(40), 500)
    first, second, last = (_extent(sheet, number) for number in range(3))
    assert _overlap(first, second)
    assert not _inside(last, 300)


@pytest.mark.parametrize("name", PAGES)
def test_it_is_a_tall_picture_that_shows_something(name: str) -> None:
    png = report_picture.draw(PAGES[name])
    assert len(png) < 1_500_000
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG"
        assert picture.width == charts.WIDTH
        assert picture.height / picture.width < 3, "taller ones are shown small"
        seen = np.asarray(picture.convert("RGB"))
    ground = (seen == np.array([0x2B, 0x2D, 0x31])).all(axis=2)
    assert 0.2 < ground.mean() < (0.9 if PAGES[name].tiles else 0.97)
    assert tuple(seen[0, 0]) == (0x2B, 0x2D, 0x31)
    # Every part of the height has something on it.
    parts = 10 if PAGES[name].tiles else 2
    assert [band.all() for band in np.array_split(ground, parts)] == [False] * parts


@pytest.mark.parametrize("name", PAGES)
def test_the_smallest_letters_have_eleven_pixels_on_a_phone(name: str) -> None:
    sheet = charts._Sheet(charts._height(PAGES[name]))
    charts._compose(sheet, PAGES[name])
    smallest = min(float(text.get_fontsize()) for text in sheet.texts if text.get_text()) * charts._DPI / 72
    assert smallest * 390 / charts.WIDTH >= 11


def test_numbers_are_never_cut() -> None:
    for name, one in PAGES.items():
        sheet = charts._Sheet(charts._height(one))
        charts._compose(sheet, one)
        written = {text.get_text() for text in sheet.texts}
        for tile in one.tiles:
            assert charts.known(tile.value) in written, name
        for said in (
            *(bar.value for ranking in one.rankings for bar in ranking.bars),
            *(fact.value for fact in one.facts),
        ):
            assert charts.known(said) in written, name


def test_long_names_are_cut_with_dots_and_dollars_stay_dollars() -> None:
    sheet = charts._Sheet(300)
    line = sheet.text(10, 100, "W" * 100, charts._Pen(30), 300)
    assert line.get_text().endswith("…")
    assert sheet.width_of(line) <= 300
    assert sheet.text(10, 200, "$a_b$ $x^2$", charts._Pen(30), 900).get_parse_math() is False


@contextmanager
def machine_with(monkeypatch: pytest.MonkeyPatch, *typefaces: str) -> Iterator[None]:
    """Let these files be the typefaces of this machine."""
    monkeypatch.setattr(charts, "findSystemFonts", lambda: [*typefaces])
    for known in (charts._families, charts._letters):
        known.cache_clear()
    yield
    for known in (charts._families, charts._letters):
        known.cache_clear()


def test_letters_that_no_typeface_has_become_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    with machine_with(monkeypatch, "/fonts/Comic.ttf"):
        assert charts.known("Key 数字 🎮 Ключ\n$") == "Key ▯▯ ▯ Ключ $"


def test_a_typeface_of_the_machine_helps_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shops with Chinese, Japanese or Korean names install one; here one of Matplotlib's own plays it."""
    with machine_with(monkeypatch):
        boxes = report_picture.draw(PAGES["one_sale"])
    other = str(Path(mpl.get_data_path(), "fonts", "ttf", "STIXGeneral.ttf"))
    monkeypatch.setattr(charts, "_MORE", ("stixgeneral",))
    with machine_with(monkeypatch, "/fonts/Comic.ttf", other):
        only_there = chr(min(charts._letters() - {*get_font(findfont(charts._FAMILY)).get_charmap()}))
        assert charts.known(f"Key {only_there} 🎮") == f"Key {only_there} ▯"
        assert report_picture.draw(PAGES["one_sale"]) == boxes, "what has letters of our own looks the same everywhere"
        page = replace(PAGES["one_sale"], subtitle=only_there)
        seen = report_picture.draw(page)
    with machine_with(monkeypatch):
        assert report_picture.draw(page) != seen, "there it is a box"


@pytest.mark.parametrize(
    "colour", sorted({*charts._BARS.values(), charts._CAME, charts._WENT, charts._INK, charts._MUTED})
)
def test_colours_stand_out_from_the_ground(colour: str) -> None:
    """At least 3 to 1, as the WCAG ask of graphics; texts 4.5."""
    least = 4.5 if colour in {charts._INK, charts._MUTED} else 3
    assert _contrast(colour, charts._GROUND) >= least


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_the_same_page_gives_the_same_picture_in_any_thread() -> None:
    wanted, made = report_picture.draw(PAGES["week"]), list[bytes]()
    threads = [threading.Thread(target=lambda: made.append(report_picture.draw(PAGES["week"]))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert made == [wanted] * 2


def test_no_pyplot_is_loaded_and_no_figure_kept() -> None:
    code = (
        "import sys\nfrom novacore.media.reports import picture\nassert 'matplotlib' not in sys.modules\n"
        "from novacore.media.reports import charts\nassert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def write_all(folder: Path) -> None:
    """Draw every sample into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, one in PAGES.items():
        (folder / f"{name}.png").write_bytes(report_picture.draw(one))


def test_they_can_be_written_to_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one: Page = PAGES["one_sale"]
    monkeypatch.setattr(sys.modules[__name__], "PAGES", {"one_sale": one})
    write_all(tmp_path / "reports")
    assert [file.name for file in (tmp_path / "reports").iterdir()] == ["one_sale.png"]


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
