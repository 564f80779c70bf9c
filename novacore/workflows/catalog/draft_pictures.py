"""The picture of a draft: what a worker has to fetch and clean, and what became of it. Called by that job."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import undefer

from novacore.db.event_kinds.products import HANG_PICTURE
from novacore.db.models import Job, Product, ProductDraft
from novacore.db.unit_of_work import Transaction, reading, retire, writing
from novacore.states import ActorKind, PictureState
from novacore.workflows.catalog import offers
from novacore.workflows.machine import job_kinds, panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop

CONTENT_TYPE = "image/jpeg"
"""What a kept picture always is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture as the owner gave it: its bytes, or where it lies."""

    upload: bytes | None = field(repr=False)
    url: str | None


def wanted(shop: Shop, draft_id: int, number: int) -> Wanted | None:
    """Return the picture with this number, or None if it is done, or was replaced, or the draft is gone."""
    rows = select(ProductDraft).options(undefer(ProductDraft.picture_upload)).where(*_waiting(draft_id, number))
    with reading(shop.database) as session:
        retire(session)
        draft = session.execute(rows).scalar_one_or_none()
    return Wanted(draft.picture_upload, draft.picture_url) if draft else None


def keep(shop: Shop, draft_id: int, number: int, picture: bytes) -> bool:
    """Keep the cleaned picture, in place of an earlier one of the draft; tell whether anybody still wanted it.

    Where the draft was saved meanwhile the product gets it.
    """
    with writing(shop.database) as tx:
        draft = _locked(tx, draft_id, number)
        if draft is None:
            return False
        earlier, draft.picture_id = draft.picture_id, offers.keep_picture(tx, (CONTENT_TYPE, picture))
        draft.picture_state, draft.picture_problem, draft.picture_upload = PictureState.ready, None, None
        tx.session.flush()
        if draft.saved_product_id is not None:
            _hang(tx, draft.saved_product_id, draft.picture_id)
        if earlier is not None:
            offers.drop_picture(tx, earlier)
    return True


def refuse(tx: Transaction, draft_id: int, number: int, why: str) -> bool:
    """Note why the picture was not taken, for the draft's page; tell whether anybody still wanted it."""
    draft = _locked(tx, draft_id, number)
    if draft is None:
        return False
    draft.picture_state, draft.picture_problem, draft.picture_upload = PictureState.refused, why, None
    return True


def give_up(_shop: Shop, tx: Transaction, job: Job, _reason: str) -> None:
    """Tell the owner on the page when the job has died: the product can be saved without a picture."""
    number = job_kinds.TAKE_PICTURE.payload_of(job)["round"]
    refuse(tx, int(job.subject_id), number, "That picture could not be read. Please try another one.")


def _locked(tx: Transaction, draft_id: int, number: int) -> ProductDraft | None:
    row = select(ProductDraft).where(*_waiting(draft_id, number)).with_for_update()
    return tx.session.execute(row).scalar_one_or_none()


def _waiting(draft_id: int, number: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ProductDraft.id == draft_id,
        ProductDraft.picture_round == number,
        ProductDraft.picture_state == PictureState.waiting,
    )


def _hang(tx: Transaction, product_id: int, picture_id: int | None) -> None:
    statement = update(Product).where(Product.id == product_id)
    tx.session.execute(statement.values(picture_id=picture_id, picture_url=None, version=Product.version + 1))
    panel.touch(tx)
    record(tx, NewEvent("product", str(product_id), HANG_PICTURE({}), SYSTEM, ActorKind.system))
