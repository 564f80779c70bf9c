"""What counts as a proof: a picture that staff will see. All else is refused to its sender, and nothing changes."""

import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from novacore.bot.uploads import intake, uploads
from novacore.db.models import Order, Person, Proof, ProofFile
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, LimitReached
from novacore.media.artwork import sample_receipt
from novacore.media.proofs import ProcessedProof
from novacore.states import ProofState
from novacore.workflows.orders import contests, kept_proofs
from tests.bot.conftest import Opening
from tests.bot.towns.catalogue import PICTURE, write
from tests.bot.towns.town import Town, proof, said
from tests.media.pictures import RED, encoded, near, opened, png_chunk, quarters, stretched_jpeg, stretched_webp

RECEIPT = sample_receipt("12.00 EUR", "shop@example.com", "9AB12345CD678901E")
JPEG = encoded(opened(RECEIPT), "JPEG")
PROFILE = png_chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(3_000_000)))


def shown(here: Town, order: Order) -> bytes | None:
    """The picture that staff see of this order's proof, before any job has run."""
    with reading(here.shop.database) as session:
        row = select(ProofFile.picture, Proof.state).join(Proof).where(Proof.order_id == order.id)
        picture, state = session.execute(row).one()
    assert state is ProofState.stored, "a job has still to compare it with others"
    found: bytes | None = picture
    return found


def with_picture(content: bytes, name: str = "proof.png") -> dict[str, Any]:
    return proof() | {"proof": (name, content)}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("proof.png", RECEIPT, id="as it should be"),
        pytest.param("proof.jpg", JPEG[:-1], id="jpeg without its last byte"),
        pytest.param("proof.jpg", JPEG[: len(JPEG) // 2], id="half a jpeg"),
        pytest.param("proof.png", RECEIPT[:33] + PROFILE + RECEIPT[33:], id="a profile of 3 MB"),
        pytest.param("proof.pdf", encoded(quarters(), "GIF"), id="called something else"),
        pytest.param("proof.webp", encoded(quarters(), "WEBP")[:-2], id="cut webp"),
    ],
)
async def test_a_picture_that_is_taken_is_there_for_staff(town: Opening, name: str, content: bytes) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
        await here.alice.submit_modal(form, with_picture(content, name))
        assert here.state(order) == "under_review"
        picture = shown(here, order)
        assert picture
        assert opened(picture).size in {(720, 1280), (120, 80)}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(RECEIPT[:300], "damaged and cannot be opened. Please take a new screenshot", id="the beginning"),
        pytest.param(JPEG[:400], "damaged and cannot be opened. Please take a new screenshot", id="no pixels"),
        pytest.param(stretched_webp((7_600, 5_200)), "too many pixels. Please take a screenshot of it", id="webp bomb"),
        pytest.param(
            stretched_jpeg((8_000, 5_000), progressive=True, subsampling=0),
            "too many pixels. Please take a screenshot of it",
            id="jpeg bomb",
        ),
        pytest.param(b"%PDF-1.7", "That is a PDF, which can't be read here. Please upload a PNG", id="pdf"),
        pytest.param(encoded(Image.new("RGB", (9, 9)), "AVIF"), "an AVIF picture", id="avif"),
    ],
)
@pytest.mark.parametrize("way", ["form", "command"])
async def test_a_picture_that_nobody_could_see_is_no_proof(
    town: Opening, content: bytes, sentence: str, way: str
) -> None:
    async with town() as here:
        order = await here.order(here.alice)
        fields = with_picture(content)
        if way == "form":
            form = await here.press(here.alice, f"nc:order:submit_proof:{order.id}")
            answer = await here.alice.submit_modal(form, fields)
        else:
            answer = await here.alice.slash(
                here.channels["shop"], "proof", order_id=order.id, file=fields["proof"], reference=fields["reference"]
            )
        assert sentence in said(answer)
        assert here.state(order) == "awaiting_payment"
        with reading(here.shop.database) as session:
            assert session.execute(select(func.count()).select_from(Proof)).scalar_one() == 0
        await here.pay(here.alice, order)
        assert here.state(order) == "under_review"


async def test_the_picture_is_made_where_the_bot_was_told_to(town: Opening) -> None:
    looked: list[int] = []

    def elsewhere(content: bytes) -> ProcessedProof:
        looked.append(len(content))
        if len(looked) == 1:
            raise BadInput("Not this one.")
        return ProcessedProof(encoded(quarters(), "JPEG"), "image/jpeg", 120, 80, 7)

    async with town() as here:
        here.bot.desk.intake._process = elsewhere
        order = await here.order(here.alice)
        assert "Not this one." in said(await here.pay(here.alice, order))
        assert here.state(order) == "awaiting_payment"
        await here.pay(here.alice, order)
        assert len(looked) == 2
        picture = shown(here, order)
        assert picture
        assert near(Image.open(BytesIO(picture)), (9, 9), RED)
        with reading(here.shop.database) as session:
            row = session.execute(select(Proof).where(Proof.order_id == order.id)).scalar_one()
            assert (row.width, row.height, row.perceptual_hash, row.content_type) == (120, 80, 7, "image/jpeg")


@pytest.mark.parametrize("kind", ["kept before", "beyond the day's"])
async def test_what_will_not_be_kept_is_refused_before_its_picture_is_fetched(
    town: Opening, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town() as here:
        first, second = await here.order(here.alice), await here.order(here.bob)
        used = "ab" * 32
        await here.pay(here.alice, first, used)
        await here.decide(here.sam, "approve", first)
        if kind == "kept before":
            assert "already used for another order" in said(await here.pay(here.bob, second, used))
        monkeypatch.setattr(contests, "PER_DAY", 0 if kind == "beyond the day's" else 5)
        fetched: list[object] = []
        monkeypatch.setattr(uploads, "fetch", fetched.append)
        assert "already used for another order" in said(await here.pay(here.bob, second, used))
        assert fetched == []


async def test_one_file_too_many_is_refused_before_it_is_fetched(
    town: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SHARE", 0)
    async with town() as here:
        order = await here.order(here.alice)
        answer = await here.pay(here.alice, order)
        assert "one after the other" in said(answer)
        assert "send it again" in said(answer)
        assert here.state(order) == "awaiting_payment"
        with pytest.raises(LimitReached):
            async with here.bot.desk.intake.room(1, 1):
                pass
    monkeypatch.undo()


async def test_a_file_of_stock_and_a_products_picture_take_room_too(
    town: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SHARE", 0)
    async with town() as here:
        answer = await here.olga.slash(
            here.channels["shop"], "product restock", product="1", file=("codes.txt", b"CODE-1\nCODE-2\n")
        )
        assert "one after the other" in said(answer)
        looked_at = await write(here, picture=PICTURE)
        assert "No new picture: You're sending several files at once" in said(looked_at)
        assert "Sky Rush" in said(looked_at), "what was typed with it is kept"


async def test_nothing_is_fetched_for_whoever_has_no_order_that_takes_a_proof(
    town: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[object] = []

    async def fetch(file: object) -> bytes:
        fetched.append(file)
        return RECEIPT

    monkeypatch.setattr(uploads, "fetch", fetch)
    async with town() as here:
        sent = {"file": ("proof.png", RECEIPT), "reference": "ab" * 32, "order_id": "NC-20260101-AAAAAA"}
        answer = await here.bob.slash(here.channels["support"], "proof", **sent)
        assert "I can't find that order" in said(answer)
        with reading(here.shop.database) as session:
            assert session.get(Person, here.bob.id) is None
        assert fetched == []
        await here.order(here.bob)
        for _ in range(kept_proofs.MOST_EACH):
            answer = await here.bob.slash(here.channels["support"], "proof", **sent)
            assert "Try again" in said(answer)
        assert len(fetched) == kept_proofs.MOST_EACH
        answer = await here.bob.slash(here.channels["support"], "proof", **sent)
        assert "I can't find that order" in said(answer)
        assert len(fetched) == kept_proofs.MOST_EACH
