"""What README, CONTRIBUTING, docs and docstrings say is so: files, modules, functions, verbs, permissions."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

import novacore
from novacore.discord_facts.invitation import PERMISSIONS
from novacore.workflows.upkeep.diagrams import states_page
from tests.house.source import ROOT, modules, project_files

PAGES = tuple(name for name in project_files() if name.endswith(".md"))
LARGEST_PICTURE = 300_000

_LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|#)([^)#\s]+)[^)]*\)")
_PATH = re.compile(r"`((?:novacore|tests|docs|scripts|bench|\.ci)/[\w./-]*)`")
_MODULE = re.compile(r"`(?:novacore\.)?((?:bot|db|entry|messages|tasks|workflows)(?:\.\w+)+)`")
_NAMED = re.compile(r"`([\w./]+\.py)`:\s+`(\w[\w.]*)`")


def broken_links(page: str, text: str) -> list[str]:
    """Find links that lead nowhere, seen from where the page stands."""
    return [link for link in _LINK.findall(text) if not ((ROOT / page).parent / link).exists()]


def missing_paths(text: str) -> list[str]:
    """Find files and folders of ours that are named and not there."""
    return [path for path in _PATH.findall(text) if not (ROOT / path).exists()]


def missing_names(text: str) -> list[str]:
    """Find functions, classes and constants that are said to be in a file and are not."""
    return [
        f"{path}: {name}"
        for path, name in _NAMED.findall(text)
        if not (ROOT / path).exists() or name not in _names(ROOT / path)
    ]


def missing_modules(text: str) -> list[str]:
    """Find modules that are named by their room, like `tasks.queue.app`, and are not there."""
    return [name for name in _MODULE.findall(text) if not _is_there(f"novacore/{name.replace('.', '/')}")]


def _is_there(path: str) -> bool:
    """Tell whether it is a folder, a module, or something in a module."""
    whole, rest = ROOT / path, path.rpartition("/")[2]
    return whole.is_dir() or whole.with_suffix(".py").exists() or rest in _names_if_any(whole.parent.with_suffix(".py"))


def _names_if_any(path: Path) -> set[str]:
    return _names(path) if path.exists() else set()


def _names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    inner = {f"{top.name}.{name}" for top in tree.body if isinstance(top, ast.ClassDef) for name in _defined(top.body)}
    return inner | {*_defined(tree.body)}


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        yield from (target.id for target in targets if isinstance(target, ast.Name))


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text()
    found = broken_links(page, text) + missing_paths(text) + missing_names(text)
    if page != "CHANGELOG.md":  # says what was called how at the time
        found += missing_modules(text)
    assert not found, f"Cure: say in {page} what it is called now.\n" + "\n".join(found)


def test_what_a_docstring_names_is_there() -> None:
    wrong = [
        f"{module.path}: {name}"
        for module in modules("novacore", "tests", "bench", "scripts")
        if module.path != "tests/house/test_docs.py"  # its own bad samples
        for name in missing_paths(module.text) + missing_modules(module.text)
    ]
    assert not wrong, "Cure: say what it is called now.\n" + "\n".join(wrong)


def test_the_rule_can_fail() -> None:
    assert broken_links("docs/README.md", "[x](nowhere.md) [y](states.md) [z](https://example.com/a)") == ["nowhere.md"]
    assert missing_paths("`novacore/gone.py` and `novacore/cli.py` and `make run`") == ["novacore/gone.py"]
    assert missing_modules("`tasks.queue.gone`, `tasks.queue.retry.classify`, `db.models`, `novacore.bot.desk`") == [
        "tasks.queue.gone"
    ]
    assert missing_names("`novacore/bot/desk.py`: `Desk.run`, `novacore/bot/desk.py`: `Desk.walk`") == [
        "novacore/bot/desk.py: Desk.walk"
    ]


def test_the_states_page_is_what_the_tables_say() -> None:
    assert (ROOT / "docs" / "states.md").read_text() == states_page(), "Cure: run .venv/bin/novacore states"


def test_the_readme_names_every_verb_of_the_project_and_no_other() -> None:
    verbs = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert _said("make") == verbs - {"help"}, "Cure: a row in the README for each verb of the Makefile."


def test_the_readme_names_every_verb_of_the_shop_and_no_other() -> None:
    tree = ast.parse((ROOT / "novacore" / "cli.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "add"]
    verbs = {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}
    assert len(verbs) > 5
    assert _said("novacore") == verbs, "Cure: a row in the README for each verb of the command line."


def _said(program: str) -> set[str]:
    rows = [line.split("|")[1] for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("|")]
    return {verb for row in rows for verb in re.findall(rf"`{program} ([\w-]+)`", row)}


def test_the_invitation_asks_for_the_permissions_that_the_readme_names() -> None:
    text = (ROOT / "README.md").read_text()
    (number,) = re.findall(r"permissions=(\d+)", text)
    assert int(number) == PERMISSIONS.value, "Cure: the number of novacore/discord_facts/invitation.py."
    names = {name.replace("_", " ") for name, granted in discord.Permissions(int(number)) if granted}
    asked = " ".join(text.split("the permissions ", 1)[1].split("Never make")[0].split()).lower()
    listed = {name.strip(" .") for name in re.split(r",| and ", re.sub(r"\(.*?\)", "", asked))}
    known = {"view channels": "read messages"}
    assert {known.get(name, name) for name in listed} == names


def test_pictures_are_small() -> None:
    pictures = [*(ROOT / "docs" / "pictures").iterdir()]
    assert pictures
    assert [one.name for one in pictures if one.stat().st_size > LARGEST_PICTURE] == []


def test_every_decision_is_listed_and_says_what_holds_it() -> None:
    listed = (ROOT / "docs" / "README.md").read_text()
    for page in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = page.read_text()
        assert f"decisions/{page.name}" in listed, f"Cure: a row for {page.name} in docs/README.md."
        for part in ("**Context.**", "**Decision", "**Rejected.**", "**Holds it.**"):
            assert part in text or (part == "**Decision" and "| now |" in text), f"{page.name} has no {part}"
        assert len(text.splitlines()) <= 60, f"Cure: {page.name} says more than a page."


def test_every_line_of_the_changelog_is_one_change() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    lines = [line for line in text.split("## Unreleased", 1)[1].splitlines() if line]
    headings = [line for line in lines if line.startswith("#")]
    assert re.fullmatch(rf"## {re.escape(novacore.__version__)} - \d{{4}}-\d\d-\d\d", headings[0])
    assert [line for line in lines if line not in headings and not line.startswith("- ")] == []


def test_the_readme_asks_for_the_python_that_the_package_needs() -> None:
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert f"Python {needs.removeprefix('>=')} or newer" in (ROOT / "README.md").read_text()
