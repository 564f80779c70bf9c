"""Tests cannot leave this machine."""

import asyncio
import socket

import pytest

from tests.fixtures.network import LeavesThisMachine


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "discord.com", "10.0.0.1"])
def test_nothing_connects_to_another_machine(host: str) -> None:
    with pytest.raises(LeavesThisMachine):
        socket.create_connection((host, 9), timeout=0.1)


def test_asyncio_does_not_either() -> None:
    async def connect() -> None:
        await asyncio.open_connection("192.0.2.1", 9)

    with pytest.raises(LeavesThisMachine):
        asyncio.run(connect())


def test_a_datagram_does_not_either() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(LeavesThisMachine):
        sender.sendto(b"x", ("192.0.2.1", 9))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_can_be_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1]), timeout=5).close()
