"""Reading what came back with a form, whatever it looks like."""

from types import SimpleNamespace
from typing import Any

import discord
from hypothesis import given
from hypothesis import strategies as st

from novacore.bot import form

UPLOAD = {"id": "7", "filename": "a.png", "size": 3, "url": "https://cdn.example/a.png", "proxy_url": ""}


def _interaction(data: object) -> Any:
    """Stand for what discord.py makes of a raw interaction: two of its attributes are read here."""
    return SimpleNamespace(data=data, _state=SimpleNamespace(http=None))


def test_fields_in_labels_and_in_rows_are_read() -> None:
    answers = form.read(
        _interaction(
            {
                "components": [
                    {"type": 18, "component": {"type": 4, "custom_id": "reason", "value": "Too dark."}},
                    {"type": 1, "components": [{"type": 4, "custom_id": "amount", "value": ""}]},
                    {"type": 18, "component": {"type": 19, "custom_id": "proof", "values": ["7"]}},
                ],
                "resolved": {"attachments": {"7": UPLOAD}},
            }
        )
    )
    assert (answers.text("reason"), answers.text("amount"), answers.text("other")) == ("Too dark.", "", "")
    file = answers.file("proof")
    assert isinstance(file, discord.Attachment)
    assert (file.filename, file.size) == ("a.png", 3)
    assert answers.file("other") is None


def test_a_file_that_is_not_among_the_uploads_is_none() -> None:
    data = {
        "components": [{"component": {"custom_id": "proof", "values": ["8"]}}],
        "resolved": {"attachments": {"7": UPLOAD}},
    }
    assert form.read(_interaction(data)).file("proof") is None


def test_what_was_picked_in_a_select_is_a_text() -> None:
    picks = [
        {"component": {"type": 3, "custom_id": "order_pick", "values": ["NC-1", "NC-2"]}},
        {"component": {"type": 5, "custom_id": "person", "values": ["77"]}},
        {"component": {"type": 3, "custom_id": "nothing", "values": []}},
    ]
    answers = form.read(_interaction({"components": picks}))
    assert [answers.text(name) for name in ("order_pick", "person", "nothing")] == ["NC-1", "77", ""]


def test_every_file_and_every_pick_of_several_is_read() -> None:
    other = UPLOAD | {"id": "8", "filename": "b.png"}
    fields = [
        {"component": {"type": 19, "custom_id": "files", "values": ["8", "9", "7"]}},
        {"component": {"type": 3, "custom_id": "gone", "values": ["3", "x", "-1", 5, "\u0665", "9" * 30, "12"]}},
    ]
    answers = form.read(_interaction({"components": fields, "resolved": {"attachments": {"7": UPLOAD, "8": other}}}))
    assert [one.filename for one in answers.every_file("files")] == ["b.png", "a.png"]
    assert answers.every_file("other") == ()
    assert (answers.rows("gone"), answers.rows("other")) == ([3, 12], [])


def test_only_a_box_that_is_ticked_is_ticked() -> None:
    values = {"yes": True, "no": False, "text": "true", "one": 1, "none": None, "list": [True]}
    boxes = [{"component": {"type": 23, "custom_id": name, "value": value}} for name, value in values.items()]
    typed = {"component": {"type": 4, "custom_id": "typed", "value": True}}
    assert form.read(_interaction({"components": [*boxes, typed]})).ticked == {"yes"}


def test_what_was_filled_in_shows_in_no_repr() -> None:
    data = {"components": [{"component": {"custom_id": "reference", "value": "a-payment-reference"}}]}
    assert "a-payment-reference" not in repr(form.read(_interaction(data)))


_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_KEYS = st.sampled_from(["custom_id", "value", "values", "component", "components", "type", "x"])
_ODD = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(st.sampled_from(["components", "resolved", "values", "custom_id"]), _ODD))
def test_nothing_that_comes_in_upsets_the_reader(data: dict[str, object]) -> None:
    answers = form.read(_interaction(data))
    assert all(isinstance(text, str) for text in answers.texts.values())
    assert isinstance(form.chosen(_interaction(data)), str)


def test_a_press_without_data_has_no_answers() -> None:
    assert form.read(_interaction(None)) == form.Answers()
    assert form.chosen(_interaction(None)) == ""


def test_only_the_first_chosen_value_counts() -> None:
    assert form.chosen(_interaction({"values": ["1", "2"]})) == "1"
