"""Reads a file of codes the way the shop does, for the tests next to it."""

from novacore.workflows.stock.files.decoding import decoded
from novacore.workflows.stock.files.read import read as read_text
from novacore.workflows.stock.files.tables import Choice, StockFile


def read(name: str, content: str | bytes, choice: Choice | None = None) -> StockFile:
    """Read an uploaded file."""
    return read_text(name, decoded(content.encode() if isinstance(content, str) else content), choice or Choice())
