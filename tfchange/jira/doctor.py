"""What is to be said about a Jira site before the first change is filed there."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tfchange import http
from tfchange.change.desk import State
from tfchange.change.doctor import Check, Examination
from tfchange.errors import TfchangeError
from tfchange.jira.checks import choice, failed, files_at, standing
from tfchange.jira.config import ADVICE, FIELD_NAMES, JiraConfig
from tfchange.jira.fields import Screen, Screens
from tfchange.jira.files import link_type
from tfchange.jira.issue import Reader
from tfchange.jira.site import Site
from tfchange.jira.states import names_of
from tfchange.jira.values import choose, plain_words

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

PERMISSIONS = {
    "BROWSE_PROJECTS": "Browse Projects",
    "CREATE_ISSUES": "Create Issues",
    "EDIT_ISSUES": "Edit Issues",
    "TRANSITION_ISSUES": "Transition Issues",
    "ADD_COMMENTS": "Add Comments",
    "CREATE_ATTACHMENTS": "Create Attachments",
    "DELETE_OWN_ATTACHMENTS": "Delete Own Attachments",
    "LINK_ISSUES": "Link Issues",
}
_NEEDED_STATES = (
    State.WAITING, State.APPROVED, State.IMPLEMENTING, State.REJECTED, State.CLOSED,
    State.CANCELLED,
)  # fmt: skip
_OURS = frozenset({"summary", "description", "labels", "project", "issuetype"})
_EXPECTED = frozenset(
    {"change_type", "risk", "impact", "start", "end", "implementation", "backout", "test",
     "approvers"}
)  # fmt: skip
_MEGABYTE = 1_000_000


@http.answers("Jira")
def examine(
    config: JiraConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: Callable[[float], None] = time.sleep,
) -> Examination:
    """The site was looked at, and nothing was written to it."""
    faults = config.faults()
    if faults:
        return Examination((Check("settings", "failed", "; ".join(faults) + ".", ADVICE),))
    try:
        examiner = _Examiner(Site(config, transport, pause))
    except TfchangeError as error:
        return Examination((failed("settings", error),))
    return examiner.examination()


class _Examiner:
    def __init__(self, site: Site) -> None:
        self._site, self._config = site, site.config
        self._screens = Screens(site)
        self._settings: dict[str, object] = {"url": site.url, "project": site.config.project}

    def examination(self) -> Examination:
        """All checks; those that the rest stands on end it where they fail."""
        checks = [Check("settings", "ok", "The settings can be used.")]
        first = (self._server, self._credentials, self._project, self._issue_type)
        rest = (
            self._permissions, self._fields, self._required, self._choices, self._statuses,
            self._approvals, self._attachments, self._links,
        )  # fmt: skip
        for look in first + rest:
            try:
                checks += look()
            except TfchangeError as error:
                checks.append(failed(look.__name__.strip("_").replace("_", " "), error))
                if look in first:
                    break
        return Examination(tuple(checks), self._settings)

    def _server(self) -> Iterator[Check]:
        version = self._site.info.get("version", "unknown")
        kind = "Cloud" if self._site.cloud else "Data Center"
        self._settings["deployment"] = "cloud" if self._site.cloud else "datacenter"
        yield Check("server", "ok", f"It is Jira {kind}, version {version}.")

    def _credentials(self) -> Iterator[Check]:
        name = self._site.me.get("displayName") or self._site.me.get("name", "")
        yield Check("credentials", "ok", f"The site knows us as {name}.")

    def _project(self) -> Iterator[Check]:
        told = self._site.get(self._site.api(f"project/{self._config.project}"))
        yield Check("project", "ok", f"Changes go to {told.get('name')} ({told.get('key')}).")

    def _issue_type(self) -> Iterator[Check]:
        id_ = self._screens.issue_type
        name = next(t["name"] for t in self._screens.issue_types if str(t["id"]) == id_)
        self._settings["issue_type"] = id_
        yield Check("issue type", "ok", f"Changes are issues of the type {name} ({id_}).")

    def _permissions(self) -> Iterator[Check]:
        told = self._site.client.my_permissions(
            projectKey=self._config.project, permissions=",".join(PERMISSIONS)
        )["permissions"]
        for key, name in PERMISSIONS.items():
            if told.get(key, {}).get("havePermission"):
                yield Check(f"permission {name}", "ok", f"We may: {name}.")
                continue
            advice = f"Give the user the permission {name} in the permission scheme of the project."
            yield Check(f"permission {name}", "failed", f"We may not: {name}.", advice)

    def _fields(self) -> Iterator[Check]:
        screen = self._screens.create
        self._settings["fields"] = {word: field.id for word, field in screen.ours.items()}
        for id_ in ("labels", "description"):
            yield standing(id_, screen)
        for word in FIELD_NAMES:
            # What is rarely a field of its own is worth a word only where somebody wants it.
            if word in screen.ours or word in self._config.fields or word in _EXPECTED:
                yield self._field(word, screen)

    def _field(self, word: str, screen: Screen) -> Check:
        field = screen.ours.get(word)
        if field:
            return Check(f"field {word}", "ok", f"{word} goes into {field.name} ({field.id}).")
        named = self._config.fields.get(word)
        if named == "":
            return Check(f"field {word}", "ok", f"{word} has no field, as the settings say.")
        wanted = named or " or ".join(FIELD_NAMES[word]) or "a field of any name"
        return Check(
            f"field {word}",
            "warning",
            f"{word} has no field: {wanted} is not on the create screen.",
            f"It stands in the description. For a field of its own put one on the create and edit "
            f"screens and name it in jira.fields.{word}.",
        )

    def _required(self) -> Iterator[Check]:
        screen = self._screens.create
        ours = {field.id for field in screen.ours.values()} | _OURS | set(self._config.constants)
        for field in screen.all.values():
            if field.required and field.id not in ours:
                yield Check(
                    f"required field {field.name}",
                    "failed",
                    f"{field.name} ({field.id}) must be filled in, and tfchange does not know it.",
                    f"Give it a default in Jira, or a value in jira.constants.{field.id}.",
                )

    def _choices(self) -> Iterator[Check]:
        learnt: dict[str, dict[str, str]] = {}
        for word, values in plain_words().items():
            field = self._screens.create.ours.get(word)
            if field and field.options:
                chosen = {v: choose(word, v, field, self._config) for v in values}
                labels = {id_: label for label, id_ in field.options}
                learnt[word] = {v: labels[id_] for v, id_ in chosen.items() if id_}
                yield choice(word, field, [v for v, id_ in chosen.items() if not id_])
        self._settings["choices"] = {**self._config.choices, **learnt}

    def _statuses(self) -> Iterator[Check]:
        told = self._site.get(self._site.api(f"project/{self._config.project}/statuses"))
        of_type = [t for t in told if str(t.get("id")) == self._screens.issue_type] or told
        names = {str(s["name"]).lower(): str(s["name"]) for t in of_type for s in t["statuses"]}
        learnt: dict[str, object] = dict(self._config.states)
        for state in _NEEDED_STATES:
            found = [names[n] for n in names_of(state, self._config) if n in names]
            if found:
                learnt[str(state)] = found[0] if len(found) == 1 else found
                yield Check(f"state {state}", "ok", f"{state} is {', '.join(found)}.")
                continue
            yield Check(
                f"state {state}",
                "warning",
                f"No status of the workflow is known to mean {state}.",
                f"Name one in jira.states.{state}; there are: {', '.join(names.values())}.",
            )
        self._settings["states"] = learnt

    def _approvals(self) -> Iterator[Check]:
        if not Reader(self._site).service_desk:
            yield Check(
                "approvals",
                "warning",
                "The project has no approvals: who may move the status approves.",
                "Let only approvers use the transition to the approved status, and not our user.",
            )
            return
        if not self._config.request_type:
            yield Check(
                "approvals",
                "warning",
                "No request type is set, and Jira asks for approval in requests only.",
                "Set jira.request_type to that of changes, such as chg/change.",
            )
            return
        said = f"Approval is asked for in requests of the type {self._config.request_type}."
        yield Check("approvals", "ok", said)

    def _attachments(self) -> Iterator[Check]:
        told: dict[str, Any] = self._site.client.attachment_meta()
        if not told.get("enabled"):
            said = "Attachments are switched off, so the assessment cannot hang on the change."
            yield Check("attachments", "warning", said, "Switch them on in the administration.")
            return
        size = int(told.get("uploadLimit", 0)) // _MEGABYTE
        yield Check("attachments", "ok", f"Files of up to {size} MB can be attached.")
        yield from files_at(str(self._site.info.get("baseUrl", "")), self._site)

    def _links(self) -> Iterator[Check]:
        there = {str(each.name).lower() for each in self._site.client.issue_link_types()}
        for relation in ("successor of", "duplicate of"):
            name = link_type(relation, self._config)
            if name.lower() in there:
                yield Check(f"link {relation}", "ok", f"`{relation}` is a link of type {name}.")
                continue
            yield Check(
                f"link {relation}",
                "warning",
                f"There is no type of link {name} for `{relation}`.",
                f"Name one in jira.links; there are: {', '.join(sorted(there)) or 'none'}.",
            )
