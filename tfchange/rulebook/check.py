"""What a schema cannot say of a rulebook: that everything it names is there."""

import re
from collections.abc import Iterator

from tfchange.rulebook.cel import ExpressionError, compile_expression
from tfchange.rulebook.document import Document, Where
from tfchange.rulebook.files import scenario, scenarios
from tfchange.rulebook.layers import Draft

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
        rest = re.sub(rf"\{{(?:{'|'.join(known)})\}}", "", said["message"])
        if re.search(r"[{}]", rest):
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
    for i, limits in enumerate(said.get("allow", ())):
        yield from _traits(draft, limits.get("traits", ()), ("allow", i, "traits"))
        yield from _expression(limits, ("allow", i))


def _traits_file(draft: Draft, document: Document) -> Found:
    for name, facts in document.content.get("types", {}).items():
        yield from _traits(draft, facts["traits"], ("types", name, "traits"))
    for i, family in enumerate(document.content.get("families", ())):
        yield from _traits(draft, family["facts"]["traits"], ("families", i, "facts", "traits"))
    for i, facts in enumerate(document.content.get("patterns", ())):
        yield from _traits(draft, facts["traits"], ("patterns", i, "traits"))


def _policy(draft: Draft, document: Document) -> Found:
    for level, said in document.content.get("levels", {}).items():
        yield from _groups(draft, said.get("approvals", ()), ("levels", level, "approvals"))
    if "production" not in draft.policy["environments"]:
        yield ("environments",), "the environment 'production' is missing"
    asked = document.content.get("emergency", {}).get("approvals", ())
    yield from _groups(draft, asked, ("emergency", "approvals"))
    starts = [level["at"] for level in draft.policy["levels"].values()]
    if starts != sorted(starts):
        yield ("levels",), "the levels do not begin in rising order"


def _waivers(draft: Draft, document: Document) -> Found:
    for i, waiver in enumerate(document.content["waivers"]):
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
