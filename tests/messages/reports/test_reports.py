"""A report in words: the numbers are right, nothing pings, and all of it fits, whatever is sold."""

import pytest

from novacore.media.reports.layout import Page, Tone
from novacore.messages.kit.layout import Message
from novacore.messages.reports import numbers, reports
from novacore.messages.reports.report_page import page
from novacore.workflows.reports.figures import Figures, InCurrency, RatingFigures, Sums, Wait
from tests.messages.reports.samples import REPORTS, busy, figures

PICTURE = b"\x89PNG"


def told(message: Message) -> str:
    """Every word of a message."""
    return "\n".join(str(getattr(item, "content", "")) for item in message.view.walk_children())


@pytest.mark.parametrize("name", REPORTS)
def test_it_fits_and_its_picture_has_a_description(name: str) -> None:
    message = reports.report(REPORTS[name], [PICTURE])
    assert message.view.content_length() <= 4000
    assert len([*message.view.walk_children()]) <= 40
    (part,) = message.files
    assert 0 < len(part.description) <= 1024
    assert REPORTS[name].zone in part.description
    assert part.name.endswith(f"{REPORTS[name].currencies[0].currency.lower()}.png")


def test_the_numbers_stand_there_in_words() -> None:
    text = told(reports.report(REPORTS["one_sale"], [PICTURE]))
    for said in (
        "Net revenue: **$9.99** for 1 order, nothing returned.",
        "Orders placed: 1. Of them 1 sent a proof, 1 were approved, 1 are delivered; 0 expired (0 %)",
        "Top products: Game key $9.99 (1)",
        "Ways to pay: Bitcoin (BTC) $9.99 (1)",
        "From proof to decision: 12 min (median of 1",
        "29 March 2026** (Europe/Berlin), compared with 28 March 2026",
    ):
        assert said in text, text


def test_changes_and_refunds_are_told() -> None:
    text = told(reports.report(REPORTS["year"], [PICTURE]))
    assert "▲" in text
    assert ", was $" in text
    assert "(210 times, " in text


def test_discounts_are_told_where_there_are_any() -> None:
    text = told(reports.report(REPORTS["year"], [PICTURE]))
    assert "off 1,234 of them." in text
    (fact,) = [one for one in page(REPORTS["year"], REPORTS["year"].currencies[0]).facts if one.label == "Discounts"]
    assert (fact.note, fact.was[:5]) == ("off 1,234 orders", "was 1")
    without = REPORTS["one_sale"]
    assert "Discounts" not in told(reports.report(without, [PICTURE]))
    assert "Discounts" not in {fact.label for fact in page(without, without.currencies[0]).facts}


def test_a_day_without_orders_ends_its_sentences() -> None:
    text = told(reports.report(REPORTS["only_a_refund"], [PICTURE]))
    assert "- Orders placed: 0 (▼ 100 %, was 1).\n" in text, text


def test_names_are_harmless() -> None:
    text = told(reports.report(REPORTS["quarter"], [PICTURE]))
    assert "@everyone" not in text
    assert "**bold**" not in text
    assert "](https" not in text


def test_each_currency_has_its_own_part_and_nothing_is_summed() -> None:
    first = REPORTS["year"].first
    several = [busy(code, first, 3, 10_000, ["One"]) for code in ("USD", "JPY", "KWD", "EUR", "CLP", "GBP", "CHF")]
    whole = figures("This week", first, 3, *several)
    message = reports.report(whole, [PICTURE] * reports.MOST_PICTURES)
    text = told(message)
    assert message.view.content_length() <= 4000
    assert [part.name.split("-")[-1] for part in message.files] == ["usd.png", "jpy.png", "kwd.png", "eur.png"]
    assert "There is more; it did not fit" in text
    for one in several[:3]:
        assert f"Money and orders in {one.currency}" in text


def test_nothing_sold_is_said_in_a_sentence() -> None:
    text = told(reports.report(REPORTS["nothing"], [PICTURE]))
    assert "No orders and no money in these days." in text
    assert "From proof to decision: none." in text


@pytest.mark.parametrize("message", [reports.on_its_way("Today", 3, 10), reports.not_made(), reports.not_sent()])
def test_the_other_pages_fit(message: Message) -> None:
    assert 0 < message.view.content_length() < 1000


def test_progress_begins_empty() -> None:
    assert "0 %" in told(reports.on_its_way("Today", 0, 0))
    assert "30 %" in told(reports.on_its_way("Today", 3, 10))


# ---- numbers


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "1 h"),
        (3600, "1 h"),
        (8043.5, "2 h 14 min"),
        (172_800, "2 d"),
        (270_000, "3 d 3 h"),
    ],
)
def test_waits(seconds: float | None, said: str) -> None:
    assert numbers.wait(Wait(1, seconds)) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (110, 100, ("▲ 10 %", Tone.good)),
        (95.5, 100, ("▼ 4.5 %", Tone.bad)),
        (100, 100, ("= as before", Tone.plain)),
        (-5, 100, ("▼ 105 %", Tone.bad)),
        (100, 0, ("", Tone.plain)),
        (100, -50, ("", Tone.plain)),
        (None, 100, ("", Tone.plain)),
        (100, None, ("", Tone.plain)),
    ],
)
def test_changes(now: float | None, before: float | None, said: tuple[str, Tone]) -> None:
    assert numbers.change(now, before) == said


@pytest.mark.parametrize(("part", "said"), [(None, "–"), (0, "0 %"), (0.075, "7.5 %"), (1, "100 %"), (2.5, "250 %")])
def test_shares(part: float | None, said: str) -> None:
    assert numbers.share(part) == said


def test_stars() -> None:
    assert (numbers.stars(RatingFigures(4, 19)), numbers.stars(RatingFigures())) == ("4.75", "–")


# ---- the picture's own numbers


@pytest.mark.parametrize("name", REPORTS)
def test_the_columns_hold_all_the_money_and_the_axis_holds_the_columns(name: str) -> None:
    report: Figures = REPORTS[name]
    one: InCurrency = report.currencies[0]
    shown = page(report, one)
    assert sum(column.came for column in shown.columns) == sum(day.received_minor for day in one.days)
    assert sum(column.went for column in shown.columns) == sum(day.returned_minor for day in one.days)
    assert bool(shown.columns) == bool(one.days)
    assert max((column.came for column in shown.columns), default=0) <= shown.axis[-1][0]
    assert -max((column.went for column in shown.columns), default=0) >= shown.axis[0][0]
    assert 0 in {amount for amount, _ in shown.axis}
    assert 2 <= len(shown.axis) <= 7
    assert len(shown.columns) <= 40
    assert bool(one.days) <= len([column for column in shown.columns if column.label]) <= 7
    assert all(0 <= bar.share <= 1 for ranking in shown.rankings for bar in ranking.bars)


def test_what_it_was_before_is_short_enough_for_a_phone() -> None:
    notes = [tile.note for report in REPORTS.values() for tile in page(report, report.currencies[0]).tiles]
    assert max(map(len, notes)) <= 24, notes
    dinars = page(REPORTS["month"], REPORTS["month"].currencies[0]).tiles
    before = REPORTS["month"].currencies[0].before.net_minor
    assert f"was {before / 10**9:,.1f}M" in dinars[0].note
    assert "was 62,000" in dinars[3].note


def test_ten_thousand_products_are_counted_and_five_named() -> None:
    shown = page(REPORTS["year"], REPORTS["year"].currencies[0])
    assert (shown.rankings[0].title, len(shown.rankings[0].bars)) == ("Top 5 of 10,000 products", 5)


def shown_of(name: str) -> Page:
    """The picture of a sample's first currency."""
    return page(REPORTS[name], REPORTS[name].currencies[0])


def test_with_few_figures_the_picture_leaves_out_what_it_has_none_of() -> None:
    one = shown_of("one_sale")
    assert [(tile.label, tile.value, tile.note) for tile in one.tiles] == [
        ("Net revenue", "$9.99", "1 paid order"),
        ("Orders placed", "1", ""),
    ]
    assert [ranking.title for ranking in one.rankings] == ["Top products"], "no other ranking says more than that"
    refund = shown_of("only_a_refund")
    assert [tile.label for tile in refund.tiles] == ["Net revenue", "Returned", "Orders placed"]
    assert (refund.rankings, refund.facts) == ([], [])
    nothing = shown_of("nothing")
    assert (nothing.tiles, nothing.columns, nothing.rankings, nothing.facts) == ([], (), [], [])
    assert nothing.empty == "No orders and no money in these days."
    assert shown_of("year").empty == ""


def test_nothing_is_said_three_times() -> None:
    """The picture, the words next to it; and the picture's description doesn't say the words again."""
    for name in ("one_sale", "year"):
        figures_of = REPORTS[name].currencies[0].now
        (part,) = reports.report(REPORTS[name], [PICTURE]).files
        assert numbers.money(figures_of.net_minor, REPORTS[name].currencies[0].currency) not in part.description
    said = [*(tile.value for tile in shown_of("one_sale").tiles), *(tile.note for tile in shown_of("one_sale").tiles)]
    assert said.count("$9.99") == 1


def test_the_average_is_rounded_half_up() -> None:
    assert [Sums(received_minor=came, paid=2).average_minor for came in (3, 4, 5)] == [2, 2, 3]


def test_a_shop_with_a_name_reads_it_at_the_top_and_in_the_picture() -> None:
    made = REPORTS["one_sale"]
    assert f"## 📊 {made.title} · Moon\\*light\n" in told(reports.report(made, [PICTURE], "Moon*light"))
    assert page(made, made.currencies[0], "Moon*light").title == f"{made.title} · Moon*light"
    assert f"## 📊 {made.title}\n" in told(reports.report(made, [PICTURE]))
    assert page(made, made.currencies[0]).title == made.title
