"""The finders find what they are for: each is shown bad samples, and good ones that look alike."""

from collections.abc import Callable

import pytest

from tests.house import source
from tests.house.source import Module


def _lines(finder: Callable[[Module], list[int]], text: str) -> list[int]:
    return finder(Module("sample.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "order.status = OrderStatus.approved",
        "move.subject.status: str = 'approved'",
        "a, order.status = 1, 2",
        "del order.status",
        "setattr(order, 'status', 'approved')",
        "object.__setattr__(order, 'status', 'approved')",
        "Order(id='x', status=OrderStatus.approved)",
        "models.Ticket(status='closed')",
        "update(Order).where(Order.id == 1).values(status='approved')",
        "update(Order).values({'status': 'approved'}).where(Order.id == 1)",
        "update(Order).values({Order.status: 'approved'})",
        "sa.update(models.Ticket).values(version=2, status='closed').returning(Ticket.id)",
        "session.execute(update(Order), [{'id': 1, 'status': 'approved'}])",
        "insert(Order).values(status='approved')",
        "Order.__table__.update().values(status='approved')",
        "tickets.update().values(status='closed')",
        "connection.execute(text('UPDATE orders SET status = :new WHERE id = :id'))",
        "text('''update \"tickets\" set version=2, status='closed' ''')",
    ],
)
def test_a_status_written_past_fire_is_found(text: str) -> None:
    assert _lines(source.status_writes, text) == [1]


@pytest.mark.parametrize(
    "text",
    [
        "select(Order).where(Order.status == 'approved')",
        "update(Unit).where(Unit.order_id == order.id).values(status=UnitStatus.sold)",
        "update(Order).where(Order.status == 'approved').values(note='x')",
        "Order(id='x', status=OrderStatus.new)",
        "status = order.status",
        "setattr(order, 'note', 'x')",
        "session.execute(insert(Event), {'target': 'approved'})",
        "response.status_code = 404",
        "'You can update the orders; then set their status.'",
    ],
)
def test_what_only_looks_like_a_status_write_is_left_alone(text: str) -> None:
    assert _lines(source.status_writes, text) == []


def test_calls_are_found_by_their_last_name() -> None:
    text = "task.delay(1)\ndelay()\napp.tasks['x'].delay()\ndelay_all()\ntask.delay\n"
    assert source.calls_of(Module("sample.py", text), "delay", "apply_async") == [1, 2, 3]


def test_commits_are_found_told_or_untold() -> None:
    text = "session.commit()\nwith database.engine.begin() as c: ...\ncommit()\ntx.session.begin()\n"
    assert _lines(source.commits, text) == [1, 2, 3, 4]


def test_what_only_looks_like_a_commit_is_left_alone() -> None:
    assert _lines(source.commits, "engine.begin(shop, tx)\non_commit(wake)\nfrom novacore import commit\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "os.environ['X']",
        "os.environ.get('X')",
        "os.getenv('X')",
        "from os import environ",
        "from os import getenv as g",
    ],
)
def test_the_environment_is_found(text: str) -> None:
    assert _lines(source.environment_reads, text) == [1]


def test_what_only_looks_like_the_environment_is_left_alone() -> None:
    assert _lines(source.environment_reads, "simcord.environ\nfrom os import path\nsettings.getenv('X')") == []


@pytest.mark.parametrize(
    "text",
    ["import celery", "import celery.app as c", "from celery import Celery", "def f():\n from celery.x import y"],
)
def test_an_import_is_found(text: str) -> None:
    assert source.imports_of(Module("sample.py", text), "celery")


def test_what_only_looks_like_an_import_is_left_alone() -> None:
    text = "import celerylike\nfrom .celery import x\nfrom sentry_sdk.integrations.celery import y"
    assert source.imports_of(Module("sample.py", text), "celery") == []


def test_missing_docstrings_are_found() -> None:
    text = '''class A:
    def public(self): ...
    def _private(self): ...
    @property
    def also(self): ...
def f():
    def inner(): ...
async def g():
    """Say it."""
class _Hidden:
    def public(self): ...
@overload
def h(): ...
'''
    assert _lines(source.missing_docstrings, text) == [1, 1, 2, 5, 6]


def test_functions_are_measured_from_def_to_their_last_line() -> None:
    text = "@cache\ndef f(\n    a,\n):\n    return (\n        a\n    )\n\nclass A:\n    async def g(self): ...\n"
    found = [(each.name, each.length) for each in source.functions(Module("sample.py", text))]
    assert found == [("f", 6), ("g", 1)]


def test_the_project_is_really_read() -> None:
    paths = {module.path for module in source.modules("novacore", "tests")}
    assert {"novacore/errors.py", "novacore/db/unit_of_work.py", "tests/house/source.py"} <= paths
    assert "pyproject.toml" in source.project_files()
