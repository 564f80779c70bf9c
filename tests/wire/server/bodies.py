"""Reading what a client sent: JSON, or multipart with `payload_json` and `files[n]`. The pipeline calls it once."""

import email
import email.message
import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wire.server.errors import refusal
from tests.wire.world.components import Json

REQUEST_LIMIT = 25 * 1024 * 1024


@dataclass
class Upload:
    """One uploaded file, as it came."""

    filename: str
    content: bytes


@dataclass
class Body:
    """The JSON of a request (`{}` if it had none) and its files by their number n in `files[n]`."""

    payload: Any = field(default_factory=dict)
    files: dict[int, Upload] = field(default_factory=dict)

    @property
    def fields(self) -> Json:
        """The JSON as an object; 50109 if it is something else."""
        if not isinstance(self.payload, dict):
            raise refusal(50109)
        return self.payload


async def read_body(request: web.Request) -> Body:
    """The body; raises 50109 for broken JSON and 40005 for more than Discord takes in one request."""
    raw = await request.read()
    if len(raw) > REQUEST_LIMIT:
        raise refusal(40005)
    if request.content_type == "multipart/form-data":
        return _multipart(raw, request.headers["Content-Type"])
    return Body(_json(raw)) if raw else Body()


def _multipart(raw: bytes, content_type: str) -> Body:
    # By hand, because aiohttp's reader warns of its own deprecations on large parts, and warnings are errors here.
    body = Body()
    head = email.message.Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary()
    if boundary is None:
        raise refusal(50109)
    for part in (b"\r\n" + raw).split(b"\r\n--" + boundary.encode())[1:-1]:
        headers, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        _add_part(body, headers.decode(), content)
    return body


def _add_part(body: Body, headers: str, content: bytes) -> None:
    about = email.message_from_string(headers)
    name = str(about.get_param("name", "", "Content-Disposition"))
    if name == "payload_json":
        body.payload = _json(content)
    elif found := re.fullmatch(r"files\[(\d+)\]", name):
        body.files[int(found[1])] = Upload(about.get_filename() or "unnamed", content)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise refusal(50109) from None
