"""Policies merged: a bundled one may differ from what it extends, all below are only stricter."""

from collections.abc import Iterator
from typing import Any

from tfchange.rulebook.document import Document, Where
from tfchange.rulebook.files import BUNDLED, ORGANISATION
from tfchange.rulebook.rise import SEVERITIES, Fault, falls, lowers, union
from tfchange.rulebook.weights import counted, milder

Said = dict[str, Any]

_SETS = ("environment_tags", "environment_variables", "spent_budget_blocks", "references")
_NAMES = ("environment_tags", "environment_variables")
"""Where an environment is read: one place more may find one that is not production."""


def merged(above: Said, document: Document, fault: Fault) -> Said:
    """The policy with what the document says; whatever would lower something is a fault."""
    said = {key: value for key, value in document.content.items() if key != "extends"}
    if not above:
        return said
    if document.file.layer == BUNDLED:
        return altered(above, said)
    return above | {
        "name": said.get("name", above["name"]),
        "title": said.get("title", above.get("title", "")),
        "levels": _levels(above["levels"], said.get("levels", {}), fault),
        "matrix": _matrix(above.get("matrix", {}), said.get("matrix", {}), fault),
        "floors": _floors(above.get("floors", {}), said.get("floors", {}), fault),
        "findings": _findings(above.get("findings", {}), said.get("findings", {}), fault),
        "approvals_by_trait": _united(above, said, "approvals_by_trait"),
        "freezes": _freezes(above.get("freezes", {}), said.get("freezes", {}), fault),
        "groups": above["groups"] | said.get("groups", {}),
        "environments": _environments(above["environments"], document, fault),
        "emergency": _emergency(above.get("emergency", {}), said.get("emergency", {}), fault),
        "weights": _weights(above.get("weights", {}), said.get("weights", {}), fault),
        "outputs_are_changes": above.get("outputs_are_changes", False)
        or said.get("outputs_are_changes", False),
        **{key: _names(above.get(key, ()), document, key, fault) for key in _SETS},
    }


def altered(above: Said, said: Said) -> Said:
    """What stands above with what is said instead, key by key; lists are replaced as a whole."""
    result = dict(above)
    for key, value in said.items():
        both = isinstance(value, dict) and isinstance(above.get(key), dict)
        result[key] = altered(above[key], value) if both else value
    return result


def _levels(above: Said, said: Said, fault: Fault) -> Said:
    levels = dict(above)
    for level, words in said.items():
        levels[level] = _stricter(levels[level], words, ("levels", level), fault)
    return levels


def _stricter(above: Said, said: Said, where: Where, fault: Fault) -> Said:
    wrong = list(_milder(above, said))
    for key, message in wrong:
        fault((*where, key), message)
    if wrong:
        return above
    days, least = _days(above, said)
    words = {"lead_time": _working(days)} if days > least else {}
    approvals = union(above.get("approvals", ()), said.get("approvals", ()))
    return above | words | said | {"approvals": approvals}


def _milder(above: Said, said: Said) -> Iterator[tuple[str, str]]:
    """The keys of a level that would lower it, each with what is wrong."""
    days, least = _days(above, said)
    if said.get("at", above["at"]) > above["at"]:
        yield "at", lowers(f"a threshold of {above['at']}")
    if days < least:
        yield "lead_days", lowers(f"a lead time of {_working(least)}")
    if days == least and said.get("lead_time", "") not in ("", above.get("lead_time", "")):
        yield "lead_time", "a lead time is said anew where its lead_days rise"
    if said.get("called", "") not in ("", above.get("called") or said.get("called")):
        yield "called", f"the level is called {above['called']!r} above"


def _working(days: int) -> str:
    return f"{days} working day{'' if days == 1 else 's'}"


def _days(above: Said, said: Said) -> tuple[int, int]:
    """The working days ahead with what is said, and without."""
    least: int = above.get("lead_days", 0)
    return said.get("lead_days", least), least


def _matrix(above: Said, said: Said, fault: Fault) -> Said:
    result = {impact: dict(row) for impact, row in above.items()}
    for impact, row in said.items():
        for likelihood, level in row.items():
            kept = above.get(impact, {}).get(likelihood, SEVERITIES[0])
            if falls(level, kept):
                fault(("matrix", impact, likelihood), lowers(f"a level of {kept}"))
            else:
                result.setdefault(impact, {})[likelihood] = level
    return result


def _floors(above: Said, said: Said, fault: Fault) -> Said:
    result = dict(above)
    for name, floor in said.items():
        kept = above.get(name)
        if kept is None:
            result[name] = floor
        elif falls(floor["level"], kept["level"]):
            fault(("floors", name, "level"), lowers(f"a level of {kept['level']}"))
        elif {**floor, "level": ""} != {**kept, "level": ""}:
            fault(
                ("floors", name), f"only the level of the floor {name!r} may be said anew, to rise"
            )
        else:
            result[name] = floor
    return result


def _findings(above: Said, said: Said, fault: Fault) -> Said:
    result = dict(above)
    for rule, words in said.items():
        kept = above.get(rule, {})
        severity = words.get("severity", kept.get("severity", SEVERITIES[0]))
        if falls(severity, kept.get("severity", SEVERITIES[0])):
            fault(("findings", rule, "severity"), lowers(f"severity {kept['severity']}"))
            continue
        approvers = union(kept.get("approvers", ()), words.get("approvers", ()))
        result[rule] = {"severity": severity, "approvers": approvers}
    return result


def _freezes(above: Said, said: Said, fault: Fault) -> Said:
    result = dict(above)
    for strength, words in said.items():
        kept = above.get(strength, {})
        level = words.get("level", kept.get("level", SEVERITIES[0]))
        if falls(kept.get("level", SEVERITIES[0]), level):
            fault(
                ("freezes", strength, "level"), lowers(f"frozen from {kept.get('level', 'low')} on")
            )
            continue
        blocks = union(kept.get("blocks", ()), words.get("blocks", ()))
        result[strength] = {"blocks": blocks, "level": level}
    return result


def _emergency(above: Said, said: Said, fault: Fault) -> Said:
    days = above.get("review_days", 365)
    if said.get("review_days", days) > days:
        fault(("emergency", "review_days"), lowers(f"a review within {days} days"))
        return above
    if said.get("approvals") and not above.get("approvals"):
        fault(("emergency", "approvals"), lowers("the approvals of the level"))
        return above
    approvals = union(above.get("approvals", ()), said.get("approvals", ()))
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
                fault(("environments", environment), lowers(f"the environment of {name!r}"))
            owner.setdefault(name, environment)
        result[environment] = union(above.get(environment, ()), names)
    return result


def _names(above: list[str], document: Document, key: str, fault: Fault) -> list[str]:
    said = document.content.get(key, ())
    more = [name for name in said if name not in above]
    if more and key in _NAMES and document.file.layer > ORGANISATION:
        fault((key,), f"only the organisation's layer may read an environment from {more[0]!r}")
        return above
    return union(above, said)


def _weights(above: dict[str, int], said: dict[str, int], fault: Fault) -> dict[str, int]:
    result = dict(above)
    for key, points in said.items():
        kept = counted(key, above)
        if milder(key, points, kept):
            fault(("weights", key), lowers(f"a weight of {kept}"))
        else:
            result[key] = points
    return result


def _united(above: Said, said: Said, key: str) -> dict[str, list[str]]:
    both, more = above.get(key, {}), said.get(key, {})
    return {name: union(both.get(name, ()), more.get(name, ())) for name in {**both, **more}}
