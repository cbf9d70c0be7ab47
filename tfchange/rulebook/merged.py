"""The draft of all layers as the rulebook that judges."""

from typing import Any

import msgspec

from tfchange.rulebook.layers import Draft
from tfchange.rulebook.rise import SEVERITIES, union
from tfchange.rulebook.rule import Rulebook


def convert(draft: Draft, digest: str) -> Rulebook:
    """The rulebook of a draft without faults."""
    facts, types = _apart(draft.types)
    return msgspec.convert(
        {
            "name": draft.policy["name"],
            "hash": digest,
            "rules": rules(draft),
            "facts": facts,
            "types": types,
            "patterns": [
                [p["match"], {k: v for k, v in p.items() if k != "match"}] for p in draft.patterns
            ],
            "envelopes": [draft.envelopes[id_] for id_ in sorted(draft.envelopes)],
            "policy": draft.policy,
            "waivers": draft.waivers,
        },
        Rulebook,
    )


def rules(draft: Draft) -> list[dict[str, Any]]:
    """All rules by id, each with what the policy makes of its findings."""
    return [_sharper(draft, id_) for id_ in sorted(draft.rules)]


def _sharper(draft: Draft, id_: str) -> dict[str, Any]:
    rule, said = draft.rules[id_], draft.policy.get("findings", {}).get(id_)
    if said is None:
        return rule
    severity = max(rule["severity"], said.get("severity", "low"), key=SEVERITIES.index)
    approvers = union(rule.get("approvers", ()), said.get("approvers", ()))
    return rule | {"severity": severity, "approvers": approvers}


def _apart(types: dict[str, dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """All facts that differ, and where those of each type stand among them."""
    facts: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    for said in types.values():
        if places.setdefault(_key(said), len(facts)) == len(facts):
            facts.append(said)
    return facts, {name: places[_key(types[name])] for name in sorted(types)}


def _key(said: dict[str, Any]) -> str:
    return repr(sorted(said.items()))
