"""How many streams one user may hold open: each takes memory for as long as it is."""

from collections import Counter

from starlette.responses import JSONResponse
from starlette.types import Message, Scope

RETRY_AFTER = 10
"""Seconds after which the user may have closed one."""

User = tuple[str, bytes, bytes]
"""Address, cookies and authorisation: whoever agrees in all of them is taken for the same."""


class Listeners:
    """Counts the streams of users, to answer 429 to the next one of whoever holds so many.

    It bounds what is taken by a page that forgets to close its streams, and by whoever is signed
    in. Nobody is counted without a credential: thousands may come through one address.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: Counter[User] = Counter()

    def let_in(self, user: User | None) -> bool:
        """Whether there is a place, which is taken then, for one that `let_go` is called for."""
        if user is None:
            return True
        if self._held[user] >= self._limit:
            return False
        self._held[user] += 1
        return True

    def let_go(self, user: User | None) -> None:
        if user is not None:
            self._held[user] -= 1
            if not self._held[user]:
                del self._held[user]

    def refusal(self) -> list[Message]:
        """What a user is told for whom there is no place."""
        detail = f"{self._limit} streams of yours are open already"
        headers = {"Retry-After": str(RETRY_AFTER)}
        answer = JSONResponse({"detail": detail}, 429, headers)
        return [
            {"type": "http.response.start", "status": 429, "headers": answer.raw_headers},
            {"type": "http.response.body", "body": answer.body},
        ]


def user_of(scope: Scope) -> User | None:
    """Who asks, if they say it with a credential."""
    cookies = authorisation = b""
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies += value
        elif name == b"authorization":
            authorisation = value
    if not (cookies or authorisation):
        return None
    host, *_ = scope.get("client") or ("",)
    return host, cookies, authorisation


def is_stream(start: Message) -> bool:
    """Whether a body follows that nobody says the length of, such as one without an end."""
    for name, _ in start.get("headers", ()):
        if name == b"content-length":
            return False
    return start["status"] not in {204, 304}
