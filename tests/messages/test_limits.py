"""Whatever strangers write, every message stays within Discord's limits, and no word of theirs works."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.messages.everything import every_message
from tests.messages.payloads import assert_nothing_reads_inside, assert_own_ids, assert_sendable

HOSTILE = {
    "nothing": "",
    "blank": "\u200b \u3164",
    "stars": "*" * 5000,
    "backticks": "`" * 5000,
    "angles": "<" * 5000,
    "lines": "a\n" * 2500,
    "starred lines": "*\n" * 2500,
    "mentions": "@everyone @here <@&123> <@1> <@!1> <#1> </x:1> <t:1:R> <a:b:1> <id:browse>",
    "masked links": "[x](http://e.vil)" * 40,
    "overrides": "\u202e\u2066evil\u200f" * 40,
    "families": "👩‍👩‍👧" * 200,
    "zalgo": ("Z" + "\u0301" * 30) * 100,
    "arabic": "محمد 5 " * 99,
    "half a character": "\ud800x",
    "controls": "".join(map(chr, range(32))) * 9,
    "fences": "```py\n@everyone\n```" * 40,
}


def _check(text: str) -> None:
    for name, message in every_message(text):
        try:
            assert_sendable(message)
            assert_own_ids(message)
            assert_nothing_reads_inside(message)
        except BaseException as failure:
            failure.add_note(f"in the message {name!r}")
            raise


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_known_to_be_hostile_does_no_harm(text: str) -> None:
    _check(text)


_NASTY = st.sampled_from(
    ["@everyone", "<@", "<#1>", "](", "[a](b)", "```", "||", "\n", "> ", "-# ", "\u202e", "🎉", "://"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(_NASTY, st.text(max_size=8)), max_size=60).map("".join))
def test_whatever_is_written_does_no_harm(text: str) -> None:
    _check(text)
