"""Send once: one delivery is one message, whatever is killed in between.

The attempt is recorded before the send. Where an earlier attempt may have sent without recording it, the channel is
searched for its token first. The token is the nonce as well, so that Discord drops a repeat of the last minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from novacore.tasks.gateway import Outgoing, SentMessage
from novacore.tasks.work import Work


@dataclass(frozen=True, slots=True)
class ToChannel:
    """A channel of the server."""

    channel_id: int


@dataclass(frozen=True, slots=True)
class ToPerson:
    """Somebody's DMs."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message as it stands; `repeated` when an earlier attempt had sent it."""

    message: SentMessage
    token: str
    repeated: bool


def send_once(
    work: Work, key: str, purpose: str, to: ToChannel | ToPerson, build: Callable[[str], Outgoing]
) -> Receipt:
    """Send the message that `key` stands for, unless it has been sent.

    `build` gets the token and must show it (footer, custom id or file name); it runs on the event loop. Raises what
    the gateway raises, and LeaseLost when somebody else has the job by now.
    """
    raise NotImplementedError
