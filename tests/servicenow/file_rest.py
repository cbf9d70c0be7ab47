"""The Attachment API of the fake instance."""

from hashlib import sha256
from typing import TYPE_CHECKING

import requests

from tests.servicenow.answer import Answer, HttpError
from tests.servicenow.records import Record

if TYPE_CHECKING:
    from tests.servicenow.fake import ServiceNowFake

ATTACHMENTS = "/api/now/attachment"


class FileRest:
    """`/api/now/attachment` and what is below; all it says is strings."""

    def __init__(self, fake: "ServiceNowFake") -> None:
        self._fake = fake
        self.content: dict[str, bytes] = {}

    def answer(self, request: requests.PreparedRequest, path: str, query: dict[str, str]) -> Answer:
        """By path and method."""
        rest = path.removeprefix(ATTACHMENTS).strip("/")
        if "sys_attachment" in self._fake.options.hidden_tables:
            raise HttpError(403, "User Not Authorized", "Failed API level ACL Validation")
        if request.method == "POST" and rest == "file":
            return self._upload(request, query)
        if not rest:
            found = self._fake.tables.query("sys_attachment", query.get("sysparm_query", ""))
            return 200, {"result": [self._file(row) for row in found]}, {}
        id_, _, part = rest.partition("/")
        row = self._fake.record("sys_attachment", id_)
        if request.method == "DELETE":
            del self._fake.tables.tables["sys_attachment"][id_], self.content[id_]
            return 204, None, {}
        if part == "file":
            return 200, self.content[id_], {"Content-Type": row["content_type"]}
        return 200, {"result": self._file(row)}, {}

    def _file(self, row: Record) -> Record:
        return {k: v for k, v in row.items() if k != "hash" or self._fake.options.hashes}

    def _upload(self, request: requests.PreparedRequest, query: dict[str, str]) -> Answer:
        self._fake.record(query["table_name"], query["table_sys_id"])
        kind = request.headers.get("Content-Type", "")
        name = query["file_name"]
        if not kind or name.rpartition(".")[2] in self._fake.options.blocked_extensions:
            raise HttpError(400, "Failed to create the attachment", "File type is not allowed")
        data = (
            request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        )
        row = self._fake.tables.add("sys_attachment", {
            "table_name": query["table_name"], "table_sys_id": query["table_sys_id"],
            "file_name": name, "content_type": kind, "size_bytes": str(len(data)),
            "hash": sha256(data).hexdigest(), "sys_created_by": self._fake.user})  # fmt: skip
        self.content[row["sys_id"]] = data
        return 201, {"result": self._file(row)}, {}
