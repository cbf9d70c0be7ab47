"""How far apart two versions are."""

import re
from typing import Any

_STEPS = ("major", "minor")


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


def _numbers(version: Any) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", version)] if isinstance(version, str) else []
