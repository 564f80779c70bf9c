"""What the owner reads in the preview of a restock, and what the menus offer."""

from typing import Any

from novacore.messages.catalog.restock_preview import ANSWERS, columns_of, preview
from novacore.workflows.stock.files.tables import WHOLE_LINES, Choice, StockFile
from novacore.workflows.stock.previews import Preview
from tests.messages.payloads import words_of
from tests.messages.previews import preview_of


def components(found: Preview) -> str:
    """The preview as it is sent."""
    return str(preview(found).view.to_components())  # type: ignore[no-untyped-call]


def options(found: Preview, menu: str) -> list[dict[str, Any]]:
    """What a menu of the preview offers."""

    def walk(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for part in parts for one in (part, *walk(part.get("components", [])))]

    sent = preview(found).view.to_components()  # type: ignore[no-untyped-call]
    (found_menu,) = [one for one in walk(sent) if str(one.get("custom_id", "")).startswith(f"nc:stock:{menu}")]
    return list(found_menu["options"])


def test_a_preview_names_lines_up_to_ten() -> None:
    said = words_of(preview(Preview(7, "Gift card", 1234, 3, StockFile(repeated=range(1, 15)), sold=[4])))
    assert "**1,234** new" in said
    assert "**14** repeated in the file (lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 4 more)" in said
    assert "**1** sold before (line 4)" in said
    assert "in stock already" not in said
    assert "malformed" not in said


def test_a_preview_of_json_counts_entries() -> None:
    said = words_of(preview(Preview(None, "Gift card", 0, 3, StockFile(repeated=[1, 2], counted="entry"))))
    assert "(entries 1, 2)" in said
    assert "Nothing in it is new" in said


def test_heading_columns_lengths_and_masked_codes_are_shown() -> None:
    file = "card number;pin;purchase price\n6035-1111-2222;9911;4,20\n6035-3333-44445;22334;4,20\n"
    said = words_of(preview(preview_of("a.csv", file)))
    assert "Heading: `card number · pin · purchase price` (line 1)" in said
    assert "Goods: **card number**, **pin** · left out: purchase price" in said
    assert "**card number**: 14 to 15 characters · first `60••••22` · last `603••••445`" in said
    assert "**pin**: 4 to 5 characters · first `••••` · last `2••••4`" in said
    for secret in ("6035-1111", "3333", "9911", "4,20"):
        assert secret not in said


def test_a_file_without_a_heading_says_so() -> None:
    said = words_of(preview(preview_of("a.txt", "ABCD-EFGH-1\nABCD-EFGH-2")))
    assert "No heading" in said
    assert "11 characters · first `AB••••-1` · last `AB••••-2`" in said
    assert "Goods:" not in said


def test_while_something_is_asked_nothing_can_be_added() -> None:
    for found in (preview_of("a.txt", "Collection\nAAAA-1"), preview_of("a.csv", "card number,value\nAAAA-1,25")):
        assert "nc:stock:confirm" not in components(found)
        assert "nc:stock:discard:7" in components(found)
        assert " new" not in words_of(preview(found)).replace("Only what is new", "")


def test_a_question_about_a_heading_shows_words_and_masks_what_may_be_a_code() -> None:
    asked = preview_of("a.txt", "My Steam Keys\nAAAA-1\nBBBB-2")
    assert "Is line 1 a heading" in words_of(preview(asked))
    assert "`My Steam Keys`" in words_of(preview(asked))
    assert [one["value"] for one in options(asked, "heading")] == [*ANSWERS]
    assert not any(one.get("default") for one in options(asked, "heading"))
    secret = words_of(preview(preview_of("a.txt", "correcthorsebattery\nAAAA-1\nBBBB-2")))
    assert "It reads `cor••••ery`" in secret
    assert "correcthorsebattery" not in secret
    row = words_of(preview(preview_of("a.csv", "annabelle77,password\nbob,hunter2\ncarl,s3cret9")))
    assert "It reads `an••••77 · password`" in row


def test_lines_further_down_are_named_in_the_question() -> None:
    said = words_of(preview(preview_of("a.txt", "AAAA-1\ncode\nBBBB-2\nCCCC-3\nprice\n")))
    assert "Are lines 2, 5 headings or other text, or are they goods?" in said
    assert "Line 2 reads `code`" in said
    below = preview_of("a.txt", "AAAA-1\nBBBB-2\nCCCC-3\nHave a good day!")
    assert "Is line 4 a heading or other text" in words_of(preview(below))
    assert [one["label"] for one in options(below, "heading")] == ["It isn't goods: leave it out", "It's goods: add it"]


def test_entries_of_json_are_asked_about_by_their_number() -> None:
    assert "Is entry 1 a heading" in words_of(preview(preview_of("a.json", '["Collection", "AAAA-1", "BBBB-2"]')))


def test_a_choice_is_marked_in_its_menu() -> None:
    file = "card number,pin,value\nAAAA-1,12,25\nBBBB-2,13,25"
    assert not any(one.get("default") for one in options(preview_of("a.csv", file), "columns"))
    chosen = options(preview_of("a.csv", file, Choice(columns=(0, 1))), "columns")
    assert [(one["label"], bool(one.get("default"))) for one in chosen] == [
        ("card number", True),
        ("pin", True),
        ("value", False),
    ]
    assert "AAAA-1" not in str(chosen)
    (heading,) = [one for one in options(preview_of("a.csv", file), "heading") if one.get("default")]
    assert heading["value"] == "heading"


def test_plain_text_offers_whole_lines() -> None:
    found = preview_of("a.txt", "bob|hunter2\nann|s3cret9")
    assert [one["label"] for one in options(found, "columns")] == ["Column 1", "Column 2", "Whole lines"]
    assert "whole lines" in words_of(preview(preview_of("a.txt", "bob|hunter2\nann|s3cret9", Choice(columns=(-1,)))))
    assert columns_of(["0", "lines"]) == [WHOLE_LINES]


def test_what_a_menu_never_offers_is_no_choice() -> None:
    assert columns_of(["x", "-1", "²", "1" * 50, ""]) == []
    assert columns_of(["1", "0"]) == [1, 0]


def test_look_alikes_and_what_a_spreadsheet_changed_are_named() -> None:
    said = words_of(preview(preview_of("a.txt", "PX-0001\nPX-OO01\nPX-0002\nРX-0002\n1,2E+11")))
    assert "**4** look alike: lines 1, 2; lines 3, 4" in said
    assert "characters that only look like those of a keyboard (line 4)" in said
    assert "**1** looks changed by a spreadsheet" in said
    assert "line 5: a number in a spreadsheet's short form" in said


def test_names_of_fields_that_are_read_by_themselves_are_told() -> None:
    said = words_of(preview(preview_of("a.json", '[{"titel": "AAAA-1"}, {"titel": "BBBB-2"}]')))
    assert "Which columns are the goods" in said
    for name in ("code", "key", "serial", "voucher"):
        assert name in said


def test_where_nothing_is_new_but_something_can_be_chosen_the_menus_stay() -> None:
    known = preview_of("a.csv", "code,pin\nAAAA-1,12")
    said = words_of(preview(Preview(7, "Gift card", 0, 3, known.file, in_stock=[2])))
    assert "choose something else" in said
    assert "nc:stock:columns:7" in components(Preview(7, "Gift card", 0, 3, known.file))
    assert "nc:stock:confirm" not in components(Preview(7, "Gift card", 0, 3, known.file))
