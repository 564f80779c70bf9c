"""What staff do about jobs that died: have one tried again, or all that died of the same cause."""

from collections.abc import Mapping

from novacore.bot.answers import open_page, show
from novacore.bot.press import Handler, Press
from novacore.messages.kit import notices
from novacore.messages.orders.staff.story import job_name
from novacore.plurals import counted
from novacore.workflows.upkeep import retries


async def retry(press: Press) -> None:
    """Have one job tried again."""
    await open_page(press.interaction)
    job = await press.desk.run(retries.retry, press.actor, press.id.number(0))
    told = f"Done: “{job_name(job.name)}” is being tried again. You hear of it only if it fails once more."
    await show(press.interaction, notices.notice(told))


async def retry_all(press: Press) -> None:
    """Have all of them tried again."""
    await open_page(press.interaction)
    count = await press.desk.run(retries.retry_all, press.actor, press.id.number(0))
    await show(press.interaction, notices.notice(f"Done: {counted(count, 'job', 'jobs')} will be tried again."))


PRESSES: Mapping[tuple[str, str], Handler] = {("job", "retry"): retry, ("job", "retry_all"): retry_all}
