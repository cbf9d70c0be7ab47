"""What has to be known about a Jira site before it can be spoken to."""

from typing import Any

import msgspec

Names = str | tuple[str, ...]


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
    """Whether approvals are read: `auto` asks the project, `yes`, `no`."""

    def __repr__(self) -> str:
        return f"JiraConfig(url={self.url!r}, project={self.project!r})"
