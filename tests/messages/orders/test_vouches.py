"""The form of a vouch, and what everybody reads of it."""

from novacore.db.models.orders.vouches import COMMENT_LIMIT
from novacore.messages.orders import vouches
from novacore.workflows.machine.typed_text import RATINGS
from tests.messages import samples
from tests.messages.payloads import assert_form, assert_sendable, components, custom_ids_of, words_of

RADIO, TEXT_INPUT = 21, 4


def test_the_form_asks_for_stars_and_words() -> None:
    form = vouches.vouch_form(samples.ORDER_ID)
    assert_form(form)
    assert form.custom_id == f"nc:vouch:write:{samples.ORDER_ID}"
    assert custom_ids_of(form) == ["rating", "comment"]


def test_one_of_five_ratings_has_to_be_chosen() -> None:
    (stars,) = [one for one in components(vouches.vouch_form(samples.ORDER_ID)) if one["type"] == RADIO]
    assert stars["required"]
    assert [option["value"] for option in stars["options"]] == [*reversed(RATINGS)]
    for option in stars["options"]:
        assert option["label"].count("⭐") == int(option["value"])


def test_the_words_may_stay_empty_and_have_the_limit_that_is_checked() -> None:
    (comment,) = [one for one in components(vouches.vouch_form(samples.ORDER_ID)) if one["type"] == TEXT_INPUT]
    assert not comment["required"]
    assert comment["max_length"] == COMMENT_LIMIT


def test_a_vouch_has_stars_product_writer_and_words() -> None:
    said = words_of(vouches.public_vouch(samples.vouch(comment="Quick.\nAnd *friendly*.")))
    assert said.split("\n") == [
        "### ⭐⭐⭐⭐",
        f"<@{samples.BUYER}> about **Game gift card**",
        "> Quick.",
        r"> And \*friendly\*.",
        "-# Bought and delivered here",
    ]


def test_stars_alone_are_a_vouch() -> None:
    for nothing in ("", " \n ", "\u200b\u3164"):
        said = words_of(vouches.public_vouch(samples.vouch(comment=nothing)))
        assert ">" not in said.replace(f"<@{samples.BUYER}>", "")


def test_no_address_of_a_strangers_can_be_pressed() -> None:
    said = words_of(vouches.public_vouch(samples.vouch(comment="Free at https://evil.example and [x](http://evil)")))
    assert "evil.example" in said
    assert "://" not in said


def test_a_comment_of_many_lines_stays_small() -> None:
    message = vouches.public_vouch(samples.vouch(comment="a\n" * 500))
    assert words_of(message).count("\n> a") == 12


def test_the_longest_comment_fits() -> None:
    for letter in ("*", "🎉", "<@1>"):
        message = vouches.public_vouch(samples.vouch(comment=(letter * COMMENT_LIMIT)[:COMMENT_LIMIT], rating=5))
        assert_sendable(message)
