"""Files on a change: there once by name, the older one gone after the newer is up."""

from hashlib import sha256

from tfchange import http
from tfchange.change.request import Attachment
from tfchange.errors import UnreachableError
from tfchange.servicenow.api import NEW
from tfchange.servicenow.client import MISSING, Client, RefusedError
from tfchange.servicenow.rows import Row, value

ATTACHMENTS = "/api/now/attachment"


class Files:
    """The attachments of change requests."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def put(self, id_: str, attachment: Attachment) -> tuple[str, ...]:
        """The file hangs on the change; says so where it was refused."""
        there = self._listed(id_, attachment.name)
        kept = next((row for row in there if self._same(row, attachment)), None)
        if kept is None:
            try:
                kept = self._upload(id_, attachment)
            except RefusedError as error:
                return (f"The file {attachment.name} was not attached: {error.message}.",)
        self._remove([row for row in there if row is not kept], value(kept, "sys_created_by"))
        return ()

    def fetch(self, id_: str, name: str) -> bytes | None:
        """The newest file of that name; None where there is none, or it was just removed."""
        there = self._listed(id_, name)
        if not there:
            return None
        try:
            return self._content(there[-1])
        except RefusedError as error:
            if error.status != MISSING:
                raise
            return None

    def _content(self, row: Row) -> bytes:
        path = f"{ATTACHMENTS}/{value(row, 'sys_id')}/file"
        data = self._client.send("GET", path, headers={"Accept": http.FILE}).body
        # Any content is a good answer, so a proxy's page or half a file has to be told here.
        if not _fits(row, data):
            raise UnreachableError(
                f"ServiceNow did not send the file {value(row, 'file_name')} as it lists it",
                "Run the command again; if it stays so, a proxy may stand in between.",
            )
        return data

    def _listed(self, id_: str, name: str) -> list[Row]:
        if id_ == NEW:
            return []
        query = f"table_name=change_request^table_sys_id={id_}^ORDERBYsys_created_on"
        asked = {"sysparm_query": query, "sysparm_limit": "1000"}
        rows = self._client.get(ATTACHMENTS, **asked).rows
        # A query that is not understood gives the files of all records, and some are removed below.
        return [
            row
            for row in rows
            if value(row, "table_sys_id") == id_ and value(row, "file_name") == name
        ]

    def _same(self, row: Row, attachment: Attachment) -> bool:
        if value(row, "size_bytes") != str(len(attachment.data)):
            return False
        if value(row, "hash"):
            return _fits(row, attachment.data)
        try:
            return self._content(row) == attachment.data
        except RefusedError:
            return False

    def _upload(self, id_: str, attachment: Attachment) -> Row:
        where = {
            "table_name": "change_request",
            "table_sys_id": id_,
            "file_name": attachment.name,
        }
        kind = {"Content-Type": attachment.media_type}
        path = f"{ATTACHMENTS}/file"
        reply = self._client.send("POST", path, params=where, data=attachment.data, headers=kind)
        return reply.rows[0] if reply.rows else {}

    def _remove(self, others: list[Row], ours: str) -> None:
        # People may attach files of the same name; only what this user attached is replaced.
        for row in others:
            if ours and value(row, "sys_created_by") == ours:
                self._delete(value(row, "sys_id"))

    def _delete(self, id_: str) -> None:
        try:
            self._client.send("DELETE", f"{ATTACHMENTS}/{id_}")
        except RefusedError as error:
            if error.status != MISSING:
                raise


def _fits(row: Row, data: bytes) -> bool:
    """Whether the content is that of the file, by its size and its hash where it has one."""
    size, hash_ = value(row, "size_bytes"), value(row, "hash")
    return size in ("", str(len(data))) and hash_ in ("", sha256(data).hexdigest())
