"""Text for a terminal, for whoever shows there what strangers named: servers, channels, roles, columns of a file."""


def printable(text: str) -> str:
    """Leave out what would begin a line, move the cursor, colour the terminal or turn the reading direction around."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
