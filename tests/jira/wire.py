"""Requests and replies, as the fake site sees them."""

import json
from types import MappingProxyType
from typing import Any, NamedTuple

NO_ISSUE = "Issue does not exist or you do not have permission to see it."


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class Told(NamedTuple):
    """A reply."""

    status: int
    body: Any = None
    headers: dict[str, str] = MappingProxyType({})  # type: ignore[assignment]

    @property
    def data(self) -> bytes:
        """The body as bytes; a 204 has none."""
        if self.body is None or self.status == 204:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def refused(status: int, *messages: str, **errors: str) -> Told:
    """A refusal in the form of the platform."""
    return Told(status, {"errorMessages": list(messages), "errors": errors})


def told(status: int, body: Any = None) -> Told:
    """A reply."""
    return Told(status, body)
