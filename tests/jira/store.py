"""The issues of the fake site: what is in them, how they move, what the index knows of them."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.jira.shop import Shop, Step

Json = dict[str, Any]


@dataclass
class Kept:
    """One issue."""

    id: int
    fields: Json
    status: str
    created: str
    properties: Json = field(default_factory=dict)
    comments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    pages: list[Json] = field(default_factory=list)
    approvals: list[Json] = field(default_factory=list)
    history: list[Json] = field(default_factory=list)
    """Changes of its status, oldest first."""
    updated: str = ""
    hidden_for: int = 0
    """So many searches will not see it."""
    foreign: str = ""
    """Its key, where it is not one of the project."""

    @property
    def key(self) -> str:
        """The number people use."""
        return self.foreign or f"CHG-{self.id - 10_000}"


class Store:
    """All issues of the project CHG."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.issues: dict[int, Kept] = {}
        self.links: list[Json] = []
        self._ids, self._numbers, self._minutes = count(10_001), count(1), count(1)

    def number(self) -> int:
        """One that nothing else has."""
        return next(self._numbers)

    def clock(self) -> str:
        """A moment after all others; Jira tells times in the zone of the user."""
        made = next(self._minutes)
        return f"2026-11-24T{made // 60 % 24:02}:{made % 60:02}:00.000+0100"

    def find(self, id_or_key: str) -> Kept | None:
        """By number or key."""
        return next((i for i in self.issues.values() if id_or_key in (str(i.id), i.key)), None)

    def create(self, fields: Json, properties: list[Json]) -> Kept:
        """A new issue, which the index learns of later."""
        id_ = next(self._ids)
        first = next(iter(self.shop.workflow.statuses))
        made = Kept(
            id_, dict(fields), first, f"2026-11-23T11:{id_ // 60 % 60:02}:{id_ % 60:02}.000+0100",
            hidden_for=self.shop.lag,
        )  # fmt: skip
        made.properties = {p["key"]: p["value"] for p in properties}
        self.issues[id_] = made
        return made

    def declare(self, key: str, status: str) -> Kept:
        """An issue of another project."""
        id_ = 20_000 + self.number()
        self.issues[id_] = Kept(id_, {}, status, self.clock(), foreign=key)
        return self.issues[id_]

    def search(self, label: str, known: list[int]) -> list[Kept]:
        """What the index has under a label; each search lets it catch up a little."""
        found = []
        for issue in self.issues.values():
            seen = issue.hidden_for <= 0 or issue.id in known
            issue.hidden_for -= 1
            if seen and label in issue.fields.get("labels", ()):
                found.append(issue)
        return found

    def settle(self) -> None:
        """The index has caught up."""
        for issue in self.issues.values():
            issue.hidden_for = 0

    def steps(self, issue: Kept) -> list[Step]:
        """What can be done with the issue now."""
        return [s for s in self.shop.workflow.steps if issue.status in s.start]

    def move(self, issue: Kept, status: str, by: str = "ann") -> None:
        """The issue has the status; where approval is asked for in it, a new round begins."""
        flow = self.shop.workflow
        before, after = flow.status(issue.status), flow.status(status)
        issue.updated = self.clock()
        item = {"field": "status", "fieldtype": "jira", "from": before["id"], "to": after["id"],
                "fromString": before["name"], "toString": after["name"]}  # fmt: skip
        issue.history.append({"id": str(self.number()), "author": self.user(by),
                              "created": issue.updated, "items": [item]})  # fmt: skip
        issue.status = status
        if flow.approval and status == flow.approval:
            asked = next((v for k, v in issue.fields.items() if k == "customfield_10003"), None)
            people = [u["accountId"] for u in asked or [{"accountId": "ann"}]]
            issue.approvals.append(
                {"id": str(self.number()), "name": flow.approval, "finalDecision": "pending",
                 "canAnswerApproval": False,
                 "approvers": [
                     {"approver": self.user(p), "approverDecision": "pending"} for p in people
                 ]}
            )  # fmt: skip

    def decide(self, issue: Kept, decision: str) -> None:
        """All who were asked decide the same, and the workflow goes on."""
        flow = self.shop.workflow
        newest = issue.approvals[-1]
        newest["finalDecision"] = decision
        newest["completedDate"] = {"iso8601": self.clock().replace(".000", "")}
        for each in newest["approvers"]:
            each["approverDecision"] = decision
        self.move(issue, flow.approved if decision == "approved" else flow.declined)

    def step(self, issue: Kept, name: str) -> None:
        """A person presses a button of the workflow."""
        self.move(issue, next(s for s in self.steps(issue) if s.name == name).end)

    def user(self, name: str) -> Json:
        """A user, as this deployment tells them."""
        if self.shop.cloud:
            return {"accountId": name, "displayName": name.title(), "active": True}
        return {"name": name, "displayName": name.title(), "active": True}
