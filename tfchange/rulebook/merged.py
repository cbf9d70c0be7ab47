"""The draft of all layers as the rulebook that judges."""

from typing import Any

import msgspec

from tfchange.rulebook.layers import Draft
from tfchange.rulebook.rule import Rulebook


def convert(draft: Draft, digest: str) -> Rulebook:
    """The rulebook of a draft without faults."""
    facts, types = _apart(draft.types)
    return msgspec.convert(
        {
            "name": draft.policy["name"],
            "hash": digest,
            "rules": [draft.rules[id_] for id_ in sorted(draft.rules)],
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
