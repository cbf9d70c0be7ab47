"""Which of our states a Jira status is, and which way leads to a state. Pure.

Statuses are named by each site as it likes. Settings come first, then names that are common, then
the category of the status. A status nobody knows is never taken for an approval.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tfchange.change.desk import State
from tfchange.jira.config import OUTCOMES, JiraConfig, Names

Json = Mapping[str, Any]

KNOWN: dict[State, tuple[str, ...]] = {
    State.NEW: ("open", "new", "to do", "draft", "backlog", "reopened", "planning"),
    State.WAITING: (
        "waiting for approval", "awaiting approval", "pending approval", "awaiting cab approval",
        "cab approval", "peer review / change manager approval", "under review", "in review",
        "authorize",
    ),
    State.APPROVED: (
        "approved", "awaiting implementation", "ready for implementation", "scheduled",
    ),
    State.REJECTED: ("rejected", "declined"),
    State.IMPLEMENTING: ("implementing", "in implementation", "implementation"),
    State.REVIEW: ("post implementation review", "post-implementation review", "pir"),
    State.CLOSED: (
        "completed", "done", "closed", "resolved", "implemented", "failed", "rolled back",
    ),
    State.CANCELLED: (
        "canceled", "cancelled", "won't do", "wont do", "withdrawn", "abandoned", "duplicate",
    ),
}  # fmt: skip
FAILURES: dict[str, tuple[str, ...]] = {"failed": ("failed", "rolled back")}
"""Statuses for an outcome; others end in what `closed` means."""

_DONE = "done"
_BY_NAME = {name: state for state, names in KNOWN.items() for name in names}
_THROUGH: dict[State, tuple[State, ...]] = {
    State.WAITING: (State.NEW,),
    State.CLOSED: (State.IMPLEMENTING, State.REVIEW),
    State.CANCELLED: (State.NEW,),
}
_RESOLUTIONS = {
    "successful": ("done", "completed", "fixed", "resolved", "successful"),
    "partly": ("incomplete", "done", "completed", "fixed", "resolved"),
    "failed": ("failed", "unsuccessful", "rolled back", "incomplete", "won't do"),
    "cancelled": ("canceled", "cancelled", "won't do", "won't fix", "declined", "duplicate"),
}


def state_of(status: Json, config: JiraConfig) -> State:
    """Where a change with that status stands."""
    name = _lower(status)
    for key, names in config.states.items():
        if name in _each(names):
            return State.CLOSED if key in OUTCOMES else State(key)
    if name in _BY_NAME:
        return _BY_NAME[name]
    category = status.get("statusCategory", {}).get("key")
    if category == _DONE:
        return State.CLOSED
    return State.NEW if category == "new" else State.WAITING


def outcome_of(status: Json, config: JiraConfig) -> str:
    """The outcome that the name of the status tells; `""` where it tells none, or several."""
    told = [each for each in OUTCOMES if _lower(status) in names_of(each, config)]
    return told[0] if len(told) == 1 else ""


def done(status: Json) -> bool:
    """Whether Jira itself counts the status as an end."""
    return bool(status.get("statusCategory", {}).get("key") == _DONE)


def way(ways: Iterable[Json], to: State, config: JiraConfig, outcome: str = "") -> Json | None:
    """The transition that leads to the state; None where none does.

    Names in the settings decide alone where there are any for the state.
    """
    ways = list(ways)
    for names in _wanted(to, config, outcome):
        for name in names:
            for each in ways:
                if _lower(each["to"]) == name:
                    return each
    if to in config.states or to not in (State.CLOSED, State.CANCELLED):
        return None
    # Ending in some end is better than not ending; a rejection is none of the two.
    ends = (w for w in ways if done(w["to"]) and _fits(w["to"], to, config, outcome))
    return next(ends, None)


def through(to: State, approvals: bool) -> tuple[State, ...]:
    """States that may lie on the way; where `approvals` are asked for, waiting starts them."""
    if to is State.APPROVED:
        return () if approvals else (State.WAITING,)
    return _THROUGH.get(to, ())


def resolution(way: Json, end: str) -> dict[str, Any]:
    """The resolution to set on that way, as fields; empty where its screen does not ask for one."""
    asked = way.get("fields", {}).get("resolution")
    if not asked:
        return {}
    offered = {str(each["name"]).lower(): each["name"] for each in asked.get("allowedValues", ())}
    for name in _RESOLUTIONS[end]:
        if name in offered:
            return {"resolution": {"name": offered[name]}}
    first = next(iter(offered.values()), None)
    return {"resolution": {"name": first}} if asked.get("required") and first else {}


def names_of(state: State | str, config: JiraConfig) -> tuple[str, ...]:
    """The names, in small letters, under which a state is looked for."""
    if state in config.states:
        return _each(config.states[state])
    return KNOWN[State(state)] if state in list(State) else FAILURES.get(state, ())


def _wanted(to: State, config: JiraConfig, outcome: str) -> Iterable[tuple[str, ...]]:
    if outcome:
        yield names_of(outcome, config)
    names = names_of(to, config)
    # Not every end is a success.
    bad = FAILURES["failed"] if to is State.CLOSED and to not in config.states else ()
    yield tuple(name for name in names if name not in bad)


def _fits(status: Json, to: State, config: JiraConfig, outcome: str) -> bool:
    bad = _lower(status) in FAILURES["failed"] and outcome != "failed"
    return not bad and state_of(status, config) in (to, State.CLOSED)


def _lower(status: Json) -> str:
    return str(status.get("name", "")).strip().lower()


def _each(names: Names) -> tuple[str, ...]:
    return tuple(n.strip().lower() for n in ((names,) if isinstance(names, str) else names))
