"""The locks pin everything, name no address, and are in step with pyproject.toml and with each other."""

import re
import tomllib

import pytest

from tests.house.source import ROOT

RUN, DEV, PRODUCTION = LOCKS = ("locks/run.lock", "locks/dev.lock", "locks/production.lock")
# The whole grammar of a lock: a pin, its hashes, who wants it. Anything else could name an address or a path.
_LINE = re.compile(
    r"""[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==[^\s/@]+(\s;\s[^/@\\]+)?\s\\
      | \s{4}--hash=sha256:[0-9a-f]{64}(\s\\)?
      | \s{4}\#\ (via)?.*
      | """,
    re.VERBOSE,
)
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def foreign_lines(text: str) -> list[str]:
    """Find the lines that do not belong in a lock."""
    return [line for line in text.splitlines() if not _LINE.fullmatch(line) or "//" in line or " /" in line]


def pins(text: str) -> set[str]:
    """Return every `name==version` of a lock."""
    return {line.split(" ", 1)[0] for line in text.splitlines() if line[:1].isalnum()}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _normal(requirement: str) -> str:
    found = _NAME.match(requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found.group()).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(lock: str) -> None:
    assert foreign_lines(_read(lock)) == [], "Cure: write it with `make lock`."


def test_every_dependency_is_in_its_lock() -> None:
    project = tomllib.loads(_read("pyproject.toml"))
    live = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    runtime = live + project["project"]["optional-dependencies"]["rehearsal"]
    wanted = {PRODUCTION: live, RUN: runtime, DEV: runtime + project["dependency-groups"]["dev"]}
    for lock, requirements in wanted.items():
        locked = {pin.split("==")[0] for pin in pins(_read(lock))}
        assert {_normal(each) for each in requirements} <= locked, f"{lock} is behind. Cure: make lock"


def test_what_we_rest_on_beyond_its_promises_has_a_bound_with_its_reason() -> None:
    text = _read("pyproject.toml")
    inside = ["celery", "discord.py", "kombu", "pycryptodome", "python-dotenv", "transitions"]
    bound = re.findall(
        r"\n    # .+: tests/[\w/.]+(?:, tests/[\w/.]+)*\.\n    \"([\w.-]+)(?:\[\w+\])?>=[\d.]+,<[\d.]+\"", text
    )
    assert bound == inside, "Cure: a bound above, and a comment that says why and names its tests."
    assert re.search(r"#.*tests/ground/wallets/test_vectors\.py\.\n    \"base58-bech32==[\d.]+\"", text)
    named = re.findall(r"tests/[\w/.]*\w", text.split("dependencies = [")[1].split("\n]")[0])
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_tests_run_with_the_versions_that_the_shop_runs_with() -> None:
    assert pins(_read(PRODUCTION)) < pins(_read(RUN)) < pins(_read(DEV)), "Cure: make lock"


def test_production_has_no_simcord() -> None:
    names = {pin.split("==")[0] for pin in pins(_read(PRODUCTION))}
    assert "simcord" not in names, "Cure: leave the extra `rehearsal` out of it in scripts/lock."
    assert "discord-py" in names


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.com/simple",
        "--find-links wheels",
        "-e .",
        "six @ https://example.com/six.whl",
        "six==1.17.0",
        "    # via -r /somewhere/requirements.in",
        "    --hash=md5:abc",
        "six>=1 \\",
    ],
)
def test_the_rule_can_fail(line: str) -> None:
    assert foreign_lines(line) == [line]
