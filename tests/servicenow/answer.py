"""What the fake instance answers with."""

from typing import Any

Answer = tuple[int, Any, dict[str, str]]


class HttpError(Exception):
    """A refusal, with what the body says."""

    def __init__(self, status: int, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "detail": detail}, "status": "failure"}
