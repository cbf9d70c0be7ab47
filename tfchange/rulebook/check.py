"""What a schema cannot say of a rulebook: that everything it names is there."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from tfchange.rulebook.cel import ExpressionError, compile_expression
from tfchange.rulebook.document import Document, Where, entries
from tfchange.rulebook.files import scenario, scenarios
from tfchange.rulebook.layers import Draft
from tfchange.rulebook.rise import SEVERITIES, falls

_CHANGE, _PLAN, _BUMP = (
    ("address", "type", "action", "paths", "reach"),
    ("count",),
    ("address", "old", "new"),
)
"""What a message may hold, by what the rule is about."""

Found = Iterator[tuple[Where, str]]


def unknown_names(draft: Draft, documents: list[Document]) -> list[str]:
    """Faults of all documents: traits, groups, rules and scenarios that are not there, and CEL."""
    return [
        document.fault(where, message)
        for document in documents
        for where, message in _CHECKS[document.file.kind](draft, document)
    ]


def _rule(draft: Draft, document: Document) -> Found:
    said = document.content
    when = said.get("when", {})
    yield from _traits(draft, when.get("traits", ()), ("when", "traits"))
    yield from _groups(draft, said.get("approvers", ()), ("approvers",))
    yield from _expression(when, ("when",))
    if said.get("when"):
        known = _BUMP if "bumped" in when else _PLAN if "destroyed" in when else _CHANGE
        rest = said.get("message", "")
        for name in known:
            rest = rest.replace(f"{{{name}}}", "")
        if "{" in rest or "}" in rest:
            yield ("message",), f"knows only {', '.join(f'{{{name}}}' for name in known)}"
    for outcome, examples in said.get("examples", {}).items():
        for i, example in enumerate(examples):
            if not _scenario_exists(document, example.get("scenario")):
                where = ("examples", outcome, i, "scenario")
                yield where, f"there is no scenario {example['scenario']!r}"


def _envelope(draft: Draft, document: Document) -> Found:
    said = document.content
    yield from _traits(draft, said.get("forbid_traits", ()), ("forbid_traits",))
    for name in said.get("environments", ()):
        if name not in draft.policy["environments"]:
            yield ("environments",), f"there is no environment {name!r}"
    for i, limits in entries(said, "allow"):
        yield from _traits(draft, limits.get("traits", ()), ("allow", i, "traits"))
        yield from _expression(limits, ("allow", i))


def _traits_file(draft: Draft, document: Document) -> Found:
    for name, facts in document.content.get("types", {}).items():
        yield from _traits(draft, facts["traits"], ("types", name, "traits"))
    for i, family in entries(document.content, "families"):
        yield from _traits(draft, family["facts"]["traits"], ("families", i, "facts", "traits"))
    for i, facts in entries(document.content, "patterns"):
        yield from _traits(draft, facts["traits"], ("patterns", i, "traits"))


def _policy(draft: Draft, document: Document) -> Found:
    said = document.content
    for level, words in said.get("levels", {}).items():
        yield from _groups(draft, words.get("approvals", ()), ("levels", level, "approvals"))
    if "production" not in draft.policy["environments"]:
        yield ("environments",), "the environment 'production' is missing"
    asked = said.get("emergency", {}).get("approvals", ())
    yield from _groups(draft, asked, ("emergency", "approvals"))
    starts = [level["at"] for level in draft.policy["levels"].values()]
    if starts != sorted(starts):
        yield ("levels",), "the levels do not begin in rising order"
    for level, words in draft.policy["levels"].items():
        if not words.get("approvals"):
            yield ("levels", level), "nobody approves it, so that it would wait for ever"
    if "matrix" in said:
        yield from _matrix(draft.policy["matrix"])
    yield from _asked(draft, said)


def _asked(draft: Draft, said: dict[str, Any]) -> Found:
    """What a policy says of traits, rules and places."""
    for name, floor in said.get("floors", {}).items():
        where = ("floors", name, "when")
        yield from _traits(draft, floor["when"].get("traits", ()), (*where, "traits"))
        yield from _expression(floor["when"], where)
        for place in floor.get("environments", ()):
            if place not in draft.policy["environments"]:
                yield ("floors", name, "environments"), f"there is no environment {place!r}"
    for rule, words in said.get("findings", {}).items():
        if rule not in draft.rules:
            yield ("findings", rule), f"there is no rule {rule!r}"
        yield from _groups(draft, words.get("approvers", ()), ("findings", rule, "approvers"))
    for trait, groups in said.get("approvals_by_trait", {}).items():
        yield from _traits(draft, [trait], ("approvals_by_trait", trait))
        yield from _groups(draft, groups, ("approvals_by_trait", trait))


def _matrix(matrix: dict[str, dict[str, str]]) -> Found:
    """Each cell is there, and none is lower than one of less impact or less likelihood."""
    missing = [(i, k) for i in SEVERITIES for k in SEVERITIES if k not in matrix.get(i, {})]
    for impact, likelihood in missing[:1]:
        yield ("matrix",), f"the impact {impact} has no level for the likelihood {likelihood}"
    if missing:
        return
    for impact, likelihood in product(SEVERITIES, SEVERITIES):
        here = matrix[impact][likelihood]
        for step, other in _lesser(impact, likelihood):
            if falls(here, matrix[step][other]):
                less = f"the impact {step} and the likelihood {other}"
                yield ("matrix", impact, likelihood), f"{here!r} is lower than for {less}"


def _lesser(impact: str, likelihood: str) -> Iterator[tuple[str, str]]:
    """The cells one step below, along either side."""
    i, k = SEVERITIES.index(impact), SEVERITIES.index(likelihood)
    if i:
        yield SEVERITIES[i - 1], likelihood
    if k:
        yield impact, SEVERITIES[k - 1]


def _waivers(draft: Draft, document: Document) -> Found:
    for i, waiver in entries(document.content, "waivers"):
        if waiver["rule"] not in draft.rules:
            yield ("waivers", i, "rule"), f"there is no rule {waiver['rule']!r}"


def _traits(draft: Draft, names: list[str], where: Where) -> Found:
    for name in names:
        if name not in draft.names:
            yield where, f"there is no trait {name!r}"


def _groups(draft: Draft, names: list[str], where: Where) -> Found:
    for name in names:
        if name not in draft.policy["groups"]:
            yield where, f"there is no approval group {name!r}"


def _expression(said: dict[str, str], where: Where) -> Found:
    if "expression" in said:
        try:
            compile_expression(said["expression"])
        except ExpressionError as error:
            yield (*where, "expression"), str(error)


def _scenario_exists(document: Document, name: str | None) -> bool:
    """Whether the scenario is there; where no scenarios are beside the layer, nobody can tell."""
    layer = document.file.folder
    return not (name and scenarios(layer)) or scenario(layer, name) is not None


_CHECKS = {
    "rule": _rule,
    "envelope": _envelope,
    "traits": _traits_file,
    "policy": _policy,
    "waivers": _waivers,
}
