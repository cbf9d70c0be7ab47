"""The title of a change request: where, what and in which environment, in one line."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from tfchange.change.fit import one_line
from tfchange.change.forge import short
from tfchange.change.request import Commit
from tfchange.plan.model import Action
from tfchange.risk.assessment import Assessment, Category, Change
from tfchange.words import count, listing, plain

LONGEST = 160
"""What ServiceNow keeps of a short description."""
_WHERE = 70
"""The most of a title that says where; names of groups and branches can be long."""

NOUNS = {
    "database": ("database", "databases"),
    "cache": ("cache", "caches"),
    "storage": ("data store", "data stores"),
    "backup": ("backup", "backups"),
    "encryption-key": ("encryption key", "encryption keys"),
    "secret": ("secret", "secrets"),
    "network": ("network", "networks"),
    "compute": ("server", "servers"),
    "load-balancing": ("load balancing resource", "load balancing resources"),
    "dns-zone": ("DNS zone", "DNS zones"),
    "dns-record": ("DNS record", "DNS records"),
    "messaging": ("messaging resource", "messaging resources"),
    "function": ("function", "functions"),
    "container": ("container resource", "container resources"),
    "identity": ("identity resource", "identity resources"),
    "observability": ("monitoring resource", "monitoring resources"),
    "security-group": ("security group resource", "security group resources"),
}
"""What people call a kind of resource, by its trait."""
_VERBS = {Action.DELETE: "destroys", Action.REPLACE: "replaces"}
_MILDER = {Action.UPDATE: "updates", Action.CREATE: "creates"}


def title(assessment: Assessment, commit: Commit) -> str:
    """One line of at most 160 characters, the worst first."""
    where = f"{one_line(place_name(commit), _WHERE)}: "
    urgent = "emergency, " if assessment.category is Category.EMERGENCY else ""
    environment = plain(assessment.environment)
    at = f" in {environment}" if environment else ""
    room = LONGEST - len(where) - len(urgent) - len(at)
    return one_line(f"{where}{urgent}{one_line(what(assessment), max(room, 20))}{at}", LONGEST)


def place_name(commit: Commit) -> str:
    """What people call the piece of work: `acme/shop #12`, `acme/shop main`."""
    name = plain(commit.repository)
    if commit.pull_request is not None:
        return f"{name} #{commit.pull_request}"
    ref = plain(short(commit.ref)) or commit.sha[:12]
    return f"{name} {ref}".strip()


def what(assessment: Assessment) -> str:
    """What happens, the worst first: `replaces 1 database, 8 to update`."""
    gone = list(_gone(assessment.changes))
    said = [*gone, *_rest(assessment, named=not gone)]
    return ", ".join(said) or "nothing to apply"


def kinds(changes: Iterable[Change]) -> str:
    """How many of which kind, those that hold data first: `1 database and 2 servers`."""
    counts: Counter[tuple[str, str]] = Counter()
    for change in sorted(changes, key=lambda c: (not c.traits.loses_data, not c.traits.stateful)):
        counts[noun(change)] += 1
    named = [count(n, *names) for names, n in counts.items() if names != _ANY]
    others = counts[_ANY]
    if others:
        named.append(count(others, "other resource") if named else count(others, "resource"))
    return listing(named)


def noun(change: Change) -> tuple[str, str]:
    """What people call such a resource, one and several."""
    return next((NOUNS[t] for t in change.traits.traits if t in NOUNS), _ANY)


_ANY = ("resource", "resources")


def _gone(changes: Iterable[Change]) -> Iterator[str]:
    gone: dict[Action, list[Change]] = {}
    for change in changes:
        if change.action in _VERBS:
            gone.setdefault(change.action, []).append(change)
    yield from (f"{_VERBS[action]} {kinds(those)}" for action, those in gone.items())


def _rest(assessment: Assessment, *, named: bool) -> Iterator[str]:
    """What is left to say; where nothing worse happens, of which kind it is."""
    s = assessment.summary
    if named:
        for action, verb in _MILDER.items():
            those = [c for c in assessment.changes if c.action is action]
            if those:
                yield f"{verb} {kinds(those)}"
        s = msgspec.structs.replace(s, update=0, create=0)
    counts = [
        (s.update, "to update"),
        (s.create, "to create"),
        (s.forget, "to drop from the state"),
        (s.move, "to move"),
        (s.import_, "to import"),
    ]
    yield from (f"{number:,} {said}" for number, said in counts if number)
    if s.outputs and not assessment.changes:
        yield f"{count(s.outputs, 'output')} to change"
