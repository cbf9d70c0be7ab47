"""Checks at GitHub: a check run with annotations, or a commit status where none may be written."""

from secrets import token_hex

from tfchange.errors import OutcomeUnknownError
from tfchange.review.github_api import Api, Json
from tfchange.review.host import Annotation, Check, Conclusion, ReadOnlyError

BATCH = 50
"""Annotations that one request may bring."""
_LONGEST, _TITLE, _DESCRIPTION = 65_535, 255, 140
_NO_CHECKS = (
    "The token may not write checks, so the commit has a status instead, without annotations: "
    "give the job the permission checks: write."
)
_LEVELS = {"low": "notice", "medium": "warning", "high": "failure", "critical": "failure"}


def put(api: Api, check: Check, sha: str) -> tuple[str, ...]:
    """The commit shows the check; returns what was not taken, as finished sentences."""
    told = list(map(_annotation, check.annotations))
    try:
        id_ = _create(api, check, sha, told[:BATCH])
    except ReadOnlyError:
        _status(api, check, sha)
        return (_NO_CHECKS,)
    for start in range(BATCH, len(told), BATCH):
        more = told[start : start + BATCH]
        api.send("PATCH", f"check-runs/{id_}", {"output": _output(check, more)})
    return ()


def _create(api: Api, check: Check, sha: str, first: list[Json]) -> str:
    body: dict[str, Json] = {
        "name": check.name,
        "head_sha": sha,
        "external_id": token_hex(8),
        "status": "completed",
        "conclusion": str(check.conclusion),
        "output": _output(check, first),
    }
    if check.url:
        body["details_url"] = check.url
    try:
        return str(api.send("POST", "check-runs", body)["id"])
    except OutcomeUnknownError:
        found = api.get(f"commits/{sha}/check-runs", check_name=check.name, per_page=100)
        for run in found["check_runs"]:
            if run.get("external_id") == body["external_id"]:
                return str(run["id"])
        raise


def _output(check: Check, annotations: list[Json]) -> Json:
    return {
        "title": check.title[:_TITLE],
        "summary": check.summary[:_LONGEST],
        "annotations": annotations,
    }


def _annotation(told: Annotation) -> Json:
    return {
        "path": told.path,
        "start_line": told.line,
        "end_line": told.line,
        "annotation_level": _LEVELS[told.severity],
        "title": told.title[:_TITLE],
        "message": told.message[:_LONGEST],
    }


def _status(api: Api, check: Check, sha: str) -> None:
    failed = check.conclusion is Conclusion.FAILURE
    body: dict[str, Json] = {
        "state": "failure" if failed else "success",
        "description": check.title[:_DESCRIPTION],
        "context": check.name,
    }
    if check.url:
        body["target_url"] = check.url
    api.send("POST", f"statuses/{sha}", body)
