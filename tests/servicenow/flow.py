"""The life of a change at the fake instance: models, approvals, rules that abort."""

from collections.abc import Set
from dataclasses import dataclass, field

from tests.servicenow.records import BOOLEANS, DATES, FIELDS, TIMES, Record, Tables

NEW, ASSESS, AUTHORIZE, SCHEDULED = "-5", "-4", "-3", "-2"
IMPLEMENT, REVIEW, CLOSED, CANCELED = "-1", "0", "3", "4"
WAYS = {
    "normal": [NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED],
    "standard": [NEW, SCHEDULED, IMPLEMENT, REVIEW, CLOSED],
    "emergency": [NEW, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED],
}
READ_ONLY = frozenset(
    {"sys_id", "number", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_mod_count",
     "opened_at", "opened_by", "closed_at", "approval"}
)  # fmt: skip
TEMPLATE_OWNS = frozenset({"description", "implementation_plan", "test_plan", "backout_plan"})
LIMITS = {"short_description": 160, "close_notes": 4000, "correlation_display": 100}
JOURNALS = frozenset({"work_notes", "comments"})


class AbortedError(Exception):
    """A rule of the instance has stopped a write; nothing was written."""


@dataclass
class Options:
    """What instances differ in."""

    api: str = "change"
    """`change` has both APIs, `table` the Table API alone."""
    hidden_fields: set[str] = field(default_factory=set)
    hidden_tables: set[str] = field(default_factory=set)
    absent_tables: set[str] = field(default_factory=set)
    """Tables of plugins that are not there."""
    hidden_rows: set[str] = field(default_factory=set)
    read_only: set[str] = field(default_factory=set)
    revertible: bool = False
    """Whether the model lets a change go back to New."""
    silent: bool = False
    """Whether a step that is not allowed is answered with 200 and no change."""
    refuses_steps: bool = False
    """Whether no step at all is allowed, though the model offers it."""
    tasks: bool = False
    """Whether tasks are made when a change is implemented."""
    template_takes_key: bool = True
    short_lengths: int = 160
    hashes: bool = True
    page: int = 3
    """Records on a page of the Change Management API."""
    hibernating: bool = False
    writable: bool = True
    knows_correlation: bool = True
    """Whether queries by correlation_id are understood."""
    nextstates: bool = True
    conflicting: bool = False
    worker_fails: bool = False
    workers_hang: bool = False
    conflicts_refused: bool = False
    restricts_standard: bool = False
    """Whether a rule forbids to write anything but notes and the key into a standard change."""
    blocked_extensions: set[str] = field(default_factory=set)


class Flow:
    """Writes records as the business rules of the base system would."""

    def __init__(self, tables: Tables, options: Options, group: str) -> None:
        self.tables, self.options = tables, options
        self.group = group
        self.bad: list[str] = []

    def create(self, given: Record, user: str, from_template: bool) -> tuple[Record, list[str]]:
        """A new change, and the fields that were not taken."""
        count = len(self.tables.rows("change_request")) + 30001
        now = {"number": f"CHG{count:07}", "state": NEW, "approval": "not requested",
               "active": "true", "on_hold": "false", "cab_required": "false", "risk": "3",
               "impact": "3", "type": "normal", "opened_by": user,
               "sys_created_by": user}  # fmt: skip
        taken, ignored = self._taken(given, TEMPLATE_OWNS if from_template else frozenset())
        if from_template and not self.options.template_takes_key:
            ignored += [name for name in taken if name.startswith("correlation")]
            taken = {k: v for k, v in taken.items() if not k.startswith("correlation")}
        self._check_lengths(taken)
        row = self.tables.add("change_request", dict.fromkeys(FIELDS, "") | now)
        # A change that is created beyond New is stuck: nobody is asked for approval.
        self._write(row, taken, user)
        return row, ignored

    def edit(self, row: Record, given: Record, user: str) -> list[str]:
        """The change says what is given, or `AbortedError`; the fields that were not taken."""
        if row["std_change_producer_version"] and TEMPLATE_OWNS & set(given):
            raise AbortedError("Restrict fields from Standard Change")
        if self.options.restricts_standard and row["type"] == "standard" and given.get("risk"):
            raise AbortedError("Restrict fields from Standard Change")
        locked: Set[str] = set() if row["state"] == NEW else {"type", "chg_model"}
        taken, ignored = self._taken(given, locked)
        self._check_lengths(taken)
        to = taken.get("state", row["state"])
        if to != row["state"]:
            refused = self._step(row, to, taken)
            if refused:
                taken.pop("state")
        moved = taken.get("state", row["state"]) != row["state"]
        self._write(row, taken, user)
        if moved:
            self._arrive(row)
        return ignored

    def _taken(self, given: Record, locked: Set[str]) -> tuple[Record, list[str]]:
        # One that was taken is listed all the same: the list cannot be trusted.
        ignored = ["justification"] if "justification" in given else []
        refused = READ_ONLY | self.options.read_only | locked
        taken = {}
        for name, value in given.items():
            if name not in FIELDS or name in refused or _no_time(name, value):
                ignored.append(name)
            else:
                taken[name] = str(value).lower() if name in BOOLEANS else str(value)
        if not str(taken.get("state", "0")).lstrip("-").isdigit():
            self.bad.append(f"a label was sent as a state: {taken['state']}")
        return taken, ignored

    def _check_lengths(self, taken: Record) -> None:
        if len(taken.get("correlation_id", "")) > 100:
            raise AbortedError("Correlation id too long")
        for name in taken:
            limit = (
                self.options.short_lengths
                if name == "short_description"
                else LIMITS.get(name, 4000)
            )
            taken[name] = taken[name][:limit]

    def _write(self, row: Record, taken: Record, user: str) -> None:
        for name, value in taken.items():
            if name in JOURNALS:
                if value:
                    self.tables.add("sys_journal_field", {
                        "element_id": row["sys_id"], "element": name, "value": value,
                        "name": "change_request", "sys_created_by": user})  # fmt: skip
            else:
                row[name] = value
        row["sys_mod_count"] = str(int(row["sys_mod_count"]) + 1)
        row["sys_updated_on"] = self.tables.now()

    def offers(self, row: Record) -> dict[str, list[str]]:
        """The states that are next, each with the conditions that are not met."""
        way, here = WAYS[row["type"]], row["state"]
        if here in (CLOSED, CANCELED) or here not in way:
            return {}
        after = way[way.index(here) + 1]
        made = {after: self._unmet(row, after)}
        if here != REVIEW:
            made[CANCELED] = []
        if self.options.revertible and here in (ASSESS, AUTHORIZE, SCHEDULED):
            made[NEW] = []
        return made

    def _unmet(self, row: Record, to: str) -> list[str]:
        unmet = []
        if row["on_hold"] == "true":
            unmet.append("Not On hold")
        if to in (AUTHORIZE, SCHEDULED) and row["state"] in (ASSESS, AUTHORIZE):
            unmet.append("Approved")
        if to in (REVIEW, CLOSED) and self.open_tasks(row):
            unmet.append("No active Change Tasks")
        return unmet

    def open_tasks(self, row: Record) -> list[Record]:
        """Tasks that are not closed."""
        tasks = self.tables.rows("change_task")
        return [t for t in tasks if t["change_request"] == row["sys_id"] and t["active"] == "true"]

    def _step(self, row: Record, to: str, taken: Record) -> bool:
        """Whether the step is silently not made; `AbortedError` where a rule stops it."""
        offers = self.offers(row)
        if self.options.refuses_steps or to not in offers or offers[to]:
            if self.options.silent or self.options.refuses_steps:
                return True
            raise AbortedError("Change Model: Check State Transition")
        after = {**row, **taken}
        if row["state"] == NEW and to != CANCELED and not after["assignment_group"]:
            raise AbortedError("Change Model: Assignment group is mandatory")
        if to == CLOSED and not (after["close_code"] and after["close_notes"]):
            raise AbortedError("Mandatory fields on close")
        if to == CANCELED and not (taken.get("work_notes") or taken.get("comments")):
            raise AbortedError("Reason for cancelling is mandatory")
        return False

    def _arrive(self, row: Record) -> None:
        state = row["state"]
        if state == NEW:
            self._end_approvals(row, "cancelled")
            row["approval"] = "not requested"
        elif state in (ASSESS, AUTHORIZE):
            row["approval"] = "requested"
            self._ask(row)
        elif state == SCHEDULED and row["type"] == "standard":
            row["approval"] = "approved"
        elif state == IMPLEMENT and self.options.tasks:
            self.tables.add("change_task", {
                "change_request": row["sys_id"], "number": f"CTASK{row['number'][3:]}",
                "state": "1", "active": "true", "short_description": "Implement"})  # fmt: skip
        elif state in (CLOSED, CANCELED):
            row["active"], row["closed_at"] = "false", self.tables.now()
            for approver in self.approvers(row):
                approver["state"] = "cancelled"

    def _ask(self, row: Record) -> None:
        asked = {"parent": row["sys_id"], "assignment_group": self.group}
        group = self.tables.add("sysapproval_group", asked)
        for user in self.tables.rows("sys_user")[1:]:
            self.tables.add("sysapproval_approver", {
                "sysapproval": row["sys_id"], "document_id": row["sys_id"],
                "state": "requested", "approver": user["sys_id"],
                "group": group["sys_id"]})  # fmt: skip

    def approvers(self, row: Record) -> list[Record]:
        """Those who are asked now."""
        all_ = self.tables.rows("sysapproval_approver")
        return [a for a in all_ if a["sysapproval"] == row["sys_id"] and a["state"] == "requested"]

    def decide(self, approver: Record, state: str) -> None:
        """One who was asked has decided, now."""
        approver.update(state=state, sys_updated_on=self.tables.now())

    def approve(self, row: Record) -> None:
        """All who are asked approve, at every state where approval is asked for."""
        while row["state"] in (ASSESS, AUTHORIZE):
            for approver in self.approvers(row):
                self.decide(approver, "approved")
            way = WAYS[row["type"]]
            row["state"] = way[way.index(row["state"]) + 1]
            if row["state"] == SCHEDULED:
                row["approval"] = "approved"
            else:
                self._ask(row)

    def reject(self, row: Record) -> None:
        """One of those who are asked rejects: the change goes back to New."""
        self.decide(self.approvers(row)[0], "rejected")
        self._end_approvals(row, "cancelled")
        row["state"], row["approval"] = NEW, "rejected"

    def _end_approvals(self, row: Record, state: str) -> None:
        for approver in self.tables.rows("sysapproval_approver"):
            if approver["sysapproval"] == row["sys_id"] and approver["state"] != "rejected":
                approver["state"] = state


def _no_time(name: str, value: str) -> bool:
    lengths = {**dict.fromkeys(TIMES, 19), **dict.fromkeys(DATES, 10)}
    return value != "" and len(value) != lengths.get(name, len(value))
