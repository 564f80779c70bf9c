"""What Excel and its kind do to codes: guards come off, formulas are refused, and what was changed is named."""

import pytest

from novacore.workflows.stock.files import faults, spreadsheet
from tests.workflows.stock.files.reading import read


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('="0012345678"', "0012345678"),
        ('= "0012345678"', "0012345678"),
        ('="AB""12"', 'AB"12'),
        ("'0012345678", "0012345678"),
        ("'=A1-B2", "=A1-B2"),
        ("'+1234", "+1234"),
        ("'RX7K'", "'RX7K'"),
        ("'RX7K", "'RX7K"),
        ("=RX7K-90=", "=RX7K-90="),
        ("12345'", "12345'"),
    ],
)
def test_guards_come_off_and_nothing_else(cell: str, code: str) -> None:
    assert spreadsheet.unguarded(cell) == code


@pytest.mark.parametrize("ending", ["csv", "txt", "tsv"])
def test_guarded_codes_are_read_in_any_file(ending: str) -> None:
    assert read(f"a.{ending}", 'code\n="0012345678"\n="0012345679"\n').codes == ["0012345678", "0012345679"]


def test_guards_as_a_csv_writer_quotes_them() -> None:
    found = read("a.csv", 'code;pin\n"=""0012345678""";"=""0042"""\n')
    assert found.codes == ["code: 0012345678\npin: 0042"]


@pytest.mark.parametrize(
    "cell",
    ["=HYPERLINK(A1)", "=A1", "=$B$22", '@SUM(A1,"x")', "=CONCAT(A1;B1)", '="A"&"B"', "=1+2", "=0012", "+SUM(A1:A2)"],
)
def test_formulas_are_malformed(cell: str) -> None:
    assert read("a.txt", f"RX7K-90\n{cell}\nQ2MM-41\n").malformed == [(2, spreadsheet.FORMULA)]


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NV", "#WERT!", "########", "#n/a"])
def test_errors_of_a_spreadsheet_are_malformed(cell: str) -> None:
    assert read("a.txt", f"RX7K-90\n{cell}\nQ2MM-41\n").malformed == [(2, spreadsheet.ERROR)]


@pytest.mark.parametrize(
    "cell",
    [
        "1.23457E+15", "1,23457E+15", "6E+10", "-1.5e-07", "2024-05-01", "01.05.2024", "5/1/24",
        "2024-05-01 00:00:00",
        "3-May", "May-24", "1. Mär", "12-déc-23", "12:30:00", "1:05 PM", "6035719999.0",
        "1,234,567,890", "6035719999.00", "nan", "NULL",
        "TRUE", "None",
    ],
)  # fmt: skip
def test_codes_that_a_spreadsheet_changed_are_named_and_not_dropped(cell: str) -> None:
    codes = "\n".join(f"RX{n:02}-90" for n in range(10, 30))
    found = read("a.csv", f'code\n"{cell}"\n{codes}\n')
    assert cell in found.codes
    assert [number for number, _ in found.changed] == [2]


@pytest.mark.parametrize(
    "cell", ["12-34-56", "2024-13-01", "12E4", "1E10", "3-Mayor", "MAY-1", "12:30", "10.5", "RX-NULL", "123/456"]
)
def test_codes_that_only_resemble_that_are_left_alone(cell: str) -> None:
    assert spreadsheet.changed([cell, "RX7K-90"]) == ["", ""]


def test_zeros_that_were_lost_in_front_show_in_the_length() -> None:
    numbers = [f"00{n:08}" for n in range(9)]
    assert not any(spreadsheet.changed(numbers))
    assert [bool(one) for one in spreadsheet.changed([*numbers, "12345678"])] == [False] * 9 + [True]
    assert not any(spreadsheet.changed([*numbers, "RX7K"]))
    assert any(spreadsheet.changed([*numbers[:4], "12345678"])), "four of five have the usual length"
    assert not any(spreadsheet.changed([*numbers[:3], "12345678"])), "three of four are too few"


def test_long_numbers_that_all_end_in_zeros_were_rounded() -> None:
    rounded = [f"{n}23456789012345000" for n in range(1, 4)]
    assert all(spreadsheet.changed(rounded))
    assert not any(spreadsheet.changed(["1234567890123450", "1234567890123456", "1234567890123457"]))


def test_each_column_is_looked_at_by_itself() -> None:
    found = read("a.csv", "code,pin\nRX7K-90,3-May\nQ2MM-41,0042\n")
    assert [number for number, _ in found.changed] == [2]


@pytest.mark.parametrize(
    "code",
    ["\u2800", "\u3164", "\u115f\u1160", "A\u00adB", "A\u034fB", "A\ufe0fB", "A\u200dB", "A\u2066B",
        "A\ue000B", "A\uffffB",
     "\u0301", "A\U000e0041B", "A\u180eB", "A\ufffcB", "A\U000e0100B"],
)  # fmt: skip
def test_what_nobody_can_see_is_malformed(code: str) -> None:
    assert faults.fault(code) == faults.INVISIBLE
    assert read("a.txt", f"RX7K-90\n{code}\nQ2MM-41\n").malformed == [(2, faults.INVISIBLE)]


@pytest.mark.parametrize(
    "code", ["schlüssel-1", "ключ-1", "コード1", "👍-1", "e\u0301-1", "A B", "A\u00a0B", "नमस्ते-1", "A\tB"]
)
def test_what_people_can_see_is_not(code: str) -> None:
    assert faults.fault(code) == ""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("RX7K-****-90", faults.HIDDEN),
        ("••••-90", faults.HIDDEN),
        ("RX7K&amp;90", faults.ESCAPED),
        ("RX&#39;7K", faults.ESCAPED),
    ],
)
def test_what_another_program_hid_or_escaped_is_malformed(code: str, fault: str) -> None:
    assert faults.fault(code) == fault


@pytest.mark.parametrize("code", ["ann:p****w", "a&b;c", "RX••90"])
def test_passwords_may_have_such_signs(code: str) -> None:
    assert not faults.fault(code)


def test_a_short_pin_among_others_may_lack_its_zero() -> None:
    pins = ["4417", "9921", "3307", "417", "5512", "6633"]
    assert [number for number, _ in read("a.csv", "\n".join(["PIN", *pins])).changed] == [5]
    assert read("a.csv", "\n".join(["PIN", "0441", *pins])).changed == []


def test_a_character_that_was_lost_is_named() -> None:
    assert faults.fault("schl\ufffdssel") == faults.LOST
