"""What the owner does in the tests next to this: forms filled in, pictures fetched by a worker that is run by hand."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from simcord import InteractionResult
from sqlalchemy import select

from novacore.db.models import Job, Product, ProductDraft
from novacore.db.unit_of_work import reading
from novacore.media.artwork import product_picture
from novacore.states import JobState
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Runtime, load_handlers
from novacore.tasks.queue.offload.offload import Inline
from tests.bot.towns.town import Town

PICTURE = product_picture("Sky Rush", "key")
FORM = {"name": "Sky Rush", "description": "A **fast** game.", "category": "Games", "price": "9,99"}


async def open_form(here: Town, **options: Any) -> InteractionResult:
    """Let Olga, the owner, type `/product add`."""
    return await here.olga.slash(here.channels["staff"], "product add", **{"kind": "unique"} | options)


async def write(here: Town, picture: bytes | None = None, **changes: Any) -> InteractionResult:
    """Let Olga fill in the form of a new product; the answer is the look at it."""
    options = changes.pop("options", {})
    return await here.olga.submit_modal(await open_form(here, **options), filled(picture, **changes))


def filled(picture: bytes | None = None, **changes: str) -> dict[str, Any]:
    """Return the answers of the form."""
    answers: dict[str, Any] = FORM | changes
    return answers | ({"picture": ("sky.png", picture)} if picture else {})


def draft_id(here: Town) -> int:
    """Return the newest draft."""
    with reading(here.shop.database) as session:
        return session.execute(select(ProductDraft.id).order_by(ProductDraft.id.desc()).limit(1)).scalar_one()


def products(here: Town) -> list[Product]:
    """Return every product, in the order in which they were made."""
    with reading(here.shop.database) as session:
        return [*session.execute(select(Product).order_by(Product.id)).scalars()]


@contextmanager
def picture_worker(here: Town) -> Iterator[None]:
    """Let a worker take pictures next to the bot, in a thread as in one process."""
    stop = threading.Event()

    def work() -> None:
        load_handlers()
        runtime = Runtime(here.shop, None, Inline(), "test")  # type: ignore[arg-type]  # these jobs speak to nobody
        while not stop.wait(0.05):
            for job_id in _wanted(here):
                runner.run(runtime, job_id)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so; at most ten seconds."""
    ends = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.02)


def _wanted(here: Town) -> Sequence[int]:
    rows = select(Job.id).where(Job.name == "take_picture", Job.state == JobState.queued)
    with reading(here.shop.database) as session:
        return session.execute(rows).scalars().all()


def values(form: InteractionResult) -> dict[str, Any]:
    """Return what stands in a form that has just opened, by field."""
    assert form.modal is not None, form
    fields = [one["component"] for one in form.modal["components"]]
    return {one["custom_id"]: one.get("value") for one in fields}
