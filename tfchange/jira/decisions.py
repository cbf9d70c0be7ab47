"""Who has decided what: from the approvals of the service desk, else from the status. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from tfchange.change.desk import Decision, State
from tfchange.jira.site import Site

Json = Any

_DECISIONS = {"approved": "approved", "declined": "rejected"}
_BY_STATE = {State.NEW: "waiting", State.WAITING: "waiting", State.REJECTED: "rejected"}


def decisions(told: Mapping[str, Json], asked: Iterable[str], site: Site) -> tuple[Decision, ...]:
    """What each group has decided in one round of approval, by the people known to be in it."""
    people = {_person(each["approver"], site): each for each in told.get("approvers", ())}
    made, named = [], set()
    for group in asked:
        members = [people[p] for p in site.config.approvers.get(group, ()) if p in people]
        named |= {_person(each["approver"], site) for each in members}
        made.append(_of_group(group, members, str(told.get("finalDecision"))))
    made += [
        Decision(_shown(each), _word(each), _shown(each) if _word(each) != "waiting" else "")
        for name, each in people.items()
        if name not in named
    ]
    return tuple(made)


def _of_group(group: str, members: list[dict[str, Json]], final: str) -> Decision:
    for each in members:
        if _word(each) == "rejected":
            return Decision(group, "rejected", _shown(each))
    for each in members:
        if _word(each) == "approved":
            return Decision(group, "approved", _shown(each))
    # Nobody of the group is known among those asked: what all together decided counts.
    return Decision(group, "waiting" if members else _DECISIONS.get(final, "waiting"))


def _word(told: Mapping[str, Json]) -> str:
    return _DECISIONS.get(str(told.get("approverDecision")), "waiting")


def _person(user: Mapping[str, Json], site: Site) -> str:
    return str(user.get("accountId" if site.cloud else "name", ""))


def _shown(told: Mapping[str, Json]) -> str:
    return str(told["approver"].get("displayName") or told["approver"].get("name", ""))


def by_state(asked: Iterable[str], state: State) -> tuple[Decision, ...]:
    """Plain Jira knows no approvals; who may move the status has decided for all."""
    decision = _BY_STATE.get(state, "approved")
    if state is State.CANCELLED:
        decision = "waiting"
    groups = tuple(asked) or (("approvers",) if state is State.REJECTED else ())
    return tuple(Decision(group, decision) for group in groups)
