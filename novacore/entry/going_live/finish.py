"""The last steps: the doctor looks at everything, sample products are offered, and the owner hears what to do next."""

import shutil
from typing import Final

from novacore.doctor.findings import Finding, Level, written
from novacore.entry.check_up import check_up
from novacore.entry.going_live.at_discord.site import Site
from novacore.entry.going_live.console import Console, agrees
from novacore.entry.going_live.notes import Notes
from novacore.entry.going_live.options import Options
from novacore.settings import load_settings
from novacore.workflows.upkeep import sample
from novacore.workflows.upkeep.opening import open_migrated, require_own_folder

_FIX: Final = "Fix what the doctor calls a fault, and run `novacore go-live` again: it repairs what it can."
_OPEN: Final = (
    "Open the shop with `novacore run` (in a clone of the project: `make run`). One that is open reads its settings "
    "only when it is started again."
)
_ADD: Final = "Then add your first product in Discord with /product add."
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
    has_samples = _samples(console, notes, options)
    notes_at_the_end = [_PUBLIC] if site.application.is_public else []
    console.say("\n" + "\n".join([*notes_at_the_end, _OPEN, *([] if has_samples else [_ADD]), _TRY]))
    return 0


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
    require_own_folder(settings, "novacore sample")
    shop = open_migrated(settings)
    try:
        count = sample.fill(shop)
    finally:
        shop.database.close()
    console.say(f"{count} sample products are on sale. `novacore sample --remove` takes them out again.")
    return True
