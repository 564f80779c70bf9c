"""Starts the shop where a hosting panel runs `python main.py`. Everywhere else, use `make run` or `novacore run`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - panels come with older ones, and this says so before an import fails
    sys.exit("NovaCore needs Python 3.11 or newer: choose it in your hosting panel.")

from novacore.cli import main

if __name__ == "__main__":
    sys.exit(main(["run", *sys.argv[1:]]))
