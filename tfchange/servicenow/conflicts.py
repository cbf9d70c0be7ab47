"""What else is being done to the items of a change, or is planned for them at the same time.

Nothing is started here: ServiceNow has looked for conflicts when the change was filed, and by
itself where it is set up to, and only what it has found is read.
"""

from collections.abc import Iterable, Iterator

from tfchange.change.desk import State
from tfchange.errors import AccessDeniedError
from tfchange.servicenow.client import Client, RefusedError
from tfchange.servicenow.items import TABLES
from tfchange.servicenow.rows import Row, display, value
from tfchange.servicenow.states import Meanings

FOUND = "sys_id,change,conflicting_change,type"
OTHERS = "sys_id,number,state,approval"

NO_TABLE = (400, 404)
"""What is answered where the plugin that has a table is not there."""

Names = dict[str, dict[str, None]]
"""By the sys_id of a change, the names of what it affects too, each once."""


class Conflicts:
    """Reads what is in the way of changes of one instance."""

    def __init__(self, client: Client, meanings: Meanings) -> None:
        self._client, self._meanings = client, meanings

    def of(self, row: Row, *, detected: bool) -> tuple[str, ...]:
        """A sentence for each other change that is in the way, by number.

        `detected` is whether ServiceNow's own detection counts, of which only those conflicts do
        that are with another change. Raises `AccessDeniedError` where any of it is hidden.
        """
        planned = self._detected(value(row, "sys_id")) if detected else {}
        touched = self._touched(row)
        ids = dict.fromkeys([*touched, *planned])
        rows = self._read("change_request", "sys_id", ids, "", OTHERS)
        others = sorted(rows, key=lambda other: value(other, "number"))
        near = (other for other in others if self._counts(other, planned))
        return tuple(self._said(other, touched, planned) for other in near)

    def _counts(self, other: Row, planned: dict[str, str]) -> bool:
        state = self._meanings.state(other)
        soon = state.live and value(other, "sys_id") in planned
        return state is State.IMPLEMENTING or soon

    def _said(self, other: Row, touched: Names, planned: dict[str, str]) -> str:
        id_, number = value(other, "sys_id"), value(other, "number")
        if self._meanings.state(other) is not State.IMPLEMENTING:
            return f"{number} is planned for the same time ({planned[id_]})."
        names = ", ".join(touched.get(id_, ())) or "the same items"
        return f"{number} is being implemented, and affects {names} too."

    def _detected(self, id_: str) -> dict[str, str]:
        """By the sys_id of the other change, which kind of conflict ServiceNow has found."""
        rows = self._read("conflict", "change", [id_], "", FOUND)
        return {
            value(row, "conflicting_change"): display(row, "type") or "conflict"
            for row in rows
            if value(row, "conflicting_change")
        }

    def _touched(self, row: Row) -> Names:
        """The other open changes that affect the same items or impact the same services."""
        id_, main = value(row, "sys_id"), value(row, "cmdb_ci")
        found: Names = {}
        for table, field in TABLES.values():
            rows = self._read(table, "task", [id_], "", f"sys_id,task,{field}")
            items = dict.fromkeys(value(each, field) for each in rows)
            if main and field == "ci_item":
                items[main] = None
            for other, name in self._sharing(table, field, items):
                if other != id_:
                    found.setdefault(other, {})[name] = None
        return found

    def _sharing(self, table: str, field: str, items: Iterable[str]) -> Iterator[tuple[str, str]]:
        places = [(table, field, "task", "^task.active=true")]
        if field == "ci_item":
            places.append(("change_request", "cmdb_ci", "sys_id", "^active=true"))
        for where, of, change, active in places:
            for row in self._read(where, of, items, active, f"sys_id,{change},{of}"):
                yield value(row, change), display(row, of)

    def _read(
        self, table: str, field: str, ids: Iterable[str], more: str, fields: str
    ) -> list[Row]:
        try:
            return list(self._client.among(table, field, ids, more, fields))
        except AccessDeniedError as error:
            raise _hidden(table) from error
        except RefusedError as error:
            if error.status not in NO_TABLE:
                raise
            return []


def _hidden(table: str) -> AccessDeniedError:
    without = ", or set servicenow.conflicts to false" if table == "conflict" else ""
    return AccessDeniedError(
        f"ServiceNow does not let us read the table {table}, so nobody knows what is in the way",
        f"Let the user read the table {table}{without}.",
    )
