"""Discord's refusals: HTTP status, JSON code and sentence, as its API reference lists them. Raised by the routes."""

from typing import Any


class DiscordError(Exception):
    """An answer other than success. `errors` is the nested explanation that comes with code 50035."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, Any]:
        """The JSON that the client reads."""
        answer: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors is not None:
            answer["errors"] = self.errors
        return answer


class RateLimited(DiscordError):
    """429. discord.py waits and tries again only if there is a `Via` header: else it reads a ban by the CDN."""

    def __init__(self, retry_after: float, *, everywhere: bool = False, via: bool = True) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.retry_after = round(max(retry_after, 0.001), 3)
        self.everywhere = everywhere
        self.headers = {
            "Retry-After": str(int(self.retry_after) + 1),
            "X-RateLimit-Scope": "global" if everywhere else "user",
        }
        if everywhere:
            self.headers["X-RateLimit-Global"] = "true"
        if via:
            self.headers["Via"] = "1.1 google"

    def body(self) -> dict[str, Any]:
        """429 has a shape of its own: the wait in seconds, and whether every route is closed."""
        return {"message": self.message, "retry_after": self.retry_after, "global": self.everywhere}


_REFUSALS: dict[int, tuple[int, str]] = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    30005: (400, "Maximum number of guild roles reached (250)"),
    30013: (400, "Maximum number of guild channels reached (500)"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50109: (400, "The request body contains invalid JSON."),
}


def refusal(code: int) -> DiscordError:
    """The refusal that Discord's reference lists under this JSON code."""
    status, message = _REFUSALS[code]
    return DiscordError(status, code, message)


def unauthorized() -> DiscordError:
    """A wrong or missing token; Discord gives it no JSON code of its own."""
    return DiscordError(401, 0, "401: Unauthorized")


def invalid(path: str, code: str, message: str) -> DiscordError:
    """50035 about one field; `path` is dotted (`embeds.0.title`), `code` is Discord's word for the fault."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for key in reversed(path.split(".")):
        errors = {key: errors}
    return DiscordError(400, 50035, "Invalid Form Body", errors)


def too_long(path: str, limit: int) -> DiscordError:
    """50035: a text over its limit."""
    return invalid(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")
