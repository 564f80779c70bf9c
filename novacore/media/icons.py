"""One white sign for each kind of goods, drawn on a grid of 100 by 100. Called by `artwork` alone.

A sign is a mask: 255 where it shows, 0 where the background does. It is drawn large and shrunk, for smooth edges.
"""

import math
from collections.abc import Callable

from PIL import Image, ImageDraw

_GRID = 100
_ENLARGED = 8


class _Board:
    """A mask that takes its shapes in grid units; `ink=0` cuts a shape out again."""

    def __init__(self) -> None:
        self.mask = Image.new("L", (_GRID * _ENLARGED, _GRID * _ENLARGED))

    def disc(self, x: float, y: float, radius: float, ink: int = 255) -> None:
        self._pen().ellipse(_enlarged(x - radius, y - radius, x + radius, y + radius), fill=ink)

    def box(self, left: float, top: float, right: float, bottom: float, corner: float = 0, ink: int = 255) -> None:
        self._pen().rounded_rectangle(_enlarged(left, top, right, bottom), corner * _ENLARGED, fill=ink)

    def shape(self, *corners: float, ink: int = 255) -> None:
        self._pen().polygon(_enlarged(*corners), fill=ink)

    def stroke(self, *points: float, width: float, ink: int = 255) -> None:
        self._pen().line(_enlarged(*points), fill=ink, width=round(width * _ENLARGED), joint="curve")
        for x, y in (points[:2], points[-2:]):
            self.disc(x, y, width / 2, ink)

    def turn(self, degrees: float) -> None:
        self.mask = self.mask.rotate(degrees, Image.Resampling.BICUBIC)

    def _pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.mask)


def _enlarged(*values: float) -> list[float]:
    return [value * _ENLARGED for value in values]


def _code(board: _Board) -> None:
    board.box(6, 22, 94, 78, corner=9)
    for y in (22, 78):
        board.disc(66, y, 6, ink=0)
    for y in (35, 46, 57):
        board.box(64.5, y, 67.5, y + 7, corner=1.5, ink=0)
    for x in (20, 33, 46):
        board.disc(x, 50, 4.5, ink=0)
    board.stroke(76, 50, 84, 50, width=5, ink=0)


def _account(board: _Board) -> None:
    board.disc(50, 31, 20)
    board.box(14, 58, 86, 130, corner=34)
    board.box(0, 90, 100, 100, ink=0)


def _file(board: _Board) -> None:
    board.box(20, 6, 80, 94, corner=8)
    board.shape(58, 4, 82, 28, 82, 4, ink=0)
    board.shape(55, 4, 55, 31, 82, 31, 82, 28, 58, 4, ink=0)
    board.shape(60, 10, 60, 26, 76, 26)
    for y, right in ((47, 66), (61, 66), (75, 52)):
        board.stroke(34, y, right, y, width=5, ink=0)


def _link(board: _Board) -> None:
    for left in (2, 44):
        board.box(left, 32, left + 54, 68, corner=18)
        board.box(left + 10, 42, left + 44, 58, corner=8, ink=0)
    board.box(40, 42, 60, 58, ink=0)
    board.stroke(33, 50, 67, 50, width=10)
    board.turn(45)


def _guide(board: _Board) -> None:
    board.shape(48, 26, 48, 88, 8, 78, 8, 16)
    board.shape(52, 26, 52, 88, 92, 78, 92, 16)
    for y in (34, 47, 60):
        board.stroke(17, y - 2, 39, y + 4, width=4, ink=0)
        board.stroke(61, y + 4, 83, y - 2, width=4, ink=0)


def _support(board: _Board) -> None:
    board.box(6, 12, 94, 74, corner=20)
    board.shape(24, 68, 24, 94, 54, 70)
    for x in (30, 50, 70):
        board.disc(x, 43, 6, ink=0)


def _service(board: _Board) -> None:
    for tooth in range(8):
        turn = math.radians(45 * tooth)
        board.stroke(50, 50, 50 + 37 * math.cos(turn), 50 + 37 * math.sin(turn), width=15)
    board.disc(50, 50, 33)
    board.disc(50, 50, 14, ink=0)


def _warranty(board: _Board) -> None:
    board.shape(50, 4, 86, 17, 86, 48, 80, 66, 68, 82, 50, 96, 32, 82, 20, 66, 14, 48, 14, 17)
    board.stroke(33, 49, 46, 62, 69, 37, width=8, ink=0)


def _key(board: _Board) -> None:
    board.disc(26, 50, 24)
    board.disc(26, 50, 11, ink=0)
    board.box(46, 44, 96, 56, corner=4)
    board.box(70, 50, 79, 70, corner=3)
    board.box(86, 50, 95, 74, corner=3)
    board.turn(45)


def _gift(board: _Board) -> None:
    for left, right in ((33, 48), (67, 52)):
        board.stroke(50, 28, left, 12, left - (right - left) * 0.5, 22, 50, 28, width=6)
    board.box(8, 28, 92, 48, corner=5)
    board.box(14, 52, 86, 92, corner=5)
    board.box(46, 28, 54, 92, ink=0)


_SIGNS: dict[str, Callable[[_Board], None]] = {
    "code": _code,
    "account": _account,
    "file": _file,
    "link": _link,
    "guide": _guide,
    "support": _support,
    "service": _service,
    "warranty": _warranty,
    "key": _key,
}


def sign(kind: str, side: int) -> Image.Image:
    """The sign of that kind of goods (the values of `GoodsType`; a gift for any other word), `side` pixels square."""
    board = _Board()
    _SIGNS.get(kind, _gift)(board)
    return board.mask.resize((side, side), Image.Resampling.LANCZOS)
