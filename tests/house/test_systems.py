"""What one of Linux, macOS and Windows lacks is named in few files; mypy's own stubs know what that is."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import mypy

from tests.house.source import ROOT, Module, modules

_STUBS: Final = Path(mypy.__file__).with_name("typeshed") / "stdlib"
_SYSTEMS: Final = ("linux", "darwin", "win32")
_WITHOUT_STUB: Final = frozenset({"add_signal_handler", "remove_signal_handler", "POLLRDHUP"})
"""Methods that raise on Windows, and what the stubs say macOS has."""

_FOLDERS: Final = ("/proc/", "/dev/", "/sys/", "/etc/", "/tmp/", "/var/", "/usr/", "/run/")  # noqa: S108 - looked for
MAY: Final[Mapping[str, str]] = {
    "novacore/systems.py": "the one place",
    "novacore/db/signs/file_sign.py": "locks that belong to an open file; without them leases decide",
    "novacore/db/signs/session_sign.py": "poll tells of an end at once; where it is missing, a thread notices",
    "novacore/settings/postgres_url.py": "/dev/null is a name for libpq, which is never opened",
}
CURE: Final = "Put it into novacore/systems.py, with what happens on the other systems."


def _holds(test: ast.expr, system: str) -> bool | None:
    """Tell what a condition of a stub is on this system, or return None if it is about something else."""
    if isinstance(test, ast.BoolOp):
        parts = [_holds(one, system) for one in test.values]
        known = [one for one in parts if one is not None]
        return (all if isinstance(test.op, ast.And) else any)(known) if known else None
    if not isinstance(test, ast.Compare) or ast.unparse(test.left) != "sys.platform":
        return None
    is_it = ast.literal_eval(test.comparators[0]) == system
    return is_it if isinstance(test.ops[0], ast.Eq) else not is_it


def _names(body: list[ast.stmt], system: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.If):
            holds = _holds(node.test, system)
            yield from _names([] if holds is False else node.body, system)
            yield from _names([] if holds else node.orelse, system)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for one in targets if isinstance(one, ast.Name))
        elif isinstance(node, ast.ImportFrom):
            yield from (one.asname or one.name for one in node.names)


@cache
def not_everywhere(module: str) -> frozenset[str]:
    """Return what one of the systems has in a module of the standard library and another has not."""
    path = _STUBS / f"{module.replace('.', '/')}.pyi"
    path = path if path.exists() else path.with_suffix("") / "__init__.pyi"
    if not path.exists() or "sys.platform" not in (text := path.read_text(encoding="utf-8")):
        return frozenset()
    body = ast.parse(text).body
    had = [frozenset(_names(body, system)) for system in _SYSTEMS]
    return frozenset.union(*had) - frozenset.intersection(*had)


def _imported(tree: ast.Module) -> Iterator[tuple[ast.stmt, str, str | None]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, one.name, None) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node, node.module, one.name) for one in node.names)


def finds(module: Module) -> list[str]:
    """Find names, modules and folders that are not everywhere."""
    found = [
        (node.lineno, f"{name}.{part}" if part else name)
        for node, name, part in _imported(module.tree)
        if (part in not_everywhere(name) if part else name in _MODULES)
    ]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            of = node.value.id if isinstance(node.value, ast.Name) else ""
            if node.attr in _WITHOUT_STUB or (of in sys.stdlib_module_names and node.attr in not_everywhere(of)):
                found.append((node.lineno, ast.unparse(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_foreign(node.value):
            found.append((node.lineno, node.value))
    return [f"{module.path}:{line}: {what}" for line, what in sorted(found)]


def _is_foreign(text: str) -> bool:
    """Tell whether this is a path that one system has, or a time's format that only some C libraries read."""
    return f"{text}/".startswith(_FOLDERS) or re.search(r"%[-#][a-zA-Z]", text) is not None


_MODULES: Final = frozenset({"fcntl", "grp", "msvcrt", "pty", "pwd", "resource", "syslog", "termios", "tty", "winreg"})
"""Modules of the standard library that are missing as a whole."""


def test_only_few_files_name_what_one_system_lacks() -> None:
    found = {module.path: finds(module) for module in modules("novacore")}
    broken = [place for path, places in found.items() if path not in MAY for place in places]
    assert not broken, "These are not on every system:\n  " + "\n  ".join(broken) + f"\nCure: {CURE}"
    assert [path for path in MAY if not found[path]] == [], "These name nothing of the kind any more."


def _without_encoding(*where: str) -> str:
    """Let ruff look: its rule is still a preview, so the shape of all our code doesn't depend on it."""
    command = [str(Path(sys.executable).with_name("ruff")), "check", "--isolated", "--preview", "--no-cache"]
    asked = [*command, "--select=PLW1514", "--output-format=concise", *where]
    return subprocess.run(asked, check=False, cwd=ROOT, capture_output=True, text=True).stdout


def test_texts_are_read_and_written_the_same_everywhere(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text('from pathlib import Path\nPath("x").read_text()\nPath("x").read_text(encoding="ascii")\n')
    assert _without_encoding(str(bad)).count("bad.py:2:") == 1
    found = _without_encoding("novacore")
    assert found == "All checks passed!\n", f"{found}Cure: Say encoding=...; on Windows it is not UTF-8 by itself."


def test_the_rule_can_fail() -> None:
    bad = (
        "import fcntl, os, signal, time\nfrom os import nice\nos.sched_getaffinity(0)\nsignal.SIGUSR2\n"
        "time.CLOCK_BOOTTIME\nloop.add_signal_handler(1, f)\nopen('/proc/self/statm', 'rb')\n"
        "day.strftime('%-d. %B')\nos.getpid()\n"
        "signal.SIGTERM\n"
    )
    found = [one.split(": ")[1] for one in finds(Module("novacore/somewhere.py", bad))]
    assert found == [
        "fcntl",
        "os.nice",
        "os.sched_getaffinity",
        "signal.SIGUSR2",
        "time.CLOCK_BOOTTIME",
        "loop.add_signal_handler",
        "/proc/self/statm",
        "%-d. %B",
    ]
