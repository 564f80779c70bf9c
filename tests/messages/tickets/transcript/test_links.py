"""Links end where their address ends: brackets and stops around them are the sentence's."""

import pytest

from novacore.messages.tickets.transcript.links import addresses
from tests.fixtures.effort import lines

A = "https://example.com/a"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"see {A}.", [A]),
        (f"({A})", [A]),
        (f"[{A}]", [A]),
        (f"{{{A}}}", [A]),
        (f"(really? {A}!)", [A]),
        (f"\"{A}\", '{A}'", [A, A]),
        (f"**{A}** ||{A}|| ~~{A}~~ _{A}_", [A] * 4),
        (f"[here]({A})", [A]),
        (f"[{A}]({A}b)", [A, f"{A}b"]),
        (f"{A}...", [A]),
        (f"{A}…)", [A]),
        (f"（{A}）です。{A}。", [A, A]),
        ("https://en.wikipedia.org/wiki/Pie_(food)", ["https://en.wikipedia.org/wiki/Pie_(food)"]),
        ("(https://en.wikipedia.org/wiki/Pie_(food))", ["https://en.wikipedia.org/wiki/Pie_(food)"]),
        ("https://en.wikipedia.org/wiki/Pie_(food).", ["https://en.wikipedia.org/wiki/Pie_(food)"]),
        ("[x](https://en.wikipedia.org/wiki/Pie_(food))", ["https://en.wikipedia.org/wiki/Pie_(food)"]),
        ("https://example.com/?a[]=1&b[]=2", ["https://example.com/?a[]=1&b[]=2"]),
        ("http://[::1]:8080/x", ["http://[::1]:8080/x"]),
        ("https://example.com/#a,b;c:d", ["https://example.com/#a,b;c:d"]),
        ("https://example.com/Rock_'n'_Roll", ["https://example.com/Rock_'n'_Roll"]),
        ("HTTPS://EXAMPLE.COM", ["HTTPS://EXAMPLE.COM"]),
        (f"`{A}`", [A]),
        (f"<{A}>", [A]),
        (f"{A}\n{A}", [A, A]),
        ("https://", []),
        ("https://...", []),
        ("ftp://example.com javascript:alert(1)", []),
    ],
)
def test_a_link_is_the_address_and_nothing_else(text: str, links: list[str]) -> None:
    assert [text[start:end] for start, end in addresses(text)] == links


@pytest.mark.parametrize("hostile", [")", "(", "](", ".", "https://", "https://)"])
def test_the_work_grows_with_the_text_and_no_faster(hostile: str) -> None:
    def work(count: int) -> int:
        return lines(lambda: [*addresses("https://x" + hostile * count)])

    assert work(2000) <= 2.1 * work(1000)
