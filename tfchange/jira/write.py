"""Issues created and edited, each by one request; what Jira does not take is left out and said."""

from collections.abc import Callable
from typing import Any

from tfchange.change.desk import Written
from tfchange.change.fit import fit
from tfchange.change.request import Block, ChangeRequest, Text
from tfchange.errors import DeskError
from tfchange.jira.fields import Field, Screen, Screens
from tfchange.jira.issue import Issue
from tfchange.jira.kept import Kept, as_property, kept_for, labels_for, passing
from tfchange.jira.site import RefusedError, Site, faulty
from tfchange.jira.values import LIMIT, Composed, compose, plain_value

Json = Any
Send = Callable[[Composed], Json]

_ROUNDS = 6
_SMALLEST = 1000
_CONFLICT = 409
_CONFLICTS = 3
_NEEDED = frozenset({"summary", "project", "issuetype", "labels"})


class Writer:
    """Writes issues of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._screens = Screens(site)

    def create(self, request: ChangeRequest) -> Written:
        """A new issue is there, with label and property."""
        site, screen = self._site, self._screens.create
        constants = site.config.constants
        fixed = {
            **constants,
            **_request_type(screen, site.config.request_type),
            "project": {"key": site.config.project},
            "issuetype": {"id": self._screens.issue_type},
            "labels": [*constants.get("labels", ()), *labels_for(request)],
        }

        def send(composed: Composed) -> Json:
            kept = kept_for(request, composed.window)
            body = {"fields": {**composed.fields, **fixed}, "properties": [as_property(kept)]}
            return site.post(site.api("issue"), body)

        made, notes = self._written(request, screen, send)
        return Written(str(made["id"]), notes)

    def edit(self, issue: Issue, request: ChangeRequest, comment: dict[str, Json]) -> Written:
        """The issue says the request, and the comment stands in its history, both at once."""
        screen = self._screens.of(issue.raw.get("editmeta", {}).get("fields", {}))
        wanted = labels_for(request)
        gone = [each for each in passing(issue.labels) if each not in wanted]
        labels = [*({"add": each} for each in wanted), *({"remove": each} for each in gone)]

        def send(composed: Composed) -> Json:
            kept = kept_for(request, composed.window, issue.kept)
            return self._put(issue.id, composed.fields, kept, comment, labels)

        _, notes = self._written(request, screen, send)
        return Written(issue.id, notes)

    def say(
        self, id_: str, kept: Kept, comment: dict[str, Json], outcome: str = ""
    ) -> tuple[str, ...]:
        """The comment, the property and the outcome, where there is a field for it, at once."""
        field = self._outcome(id_) if outcome else None
        value = plain_value("outcome", outcome, field, self._site) if field else None
        if not field or value is None:
            self._put(id_, {}, kept, comment)
            return ()
        try:
            self._put(id_, {field.id: value}, kept, comment)
        except RefusedError as error:
            if not faulty(error):
                raise
            self._put(id_, {}, kept, comment)
            return (f"Jira did not take the outcome into {field.name}; it stands in a comment.",)
        return ()

    def keep(self, id_: str, kept: Kept) -> None:
        """The property says this."""
        told = as_property(kept)
        self._site.put(self._site.api(f"issue/{id_}/properties/{told['key']}"), told["value"])

    def _outcome(self, id_: str) -> Field | None:
        if not self._site.config.fields.get("outcome"):
            return None
        told = self._site.client.editmeta(id_)["fields"]
        return self._screens.of(told).ours.get("outcome")

    def _put(
        self,
        id_: str,
        fields: dict[str, Json],
        kept: Kept,
        comment: dict[str, Json],
        labels: list[dict[str, str]] | None = None,
    ) -> Json:
        update: dict[str, Json] = {"comment": [{"add": comment}]}
        if labels:
            update["labels"] = labels
        body = {"fields": fields, "update": update, "properties": [as_property(kept)]}
        for number in range(1, _CONFLICTS + 1):
            try:
                return self._site.put(self._site.api(f"issue/{id_}"), body)
            except RefusedError as error:
                # Two edits at the same moment; this one was not done.
                if error.status != _CONFLICT or number == _CONFLICTS:
                    raise
                self._site.pause(float(number))
        return None

    def _written(
        self, request: ChangeRequest, screen: Screen, send: Send
    ) -> tuple[Json, tuple[str, ...]]:
        """The reply, after leaving out what Jira refused, which has certainly done nothing."""
        refused: frozenset[str] = frozenset()
        limit = LIMIT
        notes = _absent(screen)
        for _ in range(_ROUNDS):
            composed = compose(request, self._site, screen, refused, limit)
            try:
                return send(composed), notes + composed.notes
            except RefusedError as error:
                if not faulty(error):
                    raise
                long = [f for f in error.errors if _too_long(error.errors[f])]
                limit = limit // 2 if long else limit
                more = frozenset(error.errors) & frozenset(composed.fields) - _NEEDED - set(long)
                if not more and not (long and limit >= _SMALLEST):
                    raise _explained(error) from None
                refused |= more
                notes += tuple(_left_out(screen, each, error.errors[each]) for each in sorted(more))
        raise DeskError(
            "Jira refuses one field after the other", "See what is wrong with: tfchange doctor"
        )


def internal(site: Site, text: Text) -> dict[str, Json]:
    """A comment that customers of a service desk do not see."""
    hidden = {"key": "sd.public.comment", "value": {"internal": True}}
    return {"body": site.markup(fit(text, site.written, LIMIT)), "properties": [hidden]}


def remark(site: Site, text: str) -> dict[str, Json]:
    """Such a comment of plain text."""
    return internal(site, (Block("paragraph", tuple(text.splitlines()) or ("",)),))


def _request_type(screen: Screen, value: str) -> dict[str, Json]:
    if not value:
        return {}
    found = [f.id for f in screen.all.values() if f.custom.endswith(":vp-origin")]
    return {found[0]: value} if found else {}


def _absent(screen: Screen) -> tuple[str, ...]:
    if not screen.absent:
        return ()
    return (f"Named in jira.fields and not on the screen: {', '.join(screen.absent)}.",)


def _left_out(screen: Screen, field: str, why: str) -> str:
    name = screen.all[field].name if field in screen.all else field
    return f"Jira did not take {name}: {why}"


def _too_long(said: str) -> bool:
    return "too long" in said or "exceeds" in said


def _explained(error: RefusedError) -> DeskError:
    if "labels" in error.errors:
        return DeskError(
            f"{error.message}, and changes are found by their labels",
            "Put the field Labels on the create and edit screens of the issue type.",
        )
    others = sorted(set(error.errors) - _NEEDED)
    if others:
        return DeskError(
            error.message,
            f"Give {', '.join(others)} a default in Jira, or a value in jira.constants.",
        )
    return error
