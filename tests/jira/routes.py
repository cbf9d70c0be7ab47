"""What the fake site answers, call by call."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.jira import issue_routes as issue
from tests.jira import site_routes as site
from tests.jira.shop import DONE
from tests.jira.store import Kept
from tests.jira.wire import NO_ISSUE, Asked, Told, refused, told

if TYPE_CHECKING:
    from tests.jira.fake import JiraFake

Json = dict[str, Any]
GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
    "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def answer(fake: "JiraFake", asked: Asked) -> Told:
    """The reply of the first route that fits."""
    version = "3" if fake.shop.cloud else "2"
    path = asked.path.removeprefix(f"/rest/api/{version}/")
    if asked.path.endswith("/serverInfo"):
        return site.server_info(fake)
    for method, pattern, route in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and asked.method == method:
            return route(fake, asked, *found.groups())
    return refused(404, "null for uri: " + asked.path)


def _search(fake: "JiraFake", asked: Asked) -> Told:
    return _found(fake, asked.json, asked.json["jql"])


def _search_data_center(fake: "JiraFake", asked: Asked) -> Told:
    return _found(fake, {"startAt": int(asked.query.get("startAt", 0))}, asked.query["jql"])


def _found(fake: "JiraFake", body: Json, jql: str) -> Told:
    project = re.search(r'project = "(\w+)"', jql)
    label = re.search(r'labels = "([\w-]+)"', jql)
    if not project or not label:
        return refused(400, "Unbounded JQL queries are not allowed here.")
    if project[1] != "CHG":
        said = f"The value '{project[1]}' does not exist for the field 'project'."
        return refused(400, said)
    hits = fake.store.search(label[1], body.get("reconcileIssues", []))
    hits = [each for each in hits if _fits(fake, each, jql)]
    start = int(body.get("nextPageToken", body.get("startAt", 0)))
    page = hits[start : start + 2]
    # Fields and properties come only as they are asked for.
    wanted = body.get("fields", ["labels"])
    issues = [issue.shown(fake, each, wanted, body.get("properties")) for each in page]
    if not fake.shop.cloud:
        return told(200, {"issues": issues, "startAt": start, "maxResults": 2, "total": len(hits)})
    last = start + len(page) >= len(hits)
    more = {} if last else {"nextPageToken": str(start + len(page))}
    return told(200, {"issues": issues, "isLast": last, **more})


def _fits(fake: "JiraFake", each: Kept, jql: str) -> bool:
    since = re.search(r'updated >= "(\d{4}-\d\d-\d\d)"', jql)
    if since and (each.updated or each.created)[:10] < since[1]:
        return False
    done = fake.shop.workflow.statuses[each.status] == DONE
    return not (done and "statusCategory != Done" in jql)


def _gone(fake: "JiraFake", asked: Asked) -> Told:
    return refused(410, GONE)


def _approvals(fake: "JiraFake", asked: Asked, key: str) -> Told:
    issue = fake.store.find(key)
    if not issue or not fake.shop.service_desk:
        # The service desk refuses in a form of its own.
        said = "The request you are trying to view does not exist."
        return told(404, {"errorMessage": said, "i18nErrorMessage": {
            "i18nKey": "sd.request.not.found", "parameters": []}})  # fmt: skip
    start = int(asked.query.get("start", 0))
    values = issue.approvals[start : start + 1]
    last = start + 1 >= len(issue.approvals)
    return told(200, {"start": start, "limit": 1, "size": len(values), "isLastPage": last,
                      "values": values})  # fmt: skip


Route = Callable[..., Told]


def _of_issue(route: Route) -> Route:
    def found(fake: "JiraFake", asked: Asked, id_: str, *more: str) -> Told:
        issue = fake.store.find(id_)
        return route(fake, asked, issue, *more) if issue else refused(404, NO_ISSUE)

    return found


def _only(cloud: bool, route: Route) -> Route:
    def found(fake: "JiraFake", asked: Asked, *more: str) -> Told:
        if fake.shop.cloud is not cloud:
            return refused(404, f"null for uri: {asked.path}")
        return route(fake, asked, *more)

    return found


def _removed_on_cloud(route: Route) -> Route:
    def found(fake: "JiraFake", asked: Asked, *more: str) -> Told:
        return (_gone if fake.shop.cloud else route)(fake, asked, *more)

    return found


ISSUE = "issue/([^/]+)"
ROUTES: list[tuple[str, str, Route]] = [
    ("GET", "myself", site.myself),
    ("GET", "mypermissions", site.permissions),
    ("GET", "field", site.fields),
    ("GET", "status", site.statuses),
    ("GET", "issueLinkType", site.link_types),
    ("GET", "attachment/meta", site.attachment_meta),
    ("DELETE", "attachment/([^/]+)", issue.delete_file),
    ("GET", "attachment/content/([^/]+)", _only(cloud=True, route=issue.content)),
    ("GET", "/secure/attachment/([^/]+)/[^/]+", _only(cloud=False, route=issue.served)),
    ("GET", "project/([^/]+)", site.project),
    ("GET", "project/([^/]+)/statuses", site.project_statuses),
    ("GET", "issue/createmeta/([^/]+)/issuetypes", site.issue_types),
    ("GET", "issue/createmeta/([^/]+)/issuetypes/([^/]+)", site.screen),
    ("POST", "issue", issue.create),
    ("GET", ISSUE, _of_issue(issue.read)),
    ("PUT", ISSUE, _of_issue(issue.edit)),
    ("GET", f"{ISSUE}/editmeta", _of_issue(issue.edit_screen)),
    ("POST", f"{ISSUE}/comment", _of_issue(issue.comment)),
    ("GET", f"{ISSUE}/remotelink", _of_issue(issue.pages)),
    ("POST", f"{ISSUE}/remotelink", _of_issue(issue.add_page)),
    ("GET", f"{ISSUE}/transitions", _of_issue(issue.transitions)),
    ("POST", f"{ISSUE}/transitions", _of_issue(issue.move)),
    ("POST", f"{ISSUE}/attachments", _of_issue(issue.upload)),
    ("PUT", f"{ISSUE}/properties/([^/]+)", _of_issue(issue.set_property)),
    ("POST", "issueLink", issue.link),
    ("POST", "search/jql", _only(cloud=True, route=_search)),
    ("GET", "search", _removed_on_cloud(_search_data_center)),
    ("POST", "search", _removed_on_cloud(_search_data_center)),
    ("GET", "/rest/servicedeskapi/request/([^/]+)/approval", _approvals),
]
