"""The published descriptions of ServiceNow's APIs, where they are at hand: every call must fit."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLACE = "https://example.service-now.com"


def folder() -> Path | None:
    """The folder of descriptions: `TFCHANGE_SPECS`, or shared/specs beside the project."""
    named = os.environ.get("TFCHANGE_SPECS")
    places = [Path(named)] if named else [ROOT.parent / "shared" / "specs"]
    return next((place for place in places if place.is_dir()), None)


class Specs:
    """Checks requests and replies; what the descriptions do not know is left out."""

    def __init__(self) -> None:
        self._apis = [self._load(name) for name in ("sn_chg_rest", "table")] if folder() else []

    @staticmethod
    def _load(name: str) -> Any:
        from openapi_core import Config, OpenAPI

        place = folder()
        assert place
        told = json.loads((place / f"servicenow-{name}.json").read_text())
        told["servers"] = [{"url": PLACE}]
        return told["paths"], OpenAPI.from_dict(told, config=Config(spec_validator_cls=None))

    def faults(self, asked: Any, path: str, query: dict[str, str], status: int, body: bytes) -> str:
        """What is wrong with a call, in a line; `""` where nothing is, or nobody can tell."""
        from openapi_core.testing import MockRequest, MockResponse

        for paths, api in self._apis:
            if not any(path.startswith(known.partition("{")[0]) for known in paths):
                continue
            request = MockRequest(
                PLACE, asked.method.lower(), path, args=query,
                data=asked.body.encode() if isinstance(asked.body, str) else asked.body,
                content_type=asked.headers.get("content-type", "application/json"),
            )  # fmt: skip
            try:
                api.validate_request(request)
                if status == 200:
                    api.validate_response(request, MockResponse(body, status_code=status))
            except Exception as error:
                return f"{asked.method} {path}: {type(error).__name__}: {error}"
        return ""
