"""How each change is taken back, honestly, in the order to do it.

First come the steps on the state, for the previous commit knows nothing of an import or a move:
applied before them, it would destroy what is there. Then what still exists comes back into the
state, or the previous commit would create another. Only then it is applied: what was destroyed
comes back first, dependencies before what needs them; then what was updated; what was created goes
last, dependents first. Something that depends on another has fewer dependents than that one, so
the exact counts of dependents already give the order.
"""

from collections.abc import Callable, Iterable, Iterator

from tfchange.plan.model import Action, ResourceChange
from tfchange.risk.assessment import BackoutStep
from tfchange.risk.attributes import matches
from tfchange.risk.facts import Facts

_STATE, _KEPT, _BACK, _AGAIN, _AWAY = range(5)
_TURNS = {
    Action.DELETE: _BACK,
    Action.REPLACE: _BACK,
    Action.FORGET: _KEPT,
    Action.CREATE: _AWAY,
}
_IN_STATE = frozenset({Action.NO_OP, Action.READ, Action.UPDATE, Action.REPLACE})
"""After these the state holds the resource, under its new address if it moved."""
_KEY = "encryption-key"
_ONE_WAY = ("engine_version", "allocated_storage", "allocated_storage.*", "storage_encrypted")
"""What a data store cannot take back in place: versions and sizes only go up."""

COMMIT = "re-apply the previous commit"
BEFORE = "before the previous commit is applied"
"""How steps on the state begin; after it they come too late."""
_LOST = {"messaging": f"{COMMIT}: what was destroyed comes back empty, without what waited in it"}
"""What becomes of what has no backup, by trait."""
RESTORE = "restore the data from a snapshot or backup taken before; without one it is lost"


def backout(some: Iterable[ResourceChange], facts: Iterable[Facts]) -> tuple[BackoutStep, ...]:
    """The steps for some changes, imports and moves included; `facts` of those that act.

    What was imported or moved and changed as well takes two.
    """
    held = [(c, said) for c in some for said in _state(c)]
    turns = _freed(c for c, _ in held)
    steps = [
        ((_STATE, turns.get(c.address, 0), c.id), BackoutStep(c.id, said, True)) for c, said in held
    ]
    steps += [(_turn(f), step) for f in facts for step in _own(f)]
    return tuple(step for _, step in sorted(steps, key=lambda pair: pair[0]))


def _state(c: ResourceChange) -> Iterator[str]:
    if c.importing is not None:
        yield (
            f"{_capital(BEFORE)}, take it out of the state: {_command('rm', c.address)}; otherwise "
            "Terraform would destroy it, for that commit does not have it."
        )
    elif c.moved and c.action in _IN_STATE:
        back = _command("mv", c.address, c.previous_address or c.address)
        yield (
            f"{_capital(BEFORE)}, move it back: {back}; otherwise Terraform would destroy it and "
            "create another."
        )


def _freed(held: Iterable[ResourceChange]) -> dict[str, int]:
    """When each moved resource can go back: once its old address is free, however long the row."""
    moves = {c.previous_address: c.address for c in held if c.moved}
    ends = moves.keys() - set(moves.values())
    turns: dict[str, int] = {}
    for old in ends:
        address, turn = moves.get(old), 0
        while address is not None:
            turns[address] = turn
            address, turn = moves.get(address), turn + 1
    return turns


def _turn(f: Facts) -> tuple[int, int, str]:
    turn = _KEPT if _is_key(f) else _TURNS.get(f.change.action, _AGAIN)
    return (turn, -f.reach if turn in {_KEPT, _BACK} else f.reach, f.id)


def _own(f: Facts) -> Iterator[BackoutStep]:
    undo = _IMPORTED if f.change.importing is not None else _UNDO
    if f.change.action in undo:
        said, reversible = undo[f.change.action](f)
        yield BackoutStep(f.id, f"{_capital(said)}.", reversible)


def _create(f: Facts) -> tuple[str, bool]:
    if f.drifted and f.drifted.item.kind == "deleted":
        # The previous commit holds it as well: it was not the configuration that took it away.
        again = f"terraform destroy -target={_quoted(f.change.address)}"
        return f"the previous commit creates it as well; to have it gone again: {again}", True
    lost = ", and with it what was stored in it since" if f.traits.loses_data else ""
    return f"{COMMIT}: it destroys what was created{lost}", True


def _update(f: Facts) -> tuple[str, bool]:
    one_way = _one_way(f)
    if not one_way:
        return COMMIT + _by_hand(f), True
    return f"the new {', '.join(one_way)} cannot go back in place: {RESTORE}", False


def _one_way(f: Facts) -> list[str]:
    return [p for p in f.paths if matches(p, _ONE_WAY)] if f.traits.loses_data else []


def _replace(f: Facts) -> tuple[str, bool]:
    if f.traits.loses_data:
        return f"{COMMIT}, which means another replacement; {RESTORE}{_guarded(f)}", False
    return f"{COMMIT}, which means another replacement, with new identifiers", True


def _delete(f: Facts) -> tuple[str, bool]:
    if f.change.deposed:
        return "nothing to take back: it is a left-over of an earlier replacement", True
    if _is_key(f):
        return (
            f"{BEFORE}, cancel the deletion as long as it is only scheduled, {_import(f)}; no "
            "commit brings the same key back, and what was encrypted with a lost key is lost"
        ), False
    if f.traits.loses_data:
        lost = next((said for trait, said in _LOST.items() if trait in f.traits.traits), "")
        return lost or f"{COMMIT}: {_ANEW}, empty; {RESTORE}{_guarded(f)}", False
    return f"{COMMIT}: {_ANEW}, with new identifiers", True


_ANEW = "what was destroyed is created anew"


def _forget(f: Facts) -> tuple[str, bool]:
    return f"{BEFORE}, {_import(f)}; otherwise Terraform would create another", True


def _is_key(f: Facts) -> bool:
    gone = f.change.action is Action.DELETE and not f.change.deposed
    return gone and f.traits.loses_data and _KEY in f.traits.traits


def _import(f: Facts) -> str:
    address = f.change.previous_address or f.change.address
    return f"check that commit out and import it: terraform import {_quoted(address)} ID"


def _changed_by_import(f: Facts) -> tuple[str, bool]:
    one_way = _one_way(f)
    if one_way:
        return f"the new {', '.join(one_way)} cannot go back in place: {RESTORE}", False
    what = f" ({', '.join(f.paths)})" if f.paths else ""
    return (
        f"only by hand: take back what was updated{what}; no commit holds the old values, "
        "the plan that was applied shows those that are not secret"
    ), True


def _replaced_by_import(f: Facts) -> tuple[str, bool]:
    data = f"; {RESTORE}" if f.traits.loses_data else ""
    return f"what was imported was destroyed and no commit creates it again{data}", False


_UNDO: dict[Action, Callable[[Facts], tuple[str, bool]]] = {
    Action.CREATE: _create,
    Action.UPDATE: _update,
    Action.REPLACE: _replace,
    Action.DELETE: _delete,
    Action.FORGET: _forget,
}
_IMPORTED: dict[Action, Callable[[Facts], tuple[str, bool]]] = {
    Action.UPDATE: _changed_by_import,
    Action.REPLACE: _replaced_by_import,
}
"""What was imported in the same change; of no commit before it."""


def _by_hand(f: Facts) -> str:
    if not f.drifted or f.drifted.item.noise or f.drifted.item.status != "reverted":
        return ""
    return "; what was changed outside Terraform comes back only by hand"


def _guarded(f: Facts) -> str:
    guards = ", ".join(f.traits.guards)
    return f" (before applying, look at {guards})" if guards else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _command(*words: str) -> str:
    return " ".join(("terraform state", words[0], *map(_quoted, words[1:])))


def _quoted(address: str) -> str:
    return "'" + address.replace("'", "'\\''") + "'"
