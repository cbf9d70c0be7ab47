"""The draft of all layers as the rulebook that judges."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tfchange.rulebook.example import Examples
from tfchange.rulebook.layers import Draft
from tfchange.rulebook.rise import SEVERITIES, union
from tfchange.rulebook.rule import (
    Envelope,
    Policy,
    Rule,
    Rulebook,
    TypeTraits,
    Waiver,
    family_of,
)


def convert(draft: Draft, digest: str) -> Rulebook:
    """The rulebook of a draft without faults."""
    facts, families = apart(msgspec.convert(draft.types, dict[str, TypeTraits]))
    return Rulebook(
        name=draft.policy["name"],
        hash=digest,
        rules=tuple(msgspec.convert(_without(rule, "examples"), Rule) for rule in rules(draft)),
        facts=facts,
        families=families,
        patterns=tuple(
            (p["match"], msgspec.convert(_without(p, "match"), TypeTraits)) for p in draft.patterns
        ),
        envelopes=tuple(
            msgspec.convert(draft.envelopes[id_], Envelope) for id_ in sorted(draft.envelopes)
        ),
        policy=msgspec.convert(draft.policy, Policy),
        waivers=msgspec.convert(draft.waivers, tuple[Waiver, ...]),
        shown=_examples(draft),
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


def _without(said: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != name}


def apart(traits: Mapping[str, TypeTraits]) -> tuple[tuple[bytes, ...], dict[str, bytes]]:
    """The facts of types and the families of these, as a rulebook keeps them."""
    facts: dict[TypeTraits, int] = {}
    families: dict[str, dict[str, int]] = {}
    for name in sorted(traits):
        place = facts.setdefault(traits[name], len(facts))
        families.setdefault(family_of(name), {})[name] = place
    kept = {name: msgspec.json.encode(family) for name, family in families.items()}
    return tuple(map(msgspec.json.encode, facts)), kept


def _examples(draft: Draft) -> bytes:
    said = {id_: draft.rules[id_]["examples"] for id_ in sorted(draft.rules)}
    return msgspec.json.encode(msgspec.convert(said, dict[str, Examples]))
