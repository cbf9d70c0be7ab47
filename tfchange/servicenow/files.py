"""Files on a change: there once by name, the older one gone after the newer is up."""

from hashlib import sha256

from tfchange.change.request import Attachment
from tfchange.servicenow.api import NEW
from tfchange.servicenow.client import Client, RefusedError
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
        kept = value(row, "hash")
        if kept:
            return kept == sha256(attachment.data).hexdigest()
        try:
            body = self._client.get(f"{ATTACHMENTS}/{value(row, 'sys_id')}/file").body
        except RefusedError:
            return False
        return body == attachment.data

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
            if error.status != 404:
                raise
