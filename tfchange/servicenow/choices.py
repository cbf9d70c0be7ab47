"""Codes for what people call by name: choices, groups, users, items, templates."""

import re
from collections.abc import Iterable, Mapping

from tfchange.risk.assessment import Level
from tfchange.servicenow.client import Client
from tfchange.servicenow.rows import Cell, Row, display, value
from tfchange.servicenow.states import Meanings, Stage

SYS_ID = re.compile(r"[0-9a-f]{32}")
RISK = {
    Level.LOW: ("low",),
    Level.MEDIUM: ("moderate", "medium"),
    Level.HIGH: ("high",),
    Level.CRITICAL: ("very high", "critical", "high"),
}
"""What an instance may call our levels, the best first."""
OUTCOMES = {
    "successful": ("successful",),
    "partly": ("successful with issues", "successful_issues"),
    "failed": ("unsuccessful",),
}
OBSERVED = ("state", "risk", "impact", "type", "close_code")


class Choices:
    """The choices of the instance's fields, each asked for once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[tuple[str, str], tuple[Cell, ...]] = {}
        self._seen: list[Row] | None = None

    def of(self, element: str, table: str = "change_request") -> tuple[Cell, ...]:
        """Value and label of each; where the list is hidden, what stands in other changes."""
        known = self._known.get((table, element))
        if known is None:
            known = self._listed(table, element) or self._observed(table, element)
            self._known[table, element] = known
        return known

    def listed(self, element: str) -> bool:
        """Whether the list of choices itself can be read."""
        return bool(self._listed("change_request", element))

    def code(self, element: str, names: Iterable[str]) -> str:
        """The code of the first name that there is, be it a label or a code; else `""`."""
        choices = self.of(element)
        for name in names:
            for cell in choices:
                label = cell.display.casefold()
                if name.casefold() in (cell.value.casefold(), label, _bare(label)):
                    return cell.value
        return ""

    def close_code(self, outcome: str, own: Mapping[str, str]) -> str:
        """The code that stands for an outcome, by the settings or by its label."""
        names = (own[outcome],) if outcome in own else OUTCOMES.get(outcome, (outcome,))
        return self.code("close_code", names) or names[-1].replace(" with ", "_")

    def states(self, meanings: Meanings, table: str = "change_request") -> Mapping[Stage, Cell]:
        """The state that stands for each stage, by the choices of the field."""
        cells = [(meanings.of(cell), cell) for cell in self.of("state", table)]
        return {stage: cell for stage, cell in cells if stage}

    def _listed(self, table: str, element: str) -> tuple[Cell, ...]:
        # Impact and others are inherited from task; the table's own list goes before.
        query = f"nameIN{table},task^element={element}^inactive=false^ORDERBYsequence"
        found = self._client.first("sys_choice", query, "name,element,value,label,inactive", 200)
        fit = [row for row in found if value(row, "element") == element]
        own = [row for row in fit if value(row, "name") == table]
        inherited = [row for row in fit if value(row, "name") == "task"]
        return tuple(Cell(value(row, "value"), value(row, "label")) for row in own or inherited)

    def _observed(self, table: str, element: str) -> tuple[Cell, ...]:
        if table != "change_request" or element not in OBSERVED:
            return ()
        if self._seen is None:
            fields = ",".join(("sys_id", *OBSERVED))
            self._seen = self._client.first(table, "ORDERBYDESCsys_created_on", fields, 200)
        cells = (row[element] for row in self._seen if value(row, element))
        return tuple(dict.fromkeys(cells))


class Names:
    """Records by name, exactly, each asked for once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def find(self, table: str, name: str, field: str = "name") -> tuple[str, str]:
        """The sys_id of the one record of that name and `""`, else `""` and what is wrong."""
        if SYS_ID.fullmatch(name):
            return name, ""
        known = self._known.get((table, name))
        if known is None:
            known = self._known[table, name] = self._found(table, name, field)
        return known

    def _found(self, table: str, name: str, field: str) -> tuple[str, str]:
        # Queries have no escape for ^, and run what begins with javascript:.
        if "^" in name or name.casefold().startswith("javascript:"):
            return "", f"{name} cannot be looked up by name; give its sys_id"
        found = self._client.first(table, f"{field}={name}", f"sys_id,{field}")
        exact = [row for row in found if name in (value(row, field), display(row, field))]
        if len(exact) == 1:
            return value(exact[0], "sys_id"), ""
        what = "is there more than once" if exact else "was not found"
        return "", f"{name} {what} in {table}"


def _bare(label: str) -> str:
    """A label without the number that some begin with, such as `3 - Low`."""
    return re.sub(r"^\d+ - ", "", label).strip()
