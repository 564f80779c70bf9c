"""The last steps: the doctor looks at everything, sample products are offered, and the owner hears what to do next."""

import shutil
from typing import Final

from novacore.doctor.findings import Finding, Level, written
from novacore.entry import called_as
from novacore.entry.check_up import check_up
from novacore.entry.going_live.at_discord.site import Site
from novacore.entry.going_live.console import Console, agrees
from novacore.entry.going_live.notes import Notes
from novacore.entry.going_live.options import Options
from novacore.errors import NovaCoreError
from novacore.settings import is_in_image, load_settings
from novacore.workflows.upkeep import sample
from novacore.workflows.upkeep.opening import open_migrated, require_own_folder

_FIX: Final = "Fix what the doctor calls a fault, and run `novacore go-live` again: it repairs what it can."
_OPEN: Final = (
    "Open the shop with `novacore run` (in a clone of the project: `make run`). If it is open already, restart it: "
    "it reads its settings only at its start."
)
_OPEN_IMAGE: Final = (
    "Open the shop, on the machine itself, with `docker compose --file compose.small.yml up --build --detach`. Give "
    "the same command after a change of .env."
)
_SAMPLES_IMAGE: Final = (
    "Once it is open, `docker compose --file compose.small.yml exec shop novacore sample` puts sample products on sale."
)
_NO_SAMPLES_IMAGE: Final = (
    "In this container nothing can be put on sale: the shop's database is going to be in a volume of its own. Leave "
    f"out --sample. {_SAMPLES_IMAGE}"
)
_ADD: Final = "Add products in Discord with /product add."
_TRY: Final = "To try it, order from a second account: nobody decides on an order of their own."
_PUBLIC: Final = (
    "Anybody could invite your bot into their server. In the developer portal open your application: under "
    "Installation set Install Link to None, then under Bot switch Public Bot off."
)


_OF_OPEN_SHOPS: Final = frozenset({"Bot", "Broker", "Jobs", "Sweep", "Workers"})
"""What the doctor finds wrong with every shop that isn't open."""
_OF_NEW_SHOPS: Final = frozenset({"Commands", "Database"})
"""What it warns of before the very first start."""
_MAY_COME_LATER: Final = "Ways to pay"
"""Ways of the owner's own are added in Discord, once the shop is open."""


def finish(console: Console, site: Site, notes: Notes, options: Options) -> int:
    """Return the exit code: 1 where the doctor finds a fault with which the shop should not open."""
    findings = [one for one in check_up() if _counts(one)]
    console.say("\nThe doctor looks at everything:\n")
    console.say(written(findings, shutil.get_terminal_size((100, 24)).columns))
    if any(_keeps_it_shut(one) for one in findings):
        console.say(f"\n{_FIX}")
        return 1
    has_samples = not is_in_image() and _samples(console, notes, options)
    notes_at_the_end = [_PUBLIC] if site.application.is_public else []
    how = [_OPEN_IMAGE, _SAMPLES_IMAGE] if is_in_image() else [_OPEN]
    how[0] = how[0].replace("the shop", notes.text("shop_name") or "the shop", 1)
    console.say("\n" + "\n".join([*notes_at_the_end, *how, *([] if has_samples else [_ADD]), _TRY]))
    return 0


def require_possible(options: Options) -> None:
    """Refuse what the end could not do, before anything else is done. Raises NovaCoreError."""
    if options.sample and is_in_image():
        raise NovaCoreError(_NO_SAMPLES_IMAGE)


def _counts(finding: Finding) -> bool:
    is_new = finding.level is Level.warning and finding.about in _OF_NEW_SHOPS
    return finding.about not in _OF_OPEN_SHOPS and not is_new


def _keeps_it_shut(finding: Finding) -> bool:
    return finding.level is Level.fault and finding.about != _MAY_COME_LATER


def _samples(console: Console, notes: Notes, options: Options) -> bool:
    """Put the sample products on sale where that is wanted. They are offered to a shop that was never open."""
    settings = load_settings(notes.env_file, live=False)
    is_new = settings.postgres_url is None and not settings.database_path.exists()
    asks = is_new and console.asks and not options.agreed
    question = f"Put {len(sample.SAMPLES)} sample products on sale, to try the shop? Customers see them, too."
    if not (options.sample or (asks and agrees(console, question, by_default=False))):
        return False
    require_own_folder(settings, f"{called_as.program()} sample")
    shop = open_migrated(settings)
    try:
        count = sample.fill(shop)
    finally:
        shop.database.close()
    console.say(f"{count} sample products are on sale. `novacore sample --remove` takes them out again.")
    return True
