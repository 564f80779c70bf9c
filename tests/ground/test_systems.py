"""What the embedded shop never asks for, on a system that lacks it; stories/running/test_other_systems has the rest."""

import os
import signal

import pytest

from novacore import systems


def test_processors_are_counted_where_the_system_wont_say_which_we_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = systems.processors()
    assert 1 <= mine == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert systems.processors() == 7


def test_nobody_is_interrupted_where_there_is_no_signal_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    before = signal.getsignal(signal.SIGUSR2)
    try:
        systems.let_be_interrupted(lambda: heard.append("now"))
        systems.interrupt()
        assert heard == ["now"]
        monkeypatch.delattr(signal, "SIGUSR2")
        systems.let_be_interrupted(lambda: heard.append("again"))
        systems.interrupt()
        assert heard == ["now"]
    finally:
        monkeypatch.undo()
        signal.signal(signal.SIGUSR2, before)
