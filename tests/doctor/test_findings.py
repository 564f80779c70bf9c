"""How findings read in a terminal, and what a script gets from them."""

import json

from novacore.doctor.findings import as_json, exit_code, fault, ok, summary, warning, written

WELL, ODD = ok("Database", "It answers."), warning("Disk", "Some MiB left.", "Make room.")
BROKEN = fault("Broker", "Redis does not answer.", "Start Redis.")


def test_only_a_fault_stops_a_script() -> None:
    assert exit_code([WELL, ODD]) == 0
    assert exit_code([WELL, BROKEN, ODD]) == 1
    assert exit_code([]) == 0


def test_programs_read_the_same_with_names_that_stay() -> None:
    told = json.loads(as_json([WELL, BROKEN, ODD]))
    assert told.pop("findings")[1:] == [
        {"level": "fault", "about": "Broker", "text": "Redis does not answer.", "fix": "Start Redis."},
        {"level": "warning", "about": "Disk", "text": "Some MiB left.", "fix": "Make room."},
    ]
    summary = "1 fault to fix, 1 thing to look at."
    assert told == {"summary": summary, "exit_code": 1, "ok": 1, "warnings": 1, "faults": 1}


def test_the_summary_counts() -> None:
    assert summary([WELL]) == "All is well."
    assert summary([WELL, ODD]) == "1 thing to look at."
    assert summary([BROKEN, ODD, ODD]) == "1 fault to fix, 2 things to look at."


def test_each_finding_stands_on_its_line_with_its_fix_below() -> None:
    lines = written([WELL, BROKEN]).splitlines()
    assert lines[0].split() == ["ok", "Database", "It", "answers."]
    assert lines[1].split()[:2] == ["FAULT", "Broker"]
    assert lines[2].strip() == "-> Start Redis."
    assert lines[2].index("->") == lines[1].index("Redis")
    assert lines[-1] == "1 fault to fix."


def test_long_sentences_are_wrapped_and_keep_their_column() -> None:
    lines = written([fault("Key", "word " * 60, "fix " * 60)], width=100).splitlines()
    assert max(map(len, lines)) <= 100
    assert {len(line) - len(line.lstrip()) for line in lines[1:3]} == {lines[0].index("word")}


def test_colours_change_nothing_but_the_mark() -> None:
    plain, coloured = written([BROKEN]), written([BROKEN], colours=True)
    assert coloured != plain
    assert coloured.replace("\033[31m", "").replace("\033[0m", "") == plain


def test_what_others_named_can_not_change_the_terminal() -> None:
    shown = written([fault("Server", "The bot is in \x1b[31mred\u202e\nof day.", "Ask \x1b]0;title\x07.")])
    assert "red" in shown
    assert [one for one in shown if not one.isprintable() and one != "\n"] == []
    assert len(shown.splitlines()) == 4
