"""Tests cannot leave this machine."""

import asyncio
import socket

import pytest

from tests.fixtures.network import LeavesThisMachine, stays_here


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


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


@pytest.mark.parametrize("host", [None, "", "localhost", "127.0.0.1", "127.8.9.1", "::1", b"127.0.0.2", "::"])
def test_these_names_are_this_machine(host: str | bytes | None) -> None:
    assert stays_here(host)
