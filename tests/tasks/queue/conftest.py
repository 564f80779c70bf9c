"""What the tests of production's commands share."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from novacore.states import PaymentMethod
from tests.fixtures.servers.processes import running
from tests.fixtures.servers.redis_server import RedisServer
from tests.fixtures.shops import KEY
from tests.tasks.queue.commands import CELERY, ROOT, Process, Start
from tests.wire.stand_in import Wire


@pytest.fixture
def environment(wire: Wire, shop_url: str, tmp_path: Path) -> dict[str, str]:
    """Give the settings of a live shop, without a broker."""
    channels = {
        "MAIN_CHANNEL_ID": "shop",
        "STAFF_CHANNEL_ID": "staff",
        "PUBLIC_LOG_CHANNEL_ID": "log",
        "VOUCH_CHANNEL_ID": "vouches",
        "TICKET_PANEL_CHANNEL_ID": "tickets",
    }
    settings = {name: str(wire.add_channel(channel)) for name, channel in channels.items()}
    roles = ("CUSTOMER_ROLE_ID", "STAFF_ROLE_IDS", "OWNER_ROLE_ID")
    settings |= {name: str(wire.add_role(name.lower())) for name in roles}
    database = {"DATABASE_URL": shop_url} if shop_url.startswith("postgresql") else {"DATABASE_PATH": shop_url[10:]}
    return settings | {
        "TICKET_CATEGORY_ID": str(wire.add_category("tickets")),
        "DISCORD_TOKEN": wire.token,
        "DISCORD_API_URL": wire.url,
        **{method.row.setting.upper(): method.row.example for method in PaymentMethod},
        "DATABASE_PATH": str(tmp_path / "data" / "shop.db"),
        "LOG_DIR": str(tmp_path / "logs"),
        "SECRET_KEY": KEY,
        **database,
    }


@pytest.fixture
def start(environment: Mapping[str, str], own_redis: RedisServer, tmp_path: Path) -> Iterator[Start]:
    """Lend `start("worker", "-Q", "discord")`; what it starts is stopped after the test."""
    with ExitStack() as stack:
        logs = iter(range(100))

        def begin(*arguments: str) -> Process:
            log = tmp_path / f"celery-{next(logs)}.log"
            env = {**os.environ, **environment, "CELERY_BROKER_URL": own_redis.url}
            popen = stack.enter_context(running([*CELERY, *arguments], log=log, cwd=ROOT, env=env))
            return Process(popen, log)

        yield begin
