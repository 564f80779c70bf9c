"""Files and functions are small enough to be read at one sitting, and folders small enough to find one's way in."""

from collections import Counter
from pathlib import PurePosixPath
from statistics import median, quantiles

from tests.house.source import Module, functions, modules

MOST_LINES_IN_A_FILE = 300
MOST_LINES_IN_A_TEST_FILE = 400
MOST_FILES_IN_A_FOLDER = 15
MOST_LINES_IN_A_FUNCTION = 35
MOST_LINES_IN_NINE_OF_TEN_FUNCTIONS = 14
MEDIAN_OF_FUNCTIONS = 6
RELEASED = "novacore/db/migrations/versions/"
"""Steps that were released never change, and their folder may grow."""


def long_files(read: tuple[Module, ...]) -> list[str]:
    """Name the files that are too long."""
    return [f"{each.path}: {each.line_count} lines" for each in read if each.line_count > most_lines(each.path)]


def most_lines(path: str) -> int:
    """Return how long a file may be; a test's rows and sentences are read one by one."""
    return MOST_LINES_IN_A_FILE if path.startswith("novacore/") else MOST_LINES_IN_A_TEST_FILE


def full_folders(read: tuple[Module, ...]) -> list[str]:
    """Name the folders that hold too many files: tests too, but not what only makes a folder a package."""
    paths = [PurePosixPath(each.path) for each in read]
    counts = Counter(str(path.parent) for path in paths if path.name != "__init__.py")
    return [f"{folder}: {count} files" for folder, count in sorted(counts.items()) if count > MOST_FILES_IN_A_FOLDER]


def long_functions(read: tuple[Module, ...]) -> list[str]:
    """Name the functions that are too long."""
    return [
        f"{module.path}:{function.line} {function.name}: {function.length} lines"
        for module in read
        for function in functions(module)
        if function.length > MOST_LINES_IN_A_FUNCTION
    ]


def _unreleased(*rooms: str) -> tuple[Module, ...]:
    return tuple(each for each in modules(*rooms) if not each.path.startswith(RELEASED))


def ninth_decile(lengths: list[int]) -> float:
    """Return the length that nine of ten functions do not exceed."""
    return quantiles(lengths, n=10, method="inclusive")[-1]


def test_no_file_is_too_long() -> None:
    found = long_files(_unreleased("novacore", "tests", "bench", "scripts"))
    assert not found, f"More than {MOST_LINES_IN_A_FILE} lines; cure: split by what changes together.\n" + "\n".join(
        found
    )


def test_no_folder_is_too_full() -> None:
    found = full_folders(_unreleased("novacore", "tests", "bench", "scripts"))
    cure = "a folder of their own for those that belong together, in source and tests alike."
    assert not found, f"More than {MOST_FILES_IN_A_FOLDER} files; cure: {cure}\n" + "\n".join(found)


def test_no_function_is_too_long() -> None:
    found = long_functions(_unreleased("novacore", "bench", "scripts"))
    assert not found, f"More than {MOST_LINES_IN_A_FUNCTION} lines; cure: name the steps.\n" + "\n".join(found)


def test_most_functions_are_short() -> None:
    lengths = [function.length for module in modules("novacore") for function in functions(module)]
    tenth = ninth_decile(lengths)
    print(f"{len(lengths)} functions: median {median(lengths):.0f} lines, nine of ten at most {tenth:.0f}")
    worst = sorted((f.length, f"{m.path}:{f.line} {f.name}") for m in modules("novacore") for f in functions(m))[-20:]
    assert median(lengths) <= MEDIAN_OF_FUNCTIONS
    assert tenth <= MOST_LINES_IN_NINE_OF_TEN_FUNCTIONS, f"Cure: name the steps of the longest ones: {worst}"


def test_the_rules_can_fail() -> None:
    long = Module("novacore/long.py", "def f():\n" + "    pass\n" * 400)
    short = Module("novacore/short.py", "def f():\n" + "    pass\n" * 34)
    assert long_files((long, short)) == ["novacore/long.py: 401 lines"]
    many = tuple(Module(f"novacore/many/{n}.py", "") for n in range(MOST_FILES_IN_A_FOLDER + 1))
    assert full_folders((*many[1:], Module("novacore/many/__init__.py", ""), long)) == []
    assert full_folders(many) == ["novacore/many: 16 files"]
    assert long_functions((long, short)) == ["novacore/long.py:1 f: 401 lines"]
    assert ninth_decile([5] * 89 + [40] * 11) > MOST_LINES_IN_NINE_OF_TEN_FUNCTIONS
