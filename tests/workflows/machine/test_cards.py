"""Messages that are kept up to date: remembered once, in order, and let go."""

from novacore.workflows.machine import cards, facts
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.machine.shop import Shop

ORDER = "NC-20260101-ACDEFG"


def test_a_card_is_remembered_once(shop: Shop) -> None:
    for _ in range(2):
        cards.remember(shop, CardKind.receipt, ORDER, 10, 100)
    cards.remember(shop, CardKind.receipt, ORDER, 10, 101)
    found = cards.remembered(shop, CardKind.receipt, ORDER)
    assert [(card.channel_id, card.message_id) for card in found] == [(10, 100), (10, 101)]


def test_kinds_and_subjects_are_kept_apart(shop: Shop) -> None:
    cards.remember(shop, CardKind.receipt, ORDER, 10, 100)
    assert cards.remembered(shop, CardKind.review, ORDER) == []
    assert cards.remembered(shop, CardKind.receipt, "NC-20260101-HJKMNP") == []


def test_a_card_that_is_gone_is_forgotten(shop: Shop) -> None:
    cards.remember(shop, CardKind.panel, "shop", 10, 100)
    (card,) = cards.remembered(shop, CardKind.panel, "shop")
    for _ in range(2):
        cards.forget(shop, card.id)
    assert cards.remembered(shop, CardKind.panel, "shop") == []


def test_a_fact_takes_the_place_of_the_one_before(shop: Shop) -> None:
    assert facts.recall(shop, "colour") == {}
    facts.note(shop, "colour", {"is": "red"})
    facts.note(shop, "colour", {"is": "blue"})
    assert facts.recall(shop, "colour") == {"is": "blue"}
