"""What an owner may write about a way to pay, and what is said of the rest."""

from dataclasses import replace

import pytest

from novacore.states import ReferenceNeed
from novacore.workflows.payments.emoji import read_emoji
from novacore.workflows.payments.own_rules import Typed, describe

GOOD = Typed(
    "Bank  transfer",
    " 🏦\ufe0f ",
    "Send { TOTAL } with {order}.",
    " DE89 3704 ",
    "ＩＢＡＮ reference",
    ReferenceNeed.optional,
)


def test_what_is_stored_is_tidy() -> None:
    told, slips = describe(GOOD, "USD")
    assert slips == ()
    assert (told.label, told.emoji, told.address) == ("Bank transfer", "🏦", "DE89 3704")
    assert (told.instructions, told.reference, told.need) == (
        "Send {total} with {order}.",
        "IBAN reference",
        ReferenceNeed.optional,
    )


def test_emoji_and_reference_may_be_left_out() -> None:
    told, slips = describe(replace(GOOD, emoji="", reference=" ", address=""), "USD")
    assert (slips, told.emoji, told.reference, told.address) == ((), "💵", "reference", "")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"label": "🏦"}, "The name needs at least one letter"),
        ({"label": "x" * 41}, "The name has 41 characters; the limit is 40."),
        ({"label": "\u200bPayPal"}, "PayPal is built in: set PAYPAL_EMAIL"),
        ({"label": "ＢＴＣ"}, "Bitcoin (BTC) is built in"),
        ({"label": "tether (usdt)"}, "set USDT_ADDRESS"),
        ({"emoji": "bank"}, "Discord can't show that emoji in a menu"),
        ({"emoji": "<:bank:123456789012345678>"}, "Discord can't show that emoji in a menu"),
        ({"emoji": "🏦🏦"}, "Discord can't show that emoji in a menu"),
        ({"emoji": "🇩🇪"}, "Discord can't show that emoji in a menu"),
        ({"instructions": "\u200b !"}, "Tell customers what to do"),
        (
            {"instructions": "Pay {amount} to {@everyone}"},
            "{amount} can't be filled in. In braces there may be {total}",
        ),
        ({"instructions": "Pay {amount} to {@everyone}"}, "{@everyone} can't be filled in"),
        ({"instructions": "x" * 701}, "The instructions have up to 701 characters"),
        ({"instructions": "{total} " * 60}, "characters once {total} and {order} are filled in; the limit is 700"),
        ({"address": "x" * 121}, "The text to copy has 121 characters; the limit is 120."),
        ({"address": "to {order}"}, "no {total} or {order}"),
        ({"address": "a`b"}, "no backticks"),
        ({"reference": "-"}, "What the reference is called needs at least one letter"),
        ({"reference": "x" * 41}, "What the reference is called has 41 characters; the limit is 40."),
    ],
)
def test_each_slip_is_a_sentence(changed: dict[str, str], said: str) -> None:
    _, slips = describe(replace(GOOD, **changed), "USD")  # type: ignore[arg-type]
    assert any(said in one for one in slips), slips


@pytest.mark.parametrize("emoji", ["🏦", "💳", "🪙", "⚡", "📱", "🟢"])
def test_plain_emoji_are_taken(emoji: str) -> None:
    assert read_emoji(emoji) == emoji


@pytest.mark.parametrize(
    "text", ["", "a", "1", "©", "👍🏽", "👨\u200d👩", "#\ufe0f\u20e3", "\ufe0f", "🇩", "\U0001fae8"]
)
def test_what_discord_might_not_know_is_not(text: str) -> None:
    assert read_emoji(text) is None


def test_what_was_typed_comes_back_and_an_older_form_has_defaults() -> None:
    assert Typed.read(GOOD.stored()) == GOOD
    assert Typed.read({"label": "x"}) == Typed("x")
