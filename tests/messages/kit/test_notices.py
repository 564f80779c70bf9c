"""Short answers to a press."""

from novacore.messages.kit import notices
from tests.messages.payloads import words_of


def test_a_notice_keeps_our_markdown() -> None:
    assert words_of(notices.notice("Done: `NC-1` is **approved** now.")) == "Done: `NC-1` is **approved** now."


def test_a_refusal_shows_its_sentence() -> None:
    assert words_of(notices.refused("Sorry, Gift card is sold out.")) == "⚠️ Sorry, Gift card is sold out."


def test_a_fault_gives_the_reference_to_quote() -> None:
    said = words_of(notices.went_wrong("A1B2C3"))
    assert "Nothing was lost" in said
    assert "`A1B2C3`" in said
