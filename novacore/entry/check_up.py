"""`novacore doctor`: opens what the doctor looks at, and nothing that would change the shop. Called by `cli`."""

import contextlib
from collections.abc import Iterator, Sequence

import aiohttp
import discord

from novacore.db.engine import Database
from novacore.db.queries.catalog import sold_roles
from novacore.doctor import examine, machine, work
from novacore.doctor.findings import Finding, warning
from novacore.errors import SettingsError
from novacore.settings import Settings, load_settings
from novacore.states.sold_roles import SoldRole
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue.watch.roll_call import roll_call
from novacore.telemetry.redaction import redact


def check_up() -> list[Finding]:
    """Look at everything, Discord included. Takes some seconds."""
    try:
        settings = load_settings()
    except SettingsError as refusal:
        return machine.refused_settings(refusal)
    redact(*settings.secret_values())
    return [*_at_home(settings), *_at_discord(settings, _roles_on_sale(settings))]


def _at_home(settings: Settings) -> list[Finding]:
    if settings.postgres_url is None and not settings.database_path.exists():
        fix = "`novacore run` or `novacore migrate` makes it."
        return [
            *machine.settings(settings),
            *machine.payments(settings),
            *machine.disks(settings),
            *machine.files(settings),
            warning("Database", "There is none yet.", fix),
        ]
    with _opened(settings) as database:
        return examine.shop(settings, database, _roll_call(settings))


def _roles_on_sale(settings: Settings) -> Sequence[SoldRole]:
    if settings.postgres_url is None and not settings.database_path.exists():
        return ()
    with _opened(settings) as database:
        return sold_roles.asked_for(database)


def _at_discord(settings: Settings, sold: Sequence[SoldRole]) -> list[Finding]:
    calls = Calls.rest(settings.discord_token.get_secret_value(), settings.discord_api_url)
    try:
        return calls.call(lambda client: examine.server(client, settings, sold), 2 * examine.DISCORD_SECONDS)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        return [examine.unreachable(error)]
    finally:
        calls.close()


def _roll_call(settings: Settings) -> work.RollCall | None:
    url = settings.celery_broker_url
    return None if url is None else roll_call(url.get_secret_value())


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url.render_as_string(hide_password=False), pool_size=1)
    try:
        yield database
    finally:
        database.close()
