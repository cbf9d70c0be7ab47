"""Layers merged into one rulebook: a lower layer may add and raise, never lower.

Each `_merge_*` takes what stands above and one document, and gives what stands afterwards;
whatever would lower something is a fault and changes nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tfchange.rulebook import itil
from tfchange.rulebook.document import Document, Where, entries
from tfchange.rulebook.files import BUNDLED, ORGANISATION
from tfchange.rulebook.match import glob
from tfchange.rulebook.rise import Fault, falls, lowers, union


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
    raised = {key: said[key] for key in ("severity", "points") if key in said}
    if falls(raised.get("severity", "critical"), above.get("severity", "low")):
        fault(("severity",), lowers(f"severity {above['severity']}"))
        del raised["severity"]
    if raised.get("points", above.get("points", 0)) < above.get("points", 0):
        fault(("points",), lowers(f"{above['points']} points"))
        del raised["points"]
    approvers = union(above.get("approvers", ()), said.get("approvers", ()))
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
            fault((limit,), lowers(f"{limit} {above[limit]}"))
        elif limit in said:
            result[limit] = said[limit]
    if "environments" in said:
        kept = above.get("environments") or said["environments"]
        if not said["environments"] or not set(said["environments"]) <= set(kept):
            fault(("environments",), lowers(f"environments {', '.join(kept) or 'all'}"))
        else:
            result["environments"] = said["environments"]
    for key in ("forbid_traits", "forbid_actions"):
        if key in said:
            default = ("delete", "replace", "forget") if key == "forbid_actions" else ()
            result[key] = union(above.get(key, default), said[key])
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
        fault(("earned",), lowers("what must be earned"))
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
    draft.patterns += [pattern for _, pattern in entries(said, "patterns")]


def _types(said: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Where]]:
    """Every type of a traits file with its facts, and where they stand."""
    for name, facts in said.get("types", {}).items():
        yield name, facts, ("types", name)
    for i, family in entries(said, "families"):
        for n, name in enumerate(family["types"]):
            yield name, family["facts"], ("families", i, "types", n)


def _richer(
    above: dict[str, Any], said: dict[str, Any], where: Where, fault: Fault
) -> dict[str, Any]:
    result = {key: value for key, value in above.items() if key != "match"}
    for key in ("traits", "guards", "sensitive"):
        result[key] = union(above.get(key, ()), said.get(key, ()))
    for key in ("stateful", "loses_data", "interrupts"):
        if above.get(key) and said.get(key) is False:
            fault((*where, key), lowers(f"{key} true"))
        result[key] = above.get(key, False) or said.get(key, False)
    if not set(said.get("cosmetic", ())) <= set(above.get("cosmetic", ())):
        fault((*where, "cosmetic"), lowers("attributes that matter"))
    return result


def _merge_policy(draft: Draft, document: Document, fault: Fault) -> None:
    draft.policy = itil.merged(draft.policy, document, fault)


def _merge_waivers(draft: Draft, document: Document, fault: Fault) -> None:
    from datetime import date

    said = list(entries(document.content, "waivers"))
    for i, waiver in said:
        try:
            date.fromisoformat(waiver["expires"])
        except ValueError:
            fault(("waivers", i, "expires"), f"{waiver['expires']!r} is not a day")
    draft.waivers += [waiver for _, waiver in said]


_MERGERS: dict[str, Callable[[Draft, Document, Fault], None]] = {
    "rule": _merge_rule,
    "envelope": _merge_envelope,
    "traits": _merge_traits,
    "policy": _merge_policy,
    "waivers": _merge_waivers,
}
