"""What was done, beside what was approved: nothing may happen that nobody has approved."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from tfchange.change.applied import Applied, parts, together
from tfchange.change.approved import Approved, PlanItems
from tfchange.change.fingerprint import Item

_DEPOSED = re.compile(r" \(deposed [^()]*\)\Z")
_IN_LOG = {"forget": "remove"}
OUTPUT = "output."
_ACTS = frozenset({"create", "update", "delete"})
_WORDS = {
    "create": "created",
    "update": "updated",
    "delete": "destroyed",
    "move": "moved",
    "import": "imported",
    "remove": "dropped from the state",
}


class Happened(msgspec.Struct, frozen=True):
    """All logs of an apply as one, and where they differ from what was approved."""

    applied: Applied
    extra: tuple[tuple[str, str], ...] = ()
    """Done, and not approved: the address, and what was done."""
    missing: tuple[tuple[str, str], ...] = ()
    """Approved, and not done, nor told of by a log: the address, and what was to be done."""
    without: tuple[str, ...] = ()
    """The plans that do something and have no log, by their paths."""
    strange: bool = False
    """Whether a log shares no resource with what was approved: it is that of another apply."""
    compared: bool = False
    done: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For each plan, by its path, the addresses that something was done to; `""` for any plan."""

    @property
    def outcome(self) -> str:
        """`successful` only where no plan was left out, and nothing was done beyond the approved.

        That a plan does less by now than was approved is told, and is no failure.
        """
        if self.applied.outcome == "successful" and (self.extra or self.without):
            return "partly" if self.applied.steps else "failed"
        return self.applied.outcome


def happened(logs: Sequence[Applied], approved: Approved | None) -> Happened:
    """What these logs tell together; each belongs to the plan that it shares most with.

    Where there is nothing to compare with, it is what the logs tell alone.
    """
    if approved is None:
        told = together([("", log) for log in logs])
        return Happened(told, done=(("", _touched(logs)),))
    plans = approved.plans
    owners = _owners(logs, plans)
    labels = [f"{plan.path}: " if len(plans) > 1 else "" for plan in plans]
    named = [("" if at is None else labels[at], log) for at, log in zip(owners, logs, strict=True)]
    own = [
        tuple(log for log, o in zip(logs, owners, strict=True) if o == at)
        for at, _ in enumerate(plans)
    ]
    strange = tuple(log for log, at in zip(logs, owners, strict=True) if at is None)
    each = list(zip(labels, plans, own, strict=True))
    return Happened(
        together(named),
        extra=tuple(_labelled(_extra, [*each, ("", PlanItems(""), strange)])),
        missing=tuple(_labelled(_missing, each)),
        without=tuple(plan.path for _, plan, mine in each if plan.items and not mine),
        strange=bool(strange),
        compared=True,
        done=tuple((plan.path, _touched(mine)) for _, plan, mine in each),
    )


def bare(id_: str) -> str:
    """The address without the key of a deposed object, which no log tells."""
    return _DEPOSED.sub("", id_)


_Logs = Sequence[Applied]
_Pairs = Iterable[tuple[str, str]]


def _labelled(
    told: Callable[[PlanItems, _Logs], _Pairs], each: Iterable[tuple[str, PlanItems, _Logs]]
) -> _Pairs:
    for label, plan, logs in each:
        for address, said in told(plan, logs):
            yield label + address, said


def _owners(logs: Sequence[Applied], plans: Sequence[PlanItems]) -> list[int | None]:
    """For each log the plan that it is of; a plan has one log before it has a second."""
    scores = {
        (i, j): _shared(log, plan) for i, log in enumerate(logs) for j, plan in enumerate(plans)
    }
    ranked = sorted(scores, key=lambda pair: (-scores[pair], abs(pair[0] - pair[1]), pair))
    owners: dict[int, int] = {}
    for i, j in ranked:
        if scores[i, j] and i not in owners and j not in owners.values():
            owners[i] = j
    for i, j in ranked:
        if scores[i, j]:
            owners.setdefault(i, j)
    return [owners.get(i) for i in range(len(logs))]


def _shared(log: Applied, plan: PlanItems) -> int:
    """How much of the plan the log speaks of: addresses count, and once more what is done there."""
    if not log.known and not log.errors and log.ended:
        # Outputs, moves and imports are done without a word.
        return int(not any(map(_due, plan.items)))
    allowed, done = _allowed(plan.items), dict(log.steps)
    same = allowed.keys() & set(log.known)
    return sum(1 + bool(allowed[address].keys() & set(done.get(address, ()))) for address in same)


def _allowed(items: Iterable[Item]) -> dict[str, "Counter[str]"]:
    found: dict[str, Counter[str]] = {}
    for item in items:
        found.setdefault(bare(item.id), Counter()).update([*_steps(item), *_lesser(item)])
    return found


def _steps(item: Item) -> list[str]:
    """What the log would tell of it."""
    return [_IN_LOG.get(part, part) for part in parts(_actions(item))]


def _lesser(item: Item) -> list[str]:
    """What may be done in place of it."""
    return ["update"] if "replace" in _actions(item) else []


def _due(item: Item) -> list[str]:
    """What the log tells as it is done; of outputs and of the state alone it tells nothing."""
    return [step for step in _steps(item) if step in _ACTS and not item.id.startswith(OUTPUT)]


def _extra(plan: PlanItems, logs: _Logs) -> _Pairs:
    allowed = _allowed(plan.items)
    actions: dict[str, list[str]] = {}
    for item in plan.items:
        actions.setdefault(bare(item.id), []).append(_plain(item))
    for address, steps in (pair for log in logs for pair in log.steps):
        if Counter(steps) - allowed.get(address, Counter()):
            instead = " and ".join(actions.get(address, ()))
            yield address, f"{_done(steps)}; approved was: {instead}" if instead else _done(steps)


def _missing(plan: PlanItems, logs: _Logs) -> _Pairs:
    done: dict[str, Counter[str]] = {}
    told = set[str]()
    for log in logs:
        for address, steps in log.steps:
            done.setdefault(address, Counter()).update(steps)
        for some in (log.failed, log.half, log.unfinished, log.undone):
            told.update(each[0] for each in some)
    for item in plan.items:
        address, due = bare(item.id), Counter(_due(item))
        did = done.get(address, Counter())
        if not logs or (address not in told and due - did and not did.keys() & set(_lesser(item))):
            yield item.id, _plain(item)


def _touched(logs: Iterable[Applied]) -> tuple[str, ...]:
    return tuple(address for log in logs for address, _ in log.steps)


def _plain(item: Item) -> str:
    return " and ".join(_actions(item))


def _actions(item: Item) -> list[str]:
    return [action.partition(":")[0] for action in item.action.split(",")]


def _done(steps: Sequence[str]) -> str:
    if Counter(steps) == Counter(("create", "delete")):
        return "replaced"
    return " and ".join(_WORDS.get(step, step) for step in dict.fromkeys(steps))
