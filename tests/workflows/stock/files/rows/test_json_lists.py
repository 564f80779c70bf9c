"""JSON as programs and people write it: wrapped, a value a line, with slips, and with names that nobody knows."""

import json

import pytest

from novacore.errors import BadInput
from novacore.workflows.stock.files.columns.vocabulary import Role
from novacore.workflows.stock.files.columns.words import role
from novacore.workflows.stock.files.rows.json_lists import READ_BY_NAME
from novacore.workflows.stock.files.tables import Choice, Question
from tests.workflows.stock.files.reading import read

BOTH = ["RX7K-90", "Q2MM-41"]

READ = {
    "a list": '["RX7K-90", "Q2MM-41"]',
    "over lines": '[\n  "RX7K-90",\n  "Q2MM-41"\n]\n',
    "objects": '[{"code": "RX7K-90", "id": 1}, {"code": "Q2MM-41", "id": 2}]',
    "another name": '[{"licenseKey": "RX7K-90"}, {"licenseKey": "Q2MM-41"}]',
    "names that differ": '[{"key": "RX7K-90"}, {"voucher": "Q2MM-41"}]',
    "wrapped": '{"codes": ["RX7K-90", "Q2MM-41"]}',
    "wrapped under any name": '{"total": 2, "payload": ["RX7K-90", "Q2MM-41"]}',
    "wrapped twice": '{"data": {"items": [{"key": "RX7K-90"}, {"key": "Q2MM-41"}]}, "ok": true}',
    "wrapped next to another list": '{"tags": ["x"], "keys": ["RX7K-90", "Q2MM-41"]}',
    "a line each": '{"code":"RX7K-90"}\n{"code":"Q2MM-41"}\n',
    "a line each with blank ones": '{"code":"RX7K-90"}\r\n\r\n{"code":"Q2MM-41"}',
    "a line each with commas": '{"code": "RX7K-90"},\n{"code": "Q2MM-41"},\n',
    "objects one after the other": '{\n "code": "RX7K-90"\n}\n{\n "code": "Q2MM-41"\n}',
    "lists a line": '["RX7K-90"]\n["Q2MM-41"]\n',
    "lists with a heading": '[["code", "cost"], ["RX7K-90", "3.10"], ["Q2MM-41", "4.20"]]',
    "a phone's quotation marks": "[“RX7K-90”, „Q2MM-41“]",
    "French quotation marks": "[« RX7K-90 », « Q2MM-41 »]",
    "objects from a phone": "[{“code”: “RX7K-90”}, {“code”: “Q2MM-41”}]",
}


@pytest.mark.parametrize("content", READ.values(), ids=READ.keys())
@pytest.mark.parametrize("ending", ["json", "txt", "jsonl", "csv"])
def test_json_is_read_whatever_the_ending_says(ending: str, content: str) -> None:
    found = read(f"a.{ending}", content)
    assert (found.question, found.codes, found.malformed) == (None, BOTH, [])


REFUSED = {
    "a comma at the end": ('["RX7K-90",\n"Q2MM-41",\n]', "line 2.*comma"),
    "a comma at the end of the only line": ('["RX7K-90","Q2MM-41",]', "line 1.*comma"),
    "a missing comma": ('["RX7K-90"\n"Q2MM-41"]', "line 2"),
    "single quotation marks": ("['RX7K-90', 'Q2MM-41']", "line 1.*single quotation"),
    "no end": ('["RX7K-90",\n"Q2MM-41"\n\n', r"line 2\."),
    "no end of the last line": ('{"code":"RX7K-90"}\n{"code":"Q2MM-41"\n', r"line 2\."),
    "a bad line among good ones": ('{"code":"RX7K-90"}\n{"code":}\n{"code":"Q2MM-41"}', "line 2"),
    "a word at the end": ('{"code":"RX7K-90"}\nthat is all', "line 2"),
    "names without quotation marks": ('{code: "RX7K-90"}', "line 1"),
    "half of a phone's quotation marks": ("[“RX7K-90”, “Q2MM-41]", "line 1.*curly"),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("ending", ["json", "txt"])
def test_a_slip_is_refused_with_its_line_and_never_sold(ending: str, content: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=f"(?s){sentence}") as refused:
        read(f"a.{ending}", content)
    assert "RX7K" not in refused.value.sentence


@pytest.mark.parametrize(
    "content", ['{"RX7K-90": "1"}', '{"a": [], "b": {}}', "{}", '"RX7K-90"', "17", "true", '{"a": 1}']
)
def test_json_without_a_list_of_codes_is_refused(content: str) -> None:
    with pytest.raises(BadInput, match="list of codes"):
        read("a.json", content)


def test_two_lists_are_refused_for_one_of_them_would_be_lost() -> None:
    with pytest.raises(BadInput, match="several lists"):
        read("a.json", '{"steam": ["RX7K-90"], "other": ["Q2MM-41"]}')


def test_a_list_that_is_left_out_is_named_and_pins_in_one_of_their_own_are_not_lost() -> None:
    found = read("a.json", '{"codes": ["RX7K-90"], "old": ["Q2MM-41"], "none": []}')
    assert (found.codes, found.notes) == (["RX7K-90"], ["Other lists in that file were left out: “old”."])
    with pytest.raises(BadInput, match="several lists"):
        read("a.json", '{"code": ["RX7K-90"], "pin": ["0042"]}')


def test_a_field_that_stands_twice_in_an_object_is_refused() -> None:
    with pytest.raises(BadInput, match="field “code” twice"):
        read("a.json", '[{"code": "RX7K-90", "code": "Q2MM-41"}]')


@pytest.mark.parametrize("content", [["RX7K-90"], [json.dumps({"code": "RX7K-90", "used": False})]])
def test_json_that_was_packed_twice_is_unpacked(content: list[str]) -> None:
    assert read("a.json", json.dumps(json.dumps(content))).codes == ["RX7K-90"]


def test_entries_that_say_they_are_gone_are_named() -> None:
    content = (
        '[{"code": "RX7K-90", "used": true}, {"code": "Q2MM-41", "used": false}, {"code": "Z9PP-17", "soldTo": "ann"}]'
    )
    found = read("a.json", content)
    assert (found.codes, [number for number, _ in found.malformed]) == (["Q2MM-41"], [1, 3])


def test_unknown_names_are_asked_about() -> None:
    found = read("a.json", '[{"titel": "x", "inhalt": "RX7K-90"}, {"titel": "x", "inhalt": "Q2MM-41"}]')
    assert (found.question, [one.name for one in found.columns]) == (Question.columns, ["titel", "inhalt"])
    chosen = read("a.json", '[{"titel": "x", "inhalt": "RX7K-90"}]', Choice(columns=(1,)))
    assert chosen.codes == ["RX7K-90"]


def test_the_names_that_we_tell_are_those_that_we_read() -> None:
    told = [role(name) for name in READ_BY_NAME.split(",")]
    assert {*told} == {Role.code, Role.companion, Role.password}


def test_numbers_are_no_codes_for_their_zeros_are_lost() -> None:
    found = read("a.json", '[{"code": 12345, "note": 1}, {"code": "RX7K-90", "note": 2}]')
    assert found.codes == ["RX7K-90"]
    assert found.malformed == [(1, "no text: codes need quotation marks around them")]
    assert read("a.json", "[12345, 67890]").codes == []


def test_entries_of_another_kind_are_named() -> None:
    found = read("a.json", '[{"code": "RX7K-90"}, null, ["x"], {"code": {"a": 1}}, {"code": ["y"]}, {"note": "z"}]')
    assert found.codes == ["RX7K-90"]
    assert [number for number, _ in found.malformed] == [2, 3, 4, 5, 6]


def test_a_value_a_line_is_counted_by_its_line() -> None:
    found = read("a.jsonl", '{"code":"RX7K-90"}\n\n{"code":"RX7K-90"}\n{"code":""}\n')
    assert (found.counted, found.repeated, [number for number, _ in found.malformed]) == ("line", [3], [4])


def test_codes_in_brackets_are_codes() -> None:
    for content in ("[RX7K-90]\n[Q2MM-41]\n", "{RX7K-90}\n{Q2MM-41}\n", "[90-11]\n[41-22]\n"):
        assert read("a.txt", content).codes == content.split()


def test_objects_with_endlessly_many_fields_are_refused() -> None:
    with pytest.raises(BadInput, match="different fields"):
        read("a.json", "[" + ",".join(f'{{"f{n}": "x"}}' for n in range(101)) + "]")
