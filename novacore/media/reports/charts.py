"""Draws a report as one tall picture for a phone in Discord's dark theme. Pure; run in a worker or a child process.

Matplotlib's objects are used without pyplot, whose figures would stay in memory. Every text is fitted into its place by
the renderer's own measure, so that none runs over another. Colours are those of Okabe and Ito.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager, get_font
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.text import Text

from novacore.media.reports.layout import About, Column, Fact, Page, Ranking, Tile, Tone

WIDTH: Final = 1200
"""Pixels; the height follows from what is shown."""

SMALLEST: Final = 34
"""Pixels of the smallest letters: 11 on a phone, which shows the picture 390 wide."""

_DPI = 100
_EDGE = 48
_INNER = WIDTH - 2 * _EDGE
_GAP = 24

_GROUND, _CARD, _GRID = "#2b2d31", "#1e1f22", "#4e5058"
_INK, _MUTED = "#f2f3f5", "#c4c9ce"
_CAME, _WENT, _GOOD, _BAD = "#56b4e9", "#e69f00", "#3ddc97", "#ff9a76"
_BARS = {About.products: "#56b4e9", About.categories: "#cc79a7", About.ways: "#f0e442", About.orders: "#009e73"}
_TONES = {Tone.good: _GOOD, Tone.bad: _BAD, Tone.plain: _MUTED}

_FAMILY = "DejaVu Sans"
"""It travels inside Matplotlib: the same letters on every machine."""

_MORE = (
    *("notosanscjk", "notosanssc", "notosanstc", "notosansjp", "notosanskr", "sourcehansans", "wqy-", "droidsansfall"),
    *("msyh", "yugoth", "malgun", "pingfang", "hiragino", "nanumgothic", "ipag", "ipaexg"),
)
"""How the files are called of typefaces with Chinese, Japanese and Korean letters, which DejaVu does not have."""

_UNKNOWN = "\u25af"
"""Stands for a letter that no typeface here has: an empty box."""

_HEAD, _TILE_HEIGHT, _COLUMNS_HEIGHT, _HEADING, _ROW, _FACT_HEIGHT, _FOOT = 200, 186, 470, 84, 82, 196, 90
_TILES_IN_A_ROW, _FACTS_IN_A_ROW = 2, 3


def png(page: Page) -> bytes:
    """Draw the page."""
    sheet = _Sheet(_height(page))
    _compose(sheet, page)
    return sheet.png()


@dataclass(frozen=True, slots=True)
class _Pen:
    """How a text is written; the size is in pixels. What is too long is made smaller, down to `SMALLEST`, then cut."""

    size: float
    colour: str = _INK
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"


class _Sheet:
    """A figure measured in pixels from its top left corner."""

    def __init__(self, height: int) -> None:
        self.height = height
        self.figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor=_GROUND)
        self._canvas = FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, WIDTH)
        self.axes.set_ylim(height, 0)
        self.texts: list[Text] = []

    def text(self, x: float, y: float, words: str, pen: _Pen, room: float) -> Text:
        """Write a line about the height `y`, in `room` pixels: made smaller then cut with dots."""
        face = FontProperties(
            family=_FAMILY if pen.bold else _families(), weight="bold" if pen.bold else "normal", size=_points(pen.size)
        )
        # Without parse_math a product called "$a_b$" would be set as a formula.
        line = self.axes.text(x, y, known(words), color=pen.colour, fontproperties=face, ha=pen.align, parse_math=False)
        line.set_verticalalignment("center_baseline")
        self._fit(line, pen, room)
        self.texts.append(line)
        return line

    def box(self, x: float, y: float, width: float, height: float, colour: str = _CARD, radius: float = 18) -> None:
        """Fill a rectangle with round corners."""
        style = f"round,pad=0,rounding_size={radius}"
        self.axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=style, facecolor=colour, edgecolor="none"))

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a plain rectangle; upwards where the height is negative."""
        self.axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, edgecolor="none"))

    def line(self, x: float, y: float, width: float, colour: str = _GRID) -> None:
        """Draw a thin level line."""
        self.bar(x, y - 1, width, 2, colour)

    def width_of(self, line: Text) -> float:
        """Measure a text, in pixels."""
        return float(line.get_window_extent(self._canvas.get_renderer()).width)  # type: ignore[no-untyped-call]

    def png(self) -> bytes:
        """Return the picture."""
        file = io.BytesIO()
        self.figure.savefig(file, format="png", facecolor=_GROUND, metadata={"Software": None})
        return file.getvalue()

    def _fit(self, line: Text, pen: _Pen, room: float) -> None:
        wide = self.width_of(line)
        if wide > room:
            line.set_fontsize(_points(max(SMALLEST, pen.size * room / wide * 0.97)))
        words = line.get_text()
        while words and self.width_of(line) > room:
            # Too long by a share of its width: by at least that share of its letters.
            words = words[: min(len(words) - 1, int(len(words) * room / self.width_of(line)) + 1)]
            line.set_text(f"{words.rstrip()}…")


def _points(pixels: float) -> float:
    return pixels * 72 / _DPI


def known(words: str) -> str:
    """Return the words on one line in letters that the typefaces have; an empty box stands for each other one."""
    return "".join(letter if ord(letter) in _letters() else _UNKNOWN for letter in " ".join(words.split()))


@cache
def _letters() -> frozenset[int]:
    return frozenset(
        letter for family in _families() for letter in get_font(findfont(FontProperties(family=family))).get_charmap()
    )


@cache
def _families() -> list[str]:
    """Return our typeface, and the first one of this machine that has more letters."""
    installed = [path for path in findSystemFonts() if Path(path).stem.casefold().startswith(_MORE)]
    installed.sort(key=lambda path: ("regular" not in path.casefold(), path))
    if not installed:
        return [_FAMILY]
    # By its file: the list that Matplotlib keeps is older than what was installed since.
    fontManager.addfont(installed[0])
    return [_FAMILY, str(get_font(installed[0]).family_name)]


# ---- the parts, from top to bottom


def _height(page: Page) -> int:
    tiles = _rows_of(page.tiles, _TILES_IN_A_ROW) * (_TILE_HEIGHT + _GAP)
    columns = bool(page.columns) * (_COLUMNS_HEIGHT + _GAP)
    rankings = sum(_HEADING + len(ranking.bars) * _ROW + _GAP for ranking in page.rankings)
    facts = _rows_of(page.facts, _FACTS_IN_A_ROW) * _FACT_HEIGHT
    return _HEAD + bool(page.empty) * _ROW + tiles + columns + rankings + facts + _FOOT


def _rows_of(cells: Sequence[Any], in_a_row: int) -> int:
    return -(-len(cells) // in_a_row)


def _compose(sheet: _Sheet, page: Page) -> None:
    sheet.text(_EDGE, 74, page.title, _Pen(66, bold=True), _INNER)
    sheet.text(_EDGE, 146, page.subtitle, _Pen(38, _MUTED), _INNER)
    y = float(_HEAD)
    if page.empty:
        sheet.text(_EDGE, y + _ROW / 2, page.empty, _Pen(42), _INNER)
        y += _ROW
    y = _tiles(sheet, y, page.tiles)
    if page.columns:
        y = _columns(sheet, y, page) + _GAP
    for ranking in page.rankings:
        y = _ranking(sheet, y, ranking) + _GAP
    y = _facts(sheet, y, page.facts)
    sheet.text(_EDGE, y + 38, page.footer, _Pen(36, _MUTED), _INNER)


def _tiles(sheet: _Sheet, y: float, tiles: Sequence[Tile]) -> float:
    width = (_INNER - (_TILES_IN_A_ROW - 1) * _GAP) / _TILES_IN_A_ROW
    for number, tile in enumerate(tiles):
        x = _EDGE + number % _TILES_IN_A_ROW * (width + _GAP)
        top = y + number // _TILES_IN_A_ROW * (_TILE_HEIGHT + _GAP)
        sheet.box(x, top, width, _TILE_HEIGHT)
        room = width - 44
        lower = 0 if tile.note else 18
        sheet.text(x + 22, top + 38 + lower, tile.label, _Pen(36, _MUTED), room)
        sheet.text(x + 22, top + 96 + lower, tile.value, _Pen(64, bold=True), room)
        sheet.text(x + 22, top + 153, tile.note, _Pen(36, _TONES[tile.tone]), room)
    return y + _rows_of(tiles, _TILES_IN_A_ROW) * (_TILE_HEIGHT + _GAP)


def _columns(sheet: _Sheet, y: float, page: Page) -> float:
    sheet.box(_EDGE, y, _INNER, _COLUMNS_HEIGHT)
    sheet.text(_EDGE + 26, y + 44, page.columns_title, _Pen(40, bold=True), _INNER - 52)
    _legend(sheet, y + 100, page)
    top, bottom, left = y + 150, y + _COLUMNS_HEIGHT - 76, _EDGE + 170
    low, high = page.axis[0][0], page.axis[-1][0]

    def level(amount: float) -> float:
        return bottom - (amount - low) / (high - low) * (bottom - top)

    width = WIDTH - _EDGE - 26 - left
    for amount, label in page.axis:
        sheet.line(left, level(amount), width, _MUTED if amount == 0 else _GRID)
        sheet.text(left - 16, level(amount), label, _Pen(SMALLEST, _MUTED, align="right"), 150)
    step = width / len(page.columns)
    for number, column in enumerate(page.columns):
        thick = min(step * 0.72, 90)
        x = left + step * (number + 0.5) - thick / 2
        sheet.bar(x, level(column.came), thick, level(0) - level(column.came), _CAME)
        sheet.bar(x, level(0), thick, level(-column.went) - level(0), _WENT)
    _labels(sheet, page.columns, left, step, bottom + 40)
    return y + _COLUMNS_HEIGHT


def _legend(sheet: _Sheet, y: float, page: Page) -> None:
    x = float(_EDGE + 26)
    for colour, words in ((_CAME, page.came), (_WENT, page.went)):
        sheet.box(x, y - 13, 26, 26, colour, 6)
        line = sheet.text(x + 40, y, words, _Pen(36, _MUTED), 440)
        x += 40 + sheet.width_of(line) + 44


def _labels(sheet: _Sheet, columns: Sequence[Column], left: float, step: float, y: float) -> None:
    named = [(number, column.label) for number, column in enumerate(columns) if column.label]
    apart = min((later - sooner for (sooner, _), (later, _) in pairwise(named)), default=len(columns))
    free = 0.0
    for number, label in named:
        middle = left + step * (number + 0.5)
        line = sheet.text(middle, y, label, _Pen(SMALLEST, _MUTED, align="center"), min(apart * step - 10, 320))
        half = sheet.width_of(line) / 2
        # The last one moves in from the edge, or goes where there is no room for that.
        middle = min(middle, WIDTH - _EDGE - 10 - half)
        line.set_x(middle)
        if middle - half < free:
            line.set_text("")
        free = middle + half + 8


def _ranking(sheet: _Sheet, y: float, ranking: Ranking) -> float:
    sheet.text(_EDGE, y + 44, ranking.title, _Pen(40, bold=True), _INNER)
    y += _HEADING
    for bar in ranking.bars:
        value = sheet.text(_EDGE + _INNER, y + 22, bar.value, _Pen(38, align="right"), _INNER * 0.62)
        sheet.text(_EDGE, y + 22, bar.label, _Pen(38), _INNER - sheet.width_of(value) - 28)
        sheet.box(_EDGE, y + 52, _INNER, 16, _CARD, 8)
        if bar.share > 0:
            sheet.box(_EDGE, y + 52, max(16.0, _INNER * min(1.0, bar.share)), 16, _BARS[ranking.about], 8)
        y += _ROW
    return y


def _facts(sheet: _Sheet, y: float, facts: Sequence[Fact]) -> float:
    width = (_INNER - (_FACTS_IN_A_ROW - 1) * _GAP) / _FACTS_IN_A_ROW
    for number, fact in enumerate(facts):
        x = _EDGE + number % _FACTS_IN_A_ROW * (width + _GAP)
        top = y + number // _FACTS_IN_A_ROW * _FACT_HEIGHT
        sheet.text(x, top + 26, fact.label, _Pen(36, _MUTED), width)
        sheet.text(x, top + 78, fact.value, _Pen(50, bold=True), width)
        sheet.text(x, top + 126, fact.note, _Pen(SMALLEST, _MUTED), width)
        sheet.text(x, top + 164, fact.was, _Pen(SMALLEST, _MUTED), width)
    return y + _rows_of(facts, _FACTS_IN_A_ROW) * _FACT_HEIGHT
