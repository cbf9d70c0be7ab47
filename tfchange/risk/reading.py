"""One pass over everything that acts or drifted: each entry's values are decoded once."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from tfchange.plan.address import block_of
from tfchange.plan.attributes import readable
from tfchange.plan.configuration import Configuration
from tfchange.plan.model import Action, Plan, ResourceChange, Values
from tfchange.risk.drift import Drifted, DriftReader
from tfchange.risk.facts import Around, Facts, gather
from tfchange.risk.summary import concerns
from tfchange.rulebook.judge import Hit, Judge, subject_of
from tfchange.rulebook.subject import Gone


class Strayed(msgspec.Struct, frozen=True):
    """A drifted resource that this plan leaves alone, and the rules that hit it for its drift."""

    entry: ResourceChange
    drifted: Drifted
    hits: tuple[Hit, ...] = ()


class Reading(msgspec.Struct, frozen=True):
    """What the values of a plan had to say; the values themselves are gone."""

    facts: tuple[Facts, ...]
    """Of everything that acts or is imported, by id."""
    strayed: tuple[Strayed, ...]

    @property
    def drifted(self) -> tuple[Drifted, ...]:
        """Everything that drifted, whether it changes in this plan or not."""
        return (*(f.drifted for f in self.facts if f.drifted), *(s.drifted for s in self.strayed))


def read(
    plan: Plan, some: Iterable[ResourceChange], judge: Judge, reach: Mapping[str, int]
) -> Reading:
    """Reads the values of some changes and of all drift; `reach` counts dependents by address."""
    entries = {entry.id: entry for entry in plan.drift if entry.mode == "managed"}
    reader = DriftReader(plan)
    judged = [change for change in some if concerns(change)]
    gone = Gone(_gone(judged, reach))
    scripts = dict(_provisioners(plan.configuration))
    facts = []
    for change in judged:
        values = change.read()
        entry = entries.pop(change.id, None)
        drifted = _examine(reader, entry, judge, change, values) if entry else None
        count = 0 if change.deposed else reach.get(change.address, 0)
        runs = scripts.get(block_of(change.address), frozenset()) if scripts else frozenset()
        facts.append(gather(change, values, judge, Around(count, drifted, gone, runs)))
    places = {entry.address for entry in entries.values()}
    quiet = {c.id: c for c in plan.changes if c.address in places}
    strayed = _strayed(entries, quiet, reader, judge)
    return Reading(tuple(facts), tuple(strayed))


def _provisioners(
    configuration: Configuration | None,
) -> Iterator[tuple[str, frozenset[str]]]:
    """The types of provisioners by the address of the block."""
    for path, module in configuration.modules() if configuration else ():
        for resource in module.resources:
            if resource.provisioners:
                yield f"{path}.{resource.address}".lstrip("."), frozenset(resource.provisioners)


def _gone(some: Iterable[ResourceChange], reach: Mapping[str, int]) -> Iterator[str]:
    """Ids and ARNs of the objects that go for good and that something is a part of, or uses."""
    for change in some:
        if change.action is Action.DELETE and reach.get(change.address):
            before = readable(change.read().before)
            names = (before.get("id"), before.get("arn")) if before else ()
            yield from (name for name in names if isinstance(name, str))


def _strayed(
    entries: Mapping[str, ResourceChange],
    quiet: Mapping[str, ResourceChange],
    reader: DriftReader,
    judge: Judge,
) -> Iterator[Strayed]:
    for id_, entry in sorted(entries.items()):
        values = entry.read()
        traits = judge.traits_of(entry.type)
        drifted = reader.examine(entry, values, quiet.get(id_), None, traits)
        if drifted is not None:
            yield Strayed(entry, drifted, _hits(entry, values, drifted, judge))


def _examine(
    reader: DriftReader,
    entry: ResourceChange,
    judge: Judge,
    change: ResourceChange,
    planned: Values,
) -> Drifted | None:
    return reader.examine(entry, entry.read(), change, planned, judge.traits_of(entry.type))


def _hits(entry: ResourceChange, values: Values, drifted: Drifted, judge: Judge) -> tuple[Hit, ...]:
    """Only rules that ask for drift hit a resource that the plan does nothing to."""
    if drifted.item.noise:
        return ()
    still = msgspec.structs.replace(entry, action=Action.NO_OP, importing=None)
    real = msgspec.structs.replace(values, changed=drifted.paths)
    hits = judge.hits(subject_of(still, judge, real, drift=drifted.state))
    return tuple(hit for hit in hits if hit.rule.when.drifted or hit.rule.when.drift)
