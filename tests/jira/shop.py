"""Three Jira sites as people set them up: what fields they have, and which way a change goes."""

from dataclasses import dataclass, field, replace

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
SELECT, AREA, TIME, PEOPLE = (
    f"{TYPES}:{name}" for name in ("select", "textarea", "datetime", "multiuserpicker")
)


@dataclass(frozen=True)
class Custom:
    """A field, as an administrator sees it."""

    id: str
    name: str
    custom: str = ""
    type: str = "string"
    items: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    english: str = ""
    """Its name before it was translated."""

    def option_id(self, label: str) -> str:
        """Options have numbers."""
        return f"{self.id[-3:]}{self.options.index(label)}"

    @property
    def values(self) -> list[dict[str, str]]:
        """The options as createmeta tells them."""
        return [{"id": self.option_id(o), "value": o} for o in self.options]

    @property
    def schema(self) -> dict[str, object]:
        """The schema as createmeta tells it."""
        made: dict[str, object] = {"type": self.type}
        if self.items:
            made["items"] = self.items
        return {**made, "custom": self.custom} if self.custom else {**made, "system": self.id}


SYSTEM = (
    Custom("summary", "Summary", required=True),
    Custom("description", "Description"),
    Custom("labels", "Labels", type="array", items="string"),
    Custom("issuetype", "Issue Type", type="issuetype", required=True),
    Custom("project", "Project", type="project", required=True),
    Custom("attachment", "Attachment", type="array", items="attachment"),
)

CHANGE_FIELDS = (
    Custom("customfield_10004", "Impact", SELECT, "option", options=(
        "Extensive / Widespread", "Significant / Large", "Moderate / Limited",
        "Minor / Localized")),
    Custom("customfield_10005", "Change type", SELECT, "option",
           options=("Standard", "Normal", "Emergency")),
    Custom("customfield_10006", "Change risk", SELECT, "option",
           options=("Critical", "High", "Medium", "Low")),
    Custom("customfield_10007", "Change reason", SELECT, "option",
           options=("Repair", "Upgrade", "Maintenance", "New functionality", "Other")),
    Custom("customfield_10008", "Planned start", TIME, "datetime"),
    Custom("customfield_10009", "Planned end", TIME, "datetime"),
    Custom("customfield_10003", "Approvers", PEOPLE, "array", "user"),
    Custom("customfield_10030", "Implementation plan", AREA),
    Custom("customfield_10031", "Backout plan", AREA),
    Custom("customfield_10032", "Test plan", AREA),
    Custom("customfield_10010", "Request Type", "com.atlassian.servicedesk:vp-origin",
           "sd-customerrequesttype"),
)  # fmt: skip

NEW, BUSY, DONE = "new", "indeterminate", "done"


@dataclass(frozen=True)
class Step:
    """A transition of a workflow."""

    id: str
    name: str
    start: tuple[str, ...]
    end: str
    resolutions: tuple[str, ...] = ()
    """Offered on the screen of this transition."""


@dataclass(frozen=True)
class Workflow:
    """Statuses and the ways between them; the first status is where issues begin."""

    statuses: dict[str, str]
    """Name to category."""
    steps: tuple[Step, ...]
    approval: str = ""
    """The status in which the service desk asks for approval."""
    approved: str = ""
    declined: str = ""

    def status(self, name: str) -> dict[str, object]:
        """As every reply tells it."""
        number = list(self.statuses).index(name)
        category = self.statuses[name]
        return {
            "id": str(10_100 + number),
            "name": name,
            "statusCategory": {"id": 2, "key": category, "name": category.title()},
        }


ENDS = ("Done", "Won't Do")
PLAIN = Workflow(
    {"Open": NEW, "Waiting for approval": BUSY, "Approved": BUSY, "Rejected": BUSY,
     "Implementing": BUSY, "Done": DONE, "Canceled": DONE},
    (
        Step("11", "Submit", ("Open",), "Waiting for approval"),
        Step("12", "Pre-approve", ("Open",), "Approved"),
        Step("21", "Approve", ("Waiting for approval",), "Approved"),
        Step("22", "Reject", ("Waiting for approval",), "Rejected"),
        Step("31", "Reopen", ("Rejected",), "Open"),
        Step("41", "Ask again", ("Approved",), "Waiting for approval"),
        Step("42", "Start", ("Approved",), "Implementing"),
        Step("51", "Complete", ("Implementing",), "Done", ENDS),
        Step("61", "Cancel", ("Open", "Waiting for approval", "Approved", "Rejected"), "Canceled",
             ENDS),
    ),
)  # fmt: skip
MANAGED = Workflow(
    {"Open": NEW, "Awaiting approval": BUSY, "Awaiting implementation": BUSY, "Declined": DONE,
     "Implementing": BUSY, "Completed": DONE, "Failed": DONE, "Canceled": DONE},
    (
        Step("11", "Request approval", ("Open",), "Awaiting approval"),
        Step("12", "Pre-approved", ("Open",), "Awaiting implementation"),
        Step("31", "Revise", ("Declined", "Awaiting implementation"), "Open"),
        Step("42", "Implement", ("Awaiting implementation",), "Implementing"),
        Step("51", "Complete", ("Implementing",), "Completed", ENDS),
        Step("52", "Fail", ("Implementing",), "Failed", ENDS),
        Step("61", "Cancel", ("Open", "Awaiting approval", "Awaiting implementation", "Declined"),
             "Canceled"),
    ),
    approval="Awaiting approval", approved="Awaiting implementation", declined="Declined",
)  # fmt: skip
STRICT = Workflow(
    {"Open": NEW, "Pending approval": BUSY, "Approved": BUSY, "Rejected": BUSY, "Closed": DONE,
     "Won't Do": DONE},
    (
        Step("11", "Request approval", ("Open", "Rejected"), "Pending approval"),
        Step("21", "Approve", ("Pending approval",), "Approved"),
        Step("22", "Reject", ("Pending approval",), "Rejected"),
        Step("51", "Close", ("Approved",), "Closed", ("Fixed", "Won't Fix")),
        Step("61", "Withdraw", ("Open", "Pending approval", "Approved", "Rejected"), "Won't Do"),
    ),
)  # fmt: skip


@dataclass
class Shop:
    """How one site is set up; tests change what they are about."""

    cloud: bool = True
    service_desk: bool = False
    workflow: Workflow = PLAIN
    fields: tuple[Custom, ...] = ()
    hidden: set[str] = field(default_factory=set)
    """On no screen, although the site has them."""
    locked: set[str] = field(default_factory=set)
    """On the screens as createmeta says, and refused all the same."""
    sealed: set[str] = field(default_factory=set)
    """Statuses in which `jira.issue.editable` is false: comments are taken, edits are not."""
    sealed_properties: bool = False
    """Whether that goes for properties too."""
    issue_types: dict[str, str] = field(
        default_factory=lambda: {"10012": "Change", "10001": "Task"}
    )
    english_types: dict[str, str] = field(default_factory=dict)
    link_types: tuple[str, ...] = ("Blocks", "Duplicate", "Relates")
    permissions: dict[str, bool] = field(default_factory=dict)
    """Those that the user does not have are False."""
    people: tuple[str, ...] = ("ann", "bob", "robot")
    files_at: str = ""
    """Another address under which a Data Center says that its files are."""
    longest: int = 32_767
    upload_limit: int = 10_000_000
    attachments: bool = True
    lag: int = 1
    """So many searches do not see a new issue."""

    @property
    def screen(self) -> list[Custom]:
        """What can be set."""
        return [f for f in (*SYSTEM, *self.fields) if f.id not in self.hidden]


def hurried(shop: Shop) -> Shop:
    """The same site, where the workflow has a way for emergencies around the approval."""
    flow = shop.workflow
    busy = next(name for name in flow.statuses if "approval" in name)
    end = "Implementing" if "Implementing" in flow.statuses else "Closed"
    step = Step("71", "Emergency", (busy,), end, () if end != "Closed" else ("Fixed",))
    return replace(shop, workflow=replace(flow, steps=(*flow.steps, step)))


def cloud() -> Shop:
    """A project without any field for changes."""
    return Shop()


def managed() -> Shop:
    """Jira Service Management with its template for changes."""
    return Shop(service_desk=True, workflow=MANAGED, fields=CHANGE_FIELDS,
                issue_types={"10012": "[System] Change", "10001": "Task"})  # fmt: skip


def data_center() -> Shop:
    """A Data Center with fields of its own, and no way back from an approval."""
    fields = (
        Custom("customfield_10504", "Impact", SELECT, "option", options=("High", "Medium", "Low")),
        Custom("customfield_10531", "Backout plan", AREA),
    )
    return Shop(cloud=False, workflow=STRICT, fields=fields, lag=0)
