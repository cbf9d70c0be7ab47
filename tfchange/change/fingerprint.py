"""What a plan does, as a fingerprint that approvals are for, and item by item to compare.

Two plans that do the same have the same fingerprint, whenever and by whichever version of Terraform
they were made. Of values only keyed digests are in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec

from tfchange.plan.address import block_of
from tfchange.plan.digest import Digest, Digests
from tfchange.plan.model import Action, Plan, ResourceChange

_MADE_OR_GONE = frozenset({Action.CREATE, Action.REPLACE, Action.DELETE})
"""When provisioners run."""


class Item(msgspec.Struct, frozen=True, order=True):
    """One thing that a plan does."""

    id: str
    """The address, with the deposed key where there is one; `output.NAME` for an output,
    `provider.NAME` for how a provider is configured."""
    action: str
    """An action, or `move`, `import`, `invoke`, `configure`; `replace` says what it does first.

    All that happens to it, separated by commas, such as `move,update`.
    """
    reasons: tuple[str, ...] = ()
    """Terraform's own reason; `from` the address it moves from; `as` the id it imports."""
    values: Digests = ()
    """Keyed digests by path of what changes there; the path is `""` for all of what is new."""


def items(plan: Plan, salt: str) -> tuple[Item, ...]:
    """Everything the plan does, sorted; the salt is the key of the digests.

    Whoever knows the salt and sees an item can try out what a short value may have been, so it is
    kept as a secret wherever items are kept.
    """
    key = salt.encode()
    scripts = plan.behind.provisioners(key)
    managed = (c for c in plan.changes if c.mode == "managed")
    found = [item for c in managed if (item := _change(c, key, scripts))]
    found += [Item(a.address, "invoke", _told(a.triggered_by)) for a in plan.actions]
    # In whose account, and by which address, all of it is done.
    providers = plan.behind.providers(key).items() if found else ()
    found += [Item(f"provider.{name}", "configure", (), (said,)) for name, said in providers]
    found += [
        Item(f"output.{o.name}", o.action.value, (), tuple(_value(plan, key, o.name)))
        for o in plan.outputs
        if o.action is not Action.NO_OP
    ]
    return tuple(sorted(found))


def _value(plan: Plan, key: bytes, output: str) -> Iterator[Digest]:
    said = plan.behind.output(key, output)
    if said:
        yield said


def of_items(some: Sequence[Item]) -> str:
    """The fingerprint of one plan, by its items."""
    return sha256(msgspec.json.encode(sorted(some))).hexdigest()[:32]


def of_several(fingerprints: Iterable[str]) -> str:
    """The fingerprint of plans together, in whichever order; of one alone it is its own.

    Plans that do nothing do not count, so that one more of them needs no new approval.
    """
    idle = of_items(())
    told = sorted(each for each in fingerprints if each != idle)
    if len(told) < 2:
        return told[0] if told else idle
    return sha256("\0".join(told).encode()).hexdigest()[:32]


def fingerprint(plans: Iterable[Plan], salt: str) -> str:
    """32 hex digits that are equal where the plans together do the same, and only there."""
    return of_several(of_items(items(plan, salt)) for plan in plans)


def _change(change: ResourceChange, key: bytes, scripts: Mapping[str, Digest]) -> Item | None:
    action = ",".join(_actions(change))
    if not action:
        return None
    values = change.read.digests(key, change.id) if change.acts else ()
    if scripts and change.action in _MADE_OR_GONE:
        script = scripts.get(block_of(change.address))
        values = (*values, script) if script else values
    return Item(change.id, action, tuple(_reasons(change)), values)


def _told(reason: str | None) -> tuple[str, ...]:
    return (reason,) if reason else ()


def _actions(change: ResourceChange) -> Iterator[str]:
    if change.moved:
        yield "move"
    if change.importing is not None:
        yield "import"
    if change.action is Action.REPLACE:
        yield f"replace:{'create' if change.create_before_destroy else 'delete'}-first"
    elif change.acts:
        yield change.action.value
    if change.forgets and change.action is not Action.FORGET:
        yield "forget"


def _reasons(change: ResourceChange) -> Iterator[str]:
    if change.acts:
        yield from _told(change.reason)
    if change.moved:
        yield f"from {change.previous_address}"
    if change.importing is not None:
        yield f"as {change.importing.id or 'not known yet'}"
