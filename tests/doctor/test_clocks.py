"""The doctor compares this machine's clock with Discord's and with PostgreSQL's, and says what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from novacore.db import health
from novacore.doctor import clocks
from novacore.doctor.findings import Finding, Level
from novacore.workflows.machine.shop import Shop
from tests.doctor.conftest import Town


def clock_of(found: list[Finding]) -> Finding:
    """What was said of the clock."""
    (finding,) = [each for each in found if each.about == "Clock"]
    return finding


@pytest.mark.parametrize(
    ("seconds", "level", "said"),
    [
        (0, Level.ok, "This machine's clock agrees with Discord's."),
        (30, Level.warning, " behind Discord's."),
        (-7200.0 - 30, Level.fault, "This machine's clock is 2 hours ahead of Discord's."),
        (3 * 86_400.0, Level.fault, " behind Discord's."),
    ],
)
def test_discords_clock(town: Town, seconds: float, level: Level, said: str) -> None:
    town.wire.world.clock_ahead = seconds
    finding = clock_of(town.examine())
    assert finding.level is level
    assert finding.text.endswith(said)
    assert ("set-ntp" in finding.fix) == (level is not Level.ok)


def test_the_databases_clock(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [*clocks.database(shop.database)]
    if shop.database.is_sqlite:
        assert found == []
        return
    assert [each.text for each in found] == ["This machine's clock agrees with the PostgreSQL server's."]
    monkeypatch.setattr(health, "told_time", lambda _: datetime.now(UTC) + timedelta(days=2, minutes=1))
    (finding,) = clocks.database(shop.database)
    assert (finding.level, finding.text) == (
        Level.fault,
        "This machine's clock is 2 days behind the PostgreSQL server's.",
    )
    assert "both machines" in finding.fix
