"""Presses that SimCord refuses although Discord would take them.

SimCord binds a press to the state of the whole page: a panel that follows the stock makes it refuse a choice in another
message. Worse, its page then holds the choice as made, and never sends the same one again. Discord takes a press as
long as the control is there, and so does this: where the control hasn't changed, the press is sent again for the
present page.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

_KEPT = 8
"""Pages read their state twice a second, and press on the state they read last."""
_CONTROLS = {"click", "select"}
_WHOLE = {"modal_submit", "run_command", "send_message"}
"""What presses no control of a message: SimCord itself checks that the form or the command is still there."""


class SeenStates:
    """What was last sent to the open pages."""

    def __init__(self) -> None:
        self._sent: deque[bytes] = deque(maxlen=_KEPT)

    def remember(self, state: bytes) -> None:
        """Keep a state as it was sent. It is read only when a press is refused."""
        self._sent.append(state)

    def control(self, key: str, page: str, revision: int) -> object:
        """Return the control as that page showed it at that revision, or None."""
        for sent in reversed(self._sent):
            state = as_object(sent)
            if state.get("publishedRevision") == revision and state.get("context", {}).get("id") == page:
                return control_in(state, key)
        return None


def was_too_late(press: Mapping[str, Any], receipt: Mapping[str, Any]) -> bool:
    """Tell whether SimCord refused this for no other reason than that the page was published again."""
    codes = {problem.get("code") for problem in receipt.get("diagnostics", [])}
    return bool(receipt.get("rejected")) and codes == {"stale-revision"} and press.get("kind") in _CONTROLS | _WHOLE


def for_now(press: Mapping[str, Any], page: str, seen: SeenStates, now: Mapping[str, Any]) -> bytes | None:
    """Return the press for the present state `now`, or None if its control is gone or has changed."""
    if press["kind"] in _CONTROLS:
        key = str(press.get("control_key"))
        shown = seen.control(key, page, press["published_revision"])
        if shown is None or shown != control_in(now, key):
            return None
    return json.dumps({**press, "published_revision": now.get("publishedRevision")}).encode()


def as_object(content: object) -> dict[str, Any]:
    """Return the JSON object in these bytes; an empty one if there is none (a form with files, say)."""
    try:
        found = json.loads(content) if isinstance(content, bytes) else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def control_in(state: Mapping[str, Any], key: str) -> object:
    """Return the control with this key, with everything that SimCord's page shows of it, or None."""
    return next((part for part in _parts(state.get("messages")) if part.get("control_key") == key), None)


def _parts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _parts(inner)
