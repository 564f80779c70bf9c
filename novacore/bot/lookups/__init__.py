"""What the handlers of presses and commands read from the database, a file for each noun. Never writes."""

from typing import Final

MOST_CHOICES: Final = 25
"""Discord's limit on what may be offered while someone types."""
