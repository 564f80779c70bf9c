"""The card of `/doctor`: faults first, fixes below them, and never more than Discord takes."""

from novacore.doctor.findings import Finding, fault, ok, warning
from novacore.messages.doctor import news, report, stale_rates
from tests.messages.payloads import assert_sendable, words_of

WELL = ok("Database", "It answers.")


def test_all_is_well() -> None:
    text = words_of(report([WELL, ok("Key", "It opens the goods.")]))
    assert "All is well." in text
    assert "✅ Database, Key" in text


def test_faults_come_before_warnings_and_bring_their_fix() -> None:
    text = words_of(
        report([WELL, warning("Disk", "Little room.", "Make room."), fault("Broker", "Away.", "Start Redis.")])
    )
    assert text.index("❌ **Broker**: Away.\n-# Start Redis.") < text.index("⚠️ **Disk**: Little room.\n-# Make room.")
    assert "1 fault to fix, 1 thing to look at." in text


def test_what_has_one_fault_does_not_count_as_well() -> None:
    text = words_of(report([ok("Intents", "One is on."), fault("Intents", "One is off.", "Switch it on."), WELL]))
    assert "✅ Database" in text
    assert "✅ Intents" not in text


def test_more_than_fits_is_counted() -> None:
    many: list[Finding] = [fault(f"SETTING_{n}", "x" * 400, "y" * 400) for n in range(40)]
    assert_sendable(report(many))
    text = words_of(report(many))
    assert "Nothing else could be looked at." in text
    shown = text.count("❌")
    assert f"And {40 - shown} more: run `novacore doctor`" in text


def test_a_channel_named_by_a_stranger_pings_nobody() -> None:
    text = words_of(report([fault("Server", "#@everyone <@&1> is not a category.", "Fix it.")]))
    assert "@everyone" not in text
    assert "<@&1>" not in text


def test_news_for_the_owner_has_the_worst_first_and_stays_within_limits() -> None:
    many = [fault("Role", f"number {n} " * 100, "Make it.") for n in range(60)]
    message = news([warning("Disk", "Little room.", "Make room."), *many])
    assert_sendable(message)
    text = words_of(message)
    assert "Your shop has started" in text
    assert "more: run `novacore doctor`" in text
    few = words_of(news([warning("Disk", "Little room.", "Make room."), fault("Broker", "Away.", "Start Redis.")]))
    assert few.index("Broker") < few.index("Disk")


def test_prices_that_are_out_of_date_are_no_start() -> None:
    text = words_of(stale_rates([warning("Price of BTC", "Your price is older than a day.", "Set it.")]))
    assert "1 price that you set is out of date." in text
    assert "has started" not in text
