"""Where a change stands in the model of an instance, and which step leads on.

Steps are those that the instance offers. What a state means is told by its label, or by
`servicenow.states`; the codes of the base system are the last resort.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from tfchange.change.desk import State
from tfchange.servicenow.rows import Cell, Row, value


class Stage(StrEnum):
    """The states of the base system, in their order."""

    NEW = "new"
    ASSESS = "assess"
    AUTHORIZE = "authorize"
    SCHEDULED = "scheduled"
    IMPLEMENT = "implement"
    REVIEW = "review"
    CLOSED = "closed"
    CANCELED = "canceled"

    @property
    def rank(self) -> int:
        """How far it is, 0 for new."""
        return _RANKS[self]


_RANKS = {stage: rank for rank, stage in enumerate(Stage)}
_LABELS = {**{str(stage): stage for stage in Stage}, "cancelled": Stage.CANCELED}
CODES = {
    Stage.NEW: "-5",
    Stage.ASSESS: "-4",
    Stage.AUTHORIZE: "-3",
    Stage.SCHEDULED: "-2",
    Stage.IMPLEMENT: "-1",
    Stage.REVIEW: "0",
    Stage.CLOSED: "3",
    Stage.CANCELED: "4",
}
_BY_CODE = {code: stage for stage, code in CODES.items()}

SKIPPED = {
    "standard": {Stage.ASSESS, Stage.AUTHORIZE},
    "emergency": {Stage.ASSESS},
}
"""What the documented way of a type leaves out, for instances that cannot be asked."""

ASKING = (Stage.ASSESS, Stage.AUTHORIZE)
GOALS = {
    State.NEW: Stage.NEW,
    State.WAITING: Stage.AUTHORIZE,
    State.APPROVED: Stage.SCHEDULED,
    State.IMPLEMENTING: Stage.IMPLEMENT,
    State.REVIEW: Stage.REVIEW,
    State.CLOSED: Stage.CLOSED,
    State.CANCELLED: Stage.CANCELED,
}


class Offer(NamedTuple):
    """A state that a change can go to now."""

    code: str
    label: str
    stage: Stage | None
    blocked: tuple[str, ...] = ()
    """The names of conditions that are not met; then it cannot."""


class Meanings:
    """What the states of an instance mean."""

    def __init__(self, overrides: Mapping[str, str]) -> None:
        self._own = {name.casefold(): Stage(stage) for name, stage in overrides.items()}

    def of(self, state: Cell) -> Stage | None:
        """The stage; None for a state that nobody has explained."""
        code, label = state.value.casefold(), state.display.casefold()
        own = self._own.get(code) or self._own.get(label)
        return own or _LABELS.get(label) or _BY_CODE.get(code)

    def state(self, row: Row) -> State:
        """Where the change stands, in our words; what nobody has explained waits."""
        stage = self.of(row["state"]) if "state" in row else None
        approval = value(row, "approval")
        over = _OVER.get(stage) if stage else None
        if over:
            return over
        if approval == "rejected":
            return State.REJECTED
        if stage is Stage.NEW:
            return State.NEW
        # Somebody can push a change on by hand; as long as approval is asked for, it waits.
        if stage is Stage.SCHEDULED and approval != "requested":
            return State.APPROVED
        return State.WAITING


_OVER = {
    Stage.IMPLEMENT: State.IMPLEMENTING,
    Stage.REVIEW: State.REVIEW,
    Stage.CLOSED: State.CLOSED,
    Stage.CANCELED: State.CANCELLED,
}


def offers(result: object, meanings: Meanings) -> list[Offer]:
    """What `nextstates` says, with the conditions that hold a way closed."""
    told = result if isinstance(result, Mapping) else {}
    labelled = told.get("state_label")
    labels = labelled if isinstance(labelled, Mapping) else {}
    closed = _closed(told.get("state_transitions") or [])
    codes = [str(code) for code in told.get("available_states") or []]
    return [
        Offer(code, label, meanings.of(Cell(code, label)), closed.get(code, ()))
        for code in dict.fromkeys([*codes, *closed])
        for label in [str(labels.get(code) or code)]
    ]


def _closed(groups: Iterable[Iterable[Mapping[str, object]]]) -> dict[str, tuple[str, ...]]:
    """By state the conditions that are not met, where no way to it is open."""
    ways = [way for group in groups for way in group]
    open_ = {str(way.get("to_state")) for way in ways if way.get("transition_available")}
    closed: dict[str, list[str]] = {}
    for way in ways:
        to = str(way.get("to_state"))
        if to not in open_:
            closed.setdefault(to, []).extend(_unmet(way.get("conditions")))
    return {to: tuple(dict.fromkeys(names)) or ("no way",) for to, names in closed.items()}


def _unmet(conditions: object) -> Iterable[str]:
    for each in conditions if isinstance(conditions, list) else []:
        if not each.get("passed"):
            yield str((each.get("condition") or {}).get("name") or "a condition")


def documented(kind: str, here: Stage, labelled: Mapping[Stage, Cell]) -> list[Offer]:
    """The step that the documentation gives a type of change, and giving it up."""
    left_out = SKIPPED.get(kind, set())
    way: list[Stage] = [
        stage for stage in Stage if stage not in left_out and stage is not Stage.CANCELED
    ]
    after = [stage for stage in way if stage.rank > here.rank][:1]
    if here.rank < Stage.REVIEW.rank:
        after.append(Stage.CANCELED)
    known = {stage: labelled.get(stage, Cell(CODES[stage], stage)) for stage in after}
    return [Offer(cell.value, cell.display, stage) for stage, cell in known.items()]


def reached(here: Stage | None, goal: Stage) -> bool:
    """Whether a change that stands here need not go on."""
    if here is None:
        return False
    if goal is Stage.AUTHORIZE:
        return here in ASKING or Stage.CANCELED.rank > here.rank > goal.rank
    if goal in (Stage.NEW, Stage.CANCELED):
        return here is goal
    return Stage.CANCELED.rank > here.rank >= goal.rank


def step(found: Iterable[Offer], here: Stage | None, goal: Stage) -> Offer | None:
    """The offer that leads on, by as little as possible; None where none does."""
    open_ = {offer.stage: offer for offer in found if offer.stage and not offer.blocked}
    if goal in (Stage.NEW, Stage.CANCELED):
        return open_.get(goal)
    rank = here.rank if here else 0
    ways = [stage for stage in open_ if rank < stage.rank <= goal.rank]
    return open_[min(ways, key=lambda stage: stage.rank)] if ways else None


def why_not(found: Iterable[Offer]) -> str:
    """What is said of the ways that are closed."""
    said = [f"{o.label}: {', '.join(o.blocked)}" for o in found if o.blocked]
    return f" ({'; '.join(said)})" if said else ""
