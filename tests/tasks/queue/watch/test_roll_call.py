"""Calling the roll of the workers: who answers, and what is said of a broker that does not. See tests/stories too."""

import pytest

from novacore.doctor.work import BrokerAway
from novacore.tasks.queue.watch.roll_call import roll_call
from tests.fixtures.servers.processes import free_port


def test_nobody_is_there(redis_url: str) -> None:
    assert roll_call(redis_url)() == {}


def test_a_broker_that_is_away_is_told_without_its_password() -> None:
    with pytest.raises(BrokerAway) as away:
        roll_call(f"redis://:hunter22hunter@127.0.0.1:{free_port()}/0")()
    assert "hunter22" not in str(away.value)
