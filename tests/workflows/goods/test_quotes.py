"""Quotation marks of phones and of other languages: straight where they stand around an item, as typed elsewhere."""

import json

import pytest

from novacore.errors import BadInput
from novacore.workflows.goods.format import read_form, read_goods
from novacore.workflows.goods.quotes import straight_json, straight_list, unquoted

TWO = ["A-1, part two", "B-2"]

LISTS = {
    "a phone's": "[“A-1, part two”, “B-2”]",
    "a phone's, single": "[‘A-1, part two’, ‘B-2’]",
    "German": "[„A-1, part two“, „B-2“]",
    "German, single": "[‚A-1, part two‘, ‚B-2‘]",
    "German, pointing in": "[»A-1, part two«, »B-2«]",
    "French": "[« A-1, part two », «\u202fB-2\u00a0»]",
    "Swedish": "[”A-1, part two”, ”B-2”]",
    "Swedish, pointing right": "[»A-1, part two», »B-2»]",
    "Polish": "[„A-1, part two”, „B-2”]",
    "Swiss": "[«A-1, part two», ‹B-2›]",
    "Japanese": "[「A-1, part two」, 『B-2』]",
    "full width": "[＂A-1, part two＂, ＂B-2＂]",
    "mixed by the phone": '[“A-1, part two", “B-2”]',
    "some straight": '["A-1, part two", “B-2”]',
    "over lines": "[\n  “A-1, part two”,\n  “B-2”\n]",
    "without brackets": "“A-1, part two”, “B-2”",
    "commas of a Chinese phone": "[“A-1, part two”\uff0c“B-2”]",
    "semicolons": "“A-1, part two”; “B-2”",
    "blanks before the comma": '"A-1, part two" , "B-2" ',
    "types in front": "code: “A-1, part two”, key: “B-2”",
    "types in front, straight": 'code: "A-1, part two", key: "B-2"',
    "a line each": "„A-1, part two“\n„B-2“",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
@pytest.mark.parametrize("reader", [read_form, read_goods])
def test_a_list_in_any_quotation_marks_is_the_list_that_was_meant(text: str, reader: object) -> None:
    assert callable(reader)
    assert [one.value for one in reader(text)] == TWO


def test_objects_in_a_phones_quotation_marks() -> None:
    text = "[{“name”: “Mail”, “type”: “account”, “value”: “a:b, c”}, {“item”: “He said “hi” twice, there”}]"
    assert [one.value for one in read_form(text)] == ["a:b, c", "He said “hi” twice, there"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[‘don’t stop, don’t go’]", "don’t stop, don’t go"),
        ("[“the “old” one”]", "the “old” one"),
        ('[“he said "hi" to me”]', 'he said "hi" to me'),
        ('["the “old” one, twice"]', "the “old” one, twice"),
        ("guide: “Read this, friend”", "Read this, friend"),
        ("The “old” one", "The “old” one"),
        ("5’ cable", "5’ cable"),
        ("’90s pack", "’90s pack"),
        ("“Starfall” deluxe", "“Starfall” deluxe"),
    ],
)
def test_marks_inside_of_an_item_stay_as_they_were_typed(text: str, value: str) -> None:
    assert [one.value for one in read_form(text)] == [value]


@pytest.mark.parametrize("text", ["[“A-1”, “B-2]", "[“A-1” “B-2”]", "[“A-1”,", "{“name: “x”}"])
def test_marks_that_do_not_close_are_refused_and_named(text: str) -> None:
    with pytest.raises(BadInput, match="curly quotation marks") as refused:
        read_form(text)
    assert "A-1" not in refused.value.sentence


@pytest.mark.parametrize("text", ['"A-1" "B-2"', '"A\\"1", B-2', 'A-1, "B" and more'])
def test_marks_that_would_be_lost_from_the_middle_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="quotation marks"):
        read_form(text)


def test_single_marks_never_reach_over_a_line() -> None:
    assert [one.value for one in read_form("‘90s pack\nthe ‘best’\n")] == ["‘90s pack", "the ‘best’"]


def test_straight_json_stays_as_it_is() -> None:
    text = '[{"a": "x, \\"y\\"", "b": [“z”, "“kept”, so"]}]'
    assert json.loads(straight_json(text)) == [{"a": 'x, "y"', "b": ["z", "“kept”, so"]}]
    assert straight_list('"a, “b”", “c "d" e”') == '"a, “b”", "c ""d"" e"'


@pytest.mark.parametrize(
    ("text", "inner"), [("“A”", "A"), ('"A""B"', 'A"B'), ("«\u00a0A »", "A"), ("“A", None), ("A”", None), ("“”", None)]
)
def test_a_whole_text_in_quotation_marks(text: str, inner: str | None) -> None:
    assert unquoted(text) == inner


@pytest.mark.parametrize("piece", ["[«,", "“,", "‘\n,", '"“,', "[‘a", "“ ", '[“a"', '“"x,', "”", "»,\n", "[“a”"])
def test_however_hostile_a_text_is_it_is_gone_through_once(piece: str) -> None:
    text = piece * (90_000 // len(piece))
    assert len(straight_json(text)) >= len(text) // 2
    assert len(straight_list(text)) >= len(text) // 2
