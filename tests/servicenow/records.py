"""Records of a ServiceNow instance: how they are kept, queried, and shown by each API."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

Record = dict[str, str]

_NAMES = """
active activity_due additional_assignee_list approval approval_history approval_set assigned_to
assignment_group backout_plan business_duration business_service cab_date cab_date_time
cab_delegate cab_recommendation cab_required calendar_duration category change_plan chg_model
close_code close_notes closed_at closed_by cmdb_ci comments comments_and_work_notes company
conflict_last_run conflict_status contact_type contract correlation_display correlation_id
delivery_plan delivery_task description due_date end_date escalation expected_start follow_up
group_list impact implementation_plan justification knowledge location made_sla number on_hold
on_hold_reason on_hold_task opened_at opened_by order outside_maintenance_schedule parent phase
phase_state priority production_system reason reassignment_count requested_by requested_by_date
review_comments review_date review_status risk risk_impact_analysis route_reason scope
service_offering short_description sla_due start_date state std_change_producer_version
sys_class_name sys_created_by sys_created_on sys_domain sys_id sys_mod_count sys_updated_by
sys_updated_on task_effective_number test_plan type unauthorized universal_request urgency
work_end work_notes work_start
"""
FIELDS = frozenset(_NAMES.split())
NUMBERS = frozenset({"state", "impact", "urgency", "priority", "risk", "sys_mod_count", "scope"})
BOOLEANS = frozenset({"active", "cab_required", "on_hold", "knowledge", "unauthorized"})
TIMES = frozenset({"start_date", "end_date", "work_start", "work_end", "cab_date_time"})
DATES = frozenset({"review_date"})
REFERENCES = {
    "assignment_group": "sys_user_group", "requested_by": "sys_user", "opened_by": "sys_user",
    "approver": "sys_user", "cmdb_ci": "cmdb_ci", "ci_item": "cmdb_ci", "chg_model": "chg_model",
    "business_service": "cmdb_ci_service",
    "cmdb_ci_service": "cmdb_ci_service", "parent": "change_request", "task": "change_request",
    "user": "sys_user",
    "role": "sys_user_role",
    "change": "change_request", "conflicting_change": "change_request",
    "sysapproval": "change_request", "change_request": "change_request",
    "group": "sysapproval_group", "std_change_producer_version": "template",
}  # fmt: skip
CHOICES = {
    "state": {"-5": "New", "-4": "Assess", "-3": "Authorize", "-2": "Scheduled", "-1": "Implement",
              "0": "Review", "3": "Closed", "4": "Canceled"},
    "risk": {"2": "High", "3": "Moderate", "4": "Low"},
    "impact": {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"},
    "type": {"normal": "Normal", "standard": "Standard", "emergency": "Emergency"},
    "approval": {"not requested": "Not Yet Requested", "requested": "Requested",
                 "approved": "Approved", "rejected": "Rejected"},
    "close_code": {"successful": "Successful", "successful_issues": "Successful with issues",
                   "unsuccessful": "Unsuccessful"},
}  # fmt: skip
INHERITED = frozenset({"impact", "urgency"})
CONDITION = re.compile(r"([a-z_.]+)(>=|!=|=|IN|STARTSWITH|LIKE)(.*)", re.DOTALL)


class Tables:
    """All tables, and the clock of the database, which counts whole seconds."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Record]] = {}
        self._count = 0

    def now(self) -> str:
        """The time; two things may happen within one second."""
        self._count += 1
        now = datetime(2026, 11, 23, 10) + timedelta(seconds=self._count // 4)
        return now.strftime("%Y-%m-%d %H:%M:%S")

    def add(self, table: str, record: Record) -> Record:
        """The record is kept under a sys_id that says nothing about its age."""
        now = self.now()
        id_ = md5(f"{table}{self._count}".encode()).hexdigest()  # noqa: S324
        own = {"sys_id": id_, "sys_created_on": now, "sys_updated_on": now, "sys_mod_count": "0"}
        return self.tables.setdefault(table, {}).setdefault(id_, {**record, **own})

    def rows(self, table: str) -> list[Record]:
        """In the order of adding."""
        return list(self.tables.get(table, {}).values())

    def query(self, table: str, query: str) -> list[Record]:
        """What matches; a condition on a field that does not exist is left out, silently."""
        found, orders = self.rows(table), []
        for part in filter(None, query.split("^")):
            order = re.fullmatch(r"ORDERBY(DESC)?(.+)", part)
            if order:
                orders.append((order[2], bool(order[1])))
                continue
            condition = CONDITION.fullmatch(part)
            known = {name for row in self.rows(table) for name in row}
            if condition and condition[1].partition(".")[0] in known | (
                FIELDS if table == "change_request" else set()
            ):
                found = [
                    row
                    for row in found
                    if _holds(self.dotted(row, condition[1])[1], *condition.groups()[1:])
                ]
        for field, down in reversed(orders):
            found.sort(key=lambda row: row.get(field, ""), reverse=down)
        return found

    def label(self, field: str, value: str) -> str:
        """What people see."""
        table = REFERENCES.get(field)
        if table:
            row = self.tables.get(table, {}).get(value, {})
            names = ("number", "name", "user_name", "assignment_group", "short_description")
            return next((row[name] for name in names if row.get(name)), "")
        return CHOICES.get(field, {}).get(value, value)

    def dotted(self, row: Record, path: str) -> tuple[str, str]:
        """The last field of a path through references, and its value."""
        *through, last = path.split(".")
        for field in through:
            row = self.tables.get(REFERENCES[field], {}).get(row.get(field, ""), {})
        return last, row.get(last, "")

    def as_table(
        self, row: Record, fields: Iterable[str], shown: str, links: bool, base: str
    ) -> Any:
        """A record as the Table API shows it: strings, references with links."""
        made: dict[str, Any] = {}
        for path in fields:
            name, value = self.dotted(row, path)
            label, table = self.label(name, value), REFERENCES.get(name)
            link = {"link": f"{base}/api/now/table/{table}/{value}"} if table and links else {}
            if shown == "all":
                made[path] = {"display_value": label, "value": value, **(link if value else {})}
            elif shown == "true":
                made[path] = {"display_value": label, **link} if table and value else label
            else:
                made[path] = {"value": value, **link} if link and value else value
        return made

    def as_change(self, row: Record, fields: Iterable[str]) -> dict[str, Any]:
        """A record as the Change Management API shows it: pairs, with numbers and booleans."""
        made: dict[str, Any] = {}
        for name in fields:
            value: Any = row.get(name, "")
            label = self.label(name, value)
            if value and name in NUMBERS:
                # Both are seen; zero and what is above come as floats here.
                value = float(value) if int(value) >= 0 else int(value)
            elif value and name in BOOLEANS:
                value = value == "true"
            made[name] = {"display_value": label, "value": value}
            if name.endswith(("_on", "_at", "_date", "_start", "_end")):
                made[name]["display_value_internal"] = label
        return made


def _holds(value: str, operator: str, wanted: str) -> bool:
    match operator:
        case "=":
            return value.casefold() == wanted.casefold()
        case "!=":
            return value.casefold() != wanted.casefold()
        case ">=":
            return value >= wanted
        case "IN":
            return value in wanted.split(",")
        case "STARTSWITH":
            return value.startswith(wanted)
        case _:
            return wanted.casefold() in value.casefold()
