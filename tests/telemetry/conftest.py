"""Tests here set up the logging of the whole process."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from novacore import telemetry
from novacore.telemetry import redaction


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    """Leave logging and the hooks as they were: they belong to the whole process."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    level, handlers = root.level, list(root.handlers)
    yield
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks
    for name in telemetry._LEVELS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.captureWarnings(False)
    redaction.forget()
