"""The search for issues by their labels, on Cloud and on Data Center."""

from collections.abc import Iterator
from typing import Any

from tfchange.jira.issue import FIELDS, Issue, Reader
from tfchange.jira.kept import PROPERTY, label
from tfchange.jira.site import Site

Json = Any

_PAGE = 50


def search(site: Site, digest: str, near: str | None = None) -> list[str]:
    """The ids of all issues that the index has under the key, and the one that is known to exist.

    The index runs some seconds behind. On Cloud it is told of the issue that is known, and then
    answers as of now; where it does not, that one is among them all the same.
    """
    jql = _jql(site, label(digest))
    known = int(near) if near and near.isdigit() else None
    hits = _cloud(site, jql, known=known) if site.cloud else _data_center(site, jql)
    found = [str(each["id"]) for each in hits]
    return found if known is None or str(known) in found else [*found, str(known)]


def issues(site: Site, reader: Reader, marked: str, more: str = "") -> list[Issue]:
    """All issues of the project with a label, oldest first, as the search tells them.

    On Data Center, whose search tells no properties, each is read by itself.
    """
    jql = _jql(site, marked, more)
    if site.cloud:
        hits = _cloud(site, jql, fields=FIELDS.split(","), properties=[PROPERTY])
        found = [Issue.parse(hit, site.config) for hit in hits]
    else:
        read = (reader.there(str(hit["id"])) for hit in _data_center(site, jql))
        found = [issue for issue in read if issue]
    if not found:
        # Strangers find nothing either. Only who is known may say that there is nothing.
        site.verify()
    return found


def _jql(site: Site, marked: str, more: str = "") -> str:
    condition = f" AND {more}" if more else ""
    return (
        f"project = {_quoted(site.config.project)} AND labels = {_quoted(marked)}{condition} "
        "ORDER BY created ASC"
    )


def _cloud(site: Site, jql: str, known: int | None = None, **more: list[str]) -> Iterator[Json]:
    # The package sends nulls in this search, which its own description forbids.
    body: dict[str, Json] = {"jql": jql, "fields": ["labels"], "maxResults": _PAGE, **more}
    if known:
        body["reconcileIssues"] = [known]
    while True:
        page = site.post(site.api("search/jql"), body)
        yield from page.get("issues", ())
        token = page.get("nextPageToken")
        if page.get("isLast", not token) or not token:
            return
        body["nextPageToken"] = token


def _data_center(site: Site, jql: str) -> Iterator[Json]:
    found = 0
    while True:
        page = site.client.search_issues(
            jql, startAt=found, maxResults=_PAGE, fields="labels", json_result=True
        )
        found += len(page["issues"])
        yield from page["issues"]
        if not page["issues"] or found >= page["total"]:
            return


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
