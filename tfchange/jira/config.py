"""What has to be known about a Jira site before it can be spoken to."""

from typing import Any

import msgspec

from tfchange import http
from tfchange.change.desk import State
from tfchange.errors import SettingsError

Names = str | tuple[str, ...]

OUTCOMES = ("successful", "partly", "failed")
STATES = frozenset({*(str(state) for state in State), *OUTCOMES})
FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "change_type": ("Change type",),
    "risk": ("Change risk", "Risk"),
    "impact": ("Impact",),
    "likelihood": ("Likelihood",),
    "urgency": ("Urgency",),
    "change_reason": ("Change reason",),
    "environment": (),
    "start": ("Planned start", "Change start date"),
    "end": ("Planned end", "Change completion date"),
    "implementation": ("Implementation plan",),
    "backout": ("Backout plan",),
    "test": ("Test plan",),
    "risk_analysis": ("Risk and impact analysis", "Risk analysis"),
    "services": ("Affected services",),
    "approvers": ("Approvers",),
    "outcome": (),
}
"""Our words, and the names of the fields on a fresh site of Jira Service Management."""
WORDS = frozenset(FIELD_NAMES)
ADVICE = "docs/jira.md has an example. The token comes from TFCHANGE_JIRA_TOKEN or _TOKEN_FILE."


class JiraConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How a Jira site is reached, and how its words differ from those of a fresh site."""

    url: str
    """`https://example.atlassian.net`, or the base address of a Data Center."""
    project: str
    """The key of the project, such as `CHG`."""
    user: str = ""
    """The e-mail address on Cloud; `""` where the token is a personal access token."""
    token: str = ""
    issue_type: str = ""
    """By name or id; `""` looks for `[System] Change`, then `Change`."""
    request_type: str = ""
    """The value of the Request Type field, `chg/abc`: only requests can ask for approvals."""
    fields: dict[str, str] = {}
    """Our word for a field to its id or name at the site; `""` means that there is none."""
    choices: dict[str, dict[str, str]] = {}
    """Our word for a field to: our value to the option of the site."""
    constants: dict[str, Any] = {}
    """The id of a field to what is always written there when a change is opened."""
    states: dict[str, Names] = {}
    """A state, or the outcome of a change, to the names of its statuses."""
    approvers: dict[str, tuple[str, ...]] = {}
    """A group to the account ids (Cloud) or user names (Data Center) of its people."""
    links: dict[str, str] = {}
    """`successor of` and `duplicate of` to the name of a link type."""
    deployment: str = "auto"
    """`auto`, `cloud` or `datacenter`."""
    service_desk: str = "auto"
    """Whether approvals are read: `auto` asks the project, `always`, `never`."""

    def __repr__(self) -> str:
        return f"JiraConfig(url={self.url!r}, project={self.project!r})"

    def faults(self) -> tuple[str, ...]:
        """What is wrong with the settings themselves, a sentence each."""
        found = [
            f"{setting} is not set"
            for setting, value in (
                ("jira.url", self.url), ("jira.project", self.project), ("the token", self.token)
            )
            if not value
        ]  # fmt: skip
        if not self.user and not http.fits_header(self.token):
            # With a user both are sent as base64 of UTF-8, which takes anything.
            found.append(f"TFCHANGE_JIRA_TOKEN or _TOKEN_FILE: {http.UNFIT}")
        found += [f"jira.states.{s}: there is no such state" for s in set(self.states) - STATES]
        words = {*self.fields, *self.choices} - WORDS
        found += [f"jira.fields or jira.choices: there is no field `{w}`" for w in words]
        if self.deployment not in ("auto", "cloud", "datacenter"):
            found.append("jira.deployment is `auto`, `cloud` or `datacenter`")
        if self.service_desk not in ("auto", "always", "never"):
            found.append("jira.service_desk is `auto`, `always` or `never`")
        return tuple(sorted(found))

    def check(self) -> None:
        """All is well; `SettingsError` with all faults otherwise."""
        found = self.faults()
        if found:
            raise SettingsError("\n".join(found), ADVICE)
