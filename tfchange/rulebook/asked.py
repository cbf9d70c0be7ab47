"""What a rule or a floor asks of a change, as closures."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from tfchange.plan.model import ResourceChange
from tfchange.rulebook.cel import Expression
from tfchange.rulebook.match import Test, any_glob, touched, within
from tfchange.rulebook.rule import Floor, Form, Rule
from tfchange.rulebook.subject import Subject, satisfies


class Asked(msgspec.Struct, frozen=True):
    """A rule as closures."""

    rule: Rule
    tests: tuple[Callable[[Subject], bool], ...]
    path: Test
    expression: Expression | None
    roots: frozenset[str] | None = None
    """Attributes of which one has to change; None where that is not so."""


def rule_of(name: str, floor: Floor) -> Rule:
    """A floor as a rule: it asks what rules ask, and is asked alike."""
    return Rule(name, "", floor.level, 0, floor.when, "", floor.why, ())


def deeds(change: ResourceChange) -> frozenset[str]:
    """What the change does, in all words that `actions` of a rule may have for it."""
    order = "create-first" if change.create_before_destroy else "delete-first"
    return frozenset((change.action, f"{change.action}:{order}"))


def compiled(rule: Rule, forms: Mapping[str, Form]) -> Asked:
    """The rule as closures, all but types and actions; `forms` are those of expressions."""
    when = rule.when
    tests: list[Callable[[Subject], bool]] = []
    if when.drifted is not None:
        tests.append(lambda subject: bool(subject.drift) is when.drifted)
    if when.drift:
        wanted = frozenset(when.drift)
        tests.append(lambda subject: not wanted.isdisjoint(subject.drift))
    if when.reach is not None:
        least = when.reach
        tests.append(lambda subject: subject.reach >= least)
    if when.provisioners:
        named = any_glob(when.provisioners)
        tests.append(lambda subject: any(map(named, subject.provisioners)))
    said = when.expression
    expression = Expression(said, forms.get(said)) if said else None
    if when.changed:
        changed = touched(when.changed)
        tests.append(lambda s: s.roots is None or any(map(changed, s.paths)))
        return Asked(rule, tuple(tests), changed, expression, _roots(when.changed))
    # What an expression looks at is the nearest thing to a place that the rule has.
    fields = expression.form.fields if expression else None
    return Asked(rule, tuple(tests), within(fields) if fields else _nowhere, expression)


def _roots(patterns: Iterable[str]) -> frozenset[str] | None:
    roots = frozenset(pattern.partition(".")[0].partition("[")[0] for pattern in patterns)
    return None if "*" in "".join(roots) else roots


def _nowhere(_path: str) -> bool:
    return False


def holds(asked: Asked, subject: Subject) -> bool:
    """Whether all holds that is asked besides types, actions and `roots`."""
    for test in asked.tests:
        if not test(subject):
            return False
    return asked.expression is None or satisfies(subject, asked.expression)
