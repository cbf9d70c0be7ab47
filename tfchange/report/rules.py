"""The rulebook for people and tools: all rules in a list, one rule in full, both as JSON."""

from collections.abc import Iterator

import msgspec

from tfchange.errors import UsageError
from tfchange.report.text import wrap
from tfchange.risk.assessment import Level
from tfchange.rulebook.rule import Rule, Rulebook, When
from tfchange.words import VERBS, count, few, group_name, listing

ORDER = {str(level): -level.rank for level in Level}
DONE = {str(action): verb.split(",")[0] for action, verb in VERBS.items()}


def every(book: Rulebook, *, width: int = 100) -> str:
    """All rules, the most severe first, one a line with severity, points and title."""
    rules = sorted(book.rules, key=lambda rule: (ORDER[rule.severity], rule.id))
    widest = max((len(rule.id) for rule in rules), default=0)
    lines = [f"{count(len(rules), 'rule')} of {book.name}, {book.hash[:12]}", ""]
    for rule in rules:
        head = f"{rule.id:<{widest}}  {rule.severity:<8} {rule.points:>3}  "
        lines += wrap(rule.title, width, head, " " * min(len(head), width // 2))
    lines += ["", "`tfchange rules ID` shows one in full."]
    return "\n".join(lines) + "\n"


def one(book: Rulebook, rule_id: str, *, width: int = 100) -> str:
    """One rule in full: when it hits, what it says, why it matters, what to do about it."""
    rule = find(book, rule_id)
    said = {
        "When": ", and ".join(conditions(rule.when)),
        "Says": rule.message,
        "Why": rule.why,
        "What to do": rule.remedy,
        "Approvers": listing([group_name(group) for group in rule.approvers]),
        "Read more": " ".join(rule.references),
    }
    lines = list(wrap(f"{rule.id}: {rule.title}", width))
    lines += [f"{rule.severity}, {count(rule.points, 'point')}"]
    for name, text in said.items():
        lines += ["", *wrap(text, width, f"{name:<11} ", " " * 12)] if text else []
    return "\n".join(lines) + "\n"


def document(book: Rulebook, rule_id: str | None = None) -> str:
    """The rules as JSON: `{name, hash, rules: [...]}`; only the one where an id is given."""
    rules = book.rules if rule_id is None else (find(book, rule_id),)
    data = msgspec.json.encode({"name": book.name, "hash": book.hash, "rules": rules})
    return msgspec.json.format(data, indent=2).decode() + "\n"


def find(book: Rulebook, rule_id: str) -> Rule:
    """The rule of that id; raises `UsageError` that names the nearest ones."""
    found = next((rule for rule in book.rules if rule.id == rule_id), None)
    if found:
        return found
    from difflib import get_close_matches

    near = get_close_matches(rule_id, [rule.id for rule in book.rules], 3, 0.4)
    meant = f" Is {' or '.join(near)} meant?" if near else ""
    raise UsageError(f"there is no rule {rule_id!r}.{meant}", "`tfchange rules` lists all of them.")


def conditions(when: When) -> Iterator[str]:
    """What must hold for the rule to hit, a phrase each."""
    yield from _of_types(when)
    if when.actions:
        yield f"it is {' or '.join(_done(action) for action in when.actions)}"
    if when.changed:
        yield f"{' or '.join(when.changed)} changes"
    if when.drifted is not None:
        yield "it drifted" if when.drifted else "it did not drift"
    if when.drift:
        yield f"its drift is {' or '.join(when.drift)}"
    if when.reach is not None:
        yield f"{count(when.reach, 'resource')} or more depend on it"
    if when.provisioners:
        yield f"its block has the provisioner {' or '.join(when.provisioners)}"
    yield from _beside_changes(when)
    if when.expression:
        yield f"this holds: {' '.join(when.expression.split())}"


def _of_types(when: When) -> Iterator[str]:
    if when.traits:
        yield f"it has the trait {' or '.join(when.traits)}"
    if when.types:
        yield f"its type is {few(when.types, 8).replace(' and ', ' or ')}"
    if when.stateful is not None:
        yield f"it holds {'' if when.stateful else 'no '}state of its own"


def _beside_changes(when: When) -> Iterator[str]:
    if when.destroyed is not None:
        yield f"the plan destroys or replaces {count(when.destroyed, 'resource')} or more"
    if when.bumped:
        steps = [f"{kind} ({step})" for kind, _, step in (b.partition(":") for b in when.bumped)]
        yield f"the version of a {' or of a '.join(steps)} changes"


def _done(action: str) -> str:
    what, _, order = action.partition(":")
    order = order.replace("delete-first", ", the old one going first")
    order = order.replace("create-first", ", the new one coming first")
    return DONE.get(what, what) + order
