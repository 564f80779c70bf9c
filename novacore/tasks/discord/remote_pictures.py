"""Fetches a picture from an address that someone typed, without becoming their eyes inside our own network.

Only https, only port 443, only hosts with a name, and only addresses of the public internet: the name is resolved once,
every answer is checked, and the connection goes to the very address that was checked, so that a name server which
answers differently the second time gains nothing. Redirects are followed by hand, a few, each checked the same way.
Three seconds and 5 MiB in all. What comes back is bytes that nobody has looked at yet. The prices of coins are fetched
the same way (`tasks.orders.rates`), with a tighter limit.
"""

import asyncio
import ipaddress
import logging
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from novacore.errors import BadInput

MOST_BYTES: Final = 5 * 1024 * 1024
SECONDS: Final = 3.0
MOST_REDIRECTS: Final = 3
_FAREWELL: Final = 0.2

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSLATED = tuple(ipaddress.IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""Addresses with an IPv4 address inside of them, of which nobody knows where it leads (NAT64, 6to4, Teredo)."""

_SPECIAL = tuple(ipaddress.IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24"))
"""Set aside for protocols (one cloud's metadata service lives there); Python before 3.13 calls most of it global."""

_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z][a-z0-9-]*\.?")
"""As yarl gives it: in small letters, full-width digits as plain ones, other scripts as `xn--`."""

_SLOW = f"The picture did not come within {SECONDS:g} seconds. Please upload it instead."
_HEAVY = "The picture behind that address is larger than 5 MiB. Please use a smaller one."
_UNREACHABLE = "The picture behind that address can't be reached. Please check the address, or upload the picture."
_INSIDE = "That address does not lead to a public website. Please upload the picture instead."

log = logging.getLogger(__name__)

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the IP addresses of a host. Raises OSError."""


async def system_resolver(host: str) -> Sequence[str]:
    """Ask the machine. In threads of our own: a name server that hangs must hold up nothing but this one answer."""
    ask = asyncio.get_running_loop().run_in_executor
    found = await ask(_threads, lambda: socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM))
    return [str(one[4][0]) for one in found]


_threads = ThreadPoolExecutor(4, thread_name_prefix="resolver")


def _as_it_is(address: str) -> tuple[str, int]:
    return address, 443


@dataclass(frozen=True, slots=True)
class Internet:
    """How names become addresses and where these are reached. Tests put their own machine in its place."""

    resolve: Resolve = system_resolver
    reach: Callable[[str], tuple[str, int]] = _as_it_is
    """Where an address that passed every check is connected to."""
    tls: ssl.SSLContext | None = None


INTERNET = Internet()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, as the header Accept has it, and of how many bytes it may be."""

    accept: str
    most_bytes: int


PICTURE: Final = Wanted("image/*", MOST_BYTES)


def fetch(url: str, internet: Internet = INTERNET, wanted: Wanted = PICTURE) -> bytes:
    """Return what lies behind the address. Raises BadInput with a sentence that says what is wrong with it.

    The sentences speak of a picture. Runs an event loop of its own; never call it in a transaction.
    """
    return asyncio.run(_fetch(url, internet, wanted))


async def _fetch(url: str, internet: Internet, wanted: Wanted) -> bytes:
    try:
        async with asyncio.timeout(SECONDS):
            return await _follow(URL(url.strip()), internet, wanted)
    except TimeoutError:
        raise BadInput(_SLOW) from None
    except (aiohttp.ClientError, OSError, ValueError) as fault:
        log.info("What was wanted (%s) could not be fetched: %s", wanted.accept, type(fault).__name__)
        raise BadInput(_UNREACHABLE) from None


async def _follow(url: URL, internet: Internet, wanted: Wanted) -> bytes:
    resolver = _Checked(internet)
    connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, ssl=internet.tls or True)
    try:
        async with _session(connector, wanted) as session:
            return await _walk(session, url, wanted)
    finally:
        await connector.close(abort_ssl=True)
        if resolver.was_used:
            # TLS says goodbye in its own time, and this loop ends here (aiohttp's documentation: graceful shutdown).
            await asyncio.sleep(_FAREWELL)


def _session(connector: aiohttp.TCPConnector, wanted: Wanted) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        connector_owner=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept": wanted.accept, "Accept-Encoding": "identity", "User-Agent": "NovaCore"},
        auto_decompress=False,  # a small archive can hold more than any memory
        trust_env=False,
    )


async def _walk(session: aiohttp.ClientSession, url: URL, wanted: Wanted) -> bytes:
    for _ in range(MOST_REDIRECTS + 1):
        _require_public_https(url)
        async with session.get(url, allow_redirects=False) as answer:
            if answer.status not in _REDIRECTS:
                return await _body(answer, wanted.most_bytes)
            url = url.join(URL(answer.headers.get("Location", "")))
    raise BadInput("That address leads on and on to others. Please use the address of the picture itself.")


async def _body(answer: aiohttp.ClientResponse, most: int) -> bytes:
    if answer.status != 200:
        raise BadInput(f"The website answers {answer.status} instead of a picture. Please check the address.")
    if (answer.content_length or 0) > most:
        raise BadInput(_HEAVY)
    body = bytearray()
    async for part in answer.content.iter_chunked(64 * 1024):
        body += part
        if len(body) > most:
            raise BadInput(_HEAVY)
    return bytes(body)


def _require_public_https(url: URL) -> None:
    """Raise BadInput for anything but https to a host that is named by a name.

    Asks the very object that is connected to: another reader might see another host in the same text.
    """
    if url.scheme != "https":
        raise BadInput("The picture's address has to begin with https://.")
    if not url.raw_host or url.user is not None or url.password is not None:
        raise BadInput("The picture's address has to name a website, like https://example.com/picture.png.")
    if url.port != 443:
        raise BadInput("The picture's address may not name a port.")
    if not _is_name(url):
        raise BadInput(_INSIDE)


def _is_name(url: URL) -> bool:
    """Tell whether the host is a name, which the resolver checks, and not an address in any of the ways to write one.

    Resolvers read `127.1`, `0x7f.1` and `2130706433` as addresses, too. No top-level domain begins with a digit.
    """
    last = (url.host or "").rstrip(".").rpartition(".")[2]
    return _HOST.fullmatch(url.raw_host or "") is not None and not last.isdigit()


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet: no private, local, shared or translated one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.is_site_local or any(found in net for net in _TRANSLATED):
            return False
    elif any(found in net for net in _SPECIAL):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


class _Checked(AbstractResolver):
    """Resolves a host once and hands out addresses only when every one of them is public."""

    def __init__(self, internet: Internet) -> None:
        self._internet = internet
        self.was_used = False

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002 - as aiohttp calls it; the port is always 443
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - both kinds
    ) -> list[ResolveResult]:
        addresses = await self._internet.resolve(host)
        if not addresses or not all(is_public(one) for one in addresses):
            raise BadInput(_INSIDE)
        self.was_used = True
        return [self._result(host, one) for one in addresses]

    def _result(self, host: str, address: str) -> ResolveResult:
        reached, port = self._internet.reach(address)
        family = socket.AF_INET6 if ":" in reached else socket.AF_INET
        return ResolveResult(
            hostname=host, host=reached, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
        )

    async def close(self) -> None:
        pass
