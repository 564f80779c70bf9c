"""The job that takes a product's picture: small, clean and kept, or refused in words that its owner reads."""

from io import BytesIO

import pytest
from PIL import Image

from novacore.db.models import ProductDraft
from novacore.errors import BadInput
from novacore.states import JobState, PictureState, ProductKind
from novacore.tasks.discord import remote_pictures
from novacore.tasks.discord.remote_pictures import Internet
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Runtime
from novacore.tasks.queue.sweep import sweep
from novacore.workflows.catalog import draft_page, drafts
from novacore.workflows.catalog.draft_page import DraftPage
from novacore.workflows.catalog.drafts import Options
from tests.fixtures.shops import OWNER, MovableClock
from tests.tasks.jobs import job_row
from tests.workflows.catalogue import PICTURE, TEXTS, count
from tests.workflows.catalogue import written as begun


def take(runtime: Runtime, upload: bytes | None, url: str | None = None) -> DraftPage:
    """Begin a draft with this picture, run its job, and return the draft."""
    draft_id, _ = drafts.begin(runtime.shop, OWNER, Options(ProductKind.unique, picture_url=url))
    drafts.fill(runtime.shop, OWNER, draft_id, TEXTS, upload)
    runner.run(runtime, 1)
    return draft_page.load(runtime.shop, OWNER, draft_id)


def photo() -> bytes:
    """Take a large photograph with a note of where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    file = BytesIO()
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_a_photograph_becomes_small_and_tells_nothing_of_its_maker(runtime: Runtime) -> None:
    draft = take(runtime, photo())
    assert draft.picture_state is PictureState.ready
    assert draft.picture
    kind, content = draft.picture
    assert kind == "image/jpeg"
    assert b"taken at home" not in content
    with Image.open(BytesIO(content)) as picture:
        assert picture.size == (1200, 800)


BAD = {
    "a program": (b"MZ" + b"\0" * 500, "not a picture"),
    "nothing": (b"", "not a picture"),
    "a page": (b"<html><img></html>", "not a picture"),
    "the beginning of a picture": (PICTURE[:60], "too large or damaged"),
    "a bomb": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\0\xff\xff" * 2 + b"\x08\x02\0\0\0", "too large or damaged"),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 100, "HEIC"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_picture_is_refused_in_a_sentence(runtime: Runtime, case: str) -> None:
    content, sentence = BAD[case]
    draft = take(runtime, content)
    assert draft.picture_state is PictureState.refused
    assert sentence in (draft.picture_problem or "")
    assert draft.picture is None
    assert draft.slips == ()


def test_an_address_is_fetched_and_its_picture_kept(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def website(url: str, internet: Internet = remote_pictures.INTERNET) -> bytes:
        asked.append(url)
        return PICTURE

    monkeypatch.setattr(remote_pictures, "fetch", website)
    draft = take(runtime, None, "https://example.com/sky.png")
    assert asked == ["https://example.com/sky.png"]
    assert draft.picture_state is PictureState.ready


def test_an_address_that_is_refused_says_why_on_the_page(runtime: Runtime) -> None:
    draft = take(runtime, None, "https://192.168.1.1/admin.png")
    assert "does not lead to a public website" in (draft.picture_problem or "")
    assert job_row(runtime.shop.database, 1).state is JobState.done


def test_run_twice_or_for_a_draft_that_is_gone_it_does_nothing(runtime: Runtime) -> None:
    draft = take(runtime, PICTURE)
    runner.run(runtime, 1)
    assert draft_page.load(runtime.shop, OWNER, draft.id).picture == draft.picture
    drafts.fill(runtime.shop, OWNER, draft.id, TEXTS, PICTURE)
    drafts.discard(runtime.shop, OWNER, draft.id)
    runner.run(runtime, 2)
    assert job_row(runtime.shop.database, 2).state is JobState.done


def test_the_sweep_tidies_drafts(runtime: Runtime, time: MovableClock) -> None:
    begun(runtime.shop)
    time.move(days=2)
    sweep(runtime)
    assert count(runtime.shop, ProductDraft) == 0


def test_a_name_server_that_is_away_is_a_sentence() -> None:
    with pytest.raises(BadInput, match="can't be reached"):
        remote_pictures.fetch("https://127.0.0.2.invalid./a.png", Internet(resolve=_away))


async def _away(host: str) -> list[str]:
    raise OSError(host)
