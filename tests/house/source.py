"""Reads our own source as syntax trees and finds what the rules of the house speak of. Called by the tests next to it.

Every finder takes a `Module` and returns the lines it objects to, so that a test can show it a bad sample.
"""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parents[2]

STATUS_TABLES = {"Order", "Ticket", "orders", "tickets"}
"""Names under which the models and tables with a state of their own go."""


@dataclass(frozen=True)
class Module:
    """One Python file; `path` is relative to the root of the project, with forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree, parsed once."""
        return ast.parse(self.text, self.path)

    @property
    def line_count(self) -> int:
        """Lines in the file, blank ones and comments too."""
        return len(self.text.splitlines())


@dataclass(frozen=True)
class Function:
    """A function or method, wherever it is defined; `length` counts from `def` to the last line."""

    name: str
    line: int
    length: int


@cache
def project_files() -> tuple[str, ...]:
    """List every file that is, or is about to be, in the repository."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(name for name in sorted(set(answer.split("\0"))) if name and (ROOT / name).is_file())


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    """Read every Python file under the folders named, such as "novacore"; written migrations are history, not code."""
    wanted = tuple(f"{room}/" for room in rooms)
    return tuple(
        Module(name, (ROOT / name).read_text(encoding="utf-8"))
        for name in project_files()
        if name.endswith(".py") and name.startswith(wanted) and "/migrations/versions/" not in name
    )


def functions(module: Module) -> Iterator[Function]:
    """Find every function, methods and inner ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)


def calls_of(module: Module, *names: str) -> list[int]:
    """Find calls of a method or function by its last name: `session.commit()` for "commit"."""
    return [node.lineno for node in _calls(module.tree) if _last_name(node.func) in names]


def commits(module: Module) -> list[int]:
    """Find every commit, told or untold: `x.commit()`, and `x.begin()`, which commits when its block ends."""
    untold = [call.lineno for call in _calls(module.tree) if _last_name(call.func) == "begin" and not call.args]
    return sorted(calls_of(module, "commit") + untold)


def environment_reads(module: Module) -> list[int]:
    """Find every touch of the environment: `os.environ`, `os.getenv`, `os.putenv`, imported or not."""
    return [node.lineno for node in ast.walk(module.tree) if _reads_environment(node)]


def _reads_environment(node: ast.AST) -> TypeGuard[ast.Attribute | ast.ImportFrom]:
    words = {"environ", "environb", "getenv", "putenv", "unsetenv"}
    if isinstance(node, ast.Attribute):
        return node.attr in words and _last_name(node.value) == "os"
    return isinstance(node, ast.ImportFrom) and node.module == "os" and not words.isdisjoint(n.name for n in node.names)


def imports_of(module: Module, package: str) -> list[int]:
    """Find every import of a package or of what is in it, inside functions too."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        found += [node.lineno for name in names if name.split(".")[0] == package]
    return found


def missing_docstrings(module: Module) -> list[int]:
    """Find the public module, classes, functions and methods that say nothing about themselves."""
    return [line for line, node in _public(module.tree) if not ast.get_docstring(node)]


def status_writes(module: Module) -> list[int]:
    """Find every way to write the status of an order or a ticket that passes `fire()` by.

    Found: `x.status = ...`, `setattr(x, "status", ...)`, `Order(status=...)` for any but the `new` that `fire()` starts
    from, a statement on those tables with `status` among its values, and UPDATE written as text.
    """
    return sorted({node.lineno for node in ast.walk(module.tree) if _writes_status(node)})


def _writes_status(node: ast.AST) -> TypeGuard[ast.expr]:
    if isinstance(node, ast.Attribute):
        return node.attr == "status" and isinstance(node.ctx, ast.Store | ast.Del)
    if isinstance(node, ast.Call):
        return _sets_attribute(node) or _makes_in_state(node) or _writes_rows(node)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_raw_update(node.value)


def _sets_attribute(call: ast.Call) -> bool:
    if _last_name(call.func) not in {"setattr", "__setattr__"}:
        return False
    return any(isinstance(value, ast.Constant) and value.value == "status" for value in call.args)


def _makes_in_state(call: ast.Call) -> bool:
    if _last_name(call.func) not in STATUS_TABLES:
        return False
    return any(word.arg == "status" and _last_name(word.value) != "new" for word in call.keywords)


def _writes_rows(call: ast.Call) -> bool:
    """Tell whether this is `update(Order)....values(...status...)` or an insert of the kind, however it is chained."""
    if _last_name(call.func) not in {"values", "execute"} or not _names_status(call):
        return False
    return any(
        _last_name(inner.func) in {"update", "insert"} and STATUS_TABLES & {*_names(inner)}
        for inner in _calls(call)
        if inner is not call
    )


def _names_status(call: ast.Call) -> bool:
    if any(word.arg == "status" for word in call.keywords):
        return True
    dictionaries = [node for value in call.args for node in ast.walk(value) if isinstance(node, ast.Dict)]
    keys = [key for dictionary in dictionaries for key in dictionary.keys if key is not None]
    return any(_last_name(key) == "status" or (isinstance(key, ast.Constant) and key.value == "status") for key in keys)


def _is_raw_update(text: str) -> bool:
    words = text.lower().replace('"', " ").replace("=", " = ").split()
    if "update" not in words or not {"orders", "tickets"} & {*words} or "set" not in words:
        return False
    assignments = words[words.index("set") :]
    return any(word == "status" and after == "=" for word, after in pairwise(assignments))


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def _names(node: ast.AST) -> Iterable[str]:
    return (_last_name(inner) for inner in ast.walk(node))


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _public(tree: ast.Module) -> Iterator[tuple[int, _Documented]]:
    yield 1, tree
    yield from _public_in(tree)


def _public_in(owner: ast.Module | ast.ClassDef) -> Iterator[tuple[int, _Documented]]:
    for node in owner.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if any(isinstance(one, ast.Name) and one.id == "overload" for one in node.decorator_list):
            continue  # what it does is said by the one below it that does it
        yield node.lineno, node
        if isinstance(node, ast.ClassDef):
            yield from _public_in(node)
