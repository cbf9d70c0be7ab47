"""The published descriptions of ServiceNow's APIs, where they are at hand: every call must fit."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_KNOWN: dict[tuple[str, ...], str] = {}
"""By the shape of a call what is wrong with it, for those who do not judge each."""
PLACE = "https://example.service-now.com"


_NAMED = os.environ.get("TFCHANGE_SPECS")
"""Read before the tests begin, which clear the environment."""


def folder() -> Path | None:
    """The folder of descriptions: `TFCHANGE_SPECS`, or shared/specs beside the project."""
    place = Path(_NAMED) if _NAMED else ROOT.parent / "shared" / "specs"
    return place if place.is_dir() else None


@cache
def _load(name: str) -> Any:
    from openapi_core import Config, OpenAPI

    place = folder()
    assert place
    told = json.loads((place / f"servicenow-{name}.json").read_text())
    told["servers"] = [{"url": PLACE}]
    # It knows of basic authentication alone, which is one of three.
    del told["security"]
    return told["paths"], OpenAPI.from_dict(told, config=Config(spec_validator_cls=None))


class Specs:
    """Checks requests and replies; what the descriptions do not know is left out."""

    def __init__(self) -> None:
        self.each = True
        """Whether every call is judged, or one of each shape in a process: a tenth of the time."""
        self.apis = [_load(name) for name in ("sn_chg_rest", "table")] if folder() else []

    def faults(self, asked: Any, path: str, query: dict[str, str], status: int, body: bytes) -> str:
        """What is wrong with a call, in a line; `""` where nothing is, or nobody can tell."""
        if not self.apis:
            return ""
        if self.each:
            return self._faults(asked, path, query, status, body)
        shape = re.sub(r"/[0-9a-f]{32}", "/ID", path)
        kind = asked.headers.get("content-type", "")
        known = (asked.method, shape, *sorted(query), str(status), kind)
        if known not in _KNOWN:
            _KNOWN[known] = self._faults(asked, path, query, status, body)
        return _KNOWN[known]

    def _faults(
        self, asked: Any, path: str, query: dict[str, str], status: int, body: bytes
    ) -> str:
        from openapi_core.testing import MockRequest, MockResponse

        for paths, api in self.apis:
            if not any(path.startswith(known.partition("{")[0]) for known in paths):
                continue
            request = MockRequest(
                PLACE, asked.method.lower(), path, args=query,
                data=asked.body.encode() if isinstance(asked.body, str) else asked.body,
                content_type=asked.headers.get("content-type", "application/json"),
            )  # fmt: skip
            try:
                api.validate_request(request)
                if 200 <= status < 300:
                    # They know no success but 200; instances also say 201 and 202.
                    api.validate_response(request, MockResponse(body, status_code=200))
            except Exception as error:
                return f"{asked.method} {path}: {type(error).__name__}: {error}"
        return ""
