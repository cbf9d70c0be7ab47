"""Atlassian's own descriptions of its APIs, as a judge of requests and of the fake's replies.

They are not part of the project: `TFCHANGE_SPECS` names their folder, else it is `../shared/specs`
beside the project. Where there is none, everything runs without the judge.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

BASE = "http://127.0.0.1"

CLOUD, DATA_CENTER, SERVICE_DESK = "jira-cloud-v3", "jira-dc-10", "jsm-cloud"


def folder() -> Path | None:
    """Where the descriptions are; None where they are not."""
    named = os.environ.get("TFCHANGE_SPECS")
    places = [Path(named)] if named else [ROOT.parent / "shared" / "specs"]
    return next((p for p in places if (p / f"{CLOUD}.examples.json").is_file()), None)


FOLDER = folder()
"""Asked before tests clean the environment."""


@cache
def judge(name: str) -> Any:
    """The description of that name, corrected where it contradicts the server it describes."""
    from openapi_core import Config, OpenAPI

    if FOLDER is None:
        return None
    spec = json.loads((FOLDER / f"{name}.examples.json").read_text(encoding="utf-8"))
    spec["servers"] = [{"url": f"{BASE}/rest" if name == DATA_CENTER else BASE}]
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                _correct(path, operation)
    schemas = spec["components"]["schemas"]
    for each in {"Changelog", "ChangeHistoryBean"} & set(schemas):
        # Promised as in RFC 3339; what is told has no colon in its zone, as everywhere in Jira.
        schemas[each]["properties"]["created"].pop("format")
    (_correct_data_center if name == DATA_CENTER else _correct_cloud)(schemas, spec["paths"])
    return OpenAPI.from_dict(spec, config=Config(spec_validator_cls=None))


def _correct(path: str, operation: dict[str, Any]) -> None:
    replies = operation["responses"]
    # Bodies are promised where there are none.
    empty = ["204"] + (["200", "201"] if path.endswith(("/issueLink", "/{propertyKey}")) else [])
    for status in empty:
        if operation["operationId"].startswith(("get", "Get")):
            continue
        replies.get(status, {}).pop("content", None)
    if path.endswith("/remotelink") and operation["operationId"].startswith("get"):
        # All links of an issue are described as one.
        replies["200"].pop("content", None)
    if path.endswith("/attachments"):
        # An upload is described as an array, which no upload is.
        operation.pop("requestBody", None)


def _correct_cloud(schemas: dict[str, Any], _: dict[str, Any]) -> None:
    for name in ("FieldDetails", "IssueTypeIssueCreateMetadata"):
        if name in schemas:
            schemas[name]["properties"]["untranslatedName"] = {"type": "string"}


def _correct_data_center(schemas: dict[str, Any], paths: dict[str, Any]) -> None:
    # Values of fields and properties may be anything; the description knows objects and strings.
    for name in ("IssueUpdateBean", "IssueBean"):
        schemas[name]["properties"]["fields"]["additionalProperties"] = {}
    schemas["EntityPropertyBean"]["properties"]["value"] = {}
    schemas["FieldMetaBean"]["properties"]["allowedValues"] = {"type": "array", "items": {}}
    schemas["IssueBean"]["properties"]["properties"] = {}
    schemas["IssueBean"]["properties"]["editmeta"] = {}
    # Lists are described as one of their elements, and a creation as a 200.
    for path, item in paths.items():
        if path.endswith(("/issuetypes", "/{issueTypeId}", "/field", "/status", "/attachments")):
            for operation in item.values():
                operation["responses"]["200"].pop("content", None)
        if path.endswith("/remotelink"):
            item["post"]["responses"]["201"] = item["post"]["responses"]["200"]
        if path.endswith("/properties/{propertyKey}"):
            item["put"]["requestBody"]["content"]["application/json"]["schema"] = {}
        if path.endswith("/search"):
            item["get"]["parameters"] = [p for p in item["get"]["parameters"] if p["name"] == "jql"]


def breaches(  # noqa: PLR0917  # a request and a reply
    name: str, method: str, path: str, query: dict[str, Any], headers: dict[str, str], body: bytes,
    status: int, reply: bytes,
) -> list[str]:  # fmt: skip
    """What a request, and the fake's reply to it, do against the description."""
    from openapi_core.exceptions import OpenAPIError
    from openapi_core.testing import MockRequest, MockResponse

    spec = judge(name)
    if spec is None:
        return []
    kind = headers.get("content-type", "").split(";")[0]
    asked = MockRequest(
        BASE, method.lower(), path, args=query, headers=headers, data=body or None,
        content_type=kind or "application/json",
    )  # fmt: skip
    found = []
    # A refusal answers a request that may be wrong, and not all of them are described.
    if status < 400:
        try:
            spec.validate_request(asked)
        except OpenAPIError as error:
            found.append(f"request {method} {path}: {_told(error)}")
        told = MockResponse(reply, status_code=status, content_type="application/json")
        try:
            spec.validate_response(asked, told)
        except OpenAPIError as error:
            found.append(f"reply {status} to {method} {path}: {_told(error)}")
    return found


def _told(error: Exception) -> str:
    cause = error.__cause__
    details = [e.message for e in getattr(cause, "schema_errors", ())]
    return "; ".join([str(error), str(cause or ""), *details])[:600]
