"""Whether a plan does what was approved, less of it, or more.

Identical and weaker plans are covered by the approval; what is new in a stronger one is listed, for
it has to be approved again.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from tfchange.change.approved import Approved, PlanItems
from tfchange.change.fingerprint import Item
from tfchange.words import VERBS


class Likeness(StrEnum):
    """How a plan compares with the approved one."""

    IDENTICAL = "identical"
    WEAKER = "weaker"
    """All that it does was approved; it does less, or something lesser."""
    STRONGER = "stronger"


class Comparison(msgspec.Struct, frozen=True):
    """How the plan compares, and what makes the difference."""

    likeness: Likeness
    new: tuple[str, ...] = ()
    """What was not approved, as finished sentences."""
    left_out: tuple[str, ...] = ()
    """What was approved and is not done now, as finished sentences."""


UNKEPT = "What was approved is not kept at the desk item by item, so nothing less can be told."
RESALTED = "It was filed with another TFCHANGE_FINGERPRINT_SALT, so that nothing can be compared."
_LESSER = {
    "replace:delete-first": ("replace:create-first", "update"),
    "replace:create-first": ("update",),
}
"""What is less than an action, and so covered by its approval."""


def compare(filed: Approved | None, fingerprint: str, now: Approved) -> Comparison:
    """How the plans of now compare with those filed under that fingerprint.

    `filed` is what the desk keeps of them item by item, if it does.
    """
    if fingerprint and fingerprint == now.fingerprint:
        return Comparison(Likeness.IDENTICAL)
    if filed and filed.salt != now.salt:
        return Comparison(Likeness.STRONGER, (RESALTED,))
    if filed is None or not filed.trusted(fingerprint, secret=now.secret):
        return Comparison(Likeness.STRONGER, (UNKEPT,))
    new: list[str] = []
    left: list[str] = []
    for plan, before in _pairs(filed.plans, now.plans):
        label = _label(plan or before, now.plans, filed.plans)
        was, does = _by_id(before), _by_id(plan)
        new += [f"{label}{said}" for id_ in does for said in _added(does[id_], was.get(id_))]
        left += [f"{label}{said}" for id_ in was for said in _dropped(was[id_], does.get(id_))]
    # Nothing that can be named differs, and the fingerprints do: what was withheld decides.
    return Comparison(Likeness.STRONGER if new else Likeness.WEAKER, tuple(new), tuple(left))


def _pairs(
    filed: Sequence[PlanItems], now: Sequence[PlanItems]
) -> Iterator[tuple[PlanItems | None, PlanItems | None]]:
    """Each plan of now with the one it was: that does the same, else of the same path, else alone.

    Two that are alone are the same plan under another path.
    """
    before, left = list(filed), list(now)
    for same in (_same_items, _same_path, _alone):
        for plan in tuple(left):
            was = next((each for each in before if same(each, plan, before, left)), None)
            if was:
                before.remove(was)
                left.remove(plan)
                yield plan, was
    yield from ((plan, None) for plan in left)
    yield from ((None, plan) for plan in before)


def _same_items(was: PlanItems, plan: PlanItems, *_: Sequence[PlanItems]) -> bool:
    return was.fingerprint == plan.fingerprint


def _same_path(was: PlanItems, plan: PlanItems, *_: Sequence[PlanItems]) -> bool:
    return was.path == plan.path


def _alone(
    _was: PlanItems, _plan: PlanItems, before: Sequence[PlanItems], left: Sequence[PlanItems]
) -> bool:
    return len(before) == len(left) == 1


def _label(plan: PlanItems | None, *all_: Sequence[PlanItems]) -> str:
    return f"{plan.path}: " if plan and max(map(len, all_)) > 1 else ""


def _by_id(plan: PlanItems | None) -> dict[tuple[str, ...], Item]:
    # An action can be invoked by several triggers.
    return {
        (item.id, *(item.reasons if item.action == "invoke" else ())): item
        for item in (plan.items if plan else ())
    }


def _added(now: Item, was: Item | None) -> Iterator[str]:
    """What of an item was not approved."""
    if was is None:
        yield f"{now.id} is {_words(now)}, which was not approved."
        return
    if not all(_covers(was, part) for part in now.action.split(",")):
        yield f"{now.id} is {_words(now)}; approved was that it is {_words(was)}."
        return
    if _where(now) - _where(was):
        yield f"{now.id} is {_words(now)} {' '.join(sorted(_where(now)))}, not as it was approved."
    approved = {value.path: value for value in was.values}
    renewed = any(part.startswith("replace") for part in was.action.split(","))
    for value in now.values:
        before = approved.get(value.path)
        if before is None and renewed and value.unknown:
            continue  # a replacement renews all that a provider computes
        if before is None:
            yield f"{_at(now, value.path)} changes, which was not approved."
        elif before.value != value.value:
            yield _differing(now, value.path, withheld=value.secret and not before.value)


def _differing(item: Item, path: str, *, withheld: bool) -> str:
    if withheld:
        return (
            f"{_at(item, path)} holds a secret, of which nothing is kept to compare: set "
            "TFCHANGE_FINGERPRINT_SALT, and file the plan again."
        )
    if not path:
        return f"{item.id} is {_words(item)} with other values than were approved."
    if path == "provisioner":
        return f"{item.id}: its provisioner runs something else than was approved."
    if path == "id":
        return f"{item.id} is another object than the one that was approved to be {_words(item)}."
    return f"{_at(item, path)} changes from or to another value than was approved."


def _dropped(was: Item, now: Item | None) -> Iterator[str]:
    """What of an approved item is not done now."""
    if now is None:
        yield f"{was.id} is not {_words(was)} any more."
    elif was.action != now.action:
        # What is more than was approved is told as new.
        if all(_covers(was, part) for part in now.action.split(",")):
            yield f"{was.id} is only {_words(now)}."
    else:
        staying = {value.path for value in now.values}
        yield from (
            f"{_at(was, value.path)} stays as it is."
            for value in was.values
            if value.path not in staying
        )


def _covers(was: Item, part: str) -> bool:
    parts = was.action.split(",")
    return part in parts or any(part in _LESSER.get(each, ()) for each in parts)


def _where(item: Item) -> frozenset[str]:
    """Where it moves from and what is imported, which count; why it is replaced does not."""
    marks = ("from ", "as ") if {"move", "import"} & set(item.action.split(",")) else ()
    return frozenset(reason for reason in item.reasons if reason.startswith(marks or ("\0",)))


def _at(item: Item, path: str) -> str:
    return f"{item.id}: {path}" if path else item.id


def _words(item: Item) -> str:
    return " and ".join(_said(part) for part in item.action.split(","))


def _said(part: str) -> str:
    action, _, order = part.partition(":")
    first = ", created before it is destroyed" if order == "create-first" else ""
    # What was filed comes from a desk, where anybody may have put anything.
    return _VERBS.get(action, f'meant to "{action}"') + first


_VERBS = {action.value: verb for action, verb in VERBS.items()} | {
    "move": "moved",
    "import": "imported",
    "invoke": "invoked",
    "configure": "configured",
}
