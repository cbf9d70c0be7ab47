"""People at the fake instance, for the contract suite and for tests of what is special."""

import re
from typing import Any

from requests.adapters import BaseAdapter

from tests.change.faults import Wrap
from tests.change.requests import request
from tests.servicenow.fake import PASSWORD, URL, USER, ServiceNowFake
from tests.servicenow.records import Record
from tfchange.change.desk import Ticket
from tfchange.change.file import Filed, file
from tfchange.servicenow.desk import ServiceNowConfig, connect

SEEN = ("short_description", "description", "justification", "risk_impact_analysis",
        "implementation_plan", "test_plan", "backout_plan", "close_notes")  # fmt: skip


def config(**given: Any) -> ServiceNowConfig:
    """Settings that fit the fake instance."""
    told: dict[str, Any] = {
        "url": URL,
        "user": USER,
        "password": PASSWORD,
        "assignment_group": "Platform",
    }
    return ServiceNowConfig(**{**told, **given})


class ServiceNowWorld:
    """What people see and do there."""

    def __init__(
        self,
        fake: ServiceNowFake | None = None,
        wrap: Wrap | None = None,
        **given: Any,
    ) -> None:
        self.fake = fake or ServiceNowFake()
        self.pauses: list[float] = []
        transport: BaseAdapter = wrap(self.fake) if wrap else self.fake
        self.desk = connect(config(**given), transport=transport, pause=self.pauses.append)

    def row(self, ticket: Ticket) -> Record:
        """The record."""
        return self.fake.tables.tables["change_request"][ticket.id]

    def approve(self, ticket: Ticket) -> None:
        """All who are asked."""
        self.fake.flow.approve(self.row(ticket))

    def reject(self, ticket: Ticket) -> None:
        """One who is asked."""
        self.fake.flow.reject(self.row(ticket))

    def declare(self, id_: str, *, open_: bool) -> None:
        """A record in the table of incidents, once."""
        if any(row["number"] == id_ for row in self.fake.tables.rows("incident")):
            return
        state = {"active": "true", "state": "2"} if open_ else {"active": "false", "state": "7"}
        self.fake.tables.add("incident", {"number": id_, **state})

    def notes(self, ticket: Ticket) -> list[str]:
        """The work notes, in their order."""
        entries = self.fake.tables.rows("sys_journal_field")
        return [e["value"] for e in entries if e["element_id"] == ticket.id]

    def texts(self, ticket: Ticket) -> str:
        """The fields and the history."""
        row = self.row(ticket)
        return "\n".join([*(row[name] for name in SEEN), *self.notes(ticket)])

    def files(self, ticket: Ticket) -> dict[str, bytes]:
        """By name; fails where one is there twice."""
        rows = self.fake.tables.rows("sys_attachment")
        mine = [row for row in rows if row["table_sys_id"] == ticket.id]
        assert len({row["file_name"] for row in mine}) == len(mine), "a file is there twice"
        return {row["file_name"]: self.fake.files[row["sys_id"]] for row in mine}

    def links(self, ticket: Ticket) -> list[str]:
        """Addresses in the description and the notes, and the parent's number."""
        row = self.row(ticket)
        told = "\n".join([row["description"], *self.notes(ticket)])
        parent = self.fake.tables.label("parent", row["parent"])
        return [*re.findall(r"https?://\S+", told), *([parent] if parent else [])]


def put(some: ServiceNowWorld, **given: Any) -> Filed:
    """A change, filed."""
    return file(some.desk, request(**given), pause=lambda _: None)


def world(given: dict[str, Any] | None = None, **options: Any) -> ServiceNowWorld:
    """An instance with these options, and a desk with these settings."""
    return ServiceNowWorld(ServiceNowFake(**options), **(given or {}))
