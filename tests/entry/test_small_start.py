"""What a bot has in memory from its start on: not what only a picture, an export, Redis or Sentry needs."""

import subprocess
import sys

PROGRAM = """
import sys
import novacore.entry.run_shop
from novacore.tasks.queue import handlers
handlers.load_handlers()
may_wait = {"alembic", "mako", "matplotlib", "numpy", "pyarrow", "redis", "sentry_sdk", "xlsxwriter"}
print(sorted(may_wait & set(sys.modules)))
"""


def test_a_bot_starts_without_what_it_may_never_need() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
