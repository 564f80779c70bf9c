"""Imports only go down: the contracts of pyproject.toml hold, and they would notice if they did not."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_hold() -> None:
    answer = _lint(ROOT)
    cure = "Cure: move what is needed down, or hand it in as a parameter; `make check` shows the chain."
    assert answer.returncode == 0, f"{answer.stdout}{answer.stderr}\n{cure}"


def test_the_contracts_can_fail(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "novacore", tmp_path / "novacore", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "novacore/ids.py").open("a") as ids:
        ids.write("\nimport novacore.db.engine\n")
    with (tmp_path / "novacore/workflows/machine/fire.py").open("a") as engine:
        engine.write("\nimport discord\n")
    (tmp_path / "novacore/new_room.py").write_text('"""Nobody gave me a place."""\n')
    answer = _lint(tmp_path)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    for complaint in ("novacore.ids -> novacore.db.engine", "novacore.workflows.machine.fire -> discord", "new_room"):
        assert complaint in answer.stdout, answer.stdout
