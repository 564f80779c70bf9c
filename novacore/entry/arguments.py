"""Reads the command line for `cli`, and fails where its help can't be written."""

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class ArgumentParser(argparse.ArgumentParser):
    """Raises OSError where help or version can't be written: argparse swallows it, and the exit code was 0."""

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        if file is sys.stdout and sys.stdout is not None:
            sys.stdout.write(message)
        else:
            super()._print_message(message, file)
