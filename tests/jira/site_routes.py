"""What the fake site answers about itself: who is there, fields, screens, statuses."""

from typing import TYPE_CHECKING, Any

from tests.jira.shop import Custom
from tests.jira.wire import Asked, Told, refused, told

if TYPE_CHECKING:
    from tests.jira.fake import JiraFake

Json = dict[str, Any]
PERMISSIONS = (
    "BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS",
    "CREATE_ATTACHMENTS", "DELETE_OWN_ATTACHMENTS", "LINK_ISSUES",
)  # fmt: skip


def server_info(fake: "JiraFake") -> Told:
    """Which deployment it is; told to strangers too."""
    kind = "Cloud" if fake.shop.cloud else "Server"
    version = "1001.0.0" if fake.shop.cloud else "10.3.2"
    numbers = [int(n) for n in version.split(".")]
    return told(200, {"baseUrl": fake.url, "deploymentType": kind, "version": version,
                      "versionNumbers": numbers, "serverTitle": "Jira"})  # fmt: skip


def myself(fake: "JiraFake", asked: Asked) -> Told:
    """The user of the token."""
    return told(200, fake.store.user("robot"))


def permissions(fake: "JiraFake", asked: Asked) -> Told:
    """What the user may do; Cloud must be asked for some by name."""
    if fake.shop.cloud and not asked.query.get("permissions"):
        return refused(400, "The 'permissions' query parameter is required.")
    names = asked.query.get("permissions", ",".join(PERMISSIONS)).split(",")
    return told(200, {"permissions": {
        n: {"id": "1", "key": n, "name": n.replace("_", " ").title(), "type": "PROJECT",
            "havePermission": fake.shop.permissions.get(n, True)}
        for n in names
    }})  # fmt: skip


def fields(fake: "JiraFake", asked: Asked) -> Told:
    """All fields of the site."""
    made = []
    for each in (*fake.shop.screen, *(f for f in fake.shop.fields if f.id in fake.shop.hidden)):
        one: Json = {"id": each.id, "name": each.name, "custom": each.id.startswith("custom"),
                     "schema": each.schema, "clauseNames": [each.name.lower()]}  # fmt: skip
        if fake.shop.cloud:
            one["untranslatedName"] = each.english or each.name
        made.append(one)
    return told(200, made)


def project(fake: "JiraFake", asked: Asked, key: str) -> Told:
    """The project, by key."""
    if key != "CHG":
        return refused(404, f"No project could be found with key '{key}'.")
    kind = "service_desk" if fake.shop.service_desk else "software"
    return told(200, {"id": "10000", "key": "CHG", "name": "Changes", "projectTypeKey": kind})


def statuses(fake: "JiraFake", asked: Asked) -> Told:
    """All statuses."""
    return told(200, [fake.shop.workflow.status(n) for n in fake.shop.workflow.statuses])


def project_statuses(fake: "JiraFake", asked: Asked, key: str) -> Told:
    """The statuses by issue type."""
    statuses = [fake.shop.workflow.status(n) for n in fake.shop.workflow.statuses]
    types = fake.shop.issue_types.items()
    return told(200, [{"id": i, "name": n, "statuses": statuses} for i, n in types])


def link_types(fake: "JiraFake", asked: Asked) -> Told:
    """The types of links between issues."""
    return told(200, {"issueLinkTypes": [
        {"id": str(n), "name": name, "inward": f"in {name}", "outward": f"out {name}"}
        for n, name in enumerate(fake.shop.link_types)
    ]})  # fmt: skip


def attachment_meta(fake: "JiraFake", asked: Asked) -> Told:
    """Whether files may be attached, and how large."""
    return told(200, {"enabled": fake.shop.attachments, "uploadLimit": fake.shop.upload_limit})


def issue_types(fake: "JiraFake", asked: Asked, project: str) -> Told:
    """What can be created in the project."""
    if project != "CHG":
        return refused(400, f"No project could be found with key '{project}'.")
    types = []
    for id_, name in fake.shop.issue_types.items():
        one = {"id": id_, "name": name, "subtask": False}
        if fake.shop.cloud:
            one["untranslatedName"] = fake.shop.english_types.get(id_, name)
        types.append(one)
    return told(200, page(fake, asked, "issueTypes", types))


def screen(fake: "JiraFake", asked: Asked, project: str, type_: str) -> Told:
    """What can be set when an issue is created."""
    fields = [{"fieldId": f.id, **meta(f)} for f in fake.shop.screen]
    if not fake.shop.cloud:
        for each in fields:
            del each["key"]
    return told(200, page(fake, asked, "fields", fields))


def page(fake: "JiraFake", asked: Asked, name: str, values: list[Json]) -> Json:
    """A page of a list, under the name that each deployment has for it."""
    start = int(asked.query.get("startAt", 0))
    most = min(int(asked.query.get("maxResults", 50)), 7)
    page: Json = {"startAt": start, "maxResults": most, "total": len(values)}
    return {**page, name if fake.shop.cloud else "values": values[start : start + most]}


def meta(field: Custom) -> Json:
    """What a screen says of a field."""
    made: Json = {
        "key": field.id,
        "name": field.name,
        "required": field.required,
        "schema": field.schema,
        "operations": ["set"],
        "hasDefaultValue": False,
    }
    return {**made, "allowedValues": field.values} if field.options else made  # fmt: skip
