"""Who has decided what: from the approvals of the service desk, else from the moves. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tfchange.change.desk import Decision, State
from tfchange.jira.site import Site
from tfchange.jira.times import utc

Json = Any

_DECISIONS = {"approved": "approved", "declined": "rejected"}
_OPEN = (State.NEW, State.WAITING, State.CANCELLED)


class Move(msgspec.Struct, frozen=True):
    """One change of the status, as the history of the issue tells it."""

    to: State
    by: str
    at: str
    ours: bool
    """Whether the user of tfchange made it."""


def decisions(told: Mapping[str, Json], asked: Iterable[str], site: Site) -> tuple[Decision, ...]:
    """What each group has decided in one round of approval, by the people known to be in it."""
    people = {_person(each["approver"], site): each for each in told.get("approvers", ())}
    final = _DECISIONS.get(str(told.get("finalDecision")), "waiting")
    at = utc(str((told.get("completedDate") or {}).get("iso8601", "")))
    made, named = [], set()
    for group in asked:
        members = [people[p] for p in site.config.approvers.get(group, ()) if p in people]
        named |= {_person(each["approver"], site) for each in members}
        if members:
            made.append(_of_group(group, members))
        else:
            # Nobody of the group is known among those asked: what all together decided counts.
            made.append(_of_group(group, [p for p in people.values() if _word(p) == final], final))
    made += [_of_group(_shown(each), [each]) for name, each in people.items() if name not in named]
    # Jira tells when the round was over, and not when each has decided.
    return tuple(
        msgspec.structs.replace(each, at=at) if each.decision != "waiting" else each
        for each in made
    )


def _of_group(group: str, members: list[dict[str, Json]], word: str = "waiting") -> Decision:
    for made in ("rejected", "approved"):
        for each in members:
            if _word(each) == made:
                return Decision(group, made, _shown(each))
    return Decision(group, word)


def _word(told: Mapping[str, Json]) -> str:
    return _DECISIONS.get(str(told.get("approverDecision")), "waiting")


def _person(user: Mapping[str, Json], site: Site) -> str:
    return str(user.get("accountId" if site.cloud else "name", ""))


def _shown(told: Mapping[str, Json]) -> str:
    return str(told["approver"].get("displayName") or told["approver"].get("name", ""))


def by_moves(asked: Iterable[str], state: State, moves: Sequence[Move]) -> tuple[Decision, ...]:
    """Plain Jira knows no approvals; who has moved the status has decided for all.

    `moves` are oldest first, and may be missing where the decision is known without them.
    """
    move, decision = _deciding(state, moves), "approved"
    if state in _OPEN:
        decision = "waiting"
    elif state is State.REJECTED:
        decision = "rejected"
    elif move and move.ours and move.to is not State.APPROVED:
        # An emergency, or what failed, goes on without anybody having approved it.
        decision = "waiting"
    groups = tuple(asked) or (("approvers",) if state is State.REJECTED else ())
    if decision == "waiting" or not move:
        return tuple(Decision(group, decision) for group in groups)
    return tuple(Decision(group, decision, move.by, move.at) for group in groups)


def decided(state: State) -> bool:
    """Whether the history of the issue says who has decided."""
    return state not in _OPEN


def _deciding(state: State, moves: Sequence[Move]) -> Move | None:
    """The rejection, else the first move out of what was undecided last."""
    found = None
    for move in reversed(moves):
        if move.to.undecided:
            return move if move.to is state else found
        found = move
    return found
