"""What containers and hosting panels are given says what it means: no engine runs here, so each line is checked."""

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from celery.bin.base import CLIContext
from celery.bin.celery import celery as celery_command
from ruamel.yaml import YAML

import novacore
from novacore.cli import _parser
from novacore.entry import verbs
from novacore.settings.reading import _SETTINGS
from novacore.tasks.queue.celery_app import MEMORY, make_app
from novacore.workflows.machine.jobs import Queue
from tests.house.source import ROOT

Service = dict[str, Any]
FILES = ("docker-compose.yml", "compose.small.yml")


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load((ROOT / name).read_text())
    return content


COMPOSE, SMALL = (read(name) for name in FILES)
SERVICES: dict[str, Service] = COMPOSE["services"]
SHOP = {name: service for name, service in SERVICES.items() if service["image"].startswith("novacore:")}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
WATCHERS = {name: service for name, service in SERVICES.items() if "profiles" in service}
# A name, a version of two or three numbers at least, and whatever flavour or digest follows.
_PINNED = re.compile(r"[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)*(@sha256:[0-9a-f]{64})?")


def _schema_verdict(path: Path, schema: str = "compose-spec") -> "subprocess.CompletedProcess[str]":
    program = str(Path(sys.executable).with_name("check-jsonschema"))
    argv = [program, "--builtin-schema", f"vendor.{schema}", str(path)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        *((name, "compose-spec") for name in FILES),
        (".github/workflows/ci.yml", "github-workflows"),
        (".github/ISSUE_TEMPLATE/bug.yml", "github-issue-forms"),
        (".github/ISSUE_TEMPLATE/wish.yml", "github-issue-forms"),
        (".github/ISSUE_TEMPLATE/config.yml", "github-issue-config"),
        ("renovate.json", "renovate"),
    ],
)
def test_the_file_is_what_the_published_schema_asks_for(name: str, schema: str) -> None:
    answer = _schema_verdict(ROOT / name, schema)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_ci_runs_what_everybody_runs_and_publishes_nothing() -> None:
    jobs: dict[str, Any] = read(".github/workflows/ci.yml")["jobs"]
    said = "\n".join(step.get("run", step.get("uses")) for job in jobs.values() for step in job["steps"])
    for command in (".ci/run", "pip wheel ", "docker build "):
        assert command in said
    assert not re.findall(r"push|login|publish|secrets\.", said)
    assert all("timeout-minutes" in job for job in jobs.values())


def test_the_schema_would_notice(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text((ROOT / "docker-compose.yml").read_text().replace("healthcheck:", "healthchek:"))
    assert _schema_verdict(tmp_path / "bad.yml").returncode == 1


def test_every_process_of_production_is_there() -> None:
    assert {*SHOP} == {"migrate", "bot", "worker-discord", "worker-media", "beat"}
    assert {*SERVICES} - {*SHOP} - {*WATCHERS} == {"postgres", "redis"}
    assert {name: service["profiles"] for name, service in WATCHERS.items()} == {
        "flower": ["flower"],
        "exporter": ["exporter"],
    }


def parse(command: list[str]) -> dict[str, Any]:
    """Parse a command of ours as its program would; fails as the program would."""
    program, *arguments = command
    if program == "novacore":
        return vars(_parser().parse_args(arguments))
    assert program == "celery", command
    context = celery_command.make_context("celery", list(arguments))
    assert context.params["app"] == "novacore.tasks.queue.app"
    name, verb, rest = celery_command.resolve_command(context, arguments[2:])
    assert name
    assert verb
    obj = CLIContext(app=make_app(MEMORY), no_color=True, workdir=None)
    return {"verb": name, **verb.make_context(name, rest, obj=obj).params}


@pytest.mark.parametrize("name", SHOP)
def test_every_command_exists(name: str) -> None:
    assert parse(SHOP[name]["command"])["verb"]
    if "healthcheck" in SHOP[name]:
        marker, *command = SHOP[name]["healthcheck"]["test"]
        assert marker == "CMD"
        assert parse(command)["quick"] == name.partition("-")[0]


@pytest.mark.parametrize(
    "bad", [["novacore", "serve"], ["celery", "-A", "novacore.tasks.queue.app", "worker", "--queue-s"]]
)
def test_a_command_that_does_not_exist_is_noticed(bad: list[str]) -> None:
    with pytest.raises((SystemExit, Exception), match=r"2|No such option"):
        parse(bad)


def test_every_queue_has_a_worker_whose_name_tells_it() -> None:
    workers = {name: parse(service["command"]) for name, service in SHOP.items() if name.startswith("worker-")}
    assert {name: (worker["queues"], worker["hostname"].split("@")[0]) for name, worker in workers.items()} == {
        f"worker-{queue}": ([queue.value], queue.value) for queue in Queue
    }


def test_every_name_in_the_environment_is_a_setting() -> None:
    names = {name for service in SHOP.values() for name in service["environment"]}
    assert names <= {name.upper() for name in _SETTINGS}
    assert all(service["env_file"] == ".env" for service in SHOP.values())
    others = [SERVICES[name] for name in {*SERVICES} - {*SHOP}]
    assert not [service for service in others if "env_file" in service], "the token is none of theirs"
    # What Compose itself takes from .env.
    assert {*re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text())} == {"POSTGRES_PASSWORD"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_pinned_bounded_and_not_root(name: str) -> None:
    service = SERVICES[name]
    assert _PINNED.fullmatch(service["image"]), service["image"]
    assert service["user"] not in {"root", "0", "0:0"}
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert service["stop_grace_period"]
    assert ("healthcheck" in service) == (name != "migrate")
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name not in WATCHERS:
        assert "ports" not in service, "nothing of the shop is reached from outside"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert "container_name" not in service, "a name of its own could not be scaled"


def test_the_media_worker_has_a_gigabyte() -> None:
    assert SERVICES["worker-media"]["deploy"]["resources"]["limits"]["memory"] == "1g"


def test_volumes_and_networks_are_declared_and_used() -> None:
    volumes = {each.split(":")[0] for service in SERVICES.values() for each in service.get("volumes", [])}
    networks = {each for service in SERVICES.values() for each in service["networks"]}
    assert volumes == {*COMPOSE["volumes"]}
    assert networks == {*COMPOSE["networks"]}
    assert {name for name, service in SERVICES.items() if service["networks"] == ["back"]} == {
        "postgres",
        "redis",
        "migrate",
    }


def test_everything_waits_for_what_it_needs() -> None:
    ready, done = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}
    assert SHOP["migrate"]["depends_on"] == {"postgres": ready}
    for name in SHOP.keys() - {"migrate"}:
        assert SHOP[name]["depends_on"] == {"migrate": done, "postgres": ready, "redis": ready}


def test_the_image_is_of_this_release_and_holds_only_what_is_locked() -> None:
    assert {service["image"] for service in SHOP.values()} == {f"novacore:{novacore.__version__}"}
    assert "--require-hashes --only-binary :all: -r locks/production.lock" in DOCKERFILE
    (image,) = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert _PINNED.fullmatch(image)
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["${PYTHON_IMAGE}"] * 2
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == [SHOP["bot"]["user"]]
    assert f'image.version="{novacore.__version__}"' in DOCKERFILE
    assert f"novacore:{novacore.__version__} ." in DOCKERFILE


def commands(instruction: str) -> list[list[str]]:
    """Return what the image runs by itself: the arrays after this instruction."""
    found = re.findall(rf"^{instruction}\b[^[\n]*(\[.+\])$", DOCKERFILE, re.MULTILINE)
    return [json.loads(each) for each in found]


def test_the_image_by_itself_is_the_whole_shop_in_one_volume() -> None:
    assert [parse(command)["verb"] for command in commands("CMD")] == [verbs.run]
    assert [parse(command)["quick"] for command in commands("HEALTHCHECK")] == ["bot"]
    (volume,) = re.findall(r"^VOLUME (\S+)$", DOCKERFILE, re.MULTILINE)
    kept = dict(re.findall(r"(DATABASE_PATH|LOG_DIR)=(\S+)", DOCKERFILE))
    assert all(Path(path).is_relative_to(volume) for path in kept.values())
    assert len(kept) == 2
    (by_hand,) = re.findall(r"^#   docker run (.*?)\n#\n", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert all(f"--env {name}={path}" in by_hand for name, path in kept.items()), "over what .env says"
    assert f":{volume} novacore:" in by_hand
    (shop,) = SMALL["services"].values()
    assert shop["environment"] == kept, "over what .env says of a folder outside"
    assert [each.partition(":")[2] for each in shop["volumes"]] == [volume]
    assert {each.partition(":")[0] for each in shop["volumes"]} == {*SMALL["volumes"]}
    assert "command" not in shop


def test_the_small_shop_is_as_closed_as_the_big_one() -> None:
    (shop,) = SMALL["services"].values()
    same = ("image", "env_file", "user", "init", "read_only", "tmpfs", "cap_drop", "security_opt", "restart")
    assert {name: shop[name] for name in same} == {name: SHOP["bot"][name] for name in same}
    assert "ports" not in shop
    assert shop["deploy"]["resources"]["limits"]["memory"] == "768m"


def ignored(path: str) -> bool:
    """Tell whether .dockerignore keeps a file out, by its last rule that fits (as Docker does)."""
    verdict = False
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = rule.removeprefix("!").removesuffix("/")
        if rule and not rule.startswith("#") and any(fnmatch(part, pattern) for part in (path, *_above(path))):
            verdict = not rule.startswith("!")
    return verdict


def _above(path: str) -> list[str]:
    return [str(each) for each in Path(path).parents if str(each) != "."]


def test_the_image_gets_all_that_it_copies_and_nothing_else() -> None:
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    copied = {each for line in lines for each in line.split()}
    assert copied == {"locks/production.lock", "pyproject.toml", "README.md", "LICENSE", "novacore"}
    assert not [each for each in copied if not (ROOT / each).exists() or ignored(each)]
    assert not ignored("novacore/db/migrations/versions/0001_first.py")
    secrets = (".env", ".git/config", "data/novacore.db", "data/novacore.db.key", "logs/novacore.log")
    for path in (*secrets, "tests/conftest.py", "novacore/rehearsal/shop.py", "locks/dev.lock"):
        assert ignored(path), path


def test_a_hosting_panel_starts_the_shop_from_the_lock() -> None:
    (lock,) = re.findall(r"^-r (\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert lock == "locks/production.lock"
    assert (ROOT / lock).is_file()
    answer = subprocess.run([sys.executable, "main.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.startswith("usage: novacore run ")
