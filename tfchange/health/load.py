"""The table `health` of the settings, and the files it names, as one value."""

import os
from collections.abc import Sequence
from typing import Any

from tfchange.duration import seconds
from tfchange.errors import SettingsError
from tfchange.health.judge import RELATIONS
from tfchange.health.model import Check, Health
from tfchange.health.openslo import read

_ADVICE = "docs/health.md explains every setting with an example."


def load(table: dict[str, Any] | None, base: str, blocks: Sequence[str] = ()) -> Health | None:
    """What is to be looked at; None where the table is missing or names nothing.

    The table is as the settings' schema has it, `base` the folder of its file, and `blocks` is what
    the policy says of spent budgets (`spent_budget_blocks`), to which the table can only add.
    Raises `SettingsError` with all faults of the table, or else of the OpenSLO files.
    """
    table = table or {}
    given = table.get("checks") or []
    if not given and not table.get("slos"):
        return None
    faults = _faults(table, given)
    if faults:
        raise SettingsError("\n".join(f"health: {fault}" for fault in faults), _ADVICE)
    none = table.get("none", "fail")
    return Health(
        table["prometheus"],
        tuple(_check(each, none) for each in given),
        read(_files(table.get("slos") or [], base), base),
        tuple(dict.fromkeys([*blocks, *table.get("blocks", ())])),
        none,
    )


def _faults(table: dict[str, Any], given: list[dict[str, Any]]) -> list[str]:
    faults = [] if table.get("prometheus") else ["the key 'prometheus' is missing"]
    names = [check["name"] for check in given]
    for i, check in enumerate(given):
        if sum(must in check for must in RELATIONS) != 1:
            faults.append(f"checks[{i}] ({check['name']}) needs one of {', '.join(RELATIONS)}")
        if names.index(check["name"]) < i:
            faults.append(f"checks[{i}] has the name {check['name']!r} like another one")
    return faults


def _check(given: dict[str, Any], none: str) -> Check:
    must = next(each for each in RELATIONS if each in given)
    return Check(
        given["name"],
        given["query"],
        must,
        float(given[must]),
        seconds(given.get("for", "")),
        tuple(given.get("when", ("before", "after"))),
        given.get("none", none),
    )


def _files(patterns: list[str], base: str) -> list[str]:
    from glob import glob

    found: list[str] = []
    for pattern in patterns:
        some = sorted(glob(os.path.join(base, pattern), recursive=True))
        if not some:
            raise SettingsError(f"health: slos: there is no file at {pattern}", _ADVICE)
        found += some
    return list(dict.fromkeys(found))
