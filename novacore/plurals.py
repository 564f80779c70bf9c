"""Counts as people read them, for whoever stands below `messages`."""


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun in the right form: 1 code, 2 codes, 1,000 codes."""
    return f"{number:,} {one if number == 1 else many}"


def listed(names: list[str], most: int) -> str:
    """Name the first ones in a sentence, and count the rest: "A, B and 3 more"."""
    shown, left = names[:most], len(names) - most
    if left > 0:
        return f"{', '.join(shown)} and {left} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
