"""What Discord shows in place of what was typed is written out: a transcript is read without Discord, and for years."""

import pytest

from novacore.messages.tickets.transcript.mentions import mentioned, written_out
from novacore.messages.tickets.transcript.talk import Names

NAMES = Names({7: "Sam"}, {5: "Moderators", 6: "Night shift"}, {9: "shop"})


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<@7> and <@!7>", "@Sam and @Sam"),
        ("<@77>", "@77"),
        ("<@&5>, <@&6>", "@Moderators, @Night shift"),
        ("<@&55>", "@deleted-role"),
        ("<#9> <#99>", "#shop #deleted-channel"),
        ("<:sad_duck:123> <a:party:4>", ":sad_duck: :party:"),
        ("</shop:12> </product add:12> </Läden:3>", "/shop /product add /Läden"),
        ("<t:1772366400> <t:1772366400:R> <t:1772366400:F>", "2026-03-01 12:00 UTC " * 2 + "2026-03-01 12:00 UTC"),
        ("<t:-86400:d>", "1969-12-31 00:00 UTC"),
        ("<t:9999999999999>", "<t:9999999999999>"),
        ("<t:999999999999999999>", "<t:999999999999999999>"),
        ("<id:customize> <id:browse> <id:linked-roles>", "Channels & Roles Browse Channels Linked roles"),
        ("<https://example.com/a_(b)>", "https://example.com/a_(b)"),
        ("@everyone @here", "@everyone @here"),
        ("`<@7>` ``` <@&5>\n<#9> ``` <@7>", "`<@7>` ``` <@&5>\n<#9> ``` @Sam"),
        ("``` <@7>", "``` @Sam"),
        ("1 < 2 > <@7", "1 < 2 > <@7"),
        ("<@7><@7>", "@Sam@Sam"),
        ("<<@7>>", "<@Sam>"),
        ("", ""),
    ],
)
def test_it_reads_as_in_discord(typed: str, shown: str) -> None:
    assert written_out(typed, NAMES) == shown


def test_what_has_to_be_looked_up_is_found_wherever_it_stands() -> None:
    found = mentioned(["<@7> <@!8> <@&5>", "<#9> </shop:1> <:duck:2> <t:3>", ""])
    assert (found.people, found.roles, found.channels) == ({7, 8}, {5}, {9})
