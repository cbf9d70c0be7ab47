"""Layers merged into one rulebook: a lower layer may add and raise, never lower.

Each `_merge_*` takes what stands above and one document, and gives what stands afterwards;
whatever would lower something is a fault and changes nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tfchange.rulebook.document import Document, Where
from tfchange.rulebook.files import BUNDLED, ORGANISATION
from tfchange.rulebook.match import glob

SEVERITIES = ("low", "medium", "high", "critical")

Fault = Callable[[Where, str], None]


class Draft:
    """Everything said so far, as plain values; where each entry was said first."""

    def __init__(self) -> None:
        self.rules: dict[str, dict[str, Any]] = {}
        self.envelopes: dict[str, dict[str, Any]] = {}
        self.names: dict[str, str] = {}
        self.types: dict[str, dict[str, Any]] = {}
        self.patterns: list[dict[str, Any]] = []
        self.policy: dict[str, Any] = {}
        self.waivers: list[dict[str, Any]] = []
        self.documents: dict[str, Document] = {}
        """By `rule <id>`, `envelope <id>`: the file that holds the whole entry."""


def merge(draft: Draft, document: Document) -> list[str]:
    """The draft holds the document too; returned are the faults, each with file and line."""
    faults: list[str] = []

    def fault(where: Where, message: str) -> None:
        faults.append(document.fault(where, message))

    _MERGERS[document.file.kind](draft, document, fault)
    return faults


def _merge_rule(draft: Draft, document: Document, fault: Fault) -> None:
    said, above = document.content, draft.rules.get(document.content["id"])
    if _twice(draft, document, fault):
        return
    if above is None:
        draft.rules[said["id"]] = said
        draft.documents[f"rule {said['id']}"] = document
        return
    if SEVERITIES.index(said.get("severity", "critical")) < SEVERITIES.index(above["severity"]):
        fault(("severity",), _lowers(f"severity {above['severity']}"))
        return
    if said.get("points", above["points"]) < above["points"]:
        fault(("points",), _lowers(f"{above['points']} points"))
        return
    raised = {key: said[key] for key in ("severity", "points") if key in said}
    approvers = _union(above.get("approvers", ()), said.get("approvers", ()))
    draft.rules[said["id"]] = above | raised | {"approvers": approvers}


def _merge_envelope(draft: Draft, document: Document, fault: Fault) -> None:
    said, above = document.content, draft.envelopes.get(document.content["id"])
    if _twice(draft, document, fault):
        return
    if above is not None:
        draft.envelopes[said["id"]] = _narrowed(above, said, fault)
    elif document.file.layer > ORGANISATION:
        fault(("id",), "only the organisation's layer may add an envelope: it pre-approves changes")
    else:
        draft.envelopes[said["id"]] = said
        draft.documents[f"envelope {said['id']}"] = document


def _twice(draft: Draft, document: Document, fault: Fault) -> bool:
    first = draft.documents.get(f"{document.file.kind} {document.content['id']}")
    if first is None or first.file.layer != document.file.layer:
        return False
    fault(("id",), f"the id stands in {first.file.shown} too")
    return True


def _narrowed(above: dict[str, Any], said: dict[str, Any], fault: Fault) -> dict[str, Any]:
    result = dict(above)
    for limit in ("max_changes", "max_score"):
        if limit in said and said[limit] > above.get(limit, said[limit]):
            fault((limit,), _lowers(f"{limit} {above[limit]}"))
        elif limit in said:
            result[limit] = said[limit]
    if "environments" in said:
        kept = above.get("environments") or said["environments"]
        if not said["environments"] or not set(said["environments"]) <= set(kept):
            fault(("environments",), _lowers(f"environments {', '.join(kept) or 'all'}"))
        else:
            result["environments"] = said["environments"]
    for key in ("forbid_traits", "forbid_actions"):
        if key in said:
            default = ("delete", "replace", "forget") if key == "forbid_actions" else ()
            result[key] = _union(above.get(key, default), said[key])
    return _earned(result, above.get("earned"), said.get("earned"), fault)


def _earned(
    result: dict[str, Any], above: dict[str, int] | None, said: dict[str, int] | None, fault: Fault
) -> dict[str, Any]:
    if said is None:
        return result
    if above and (
        said["runs"] < above["runs"]
        or said["days"] > above["days"]
        or said["failures"] > above["failures"]
    ):
        fault(("earned",), _lowers("what must be earned"))
        return result
    return result | {"earned": said}


def _merge_traits(draft: Draft, document: Document, fault: Fault) -> None:
    said, bundled = document.content, document.file.layer == BUNDLED
    for name, meaning in said.get("names", {}).items():
        if draft.names.setdefault(name, meaning) != meaning:
            fault(("names", name), f"the trait {name!r} already has a meaning")
    patterns, here = list(draft.patterns), set[str]()
    for name, facts, where in _types(said):
        above = draft.types.get(name)
        if name in here or (above is not None and bundled):
            fault(where, f"the type {name!r} stands in another place too")
        elif not bundled:
            above = above or next((p for p in patterns if glob(p["match"])(name)), None)
        draft.types[name] = _richer(above, facts, where, fault) if above else facts
        here.add(name)
    draft.patterns += said.get("patterns", [])


def _types(said: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Where]]:
    """Every type of a traits file with its facts, and where they stand."""
    for name, facts in said.get("types", {}).items():
        yield name, facts, ("types", name)
    for i, family in enumerate(said.get("families", ())):
        for n, name in enumerate(family["types"]):
            yield name, family["facts"], ("families", i, "types", n)


def _richer(
    above: dict[str, Any], said: dict[str, Any], where: Where, fault: Fault
) -> dict[str, Any]:
    result = {key: value for key, value in above.items() if key != "match"}
    for key in ("traits", "guards", "sensitive"):
        result[key] = _union(above.get(key, ()), said.get(key, ()))
    for key in ("stateful", "loses_data", "interrupts"):
        if above.get(key) and said.get(key) is False:
            fault((*where, key), _lowers(f"{key} true"))
        result[key] = above.get(key, False) or said.get(key, False)
    if not set(said.get("cosmetic", ())) <= set(above.get("cosmetic", ())):
        fault((*where, "cosmetic"), _lowers("attributes that matter"))
    return result


def _merge_policy(draft: Draft, document: Document, fault: Fault) -> None:
    said, above = document.content, draft.policy
    if not above:
        draft.policy = said
        return
    levels = dict(above["levels"])
    for level, words in said.get("levels", {}).items():
        levels[level] = _stricter(levels[level], words, ("levels", level), fault)
    draft.policy = above | {
        "name": said["name"],
        "levels": levels,
        "groups": above["groups"] | said.get("groups", {}),
        "environments": _environments(above["environments"], document, fault),
        "emergency": _emergency(above.get("emergency", {}), said.get("emergency", {}), fault),
        "weights": _weights(above.get("weights", {}), said.get("weights", {}), fault),
        "outputs_are_changes": above.get("outputs_are_changes", False)
        or said.get("outputs_are_changes", False),
    }
    for key in ("environment_tags", "environment_variables", "spent_budget_blocks"):
        draft.policy[key] = _union(above[key], said.get(key, ()))


def _stricter(
    above: dict[str, Any], said: dict[str, Any], where: Where, fault: Fault
) -> dict[str, Any]:
    if said.get("at", above["at"]) > above["at"]:
        fault((*where, "at"), _lowers(f"a threshold of {above['at']}"))
        return above
    if said.get("lead_days", above.get("lead_days", 0)) < above.get("lead_days", 0):
        fault((*where, "lead_days"), _lowers(f"a lead time of {above['lead_days']} days"))
        return above
    approvals = _union(above.get("approvals", ()), said.get("approvals", ()))
    return above | said | {"approvals": approvals}


def _emergency(above: dict[str, Any], said: dict[str, Any], fault: Fault) -> dict[str, Any]:
    days = above.get("review_days", said.get("review_days", 0))
    if said.get("review_days", days) > days:
        fault(("emergency", "review_days"), _lowers(f"a review within {days} days"))
        return above
    approvals = _union(above.get("approvals", ()), said.get("approvals", ()))
    return above | said | {"approvals": approvals}


def _environments(
    above: dict[str, list[str]], document: Document, fault: Fault
) -> dict[str, list[str]]:
    result, owner = dict(above), {n: e for e, names in above.items() for n in (e, *names)}
    for environment, names in document.content.get("environments", {}).items():
        # A name that nobody knows counts as production, so any other meaning lowers.
        free = environment == "production" or document.file.layer <= ORGANISATION
        for name in (environment, *names):
            if owner.get(name, environment if free else None) != environment:
                fault(("environments", environment), _lowers(f"the environment of {name!r}"))
            owner.setdefault(name, environment)
        result[environment] = _union(above.get(environment, ()), names)
    return result


def _weights(above: dict[str, int], said: dict[str, int], fault: Fault) -> dict[str, int]:
    for key, points in said.items():
        if points < above.get(key, 0):
            fault(("weights", key), _lowers(f"a weight of {above[key]}"))
    return above | {key: max(points, above.get(key, 0)) for key, points in said.items()}


def _merge_waivers(draft: Draft, document: Document, fault: Fault) -> None:
    from datetime import date

    for i, waiver in enumerate(document.content["waivers"]):
        try:
            date.fromisoformat(waiver["expires"])
        except ValueError:
            fault(("waivers", i, "expires"), f"{waiver['expires']!r} is not a day")
    draft.waivers += document.content["waivers"]


def _union(above: Any, said: Any) -> list[str]:
    return list(dict.fromkeys([*above, *said]))


def _lowers(what: str) -> str:
    return f"a lower layer may add and raise, never lower ({what}); lowering takes a waiver"


_MERGERS: dict[str, Callable[[Draft, Document, Fault], None]] = {
    "rule": _merge_rule,
    "envelope": _merge_envelope,
    "traits": _merge_traits,
    "policy": _merge_policy,
    "waivers": _merge_waivers,
}
