"""How far apart two versions are."""

import re
from typing import Any

from tfchange.plan.configuration import Bump, Pin

_STEPS = ("major", "minor")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_RELEASE = re.compile(r".*\d\.\d.*|v?\d+")
_GIT = re.compile(r"git::.*|git@.*|(?:github\.com|bitbucket\.org)/.*")
_REGISTRY = re.compile(r"(?:[\w-]+\.[\w.:-]+/)?[\w-]+/[\w-]+/[\w-]+(?://.*)?")
"""Sources that give the newest where nothing else is asked for
(https://developer.hashicorp.com/terraform/language/modules/configuration)."""


def version_step(old: Any, new: Any) -> str:
    """`major`, `minor` or `patch` by the first number that differs, `none` where none does.

    >>> version_step("14.9", "15.4"), version_step("14.9", "14.10"), version_step("14", "14.9")
    ('major', 'minor', 'none')
    >>> version_step("OpenSearch_1.3", "OpenSearch_2.5"), version_step(None, "14")
    ('major', 'none')
    """
    was, now = _numbers(old), _numbers(new)
    for place, (a, b) in enumerate(zip(was, now, strict=False)):
        if a != b:
            return _STEPS[place] if place < len(_STEPS) else "patch"
    return "none"


def skips_version(old: Any, new: Any) -> bool:
    """Whether the new version is lower, or further than the next minor version.

    >>> skips_version("1.29", "1.31"), skips_version("1.30", "1.29"), skips_version("1.29", "1.30")
    (True, True, False)
    """
    was, now = _numbers(old)[:2], _numbers(new)[:2]
    if len(was) < len(_STEPS) or len(now) < len(_STEPS):
        return False
    return was[0] != now[0] or not 0 <= now[1] - was[1] <= 1


def bump_step(bump: Bump) -> str:
    """`major`, `minor`, `patch`; `unpinned` where it newly follows what moves; else `other`.

    A module moves that names a branch, or nothing where the newest is taken then.
    """
    before, after = bump.before, bump.after
    if bump.kind == "module" and _moves(after) and not (before and _moves(before)):
        return "unpinned"
    if before is None or before.source != after.source:
        return "other"
    if _COMMIT.fullmatch(before.version) or _COMMIT.fullmatch(after.version):
        return "other"
    found = version_step(before.version, after.version)
    return "other" if found == "none" else found


def _moves(pin: Pin) -> bool:
    if _GIT.fullmatch(pin.source):
        return not (_RELEASE.fullmatch(pin.version) or _COMMIT.fullmatch(pin.version))
    return not pin.version and _REGISTRY.fullmatch(pin.source) is not None


def _numbers(version: Any) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", version)] if isinstance(version, str) else []
