"""A draft's picture comes late, is refused or replaced; a draft that nobody touches goes, and leaves nothing behind."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from novacore.db.models import Category, Job, Picture, Product, ProductDraft, Unit
from novacore.db.unit_of_work import writing
from novacore.errors import BadInput
from novacore.states import PictureState, ProductKind
from novacore.workflows.catalog import draft_page, draft_pictures, drafts, offers, products
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.fallbacks import fire_fallback
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.workflows.catalogue import PICTURE, TEXTS, changing, count, events_of, product_of, written

# ---- pictures


def pictured(shop: Shop, draft_id: int) -> tuple[PictureState, str | None]:
    """Return where a draft's picture stands."""
    shown = draft_page.load(shop, OWNER, draft_id)
    return shown.picture_state, shown.picture_problem


def test_a_picture_takes_the_place_of_the_one_before_and_of_the_products(shop: Shop) -> None:
    draft_id = written(shop)
    drafts.fill(shop, OWNER, draft_id, TEXTS, PICTURE)
    drafts.fill(shop, OWNER, draft_id, TEXTS, PICTURE + b"2")
    assert draft_pictures.wanted(shop, draft_id, 1) is None
    wanted = draft_pictures.wanted(shop, draft_id, 2)
    assert wanted
    assert wanted.upload == PICTURE + b"2"
    assert not draft_pictures.keep(shop, draft_id, 1, b"late")
    assert draft_pictures.keep(shop, draft_id, 2, b"one")
    drafts.fill(shop, OWNER, draft_id, TEXTS, PICTURE)
    assert draft_pictures.keep(shop, draft_id, 3, b"two")
    assert count(shop, Picture) == 1
    product_id = products.save(shop, OWNER, draft_id)
    removing = changing(shop, product_id, Options(without_picture=True))
    assert draft_page.load(shop, OWNER, removing).picture is None
    products.save(shop, OWNER, removing)
    assert product_of(shop, product_id).picture_id is None
    assert events_of(shop, product_id)[-1].detail == {"picture": "removed"}


def test_a_picture_that_is_refused_or_whose_job_dies_is_told_and_the_old_one_stays(shop: Shop) -> None:
    draft_id = written(shop)
    drafts.fill(shop, OWNER, draft_id, TEXTS, PICTURE)
    draft_pictures.keep(shop, draft_id, 1, b"good")
    drafts.fill(shop, OWNER, draft_id, TEXTS, b"bad")
    with writing(shop.database) as tx:
        draft_pictures.refuse(tx, draft_id, 2, "No.")
    assert pictured(shop, draft_id) == (PictureState.refused, "No.")
    drafts.fill(shop, OWNER, draft_id, TEXTS, b"bad")
    with writing(shop.database) as tx:
        job = tx.session.execute(
            select(Job).where(Job.name == "take_picture").order_by(Job.id.desc()).limit(1)
        ).scalar_one()
        fire_fallback(shop, tx, job, "It was cut off.")
    assert "could not be read" in (pictured(shop, draft_id)[1] or "")
    shown = draft_page.load(shop, OWNER, draft_id).picture
    assert shown == ("image/jpeg", b"good")


def test_a_picture_that_comes_after_saving_hangs_itself_up(shop: Shop) -> None:
    draft_id, _ = drafts.begin(shop, OWNER, Options(ProductKind.unique, picture_url=" https://example.com/a.png "))
    drafts.fill(shop, OWNER, draft_id, TEXTS)
    wanted = draft_pictures.wanted(shop, draft_id, 1)
    assert wanted
    assert wanted.url == "https://example.com/a.png"
    product_id = products.save(shop, OWNER, draft_id)
    assert draft_pictures.keep(shop, draft_id, 1, b"late but good")
    assert product_of(shop, product_id).picture_id is not None
    assert events_of(shop, product_id)[-1].trigger == "hang_picture"
    with pytest.raises(BadInput, match="too long"):
        drafts.begin(shop, OWNER, Options(ProductKind.unique, picture_url="https://" + "x" * 1000))


# ---- tidying


def test_drafts_that_nobody_touches_go_with_their_pictures_and_others_stay(shop: Shop, time: MovableClock) -> None:
    old, saved = written(shop), written(shop, replace(TEXTS, name="Saved"))
    for draft_id in (old, saved):
        drafts.fill(shop, OWNER, draft_id, replace(TEXTS, name=f"Draft {draft_id}"), PICTURE)
        draft_pictures.keep(shop, draft_id, 1, b"picture")
    product_id = products.save(shop, OWNER, saved)
    time.move(hours=23)
    fresh = written(shop)
    assert drafts.tidy(shop) == 0
    time.move(hours=1, minutes=1)
    assert drafts.tidy(shop) == 2
    assert drafts.tidy(shop) == 0
    assert (count(shop, ProductDraft), count(shop, Picture)) == (1, 1)
    assert product_of(shop, product_id).picture_id is not None
    assert draft_page.load(shop, OWNER, fresh).id == fresh


def test_a_picture_that_no_product_shows_any_more_goes(shop: Shop, time: MovableClock) -> None:
    def with_picture(draft_id: int, picture: bytes) -> int:
        drafts.fill(shop, OWNER, draft_id, TEXTS, PICTURE)
        draft_pictures.keep(shop, draft_id, 1, picture)
        return products.save(shop, OWNER, draft_id)

    product_id = with_picture(written(shop), b"one")
    with_picture(changing(shop, product_id), b"two")
    assert count(shop, Picture) == 2, "the draft of the first one is still there"
    time.move(hours=25)
    drafts.tidy(shop)
    assert count(shop, Picture) == 1
    with_picture(changing(shop, product_id), b"three")
    assert count(shop, Picture) == 1
    products.save(shop, OWNER, changing(shop, product_id, Options(without_picture=True)))
    time.move(hours=25)
    drafts.tidy(shop)
    assert count(shop, Picture) == 0


def test_a_discarded_draft_leaves_nothing(shop: Shop) -> None:
    draft_id = written(shop)
    drafts.fill(shop, OWNER, draft_id, TEXTS, PICTURE)
    draft_pictures.keep(shop, draft_id, 1, b"picture")
    drafts.discard(shop, OWNER, draft_id)
    assert (count(shop, ProductDraft), count(shop, Picture), count(shop, Product)) == (0, 0, 0)


def test_the_old_way_to_add_finds_the_category_too(shop: Shop, make_product: ProductMaker) -> None:
    make_product()
    draft = offers.NewProduct(" gAMES ", "Two", "", ProductKind.by_hand, 100)
    offers.add_product(shop, OWNER, draft)
    assert (count(shop, Category), count(shop, Unit)) == (1, 3)
