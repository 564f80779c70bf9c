"""The picture job: a safe picture, its likenesses, or a flag; staff are never kept waiting by it."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import ParamSpec, TypeVar

import pytest
from PIL import Image
from sqlalchemy import select

from novacore.db.models import Job, Proof, ProofFile
from novacore.db.queries.orders import orders as order_queries
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, Busy
from novacore.media.artwork import sample_receipt
from novacore.media.proofs import process
from novacore.states import ProofState
from novacore.tasks.orders.proofs import process_elsewhere
from novacore.tasks.queue import runner
from novacore.tasks.queue.offload.offload import Inline, OffloadFailed, OffloadStopped
from novacore.workflows.orders import commands as orders
from novacore.workflows.upkeep.fallbacks import fire_fallback
from tests.fixtures.shops import STAFF
from tests.tasks.town import Town
from tests.workflows.machine import lives

P = ParamSpec("P")
T = TypeVar("T")


def stored(town: Town, order_id: str) -> tuple[Proof, bytes | None]:
    """The newest proof of an order and the picture made of it."""
    with reading(town.shop.database) as session:
        proof = session.execute(
            select(Proof).where(Proof.order_id == order_id).order_by(Proof.id.desc()).limit(1)
        ).scalar_one()
        return proof, session.get_one(ProofFile, proof.id).picture


def submitted(town: Town, content: bytes) -> str:
    """Order and send this picture."""
    order = town.place()
    orders.submit_proof(town.shop, town.customer, order.id, content, lives.reference())
    return order.id


def test_the_picture_is_made_again_without_metadata(town: Town) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    file = BytesIO()
    Image.new("RGB", (300, 200), "navy").save(file, "JPEG", exif=exif)
    order_id = submitted(town, file.getvalue())
    town.work()
    proof, picture = stored(town, order_id)
    assert (proof.state, proof.content_type, proof.width) == (ProofState.processed, "image/jpeg", 300)
    assert proof.perceptual_hash is not None
    assert picture
    assert b"taken at home" not in picture
    assert b"taken at home" in file.getvalue()


def test_a_picture_that_breaks_half_way_is_flagged_and_staff_decide(town: Town) -> None:
    whole = sample_receipt("$1", "shop", "X")
    order_id = submitted(town, whole[:200])
    town.work()
    assert stored(town, order_id)[0].state is ProofState.unreadable
    assert len(town.staff_channel()) == 1
    assert "could not be opened. Decide without it, or ask for another proof." in town.staff_channel()[0]


class Elsewhere(Inline):
    """A process for pictures that writes down what it was asked for, or is in a bad way."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.asked: list[str] = []

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.asked.append(function.__name__)
        if self.fault is not None:
            raise self.fault
        return super().run(function, *args, **kwargs)


def looked_at(town: Town, content: bytes) -> str:
    """Order and send this picture as the bot does: what staff will see is made first."""
    order = town.place()
    made = process(content)
    orders.submit_proof(town.shop, town.customer, order.id, content, lives.reference(), made)
    return order.id


def test_a_picture_that_was_made_before_is_only_compared(town: Town) -> None:
    original = sample_receipt("$9.99", "shop@example.com", "PAYMENT ONE")
    first = looked_at(town, original)
    assert stored(town, first)[1] == process(original).picture, "staff need not wait for the job"
    copy = looked_at(town, lives.resaved(original))
    pictures = Elsewhere()
    town = replace(town, runtime=replace(town.runtime, pictures=pictures))
    town.work()
    assert "process" not in pictures.asked
    assert "same_picture" in pictures.asked
    assert stored(town, first)[0].state is ProofState.processed
    with reading(town.shop.database) as session:
        facts = order_queries.review_facts(session, copy, town.shop.terms.late_window)
        assert facts
        assert [like.order_id for like in facts.alike] == [first]


def test_a_comparison_that_dies_leaves_the_picture_with_staff(town: Town) -> None:
    order_id = looked_at(town, lives.picture())
    (job_id,) = town.due("process_proof")
    with writing(town.shop.database) as tx:
        fire_fallback(town.shop, tx, tx.session.get_one(Job, job_id), "It was cut off 8 times.")
    proof, picture = stored(town, order_id)
    assert picture
    assert proof.state is ProofState.processed
    assert "proof_unreadable" not in lives.events_of(town.shop, order_id)


@pytest.mark.parametrize(
    ("fault", "refusal", "sentence"),
    [
        (OffloadFailed("it died"), BadInput, "take a screenshot of it and upload that"),
        (OffloadStopped("stopping"), Busy, "send your proof again in a minute"),
        (OSError("no more processes"), Busy, "send your proof again in a minute"),
        (BadInput("That picture is damaged."), BadInput, "That picture is damaged."),
    ],
)
def test_whatever_happens_to_a_look_is_a_sentence(
    fault: Exception, refusal: type[Exception], sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(refusal, match=sentence):
        process_elsewhere(Elsewhere(fault), lives.picture())
    assert all(record.levelname == "WARNING" for record in caplog.records)


def test_a_look_makes_the_picture() -> None:
    picture = lives.picture()
    assert process_elsewhere(Inline(), picture) == process(picture)


def test_a_picture_job_that_dies_flags_the_proof(town: Town) -> None:
    order_id = submitted(town, lives.picture())
    (job_id,) = town.due("process_proof")
    with writing(town.shop.database) as tx:
        fire_fallback(town.shop, tx, tx.session.get_one(Job, job_id), "It was cut off 8 times.")
    assert stored(town, order_id)[0].state is ProofState.unreadable
    assert "proof_unreadable" in lives.events_of(town.shop, order_id)


def test_a_resaved_copy_is_found_among_earlier_proofs_and_another_receipt_is_not(town: Town) -> None:
    original = sample_receipt("$9.99", "shop@example.com", "PAYMENT ONE")
    first = submitted(town, original)
    other = submitted(town, sample_receipt("$123.45", "someone else", "QWERTY 99", "1 January 2026, 00:01"))
    copy = submitted(town, lives.resaved(original))
    town.work()
    with reading(town.shop.database) as session:
        facts = order_queries.review_facts(session, copy, town.shop.terms.late_window)
        assert facts
        assert [like.order_id for like in facts.alike] == [first]
        facts = order_queries.review_facts(session, other, town.shop.terms.late_window)
        assert facts
        assert facts.alike == []


def test_a_card_compares_with_three_of_those_alike_until_staff_have_decided(town: Town) -> None:
    original = sample_receipt("$9.99", "shop@example.com", "PAYMENT ONE")
    patient = replace(town.shop, terms=replace(town.shop.terms, max_open_orders=9))
    here = replace(town, runtime=replace(town.runtime, shop=patient))
    newest, copy = "", original
    for _ in range(5):
        newest = submitted(here, copy)
        here.work()
        copy = lives.resaved(copy)
    with reading(town.shop.database) as session:
        facts = order_queries.review_facts(session, newest, town.shop.terms.late_window)
    assert facts
    assert len(facts.alike) == 4
    assert len(here.wire.messages(here.places.staff_channel_id)[-1].files) == 1 + 3
    orders.reject(here.shop, STAFF, newest, lives.REASON)
    here.work()
    assert len(here.wire.messages(here.places.staff_channel_id)[-1].files) == 1


def test_run_twice_it_does_nothing_the_second_time(town: Town) -> None:
    order_id = submitted(town, lives.picture())
    (job_id,) = town.due("process_proof")
    runner.run(town.runtime, job_id)
    before = stored(town, order_id)[0].processed_at
    runner.run(town.runtime, job_id)
    assert stored(town, order_id)[0].processed_at == before
