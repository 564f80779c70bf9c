"""What we say about ourselves, and what no file may say."""

import re

from tests.house.source import ROOT, missing_docstrings, modules, project_files

# Put together from halves, so that this file does not say them itself.
_REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npmjs" + ".org",
    "deb.debian" + ".org",
    "archive.ubuntu" + ".com",
)
_FOLDERS = ("work", "root", "Users", "home/[a-z]+", "opt/[a-z]+", "tmp/[a-z]+")
_ADDRESS = re.compile(
    "|".join(map(re.escape, _REGISTRIES)) + r"|file:" + "///" + r"|(?<![\w./~*>}-])/(?:" + "|".join(_FOLDERS) + r")/\w"
)


def addresses(text: str) -> list[str]:
    """Find hosts of package registries, and folders that exist on somebody's machine only."""
    return [found.group() for found in _ADDRESS.finditer(text)]


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = []
    for name in project_files():
        text = (ROOT / name).read_bytes().decode(errors="ignore")
        found += [f"{name}: {what}" for what in addresses(text)]
    assert not found, "Cure: leave the address to the tool's own settings, and paths relative.\n" + "\n".join(found)


def test_everything_public_says_what_it_is_for() -> None:
    found = [f"{module.path}:{line}" for module in modules("novacore") for line in missing_docstrings(module)]
    assert not found, "Cure: a docstring with what the name and the types do not say.\n" + "\n".join(found)


def test_the_rule_can_fail() -> None:
    for bad in (
        "index = https://" + _REGISTRIES[0] + "/simple",
        "file:" + "///srv/wheels",
        "cd /" + "work/main",
        "open('/" + "root/x')",
        "/" + "home/sam/novacore",
    ):
        assert addresses(bad), bad
    for good in ("the files://x", "docs/work/plan.md", "at /work hours", "https://example.com/work/page", "a/root/b"):
        assert not addresses(good), good
