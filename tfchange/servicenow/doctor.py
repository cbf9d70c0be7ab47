"""What is to be said about a ServiceNow instance before anybody relies on it."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from tfchange import http
from tfchange.change.doctor import Check, Examination
from tfchange.errors import AccessDeniedError, DeskError, SettingsError, TfchangeError
from tfchange.servicenow.api import Api, choose
from tfchange.servicenow.checks import choices, fields, names
from tfchange.servicenow.choices import Choices, Names
from tfchange.servicenow.client import ROLES, TABLE, Client, RefusedError
from tfchange.servicenow.config import SECRETS, ServiceNowConfig, check
from tfchange.servicenow.files import ATTACHMENTS
from tfchange.servicenow.rows import display, value

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from tfchange.http.patience import Pause

WRITERS = ("sn_change_write", "itil", "change_manager", "admin")
NOBODY = "tfchange:00000000000000000000000000000000"
"""A key that no change has."""
OWN = ("user", "client_id", *sorted(SECRETS))
"""Settings that come from the environment alone."""
BESIDE = {
    "sysapproval_approver": ("approvals", "who has approved is not shown; the state still tells"),
    "sys_journal_field": ("work notes", "pages are not added to changes that are there already"),
    "cmdb_ci": ("configuration items", "none is associated with a change"),
    "task_ci": ("affected items", "the gate cannot tell what is being done to the same items"),
    "task_cmdb_ci_service": ("impacted services", "the gate cannot tell what else affects them"),
    "conflict": ("conflicts", "the gate cannot tell, unless servicenow.conflicts is false"),
    "incident": ("incidents", "an emergency cannot be checked against its incident"),
}
"""Tables that a change can do without: what they are for, and what is lost."""


@http.answers("ServiceNow")
def examine(
    config: ServiceNowConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: "Pause" = time.sleep,
) -> Examination:
    """The instance was looked at with these settings, and nothing was written to it."""
    try:
        check(config)
        client = Client(config, transport, pause)
    except SettingsError as error:
        return Examination((_failed("settings", error),))
    good = Check("settings", "ok", f"The settings fit together; credentials: {config.kind}.")
    examiner = _Examiner(config, client)
    checks = (good, *examiner.checks())
    return Examination(checks, examiner.settings() if examiner.reached else {})


class _Examiner:
    """Looks at one thing after the other, and stops where the rest makes no sense."""

    def __init__(self, config: ServiceNowConfig, client: Client) -> None:
        self._config, self._client = config, client
        self._choices, self._names = Choices(client), Names(client)
        self._learnt: dict[str, object] = {}
        self.reached = False

    def checks(self) -> Iterator[Check]:
        """All checks, in their order."""
        yield from self._instance()
        if self.reached:
            yield from _tried(self._more)

    def _more(self) -> Iterator[Check]:
        yield self._roles()
        api, said = self._api()
        yield said
        if api is None:
            return
        yield self._search(api)
        yield from fields(self._client)
        yield from choices(self._config, self._choices, self._learnt)
        yield from names(self._config, self._client, self._names, api, self._learnt)
        yield from map(self._beside, BESIDE)
        yield self._attachments()

    def settings(self) -> dict[str, object]:
        """The table for tfchange.yaml: what is set, what was found, and no secret."""
        told = msgspec.to_builtins(self._config)
        unset = msgspec.to_builtins(ServiceNowConfig(url=""))
        kept = {k: v for k, v in told.items() if k not in OWN and v != unset[k]}
        return {**kept, **self._learnt}

    def _instance(self) -> list[Check]:
        host = self._client.base
        try:
            self._client.get(f"{TABLE}/change_request", sysparm_limit="1", sysparm_fields="sys_id")
        except AccessDeniedError as error:
            reached = Check("instance", "ok", f"{host} answers.")
            return [reached, _failed("credentials", error)]
        except RefusedError as error:
            said = f"{host} answers, but not as a ServiceNow instance: {error.message}."
            advice = "Set TFCHANGE_SERVICENOW_URL to https://NAME.service-now.com, without a path."
            return [Check("instance", "failed", said, advice)]
        except DeskError as error:
            return [_failed("instance", error)]
        self.reached = True
        return [
            Check("instance", "ok", f"{host} answers."),
            Check("credentials", "ok", f"ServiceNow knows the user ({self._config.kind})."),
        ]

    def _roles(self) -> Check:
        query = "user=javascript:gs.getUserID()"
        found = self._client.first("sys_user_has_role", query, "user,role.name", 500)
        roles = {display(row, "role.name") for row in found}
        good = [role for role in WRITERS if role in roles]
        if good:
            return Check("roles", "ok", f"The user may write changes: {', '.join(good)}.")
        if roles and len({value(row, "user") for row in found}) == 1:
            said = "The user has none of the roles that write changes."
            return Check("roles", "failed", said, ROLES)
        said = "The user may not read its own roles, so nobody can tell what it may write."
        return Check("roles", "warning", said, f"Make sure of it: {ROLES}")

    def _api(self) -> tuple[Api | None, Check]:
        wish = self._config.api
        api = choose(self._client, "auto" if wish == "change" else wish)
        if api.name == "change":
            self._learnt["api"] = "change"
            return api, Check("api", "ok", "The Change Management API is there.")
        advice = (
            "Let the user call /api/sn_chg_rest, or accept that templates, conflicts, free slots "
            "and the model's next states are not used."
        )
        if wish == "change":
            said = "servicenow.api says change, and the Change Management API is not there."
            return None, Check("api", "failed", said, advice)
        self._learnt["api"] = "table"
        return api, Check("api", "warning", "The Table API alone is used.", advice)

    def _search(self, api: Api) -> Check:
        if any(True for _ in api.search(f"correlation_id={NOBODY}")):
            said = "A search by correlation_id finds changes that have another one."
            advice = "Let the user read the field correlation_id of change_request."
            return Check("search by key", "failed", said, advice)
        return Check("search by key", "ok", "Changes are found by correlation_id.")

    def _beside(self, table: str) -> Check:
        what, lost = BESIDE[table]
        advice = f"Let the user read the table {table}."
        try:
            reply = self._client.get(
                f"{TABLE}/{table}", sysparm_limit="10", sysparm_fields="sys_id"
            )
        except (AccessDeniedError, RefusedError):
            return Check(what, "warning", f"{table} cannot be read: {lost}.", advice)
        if reply.total and not reply.rows:
            # Records that may not be read are counted, and left out.
            return Check(what, "warning", f"{table} shows no record: {lost}.", advice)
        return Check(what, "ok", f"The table {table} can be asked.")

    def _attachments(self) -> Check:
        try:
            self._client.get(ATTACHMENTS, sysparm_limit="1")
        except (AccessDeniedError, RefusedError):
            said = "Attachments cannot be read: the gate has no plan to compare with."
            return Check("files", "failed", said, f"Let the user call {ATTACHMENTS}.")
        return Check("files", "ok", "Attachments can be asked for.")


def _tried(look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except TfchangeError as error:
        yield _failed("instance", error)


def _failed(name: str, error: TfchangeError) -> Check:
    said = "; ".join(error.message.rstrip(".").splitlines())
    return Check(name, "failed", f"{said}.", error.advice or "Run the command again.")
