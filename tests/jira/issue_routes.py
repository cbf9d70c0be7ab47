"""What the fake site answers about issues, and does to them."""

import json
import re
from mimetypes import guess_type
from typing import TYPE_CHECKING, Any

from tests.jira.rules import NOT_ON_SCREEN, faults, text_fault
from tests.jira.shop import Custom, Step
from tests.jira.site_routes import meta
from tests.jira.store import Kept
from tests.jira.wire import NO_ISSUE, Asked, Told, refused, told

if TYPE_CHECKING:
    from tests.jira.fake import JiraFake

Json = dict[str, Any]


def create(fake: "JiraFake", asked: Asked) -> Told:
    """A new issue, or what is wrong with it."""
    fields, properties = asked.json["fields"], asked.json.get("properties", [])
    if fake.shop.permissions.get("CREATE_ISSUES") is False:
        return refused(403, "You do not have permission to create issues in this project.")
    found = faults(fake.shop, fields, create=True) or property_faults(properties)
    if found:
        return refused(400, **found)
    made = fake.store.create(fields, properties)
    return told(201, {"id": str(made.id), "key": made.key, "self": f"{fake.url}/{made.id}"})


def property_faults(properties: list[Json]) -> dict[str, str]:
    """Properties that are too large."""
    large = [p for p in properties if len(json.dumps(p["value"])) > 32_768 or len(p["key"]) > 255]
    return {"properties": "The property value is too large."} if large else {}


def read(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """An issue, with the fields and properties that are asked for."""
    names = asked.query["properties"].split(",") if "properties" in asked.query else None
    made = shown(fake, issue, asked.query.get("fields", "*all").split(","), names)
    expand = asked.query.get("expand", "").split(",")
    if "editmeta" in expand:
        made["editmeta"] = {"fields": edit_meta(fake.shop.screen)}
    if "changelog" in expand:
        # Cloud tells the newest first, Data Center the oldest.
        told_ = issue.history[::-1] if fake.shop.cloud else issue.history
        made["changelog"] = {"startAt": 0, "maxResults": 100, "total": len(told_),
                             "histories": told_}  # fmt: skip
    return told(200, made)


def shown(fake: "JiraFake", issue: Kept, wanted: list[str], names: list[str] | None) -> Json:
    """An issue as all replies tell it."""
    whole: Json = {
        **issue.fields, "status": fake.shop.workflow.status(issue.status),
        "created": issue.created, "updated": issue.updated or issue.created,
        "attachment": issue.files, "issuelinks": links_of(fake, issue),
    }  # fmt: skip
    fields = {k: v for k, v in whole.items() if k in wanted or "*all" in wanted}
    made: Json = {"id": str(issue.id), "key": issue.key, "self": f"{fake.url}/{issue.id}",
                  "fields": fields}  # fmt: skip
    if names is not None:
        made["properties"] = {k: v for k, v in issue.properties.items() if k in names}
    return made


def edit_meta(screen: list[Custom]) -> Json:
    """What a screen for editing says."""
    return {f.id: meta(f) for f in screen if f.id not in ("project", "issuetype", "attachment")}


def edit_screen(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """What can be edited."""
    return told(200, {"fields": edit_meta(fake.shop.screen)})


def edit(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """Fields, labels, properties and comments, all of them or none."""
    fields, update = asked.json.get("fields", {}), asked.json.get("update", {})
    properties = asked.json.get("properties", [])
    found = faults(fake.shop, fields, create=False) or property_faults(properties)
    if issue.status in fake.shop.sealed:
        # Nothing is on the edit screen of an issue that is not editable.
        found |= {each: NOT_ON_SCREEN.format(each) for each in (*fields, *update)}
    comments = [each["add"] for each in update.get("comment", ())]
    for each in comments:
        fault = text_fault(fake.shop, each.get("body"))
        found |= {"comment": fault} if fault else {}
    for each in update.get("labels", ()):
        found |= faults(fake.shop, {"labels": list(each.values())}, create=False)
    if found:
        return refused(400, **found)
    issue.fields.update(fields)
    labels = issue.fields.setdefault("labels", [])
    for each in update.get("labels", ()):
        labels += [name for name in (each.get("add"),) if name and name not in labels]
        labels[:] = [name for name in labels if name != each.get("remove")]
    issue.comments += comments
    issue.properties.update({p["key"]: p["value"] for p in properties})
    return told(204)


def comment(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """A comment, public unless it says otherwise."""
    body = asked.json
    fault = text_fault(fake.shop, body.get("body"))
    if fault:
        return refused(400, comment=fault)
    issue.comments.append(body)
    made = {"id": str(fake.store.number()), "body": body["body"]}
    # Without the property, customers of a service desk would read it.
    internal = {"key": "sd.public.comment", "value": {"internal": True}}
    if fake.shop.cloud:
        made["jsdPublic"] = internal not in body.get("properties", [])
    return told(201, made)


def pages(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """Links to pages."""
    wanted = asked.query.get("globalId")
    return told(200, [p for p in issue.pages if wanted in (None, p["globalId"])])


def add_page(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """A link to a page, known by its global id."""
    body = asked.json
    global_id = body.get("globalId", "")
    if len(global_id) > 255:
        return refused(400, globalId="globalId cannot exceed 255 characters.")
    before = next((p for p in issue.pages if p["globalId"] == global_id), None)
    number = before["id"] if before else fake.store.number()
    # What is not told is emptied, also in an update.
    made = {k: body[k] for k in ("globalId", "relationship", "application", "object") if k in body}
    made |= {"id": number, "self": f"{fake.url}/remotelink/{number}"}
    issue.pages = [p for p in issue.pages if p is not before] + [made]
    return told(200 if before else 201, {"id": number, "self": made["self"]})


def transitions(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """The ways from where the issue stands."""
    return told(200, {"transitions": [step(fake, s) for s in fake.store.steps(issue)]})


def step(fake: "JiraFake", step: Step) -> Json:
    """A way, with its screen."""
    made: Json = {"id": step.id, "name": step.name, "to": fake.shop.workflow.status(step.end)}
    if step.resolutions:
        field = Custom("resolution", "Resolution", type="resolution", required=True)
        values = [{"id": str(n), "name": name} for n, name in enumerate(step.resolutions)]
        made["fields"] = {"resolution": {**meta(field), "allowedValues": values}}
    return made


def move(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """The issue goes that way, if it is offered."""
    id_ = asked.json["transition"]["id"]
    step = next((s for s in fake.store.steps(issue) if s.id == id_), None)
    if not step:
        said = f"It seems that you have tried to perform a workflow operation ({id_}) that is not"
        return refused(400, f"{said} valid for the current state of this issue.")
    resolution = asked.json.get("fields", {}).get("resolution", {}).get("name")
    if step.resolutions and resolution not in step.resolutions:
        return refused(400, resolution="Resolution is required.")
    fake.store.move(issue, step.end, "robot")
    if resolution:
        issue.fields |= {"resolution": {"name": resolution}, "resolutiondate": issue.updated}
    return told(204)


def upload(fake: "JiraFake", asked: Asked, issue: Kept) -> Told:
    """A file is attached; names may repeat."""
    if asked.headers.get("x-atlassian-token") != "no-check":
        return refused(403, "XSRF check failed")
    if not fake.shop.attachments or fake.shop.permissions.get("CREATE_ATTACHMENTS") is False:
        return refused(403, "You do not have permission to create attachments for this issue.")
    mark = asked.headers["content-type"].split("boundary=")[1].encode()
    head, data = asked.body.split(b"--" + mark)[1].split(b"\r\n\r\n", 1)
    data = data.removesuffix(b"\r\n")
    name = re.search(rb'name="file"; filename="([^"]*)"', head)
    if not name:
        return refused(400, "The part must be called file.")
    if len(data) > fake.shop.upload_limit:
        return refused(413, "The attachment is too large.")
    number = str(fake.store.number())
    file = name[1].decode()
    place = f"secure/attachment/{number}/{file}"
    if fake.shop.cloud:
        place = f"rest/api/3/attachment/content/{number}"
    made: Json = {
        "id": number, "filename": file, "size": len(data), "author": fake.store.user("robot"),
        "mimeType": guess_type(file)[0] or "application/octet-stream",
        "content": f"{fake.shop.files_at or fake.url}/{place}",
    }  # fmt: skip
    issue.files.append(made)
    fake.contents[number] = data
    return told(200, [made])


def content(fake: "JiraFake", asked: Asked, number: str) -> Told:
    """A file on Cloud: itself where no redirect is wanted, else where it can be had unasked."""
    if asked.query.get("redirect") == "false":
        return served(fake, asked, number)
    signed = f"https://media.example.com/file/{number}?token=signed"
    return Told(303, None, {"Location": signed})


def served(fake: "JiraFake", asked: Asked, number: str) -> Told:
    """A file as it was uploaded, with the type that its name says."""
    files = [f for issue in fake.store.issues.values() for f in issue.files]
    found = next((f for f in files if f["id"] == number), None)
    if not found:
        return refused(404, f"The attachment with id '{number}' does not exist")
    return Told(200, fake.contents[number], {"Content-Type": found["mimeType"]})


def delete_file(fake: "JiraFake", asked: Asked, number: str) -> Told:
    """A file is gone."""
    for issue in fake.store.issues.values():
        if any(f["id"] == number for f in issue.files):
            issue.files = [f for f in issue.files if f["id"] != number]
            return told(204)
    return refused(404, f"The attachment with id '{number}' does not exist")


def set_property(fake: "JiraFake", asked: Asked, issue: Kept, key: str) -> Told:
    """A property is there."""
    if property_faults([{"key": key, "value": asked.json}]):
        return refused(400, "The property value is too large.")
    if issue.status in fake.shop.sealed and fake.shop.sealed_properties:
        return refused(403, "You do not have permission to edit this issue.")
    there = key in issue.properties
    issue.properties[key] = asked.json
    return told(200 if there else 201)


def link(fake: "JiraFake", asked: Asked) -> Told:
    """Two issues are linked."""
    body = asked.json
    if body["type"]["name"] not in fake.shop.link_types:
        return refused(404, f"No issue link type with name '{body['type']['name']}' found.")
    ends = [fake.store.find(body[w]["key"]) for w in ("inwardIssue", "outwardIssue")]
    if None in ends:
        return refused(404, NO_ISSUE)
    one = {"type": body["type"]["name"], "from": ends[0], "to": ends[1]}
    fake.store.links.append(one)
    return told(201)


def links_of(fake: "JiraFake", issue: Kept) -> list[Json]:
    """The links as an issue tells them."""
    found = []
    for each in fake.store.links:
        for mine, other, side in (("from", "to", "outwardIssue"), ("to", "from", "inwardIssue")):
            if each[mine] is issue:
                there = {"id": str(each[other].id), "key": each[other].key}
                found.append({"id": "1", "type": {"name": each["type"]}, side: there})
    return found
