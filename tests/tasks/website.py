"""A website at a public address, which is in truth this machine: what fetches from strangers is tried on it.

The names are resolved by the test, and what passed the checks is connected to the server here: the checks themselves
are those of the live shop.
"""

import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from novacore.tasks.discord.remote_pictures import Internet

PUBLIC = "93.184.216.34"

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Website:
    """A website at a public address, which is in truth this machine."""

    port: int
    tls: ssl.SSLContext
    answers: dict[str, Answer] = field(default_factory=dict)
    addresses: dict[str, Sequence[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    @property
    def internet(self) -> Internet:
        """What `fetch` takes for the internet."""
        return Internet(self._resolve, self._reach, self.tls)

    async def _resolve(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.addresses:
            raise OSError("no such host")
        return self.addresses[host]

    def _reach(self, address: str) -> tuple[str, int]:
        self.reached.append(address)
        return "127.0.0.1", self.port


def serve(certificate: tuple[Path, Path], hosts: Sequence[str]) -> Iterator[Website]:
    """Serve over real TLS, for as long as the generator is open."""
    answers: dict[str, Answer] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answers[self.path](self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server calls
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever hangs up early is no error
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(*certificate)
    server.socket = serving.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    yield Website(server.server_port, trusted, answers, dict.fromkeys(hosts, (PUBLIC,)))
    server.shutdown()
    thread.join()
    server.server_close()


def sends(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Answer with a body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def leads_to(where: str) -> Answer:
    """Answer with a redirect."""
    return sends(b"", 302, Location=where)
