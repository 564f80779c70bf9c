"""Draws a report for a job. Apart from `charts`, so that the bot's process never loads Matplotlib."""

from novacore.media.reports.layout import Page


def draw(page: Page) -> bytes:
    """Return the page as a PNG. For a `media` worker or a child process: it loads Matplotlib and takes a second."""
    from novacore.media.reports import charts  # noqa: PLC0415 - the bot imports this module and has to stay small

    return charts.png(page)
