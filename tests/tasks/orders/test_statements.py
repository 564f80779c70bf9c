"""Statements are read in the child process that opens strangers' files, and whatever happens there is a sentence."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pytest

from novacore.errors import BadInput, Busy
from novacore.tasks.orders.statements import read_elsewhere
from novacore.tasks.queue.offload.offload import OffloadFailed, OffloadStopped, picture_child
from novacore.workflows.payments.statements.read import read
from tests.fixtures.statement_samples import PayPalRow, paypal, tron

NOWHERE = frozenset[str]()


def test_the_child_reads_as_the_bot_would() -> None:
    child = picture_child()
    try:
        content = paypal(PayPalRow()).encode()
        assert read_elsewhere(child, content, NOWHERE) == read(content)
        ours = frozenset({"T" + "x" * 33})
        assert read_elsewhere(child, tron(("ab" * 32, "5")).encode(), ours).payments == ()
        with pytest.raises(BadInput, match="a packed archive"):
            read_elsewhere(child, b"PK\x03\x04" + bytes(40), NOWHERE)
    finally:
        child.close()


P = ParamSpec("P")
T = TypeVar("T")


class _Broken:
    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        raise self.fault

    def close(self) -> None:
        """Nothing was started."""


def test_a_child_that_dies_or_stops_is_told_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="can't be read here"):
        read_elsewhere(_Broken(OffloadFailed("read took longer than 60 seconds.")), b"", NOWHERE)
    with pytest.raises(Busy, match="in a minute"):
        read_elsewhere(_Broken(OffloadStopped("The shop is stopping.")), b"", NOWHERE)
