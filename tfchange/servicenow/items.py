"""The configuration items of a change, and what ServiceNow says about conflicts and free slots."""

from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from tfchange.change.request import ChangeRequest
from tfchange.errors import AccessDeniedError, DeskError
from tfchange.servicenow.api import CHANGE, NEW, Api
from tfchange.servicenow.choices import Names
from tfchange.servicenow.client import TABLE, Client, RefusedError, Reply
from tfchange.servicenow.config import ServiceNowConfig
from tfchange.servicenow.rows import Row, display, text, value
from tfchange.servicenow.rows import row as record

POLLS = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0)
"""Seconds between two looks at what ServiceNow does in the background."""
DONE, ERROR = "3", "4"
RUNNING = ("", "0", "1")
"""Of a check for conflicts: not started, and going on."""
AFFECTED, IMPACTED = "affected", "impacted"
TABLES = {
    AFFECTED: ("task_ci", "ci_item"),
    IMPACTED: ("task_cmdb_ci_service", "cmdb_ci_service"),
}


class Found(msgspec.Struct, frozen=True):
    """What the names in a request stand for at the instance."""

    affected: tuple[str, ...] = ()
    impacted: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    """What stands in the change itself: `cmdb_ci`, and `business_service` where that is wanted."""
    notes: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether something has to be associated."""
        return bool(self.affected or self.impacted)


class Items:
    """Finds items, associates them, and asks what depends on them."""

    def __init__(self, client: Client, config: ServiceNowConfig, names: Names) -> None:
        self._client, self._config, self._names = client, config, names

    def find(self, request: ChangeRequest) -> Found:
        """The items and services that the request names, and which are not there."""
        affected, said = self._named("cmdb_ci", request.items)
        impacted, more = self._named("cmdb_ci_service", request.services)
        main = affected[0] if affected else ""
        if not main and self._config.cmdb_ci:
            main, why = self._names.find("cmdb_ci", self._config.cmdb_ci)
            more += (f"{why}.",) if why else ()
        service = impacted[0] if impacted and self._config.business_service else ""
        fields = {"cmdb_ci": main, "business_service": service}
        told = {name: id_ for name, id_ in fields.items() if id_}
        return Found(affected, impacted, told, said + more)

    def _named(self, table: str, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = [self._names.find(table, self._config.items.get(name, name)) for name in names]
        ids = tuple(dict.fromkeys(id_ for id_, _ in found if id_))
        return ids, tuple(f"{why}." for _, why in found if why)

    def associate(self, api: Api, id_: str, found: Found) -> tuple[str, ...]:
        """All items are associated with the change, each once; what is refused is said."""
        notes: tuple[str, ...] = ()
        for kind, ids in ((AFFECTED, found.affected), (IMPACTED, found.impacted)):
            if ids:
                notes += _forgiving(partial(self._associate, api, id_, kind, ids))
        return notes

    def _associate(self, api: Api, id_: str, kind: str, ids: tuple[str, ...]) -> tuple[str, ...]:
        table, field = TABLES[kind]
        there = {value(row, field) for row in self._listed(api, id_, kind)}
        missing = [each for each in ids if each not in there]
        if not missing:
            return ()
        if api.name == "table":
            for each in missing:
                self._client.send("POST", f"{TABLE}/{table}", {"task": id_, field: each})
            return ()
        body = {"association_type": kind, "cmdb_ci_sys_ids": missing}
        return self._worked(self._client.send("POST", f"{CHANGE}/{id_}/ci", body))[1]

    def _listed(self, api: Api, id_: str, kind: str) -> list[Row]:
        table, field = TABLES[kind]
        if id_ == NEW:
            return []
        if api.name == "change":
            asked = {"association_type": kind}
            return list(self._client.pages(f"{CHANGE}/{id_}/ci", asked))
        rows = self._client.table(table, f"task={id_}", f"sys_id,task,{field}")
        return [row for row in rows if value(row, "task") == id_]

    def ask(self, api: Api, request: ChangeRequest, row: Row) -> tuple[str, ...]:
        """What ServiceNow says about conflicts, or about the first free slot; never an error."""
        id_ = value(row, "sys_id")
        if api.name == "table" or id_ == NEW or not value(row, "cmdb_ci"):
            return ()
        planned = value(row, "start_date") and value(row, "end_date")
        try:
            if planned and self._config.conflicts:
                return self._conflicts(id_)
            if not planned and not request.window and self._config.slot_minutes:
                return self._slot(id_)
        except DeskError as error:
            return (f"Conflicts and free slots could not be asked for: {error.message}.",)
        return ()

    def _conflicts(self, id_: str) -> tuple[str, ...]:
        self._client.send("POST", f"{CHANGE}/{id_}/conflict")
        for wait in POLLS:
            told = _mapping(self._client.get(f"{CHANGE}/{id_}/conflict").result)
            if text(told.get("job_status")) not in RUNNING:
                return _conflict_notes(told)
            self._client.pause(wait)
        return ("ServiceNow is still looking for conflicts.",)

    def _slot(self, id_: str) -> tuple[str, ...]:
        body = {"duration_in_seconds": self._config.slot_minutes * 60}
        path = f"{CHANGE}/{id_}/schedule/first_available"
        told, notes = self._worked(self._client.send("PATCH", path, body))
        infos = _messages(told, "infoMessages")
        return notes or tuple(f"First free slot: {info}." for info in infos)

    def _worked(self, reply: Reply) -> tuple[Mapping[str, object], tuple[str, ...]]:
        """What a worker has done in the end, and what is said where it has not."""
        told = _mapping(reply.result)
        for wait in POLLS:
            state = text(_mapping(told.get("state")).get("value"))
            if state == ERROR:
                said = "; ".join(_messages(told, "errorMessages")) or "no reason given"
                return told, (f"ServiceNow could not do it in the background: {said}.",)
            if state == DONE:
                return told, tuple(f"{said}." for said in _messages(told, "warningMessages"))
            self._client.pause(wait)
            worker = text(_mapping(told.get("worker")).get("sysId"))
            told = _mapping(self._client.get(f"{CHANGE}/worker/{worker}").result)
        kind = text(told.get("type")) or "what was asked"
        return told, (f"ServiceNow is still working on {kind} in the background.",)


def _forgiving(act: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    # A refusal is certain; an answer that is lost is not, and has to be asked about again.
    try:
        return act()
    except (RefusedError, AccessDeniedError) as error:
        return (f"Configuration items were not associated: {error.message}.",)


def _conflict_notes(told: Mapping[str, object]) -> tuple[str, ...]:
    listed = told.get("conflicts")
    conflicts = listed if isinstance(listed, list) else []
    if text(told.get("status")).casefold() != "conflict":
        return ()
    count = text(told.get("record_count")) or str(len(conflicts))
    names = ", ".join(filter(None, map(_conflict, conflicts[:5])))
    return (f"ServiceNow sees {count} conflicts{f': {names}' if names else ''}.",)


def _conflict(raw: object) -> str:
    told = record(raw) if isinstance(raw, Mapping) else {}
    # `change` is the one that was asked about; what it collides with is another, or a schedule.
    other = display(told, "conflicting_change") or display(told, "schedule")
    return " ".join(filter(None, (other, display(told, "type"))))


def _messages(told: Mapping[str, object], kind: str) -> list[str]:
    listed = _mapping(told.get("messages")).get(kind)
    return [str(said).strip().rstrip(".") for said in listed] if isinstance(listed, list) else []


def _mapping(some: object) -> Mapping[str, object]:
    return some if isinstance(some, Mapping) else {}
