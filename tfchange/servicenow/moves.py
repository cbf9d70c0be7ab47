"""Moving a change from state to state, a step at a time, each step read back."""

from typing import NamedTuple

from tfchange.servicenow.api import CHANGE, NEW, Api
from tfchange.servicenow.choices import Choices
from tfchange.servicenow.client import TABLE, Client, RefusedError
from tfchange.servicenow.rows import Row, display, value
from tfchange.servicenow.states import (
    CODES,
    Meanings,
    Offer,
    Stage,
    reached,
    step,
    why_not,
)

STEPS = 10
"""More than any model has; an end for models that go in circles."""
TASKS = f"{TABLE}/change_task"


class Moved(NamedTuple):
    """Where a change stands in the end, and why not where it should."""

    row: Row
    why: str = ""
    """`""` where it has arrived."""


class Moves:
    """Moves changes of one instance."""

    def __init__(self, client: Client, api: Api, meanings: Meanings, choices: Choices) -> None:
        self._client, self._api = client, api
        self._meanings, self._choices = meanings, choices

    def here(self, row: Row) -> Stage | None:
        """The stage in which the change stands."""
        return self._meanings.of(row["state"]) if "state" in row else None

    def walk(self, row: Row, goal: Stage, told: dict[str, str]) -> Moved:
        """The change stands at the goal, by the steps that are offered.

        `told` is written along with the last step, and of closing with the review before it, since
        instances differ in where they ask for the code and the notes.
        """
        for _ in range(STEPS):
            if reached(self.here(row), goal):
                return Moved(row)
            offers = self.offers(row)
            way = step(offers, self.here(row), goal)
            if way is None:
                return Moved(row, self._stuck(row, goal, offers))
            arrives = way.stage is goal or (goal, way.stage) == (Stage.CLOSED, Stage.REVIEW)
            row, why = self._take(row, way, told if arrives else {})
            if why:
                return Moved(row, why)
        return Moved(row, f"{value(row, 'number')} does not arrive at {goal} in {STEPS} steps.")

    def offers(self, row: Row) -> list[Offer]:
        """The states that the instance offers from here."""
        return self._api.offers(row, self._meanings, lambda: self._choices.states(self._meanings))

    def offered(self, row: Row, goal: Stage) -> bool:
        """Whether the instance lets the change go there from here at once."""
        return step(self.offers(row), self.here(row), goal) is not None

    def lacking(self, row: Row) -> tuple[str, ...]:
        """What a change that stays in New needs of the settings to leave it."""
        group = "assignment_group"
        if self.here(row) is not Stage.NEW or group not in row or value(row, group):
            return ()
        said = "It has no assignment group: set servicenow.assignment_group in tfchange.yaml"
        return (f"{said} to one that is there, then run the command again.",)

    def _take(self, row: Row, way: Offer, told: dict[str, str]) -> Moved:
        id_, before = value(row, "sys_id"), value(row, "state")
        try:
            reply = self._api.patch(id_, {"state": way.code, **told})
        except RefusedError as error:
            return Moved(row, f"{value(row, 'number')} stays in {_label(row)}: {error.message}.")
        row = {**row, **(reply.rows[0] if reply.rows else {})}
        if value(row, "state") == before and id_ != NEW:
            row = self._api.get(id_)
        if value(row, "state") == before:
            said = f"{value(row, 'number')} stays in {_label(row)}: ServiceNow did not move it to"
            return Moved(row, f"{said} {way.label}, and gave no reason.")
        return Moved(row)

    def _stuck(self, row: Row, goal: Stage, offers: list[Offer]) -> str:
        tasks = self.open_tasks(value(row, "sys_id"))
        names = ", ".join(value(task, "number") for task in tasks)
        because = f"; open tasks: {names}" if names else ""
        number, label = value(row, "number"), _label(row)
        return f"{number} stays in {label}: there is no way to {goal}{why_not(offers)}{because}."

    def open_tasks(self, id_: str) -> list[Row]:
        """The change tasks that are not done yet."""
        if id_ == NEW:
            return []
        path = f"{CHANGE}/{id_}/task" if self._api.name == "change" else TASKS
        if self._api.name == "change":
            rows = self._client.get(path).rows
        else:
            rows = self._client.first("change_task", f"change_request={id_}^active=true")
            rows = [row for row in rows if value(row, "change_request") == id_]
        return [row for row in rows if value(row, "active") != "false"]

    def close_tasks(self, id_: str, notes: str) -> None:
        """All change tasks are closed."""
        states = self._choices.states(self._meanings, "change_task")
        closed = states[Stage.CLOSED].value if Stage.CLOSED in states else CODES[Stage.CLOSED]
        told = {"state": closed, "close_code": "successful", "close_notes": notes}
        for task in self.open_tasks(id_):
            where = f"{CHANGE}/{id_}/task" if self._api.name == "change" else TASKS
            self._client.send("PATCH", f"{where}/{value(task, 'sys_id')}", told)


def _label(row: Row) -> str:
    return display(row, "state") or "its state"
