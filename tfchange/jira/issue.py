"""An issue as it stands: its status, what tfchange keeps in it, and who has decided what."""

from functools import cached_property
from typing import Any

import msgspec

from tfchange.change.desk import Decision, State, Ticket
from tfchange.change.request import Window
from tfchange.jira.config import JiraConfig
from tfchange.jira.decisions import Move, by_moves, decided, decisions
from tfchange.jira.kept import PROPERTY, Kept, keys, label
from tfchange.jira.site import RefusedError, Site, missing
from tfchange.jira.states import done, state_of
from tfchange.jira.times import utc

Json = Any

FIELDS = "summary,status,labels,created,updated,resolutiondate,issuetype"
IMAGINED = "0"
"""The id of an issue that a rehearsal has not created."""


class Issue(msgspec.Struct, frozen=True):
    """An issue in a reply."""

    raw: dict[str, Json]
    kept: Kept | None
    config: JiraConfig

    @classmethod
    def parse(cls, raw: dict[str, Json], config: JiraConfig) -> "Issue":
        """The issue; a property that people have meddled with counts as none."""
        value = raw.get("properties", {}).get(PROPERTY)
        try:
            kept = msgspec.convert(value, Kept) if value else None
        except msgspec.ValidationError:
            kept = None
        return cls(raw, kept, config)

    @property
    def id(self) -> str:
        """The number that never changes, not even when the issue moves."""
        return str(self.raw["id"])

    @property
    def key(self) -> str:
        """`CHG-12`."""
        return str(self.raw["key"])

    @property
    def fields(self) -> dict[str, Json]:
        """As they were asked for."""
        return dict(self.raw.get("fields", {}))

    @property
    def status(self) -> dict[str, Json]:
        """With its category."""
        return dict(self.fields["status"])

    @property
    def labels(self) -> tuple[str, ...]:
        """All of them, those of people too."""
        return tuple(self.fields.get("labels", ()))

    @property
    def digest(self) -> str:
        """Of the key, from the label; `""` where the label is gone."""
        digests = keys(self.labels)
        kept = self.kept.key if self.kept else ""
        return kept if kept in digests or not digests else digests[0]

    @property
    def state(self) -> State:
        """By the status, and by how tfchange ended it."""
        over, state = self.kept.over if self.kept else None, state_of(self.status, self.config)
        if over and over.stuck == str(self.status.get("id")):
            return State(over.end)
        # Some workflows have one end for all; one for what was cancelled says so by itself.
        ended = over and done(self.status) and state is not State.CANCELLED
        return State(over.end) if over and ended else state

    def carries(self, digest: str) -> bool:
        """Whether it has the label of that key; the search alone is not believed."""
        return label(digest) in self.labels


class Reader:
    """Reads issues from the site's data, with approvals where it has them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def issue(self, id_: str, fields: str = FIELDS, **more: str) -> Issue:
        """The issue as it stands now; refused with 404 where there is none."""
        raw = self._site.get(
            self._site.api(f"issue/{id_}"), fields=fields, properties=PROPERTY, **more
        )
        return Issue.parse(raw, self._site.config)

    def there(self, id_: str, **more: str) -> Issue | None:
        """The same, or None where there is none as far as we may see."""
        try:
            return self.issue(id_, **more)
        except RefusedError as error:
            if missing(error):
                return None
            raise

    def ticket(self, issue: Issue) -> Ticket:
        """The change that the issue is."""
        kept = issue.kept
        state, approvals = self._decided(issue)
        return Ticket(
            desk="jira",
            id=issue.id,
            number=issue.key,
            url=self._site.page(issue.key),
            state=state,
            created=utc(str(issue.fields.get("created", ""))),
            key=issue.digest,
            record=kept.record if kept else None,
            approvals=approvals,
            window=self._window(issue),
            successor_of=kept.successor_of if kept else None,
            authors=kept.authors if kept else (),
            emergency=kept.emergency if kept else None,
        )

    @cached_property
    def service_desk(self) -> bool:
        """Whether the project is one of Jira Service Management."""
        if self._site.config.service_desk != "auto":
            return self._site.config.service_desk == "always"
        project = self._site.get(self._site.api(f"project/{self._site.config.project}"))
        return bool(project.get("projectTypeKey") == "service_desk")

    def _decided(self, issue: Issue) -> tuple[State, tuple[Decision, ...]]:
        asked = issue.kept.asked if issue.kept else ()
        state = issue.state
        rounds = self._approvals(issue.key) if self.service_desk else []
        if not rounds:
            moves = self._moves(issue) if asked and decided(state) else ()
            return state, by_moves(asked, state, moves)
        newest = max(rounds, key=lambda each: int(each.get("id", 0)))
        declined = newest.get("finalDecision") == "declined"
        if declined and state in (State.NEW, State.WAITING):
            state = State.REJECTED
        if state is State.NEW:
            # Back at the beginning: what was decided then was for something else.
            return state, by_moves(asked, state, ())
        return state, decisions(newest, asked, self._site)

    def _approvals(self, key: str) -> list[dict[str, Json]]:
        found: list[dict[str, Json]] = []
        try:
            while True:
                page = self._site.get(
                    f"servicedeskapi/request/{key}/approval", start=len(found), limit=50
                )
                found += page.get("values", ())
                if page.get("isLastPage", True) or not page.get("values"):
                    return found
        except RefusedError as error:
            # An issue without a request type is no request, so nobody can be asked in it.
            if missing(error):
                return found
            raise

    def begun(self, issue: Issue) -> bool:
        """Whether it has ever been implemented, by its changelog; also where that is not whole."""
        log = self._log(issue)
        moves, told = self._moved(log), len(log.get("histories", ()))
        return any(move.to.begun for move in moves) or int(log.get("total", told)) > told

    def _moves(self, issue: Issue) -> tuple[Move, ...]:
        """Oldest first; Cloud tells the most recent changes of an issue, which is enough here."""
        return self._moved(self._log(issue))

    def _log(self, issue: Issue) -> dict[str, Json]:
        raw = self.issue(issue.id, "status", expand="changelog").raw
        return dict(raw.get("changelog", {}))

    def _moved(self, log: dict[str, Json]) -> tuple[Move, ...]:
        histories = sorted(log.get("histories", ()), key=_number)
        return tuple(
            Move(
                state_of(
                    self._statuses.get(str(item.get("to")), {"name": item.get("toString")}),
                    self._site.config,
                ),
                _name(each.get("author") or {}),
                utc(str(each.get("created", ""))),
                self._site.is_me(each.get("author")),
            )
            for each in histories
            for item in each.get("items", ())
            if item.get("field") == "status"
        )

    @cached_property
    def _statuses(self) -> dict[str, Json]:
        return {str(each["id"]): each for each in self._site.get(self._site.api("status"))}

    def _window(self, issue: Issue) -> Window | None:
        """As people have set it since, where it has fields."""
        kept = issue.kept
        if not kept or not kept.window:
            return None
        if len(kept.window_fields) != len(("start", "end")):
            return kept.window
        names = kept.window_fields
        fields = self.issue(issue.id, ",".join(names.values())).fields
        start, end = (fields.get(names[word]) for word in ("start", "end"))
        if not start or not end:
            return None
        found = Window(utc(str(start)), utc(str(end)), kept.window.proposed)
        return found if found == kept.window else msgspec.structs.replace(found, proposed=False)


def _number(history: dict[str, Json]) -> int:
    return int(history.get("id", 0))


def _name(user: dict[str, Json]) -> str:
    return str(user.get("displayName") or user.get("name", ""))
