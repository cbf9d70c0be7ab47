"""What the fake site answers, call by call."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.change.jira_rules import faults, text_fault
from tests.change.jira_shop import Custom, Step
from tests.change.jira_store import Kept

if TYPE_CHECKING:
    from tests.change.jira_fake import Asked, JiraFake, Told

Json = dict[str, Any]
GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
    "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
NO_ISSUE = "Issue does not exist or you do not have permission to see it."
PERMISSIONS = (
    "BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS",
    "CREATE_ATTACHMENTS", "DELETE_OWN_ATTACHMENTS", "LINK_ISSUES",
)  # fmt: skip


def answer(fake: "JiraFake", asked: "Asked") -> "Told":
    """The reply of the first route that fits."""
    version = "3" if fake.shop.cloud else "2"
    path = asked.path.removeprefix(f"/rest/api/{version}/")
    if asked.path.endswith("/serverInfo"):
        return _server_info(fake)
    for method, pattern, route in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and asked.method == method:
            return route(fake, asked, *found.groups())
    return _refused(404, "null for uri: " + asked.path)


def told(status: int, body: Any = None) -> "Told":
    """A reply."""
    from tests.change.jira_fake import Told

    return Told(status, body)


def _refused(status: int, *messages: str, **errors: str) -> "Told":
    return told(status, {"errorMessages": list(messages), "errors": errors})


def _server_info(fake: "JiraFake") -> "Told":
    kind = "Cloud" if fake.shop.cloud else "Server"
    version = "1001.0.0" if fake.shop.cloud else "10.3.2"
    numbers = [int(n) for n in version.split(".")]
    return told(200, {"baseUrl": fake.url, "deploymentType": kind, "version": version,
                      "versionNumbers": numbers, "serverTitle": "Jira"})  # fmt: skip


def _myself(fake: "JiraFake", asked: "Asked") -> "Told":
    return told(200, fake.store.user("robot"))


def _permissions(fake: "JiraFake", asked: "Asked") -> "Told":
    if fake.shop.cloud and not asked.query.get("permissions"):
        return _refused(400, "The 'permissions' query parameter is required.")
    names = asked.query.get("permissions", ",".join(PERMISSIONS)).split(",")
    return told(200, {"permissions": {
        n: {"id": "1", "key": n, "name": n.replace("_", " ").title(), "type": "PROJECT",
            "havePermission": fake.shop.permissions.get(n, True)}
        for n in names
    }})  # fmt: skip


def _fields(fake: "JiraFake", asked: "Asked") -> "Told":
    made = []
    for each in (*fake.shop.screen, *(f for f in fake.shop.fields if f.id in fake.shop.hidden)):
        one: Json = {"id": each.id, "name": each.name, "custom": each.id.startswith("custom"),
                     "schema": each.schema, "clauseNames": [each.name.lower()]}  # fmt: skip
        if fake.shop.cloud:
            one["untranslatedName"] = each.english or each.name
        made.append(one)
    return told(200, made)


def _project(fake: "JiraFake", asked: "Asked", key: str) -> "Told":
    if key != "CHG":
        return _refused(404, f"No project could be found with key '{key}'.")
    kind = "service_desk" if fake.shop.service_desk else "software"
    return told(200, {"id": "10000", "key": "CHG", "name": "Changes", "projectTypeKey": kind})


def _statuses(fake: "JiraFake", asked: "Asked") -> "Told":
    return told(200, [fake.shop.workflow.status(n) for n in fake.shop.workflow.statuses])


def _link_types(fake: "JiraFake", asked: "Asked") -> "Told":
    return told(200, {"issueLinkTypes": [
        {"id": str(n), "name": name, "inward": f"in {name}", "outward": f"out {name}"}
        for n, name in enumerate(fake.shop.link_types)
    ]})  # fmt: skip


def _attachment_meta(fake: "JiraFake", asked: "Asked") -> "Told":
    return told(200, {"enabled": fake.shop.attachments, "uploadLimit": fake.shop.upload_limit})


def _issue_types(fake: "JiraFake", asked: "Asked", project: str) -> "Told":
    if project != "CHG":
        return _refused(400, f"No project could be found with key '{project}'.")
    types = []
    for id_, name in fake.shop.issue_types.items():
        one = {"id": id_, "name": name, "subtask": False}
        if fake.shop.cloud:
            one["untranslatedName"] = fake.shop.english_types.get(id_, name)
        types.append(one)
    return told(200, _page(fake, asked, "issueTypes", types))


def _screen(fake: "JiraFake", asked: "Asked", project: str, type_: str) -> "Told":
    fields = [{"fieldId": f.id, **_meta(f)} for f in fake.shop.screen]
    if not fake.shop.cloud:
        for each in fields:
            del each["key"]
    return told(200, _page(fake, asked, "fields", fields))


def _page(fake: "JiraFake", asked: "Asked", name: str, values: list[Json]) -> Json:
    start = int(asked.query.get("startAt", 0))
    most = min(int(asked.query.get("maxResults", 50)), 7)
    page: Json = {"startAt": start, "maxResults": most, "total": len(values)}
    return {**page, name if fake.shop.cloud else "values": values[start : start + most]}


def _meta(field: Custom) -> Json:
    made: Json = {
        "key": field.id,
        "name": field.name,
        "required": field.required,
        "schema": field.schema,
        "operations": ["set"],
        "hasDefaultValue": False,
    }
    return {**made, "allowedValues": field.values} if field.options else made  # fmt: skip


def _create(fake: "JiraFake", asked: "Asked") -> "Told":
    fields, properties = asked.json["fields"], asked.json.get("properties", [])
    if fake.shop.permissions.get("CREATE_ISSUES") is False:
        return _refused(403, "You do not have permission to create issues in this project.")
    found = faults(fake.shop, fields, create=True) or _property_faults(properties)
    if found:
        return _refused(400, **found)
    made = fake.store.create(fields, properties)
    return told(201, {"id": str(made.id), "key": made.key, "self": f"{fake.url}/{made.id}"})


def _property_faults(properties: list[Json]) -> dict[str, str]:
    large = [p for p in properties if len(json.dumps(p["value"])) > 32_768 or len(p["key"]) > 255]
    return {"properties": "The property value is too large."} if large else {}


def _read(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    flow, shop = fake.shop.workflow, fake.shop
    whole: Json = {
        **issue.fields, "status": flow.status(issue.status), "created": issue.created,
        "attachment": issue.files, "issuelinks": _links_of(fake, issue),
    }  # fmt: skip
    wanted = asked.query.get("fields", "*all").split(",")
    shown = {k: v for k, v in whole.items() if k in wanted or "*all" in wanted}
    made: Json = {"id": str(issue.id), "key": issue.key, "self": f"{fake.url}/{issue.id}",
                  "fields": shown}  # fmt: skip
    if "properties" in asked.query:
        names = asked.query["properties"].split(",")
        made["properties"] = {k: v for k, v in issue.properties.items() if k in names}
    if "editmeta" in asked.query.get("expand", ""):
        made["editmeta"] = {"fields": _edit_meta(shop.screen)}
    return told(200, made)


def _edit_meta(screen: list[Custom]) -> Json:
    return {f.id: _meta(f) for f in screen if f.id not in ("project", "issuetype", "attachment")}


def _edit_screen(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    return told(200, {"fields": _edit_meta(fake.shop.screen)})


def _edit(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    fields, update = asked.json.get("fields", {}), asked.json.get("update", {})
    properties = asked.json.get("properties", [])
    found = faults(fake.shop, fields, create=False) or _property_faults(properties)
    comments = [each["add"] for each in update.get("comment", ())]
    for each in comments:
        fault = text_fault(fake.shop, each.get("body"))
        found |= {"comment": fault} if fault else {}
    for each in update.get("labels", ()):
        found |= faults(fake.shop, {"labels": [each["add"]]}, create=False)
    if found:
        return _refused(400, **found)
    issue.fields.update(fields)
    labels = issue.fields.setdefault("labels", [])
    labels += [e["add"] for e in update.get("labels", ()) if e["add"] not in labels]
    issue.comments += comments
    issue.properties.update({p["key"]: p["value"] for p in properties})
    return told(204)


def _comment(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    body = asked.json
    fault = text_fault(fake.shop, body.get("body"))
    if fault:
        return _refused(400, comment=fault)
    issue.comments.append(body)
    made = {"id": str(fake.store.number()), "body": body["body"]}
    # Without the property, customers of a service desk would read it.
    internal = {"key": "sd.public.comment", "value": {"internal": True}}
    if fake.shop.cloud:
        made["jsdPublic"] = internal not in body.get("properties", [])
    return told(201, made)


def _pages(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    wanted = asked.query.get("globalId")
    return told(200, [p for p in issue.pages if wanted in (None, p["globalId"])])


def _add_page(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    body = asked.json
    global_id = body.get("globalId", "")
    if len(global_id) > 255:
        return _refused(400, globalId="globalId cannot exceed 255 characters.")
    before = next((p for p in issue.pages if p["globalId"] == global_id), None)
    number = before["id"] if before else fake.store.number()
    # What is not told is emptied, also in an update.
    made = {k: body[k] for k in ("globalId", "relationship", "application", "object") if k in body}
    made |= {"id": number, "self": f"{fake.url}/remotelink/{number}"}
    issue.pages = [p for p in issue.pages if p is not before] + [made]
    return told(200 if before else 201, {"id": number, "self": made["self"]})


def _transitions(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    return told(200, {"transitions": [_step(fake, s) for s in fake.store.steps(issue)]})


def _step(fake: "JiraFake", step: Step) -> Json:
    made: Json = {"id": step.id, "name": step.name, "to": fake.shop.workflow.status(step.end)}
    if step.resolutions:
        field = Custom("resolution", "Resolution", type="resolution", required=True)
        values = [{"id": str(n), "name": name} for n, name in enumerate(step.resolutions)]
        made["fields"] = {"resolution": {**_meta(field), "allowedValues": values}}
    return made


def _move(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    id_ = asked.json["transition"]["id"]
    step = next((s for s in fake.store.steps(issue) if s.id == id_), None)
    if not step:
        said = f"It seems that you have tried to perform a workflow operation ({id_}) that is not"
        return _refused(400, f"{said} valid for the current state of this issue.")
    resolution = asked.json.get("fields", {}).get("resolution", {}).get("name")
    if step.resolutions and resolution not in step.resolutions:
        return _refused(400, resolution="Resolution is required.")
    if resolution:
        issue.fields["resolution"] = {"name": resolution}
    fake.store.move(issue, step.end)
    return told(204)


def _upload(fake: "JiraFake", asked: "Asked", issue: Kept) -> "Told":
    if asked.headers.get("x-atlassian-token") != "no-check":
        return _refused(403, "XSRF check failed")
    if not fake.shop.attachments or fake.shop.permissions.get("CREATE_ATTACHMENTS") is False:
        return _refused(403, "You do not have permission to create attachments for this issue.")
    mark = asked.headers["content-type"].split("boundary=")[1].encode()
    head, data = asked.body.split(b"--" + mark)[1].split(b"\r\n\r\n", 1)
    data = data.removesuffix(b"\r\n")
    name = re.search(rb'name="file"; filename="([^"]*)"', head)
    if not name:
        return _refused(400, "The part must be called file.")
    if len(data) > fake.shop.upload_limit:
        return _refused(413, "The attachment is too large.")
    number = str(fake.store.number())
    made: Json = {
        "id": number, "filename": name[1].decode(), "size": len(data),
        "author": fake.store.user("robot"), "mimeType": "application/octet-stream",
        "content": f"{fake.url}/rest/api/3/attachment/content/{number}",
    }  # fmt: skip
    issue.files.append(made)
    fake.contents[number] = data
    return told(200, [made])


def _delete_file(fake: "JiraFake", asked: "Asked", number: str) -> "Told":
    for issue in fake.store.issues.values():
        if any(f["id"] == number for f in issue.files):
            issue.files = [f for f in issue.files if f["id"] != number]
            return told(204)
    return _refused(404, f"The attachment with id '{number}' does not exist")


def _set_property(fake: "JiraFake", asked: "Asked", issue: Kept, key: str) -> "Told":
    if _property_faults([{"key": key, "value": asked.json}]):
        return _refused(400, "The property value is too large.")
    there = key in issue.properties
    issue.properties[key] = asked.json
    return told(200 if there else 201)


def _link(fake: "JiraFake", asked: "Asked") -> "Told":
    body = asked.json
    if body["type"]["name"] not in fake.shop.link_types:
        return _refused(404, f"No issue link type with name '{body['type']['name']}' found.")
    ends = [fake.store.find(body[w]["key"]) for w in ("inwardIssue", "outwardIssue")]
    if None in ends:
        return _refused(404, NO_ISSUE)
    one = {"type": body["type"]["name"], "from": ends[0], "to": ends[1]}
    fake.store.links.append(one)
    return told(201)


def _links_of(fake: "JiraFake", issue: Kept) -> list[Json]:
    found = []
    for each in fake.store.links:
        for mine, other, side in (("from", "to", "outwardIssue"), ("to", "from", "inwardIssue")):
            if each[mine] is issue:
                there = {"id": str(each[other].id), "key": each[other].key}
                found.append({"id": "1", "type": {"name": each["type"]}, side: there})
    return found


def _search(fake: "JiraFake", asked: "Asked") -> "Told":
    return _found(fake, asked.json, asked.json["jql"])


def _search_data_center(fake: "JiraFake", asked: "Asked") -> "Told":
    return _found(fake, {"startAt": int(asked.query.get("startAt", 0))}, asked.query["jql"])


def _found(fake: "JiraFake", body: Json, jql: str) -> "Told":
    project = re.search(r'project = "(\w+)"', jql)
    label = re.search(r'labels = "([\w-]+)"', jql)
    if not project or not label:
        return _refused(400, "Unbounded JQL queries are not allowed here.")
    if project[1] != "CHG":
        said = f"The value '{project[1]}' does not exist for the field 'project'."
        return _refused(400, said)
    hits = fake.store.search(label[1], body.get("reconcileIssues", []))
    start = int(body.get("nextPageToken", body.get("startAt", 0)))
    page = hits[start : start + 2]
    # Fields come only as they are asked for.
    issues = [
        {"id": str(i.id), "key": i.key, "self": f"{fake.url}/{i.id}",
         "fields": {k: i.fields[k] for k in body.get("fields", ["labels"]) if k in i.fields}}
        for i in page
    ]  # fmt: skip
    if not fake.shop.cloud:
        return told(200, {"issues": issues, "startAt": start, "maxResults": 2, "total": len(hits)})
    last = start + len(page) >= len(hits)
    more = {} if last else {"nextPageToken": str(start + len(page))}
    return told(200, {"issues": issues, "isLast": last, **more})


def _gone(fake: "JiraFake", asked: "Asked") -> "Told":
    return _refused(410, GONE)


def _approvals(fake: "JiraFake", asked: "Asked", key: str) -> "Told":
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


Route = Callable[..., "Told"]


def _of_issue(route: Route) -> Route:
    def found(fake: "JiraFake", asked: "Asked", id_: str, *more: str) -> "Told":
        issue = fake.store.find(id_)
        return route(fake, asked, issue, *more) if issue else _refused(404, NO_ISSUE)

    return found


def _only(cloud: bool, route: Route) -> Route:
    def found(fake: "JiraFake", asked: "Asked", *more: str) -> "Told":
        if fake.shop.cloud is not cloud:
            return _refused(404, f"null for uri: {asked.path}")
        return route(fake, asked, *more)

    return found


def _removed_on_cloud(route: Route) -> Route:
    def found(fake: "JiraFake", asked: "Asked", *more: str) -> "Told":
        return (_gone if fake.shop.cloud else route)(fake, asked, *more)

    return found


ISSUE = "issue/([^/]+)"
ROUTES: list[tuple[str, str, Route]] = [
    ("GET", "myself", _myself),
    ("GET", "mypermissions", _permissions),
    ("GET", "field", _fields),
    ("GET", "status", _statuses),
    ("GET", "issueLinkType", _link_types),
    ("GET", "attachment/meta", _attachment_meta),
    ("DELETE", "attachment/([^/]+)", _delete_file),
    ("GET", "project/([^/]+)", _project),
    ("GET", "issue/createmeta/([^/]+)/issuetypes", _issue_types),
    ("GET", "issue/createmeta/([^/]+)/issuetypes/([^/]+)", _screen),
    ("POST", "issue", _create),
    ("GET", ISSUE, _of_issue(_read)),
    ("PUT", ISSUE, _of_issue(_edit)),
    ("GET", f"{ISSUE}/editmeta", _of_issue(_edit_screen)),
    ("POST", f"{ISSUE}/comment", _of_issue(_comment)),
    ("GET", f"{ISSUE}/remotelink", _of_issue(_pages)),
    ("POST", f"{ISSUE}/remotelink", _of_issue(_add_page)),
    ("GET", f"{ISSUE}/transitions", _of_issue(_transitions)),
    ("POST", f"{ISSUE}/transitions", _of_issue(_move)),
    ("POST", f"{ISSUE}/attachments", _of_issue(_upload)),
    ("PUT", f"{ISSUE}/properties/([^/]+)", _of_issue(_set_property)),
    ("POST", "issueLink", _link),
    ("POST", "search/jql", _only(cloud=True, route=_search)),
    ("GET", "search", _removed_on_cloud(_search_data_center)),
    ("POST", "search", _removed_on_cloud(_search_data_center)),
    ("GET", "/rest/servicedeskapi/request/([^/]+)/approval", _approvals),
]
