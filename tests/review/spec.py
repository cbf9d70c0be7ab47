"""GitHub's own description of its API, as a judge of requests and of the fake's replies."""

import json
from functools import cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from tests.conftest import ROOT

BASE = "http://127.0.0.1"


@cache
def judge() -> Any:
    """The description; what it does not name is forbidden."""
    spec = json.loads((ROOT / "fixtures" / "github-api.json").read_text(encoding="utf-8"))
    spec["servers"] = [{"url": BASE}]
    config = Config(spec_validator_cls=None, additional_properties_default_policy="forbid")
    return OpenAPI.from_dict(spec, config=config)


def breaches(  # noqa: PLR0917  # a request and a reply
    method: str, path: str, query: dict[str, str], body: bytes, status: int, reply: bytes
) -> list[str]:
    """What a request, and the fake's reply to it, do against the description."""
    asked = MockRequest(
        BASE, method.lower(), path, args=query, data=body or None, content_type="application/json"
    )
    found = []
    # A refusal answers a request that may be wrong.
    if status < 400:
        try:
            judge().validate_request(asked)
        except OpenAPIError as error:
            found.append(f"request {method} {path}: {_told(error)}")
    kind = "application/json" if reply else ""
    try:
        judge().validate_response(asked, MockResponse(reply, status_code=status, content_type=kind))
    except OpenAPIError as error:
        # Not all refusals are described.
        if status < 400:
            found.append(f"reply {status} to {method} {path}: {_told(error)}")
    return found


def _told(error: Exception) -> str:
    details = [e.message for e in getattr(error.__cause__, "schema_errors", ())]
    return "; ".join([str(error), str(error.__cause__ or ""), *details])[:600]
