"""The search for issues of a key, on Cloud and on Data Center."""

from typing import Any

from tfchange.jira.kept import label
from tfchange.jira.site import Site

_PAGE = 50


def search(site: Site, digest: str, near: str | None = None) -> list[str]:
    """The ids of all issues that the index has under the key, and the one that is known to exist.

    The index runs some seconds behind. On Cloud it is told of the issue that is known, and then
    answers as of now; where it does not, that one is among them all the same.
    """
    asked = f'project = {_quoted(site.config.project)} AND labels = "{label(digest)}"'
    jql = f"{asked} ORDER BY created ASC"
    known = int(near) if near and near.isdigit() else None
    found = _cloud(site, jql, known) if site.cloud else _data_center(site, jql)
    return found if known is None or str(known) in found else [*found, str(known)]


def _cloud(site: Site, jql: str, known: int | None) -> list[str]:
    # The package sends nulls in this search, which its own description forbids.
    body: dict[str, Any] = {"jql": jql, "fields": ["labels"], "maxResults": _PAGE}
    if known:
        body["reconcileIssues"] = [known]
    found: list[str] = []
    while True:
        page = site.post(site.api("search/jql"), body)
        found += [str(each["id"]) for each in page.get("issues", ())]
        token = page.get("nextPageToken")
        if page.get("isLast", not token) or not token:
            return found
        body["nextPageToken"] = token


def _data_center(site: Site, jql: str) -> list[str]:
    found: list[str] = []
    while True:
        page = site.client.search_issues(
            jql, startAt=len(found), maxResults=_PAGE, fields="labels", json_result=True
        )
        found += [str(each["id"]) for each in page["issues"]]
        if not page["issues"] or len(found) >= page["total"]:
            return found


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
