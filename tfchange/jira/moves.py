"""The ways of an issue through the workflow of its site, step by step."""

from typing import Any

from tfchange.change.desk import State
from tfchange.jira.issue import IMAGINED, Issue, Reader
from tfchange.jira.site import RefusedError, Site, faulty
from tfchange.jira.states import names_of, resolution, through, way

Json = Any

PRETENDED = "pretended"
"""What a rehearsal answers to a step, since reading again would show the status of before."""

_STEPS = 6


class Moves:
    """Moves issues of one site."""

    def __init__(self, site: Site, reader: Reader) -> None:
        self._site, self._reader = site, reader

    def to(self, issue: Issue, state: State, outcome: str = "") -> str:
        """The issue stands in the state, and `""`; else why not, as a finished sentence."""
        if issue.id == IMAGINED or issue.state is state:
            return ""
        seen, why = {_status(issue)}, ""
        for _ in range(_STEPS):
            step, direct = self._next(issue, state, outcome, seen)
            if not step:
                break
            told, why = self._step(issue, step, state, outcome)
            if why:
                break
            if direct or told.get(PRETENDED):
                return ""
            seen.add(str(step["to"]["name"]).lower())
        return self._stuck(issue, state, outcome, why)

    def why_not(self, issue: Issue, state: State, outcome: str = "") -> str:
        """Why the issue cannot even set out for the state; `""` where a step towards it is there.

        What lies behind that step, nobody can ask Jira before it is taken.
        """
        if issue.id == IMAGINED or issue.state is state:
            return ""
        step, _ = self._next(issue, state, outcome, {_status(issue)})
        return "" if step else self._stuck(issue, state, outcome, "")

    def _next(
        self, issue: Issue, state: State, outcome: str, seen: set[str]
    ) -> tuple[Json | None, bool]:
        """The next step, and whether it arrives."""
        ways = self._site.client.transitions(issue.id, expand="transitions.fields")
        direct = way(ways, state, self._site.config, outcome)
        return direct or self._detour(ways, state, seen), bool(direct)

    def _detour(self, ways: list[Json], state: State, seen: set[str]) -> Json | None:
        for between in through(state, self._reader.service_desk):
            step = way(ways, between, self._site.config)
            if step and str(step["to"]["name"]).lower() not in seen:
                return step
        return None

    def _step(self, issue: Issue, step: Json, state: State, outcome: str) -> tuple[Json, str]:
        # The package sends the id as a number and an empty set of fields; Jira wants text.
        body: dict[str, Json] = {"transition": {"id": str(step["id"])}}
        ends = {State.CLOSED: outcome or "successful", State.CANCELLED: "cancelled"}
        fields = resolution(step, ends[state]) if state in ends else {}
        if fields:
            body["fields"] = fields
        try:
            return self._site.post(self._site.api(f"issue/{issue.id}/transitions"), body), ""
        except RefusedError as error:
            if not faulty(error):
                raise
            return {}, f"{error.message}."

    def _stuck(self, issue: Issue, state: State, outcome: str, why: str) -> str:
        now = self._reader.issue(issue.id)
        names = names_of(outcome, self._site.config) + names_of(state, self._site.config)
        said = f" {why}" if why else ""
        return (
            f"Jira offers no way to set {issue.key} from `{now.status.get('name')}` to "
            f"{state}: no transition leads to one of: {', '.join(names)}. Name the right status "
            f"in jira.states.{state}.{said}"
        )


def _status(issue: Issue) -> str:
    return str(issue.status.get("name", "")).lower()
