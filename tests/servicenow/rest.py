"""The Change Management API of the fake instance."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.servicenow.answer import Answer, HttpError
from tests.servicenow.flow import SCHEDULED
from tests.servicenow.records import CHOICES, Record

if TYPE_CHECKING:
    from tests.servicenow.fake import ServiceNowFake

ASSOCIATED = {
    "affected": ("task_ci", "ci_item"),
    "impacted": ("task_cmdb_ci_service", "cmdb_ci_service"),
}
LISTS = {"": "change_request", "model": "chg_model", "standard/template": "template"}
WORKER_STATES = {1: "Waiting", 2: "In-Progress", 3: "Complete", 4: "Error"}


class ChangeRest:
    """`/api/sn_chg_rest/change` and what is below."""

    def __init__(self, fake: "ServiceNowFake") -> None:
        self._fake = fake
        self._workers: dict[str, dict[str, Any]] = {}
        self._checks: dict[str, int] = {}

    def answer(
        self, method: str, path: str, query: dict[str, str], given: dict[str, Any]
    ) -> Answer:
        """By path and method."""
        parts = path.removeprefix("/api/sn_chg_rest/change").strip("/").split("/")
        encoded = query.get("sysparm_query", "")
        table = LISTS.get("/".join(parts))
        if method == "GET" and table:
            return self._page(self._fake.query(table, encoded), query)
        match method, parts:
            case "POST", ["" | "normal" | "emergency" as kind]:
                return self._create({**given, **({"type": kind} if kind else {})}, "", bool(kind))
            case "POST", ["standard", template]:
                return self._create({**given, "type": "standard"}, template, True)
            case "GET", ["worker", id_]:
                return 200, {"result": self._work(self._workers[id_])}, {}
        row = self._fake.record("change_request", parts[0])
        if parts[1:]:
            return self._below(method, row, parts[1:], query, given)
        return self._one(method, row, given)

    def _page(self, found: list[Record], query: dict[str, str]) -> Answer:
        offset = int(query.get("sysparm_offset", 0))
        page = found[offset : offset + self._fake.options.page]
        shown = [self._shown(row) for row in page if self._fake.visible(row)]
        return 200, {"result": shown}, {}

    def _shown(self, row: Record) -> dict[str, Any]:
        return self._fake.tables.as_change(row, self._fake.fields(row))

    def _create(self, given: dict[str, Any], template: str, listed: bool) -> Answer:
        if not self._fake.options.writable:
            raise HttpError(403, "User Not Authorized", "ACL Exception")
        if template:
            self._fake.record("template", template)
            given["std_change_producer_version"] = template
        row, ignored = self._fake.flow.create(given, self._fake.user, bool(template))
        return 200, {"result": self._told(row, ignored, listed)}, {}

    def _told(self, row: Record, ignored: list[str], listed: bool) -> Any:
        made = self._shown(row)
        if ignored:
            made["__meta"] = {"ignoredFields": ignored}
        return [made] if listed else made

    def _one(self, method: str, row: Record, given: dict[str, Any]) -> Answer:
        ignored = self._fake.write("change_request", row, given) if method == "PATCH" else []
        return 200, {"result": self._told(row, ignored, False)}, {}

    def _below(
        self, method: str, row: Record, rest: list[str], query: dict[str, str], given: Any
    ) -> Answer:
        known: dict[str, Callable[[], Answer]] = {
            "GET nextstates": lambda: self._next(row),
            "GET ci": lambda: self._associated(row, query),
            "POST ci": lambda: self._start(
                str(given["association_type"]), lambda: self._associate(row["sys_id"], given)
            ),
            "POST conflict": lambda: self._check(row["sys_id"]),
            "GET conflict": lambda: self._conflict(row["sys_id"]),
            "PATCH schedule/first_available": lambda: self._schedule(row),
            "GET task": lambda: self._tasks(row),
            "PATCH task": lambda: self._task(rest[-1], given),
            "PATCH approvals": lambda: self._decide(row, given),
        }
        place = "task" if rest[0] == "task" else "/".join(rest)
        found = known.get(f"{method} {place}")
        if found is None:
            raise HttpError(400, "Requested URI does not represent any resource")
        return found()

    def _associated(self, row: Record, query: dict[str, str]) -> Answer:
        table, _ = ASSOCIATED[query["association_type"]]
        return self._page(self._fake.tables.query(table, f"task={row['sys_id']}"), query)

    def _tasks(self, row: Record) -> Answer:
        tasks = self._fake.tables.query("change_task", f"change_request={row['sys_id']}")
        return 200, {"result": [self._shown(task) for task in tasks]}, {}

    def _task(self, id_: str, given: Any) -> Answer:
        found = self._fake.record("change_task", id_)
        self._fake.write("change_task", found, given)
        return 200, {"result": self._shown(found)}, {}

    def _check(self, id_: str) -> Answer:
        if self._fake.options.conflicts_refused:
            raise HttpError(400, "Conflict checking is turned off")
        self._checks[id_] = 0
        return 200, {"result": "c" * 32}, {}

    def _schedule(self, row: Record) -> Answer:
        if not row["cmdb_ci"]:
            raise HttpError(400, "The change request has no configuration item")
        return self._start("schedule", lambda: self._plan(row))

    def _next(self, row: Record) -> Answer:
        if not self._fake.options.nextstates:
            raise HttpError(404, "Not found")
        offers = self._fake.flow.offers(row)
        ways = [[_way(row["state"], to, unmet)] for to, unmet in offers.items()]
        labels = {to: CHOICES["state"][to] for to in offers}
        states = [to for to, unmet in offers.items() if not unmet]
        told = {"available_states": states, "state_transitions": ways, "state_label": labels}
        return 200, {"result": told}, {}

    def _start(self, kind: str, act: Any) -> Answer:
        id_ = f"{len(self._workers):032x}"
        self._workers[id_] = {"id": id_, "kind": kind, "state": 1, "act": act, "infos": []}
        return 202, {"result": self._told_worker(self._workers[id_])}, {}

    def _work(self, worker: dict[str, Any]) -> dict[str, Any]:
        if worker["state"] < (1 if self._fake.options.workers_hang else 3):
            worker["state"] += 1
            if worker["state"] == 3 and self._fake.options.worker_fails:
                worker["state"] = 4
            elif worker["state"] == 3:
                worker["infos"] = worker["act"]() or []
        return self._told_worker(worker)

    @staticmethod
    def _told_worker(worker: dict[str, Any]) -> dict[str, Any]:
        errors = ["The worker has failed"] if worker["state"] == 4 else []
        return {
            "worker": {"sysId": worker["id"], "link": ""},
            "request": "{}",
            "state": {"value": worker["state"], "display_value": WORKER_STATES[worker["state"]]},
            "type": worker["kind"],
            "messages": {"errorMessages": errors, "warningMessages": [],
                         "infoMessages": worker["infos"]},
        }  # fmt: skip

    def _associate(self, id_: str, given: dict[str, Any]) -> None:
        table, field = ASSOCIATED[given["association_type"]]
        ids = given["cmdb_ci_sys_ids"]
        there = {r[field] for r in self._fake.tables.query(table, f"task={id_}")}
        for each in ids if isinstance(ids, list) else ids.split(","):
            if each not in there:
                self._fake.tables.add(table, {"task": id_, field: each})

    def _plan(self, row: Record) -> list[str]:
        row["start_date"], row["end_date"] = "2026-11-24 10:00:00", "2026-11-24 11:00:00"
        return ["Change has been updated"]

    def _conflict(self, id_: str) -> Answer:
        self._checks[id_] += 1
        done = self._checks[id_] > 2 and not self._fake.options.workers_hang
        there = done and self._fake.options.conflicting
        conflict = {
            "change": {"display_value": self._fake.tables.label("change", id_), "value": id_},
            "conflicting_change": {"display_value": "CHG0000001", "value": "1" * 32},
            "type": {"display_value": "CI already scheduled", "value": "ci_already_scheduled"},
        }
        told = {
            "status": "Conflict" if there else "No Conflict", "last_run": "2026-11-23 10:00:00",
            "record_count": "1" if there else "0", "job_status": "2" if done else "1",
            "conflicts": [conflict] if there else [],
        }  # fmt: skip
        return 200, {"result": told}, {}

    def _decide(self, row: Record, given: dict[str, Any]) -> Answer:
        users = {u["sys_id"]: u["user_name"] for u in self._fake.tables.rows("sys_user")}
        mine = [
            a for a in self._fake.flow.approvers(row) if users[a["approver"]] == self._fake.user
        ]
        if not mine:
            raise HttpError(400, "User does not have the authority to approve or reject")
        mine[0]["state"] = str(given["state"])
        return 200, {"result": [self._shown(row)]}, {}


def _way(here: str, to: str, unmet: list[str]) -> dict[str, Any]:
    return {
        "sys_id": f"{to:0>32}", "from_state": here, "to_state": to, "display_value": "",
        "transition_available": not unmet, "automatic_transition": to == SCHEDULED,
        "conditions": [
            {"passed": False, "condition": {"name": name, "description": None, "sys_id": ""}}
            for name in unmet
        ],
    }  # fmt: skip
