"""Things that are done in one place only, so that there is one place to look. Each rule prints its cure."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.house import source
from tests.house.source import Module, modules


@dataclass(frozen=True)
class Rule:
    """What `finder` finds may stand only in the files of `home` (a path that ends in "/" is a whole folder)."""

    name: str
    finder: Callable[[Module], list[int]]
    home: tuple[str, ...]
    cure: str

    def broken_by(self, module: Module) -> list[str]:
        """Say where in this file the rule is broken."""
        if module.path.startswith(self.home):
            return []
        return [f"{module.path}:{line}" for line in self.finder(module)]


RULES = (
    Rule(
        "a status is written",
        source.status_writes,
        ("novacore/workflows/machine/fire.py",),
        "Add an arrow to the table and call `fire()`: it locks, checks, records and queues what follows.",
    ),
    Rule(
        "a transaction is committed",
        source.commits,
        ("novacore/db/unit_of_work.py", "novacore/db/schema.py", "novacore/db/migrations/"),
        "Write inside `with unit_of_work.writing(database)`: it commits at its end and then wakes the workers.",
    ),
    Rule(
        "Celery is given work",
        lambda module: source.calls_of(module, "delay", "apply_async", "send_task"),
        (
            "novacore/tasks/queue/dispatch.py",
            "novacore/tasks/queue/watch/patience.py",
        ),  # the latter passes on what beat sends
        "Insert a job row with `jobs.enqueue(tx, ...)`: the dispatcher wakes a worker after the commit.",
    ),
    Rule(
        "Celery is imported",
        lambda module: source.imports_of(module, "celery") + source.imports_of(module, "kombu"),
        tuple(
            f"novacore/tasks/queue/{name}.py"
            for name in (
                "app",
                "celery_app",
                "production",
                "dispatch",
                "embedded",
                "watch/memory_broker",
                "watch/patience",
            )
        ),
        "Import `make_app` from novacore.tasks.queue.celery_app, or move the Celery part there.",
    ),
    Rule(
        "SQL is spoken",
        lambda module: source.imports_of(module, "sqlalchemy"),
        ("novacore/db/", "novacore/workflows/", "novacore/tasks/", "novacore/settings/"),
        "A button or a message asks a workflow or a named query in novacore/db/queries.",
    ),
    Rule(
        "SimCord is imported",
        lambda module: source.imports_of(module, "simcord"),
        ("novacore/rehearsal/",),
        "The live shop runs without SimCord; hand in what the rehearsal knows as a parameter.",
    ),
    Rule(
        "the state machine is imported",
        lambda module: source.imports_of(module, "transitions"),
        ("novacore/workflows/machine/fire.py",),
        "Call `fire()`: a machine used elsewhere would move a state without lock, event and jobs.",
    ),
    Rule(
        "the environment is read",
        source.environment_reads,
        ("novacore/settings/",),
        "Add a field to the settings and a line to .env.example, and take the value from there.",
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name.replace(" ", "-"))
def test_it_is_done_in_one_place_only(rule: Rule) -> None:
    broken = [place for module in modules("novacore") for place in rule.broken_by(module)]
    home = " or ".join(rule.home)
    assert not broken, f"Only in {home} {rule.name}, but here too:\n  " + "\n  ".join(broken) + f"\nCure: {rule.cure}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name.replace(" ", "-"))
def test_the_rule_can_fail(rule: Rule) -> None:
    imports = "import os, celery, simcord, sqlalchemy, transitions\n"
    bad = imports + "order.status = 1\nsession.commit()\ntask.delay(1)\nos.getenv('X')\n"
    assert rule.broken_by(Module("novacore/bot/cogs/catalog/shop.py", bad))
    assert not rule.broken_by(Module(rule.home[0], bad))
