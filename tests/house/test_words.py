"""What we say about ourselves, and what no file may say."""

import re

from novacore.bot.cogs import COGS
from novacore.discord_facts.command_bits import FOR_OWNER, FOR_STAFF
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


# In halves as well. Each with the plain word for it: what a native speaker would say to a colleague.
_ODD = {
    "an" + "ew": "again",
    "men" + "d": "fix",
    "men" + "ds": "fixes",
    "men" + "ded": "fixed",
    "sha" + "ll": "must, will or is to",
    "in " + "vain": "for nothing",
    "some" + "body": "someone",
    "whom " + "a": "who ... for",
    "none " + "where": "none if",
    "nou" + "ght": "zero",
}
_ODD_WORD = re.compile(r"(?<![\w.])(" + "|".join(_ODD) + r")(?![\w(])", re.IGNORECASE)
_READ_BY_PEOPLE = (".py", ".md", ".example", "Makefile", ".html")
_RELEASED = "novacore/db/migrations/versions/"


def odd_words(text: str) -> list[str]:
    """Find words that read as translated, each with the plain one."""
    return [f"{one.group()} (say: {_ODD[' '.join(one.group().lower().split())]})" for one in _ODD_WORD.finditer(text)]


def addresses(text: str) -> list[str]:
    """Find hosts of package registries, and folders that exist on someone's machine only."""
    return [found.group() for found in _ADDRESS.finditer(text)]


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = []
    for name in project_files():
        text = (ROOT / name).read_bytes().decode(errors="ignore")
        found += [f"{name}: {what}" for what in addresses(text)]
    assert not found, "Cure: leave the address to the tool's own settings, and paths relative.\n" + "\n".join(found)


def test_every_sentence_is_in_plain_words() -> None:
    found = []
    for name in project_files():
        if name.endswith(_READ_BY_PEOPLE) and not name.startswith(_RELEASED):
            for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
                found += [f"{name}:{number}: {word}" for word in odd_words(line)]
    assert not found, "Cure: say it as you would to a colleague.\n" + "\n".join(found)


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
    assert odd_words("It is shown an" + "ew. None " + "where it is gone.") == [
        "an" + "ew (say: again)",
        "None " + "where (say: none if)",
    ]
    assert odd_words("Say again what the new one shallow-copies; an amendment.") == []
    for good in ("the files://x", "docs/work/plan.md", "at /work hours", "https://example.com/work/page", "a/root/b"):
        assert not addresses(good), good


def test_a_command_is_shown_to_those_whom_its_description_names() -> None:
    bits = {"Staff": FOR_STAFF, "Owner": FOR_OWNER}
    wrong = [
        command.name
        for cog in COGS
        for command in cog.__cog_app_commands__
        if command.default_permissions != bits.get(command.description.split(":")[0])
    ]
    assert not wrong, (
        "Cure: begin the description with Owner: and hide the command (of a group, the group) by "
        f"default_permissions(FOR_OWNER), or with Staff: and by HIDDEN; what customers use has neither.\n{wrong}"
    )
