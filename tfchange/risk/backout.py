"""How each change is taken back, honestly, in the order to do it.

What was destroyed comes back first, dependencies before what needs them; then what was updated;
what was created goes last, dependents first. Something that depends on another has fewer
dependents than that one, so the exact counts of dependents already give the order.
"""

from collections.abc import Callable, Iterable

from tfchange.plan.model import Action, ResourceChange
from tfchange.risk.assessment import BackoutStep
from tfchange.risk.attributes import matches
from tfchange.risk.facts import Facts

_BACK, _AGAIN, _AWAY = range(3)
_TURNS = {
    Action.DELETE: _BACK,
    Action.REPLACE: _BACK,
    Action.FORGET: _BACK,
    Action.CREATE: _AWAY,
}
_ONE_WAY = ("engine_version", "allocated_storage", "allocated_storage.*", "storage_encrypted")
"""What a data store cannot take back in place: versions and sizes only go up."""

COMMIT = "re-apply the previous commit"
_LOST = {
    "encryption-key": (
        "no commit brings the same key back; as long as its deletion is only scheduled, cancel "
        "that, then import it; what was encrypted with a lost key is lost"
    ),
    "messaging": f"{COMMIT}, which creates it empty; what waited in it is lost",
}
"""What becomes of what has no backup, by trait."""
RESTORE = "restore the data from a snapshot or backup taken before; without one it is lost"


def backout(some: Iterable[ResourceChange], facts: Iterable[Facts]) -> tuple[BackoutStep, ...]:
    """One step for each of some changes, imports and moves included; `facts` of those that act."""
    known = list(facts)
    steps = [(_turn(f), BackoutStep(f.id, *_undo(f))) for f in known]
    judged = {f.id for f in known}
    steps += [
        ((_AGAIN, 0, c.id), BackoutStep(c.id, _sentence([_move_back(c)]), True))
        for c in some
        if c.moved and c.id not in judged
    ]
    return tuple(step for _, step in sorted(steps, key=lambda pair: pair[0]))


def _turn(f: Facts) -> tuple[int, int, str]:
    turn = _TURNS.get(f.change.action, _AGAIN)
    return (turn, -f.reach if turn == _BACK else f.reach, f.id)


def _undo(f: Facts) -> tuple[str, bool]:
    c = f.change
    undo, reversible = _UNDO.get(c.action, _nothing)(f)
    said = [undo] if undo else []
    if c.importing is not None:
        said.append(f"take it out of the state again: {_state('rm', c.address)}")
    if c.moved:
        said.append(_move_back(c))
    return _sentence(said), reversible


def _create(f: Facts) -> tuple[str, bool]:
    if f.drifted and f.drifted.item.kind == "deleted":
        # The previous commit holds it as well: it was not the configuration that took it away.
        again = f"terraform destroy -target={_quoted(f.change.address)}"
        return f"the previous commit creates it as well; to have it gone again: {again}", True
    lost = ", and with it what was stored in it since" if f.traits.loses_data else ""
    return f"{COMMIT}: it destroys what was created{lost}", True


def _update(f: Facts) -> tuple[str, bool]:
    one_way = [p for p in f.paths if matches(p, _ONE_WAY)] if f.traits.loses_data else []
    if not one_way:
        return COMMIT + _by_hand(f), True
    return f"the new {', '.join(one_way)} cannot go back in place: {RESTORE}", False


def _replace(f: Facts) -> tuple[str, bool]:
    if f.traits.loses_data:
        return f"{COMMIT}, which replaces it again; {RESTORE}{_guarded(f)}", False
    return f"{COMMIT}, which replaces it again, with new identifiers", True


def _delete(f: Facts) -> tuple[str, bool]:
    if f.change.deposed:
        return "nothing to take back: it is a left-over of an earlier replacement", True
    if f.traits.loses_data:
        lost = next((said for trait, said in _LOST.items() if trait in f.traits.traits), "")
        return lost or f"{COMMIT}, which creates it empty; {RESTORE}{_guarded(f)}", False
    return f"{COMMIT}, which creates it anew, with new identifiers", True


def _forget(f: Facts) -> tuple[str, bool]:
    return f"{COMMIT} and import it again: terraform import {_quoted(f.change.address)} ID", True


def _nothing(_: Facts) -> tuple[str, bool]:
    return "", True


_UNDO: dict[Action, Callable[[Facts], tuple[str, bool]]] = {
    Action.CREATE: _create,
    Action.UPDATE: _update,
    Action.REPLACE: _replace,
    Action.DELETE: _delete,
    Action.FORGET: _forget,
}


def _by_hand(f: Facts) -> str:
    if not f.drifted or f.drifted.item.noise or f.drifted.item.status != "reverted":
        return ""
    return "; what was changed outside Terraform comes back only by hand"


def _guarded(f: Facts) -> str:
    guards = ", ".join(f.traits.guards)
    return f" (before applying, look at {guards})" if guards else ""


def _move_back(c: ResourceChange) -> str:
    return f"move it back: {_state('mv', c.address, c.previous_address or c.address)}"


def _sentence(said: list[str]) -> str:
    text = "; then ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _state(*words: str) -> str:
    return " ".join(("terraform state", words[0], *map(_quoted, words[1:])))


def _quoted(address: str) -> str:
    return "'" + address.replace("'", "'\\''") + "'"
