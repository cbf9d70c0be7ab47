"""A new rule's file, complete enough to be loaded and to hold to its own examples."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tfchange.plan.model import MASK, Action, ResourceChange
from tfchange.plan.paths import Path, inside, path_text
from tfchange.rulebook.subject import says_nothing
from tfchange.schema import published

SCHEMAS = ".schemas"
"""Where a layer keeps the schemas that editors read; rules are not looked for in it."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_BARE = re.compile(r"(?!(?:true|false|null)\Z)[a-z][\w. -]*[\w-]\Z", re.ASCII | re.IGNORECASE)
"""Text that YAML takes for text without quotes."""
_EXAMPLE: dict[str, Any] = {
    "type": "aws_sqs_queue",
    "address": "aws_sqs_queue.example",
    "action": "update",
    "before": {"visibility_timeout_seconds": 300},
    "after": {"visibility_timeout_seconds": 30},
    "unknown": {},
    "changed": ["visibility_timeout_seconds"],
}
_TEMPLATE = """\
# yaml-language-server: $schema=../{schemas}/rule-1.0.json
id: {id}
title: {title}
severity: low  # low, medium, high or critical: also the least level of a plan that it hits
points: 5
approvers: []  # groups of the policy that have to approve, beside those of the level
when:
  types: [{type}]
  actions: [{action}]
{changed}message: "{{address}} is {{action}}."
why: >-
  Say here what can go wrong, for those who must decide.
remedy: Say here what to do instead.
references: [https://example.com/our-handbook]
examples:
  hit:
    - address: {address}
      change: {hit}
  miss:
    - address: {address}
      change: {miss}
"""


def problem(id_: str) -> str | None:
    """What keeps a text from being the id of a rule, as words to follow it."""
    said = "is no id: lower case words and digits joined by `-`, with a letter first"
    return None if _ID.match(id_) else said


def unruly(change: ResourceChange) -> str | None:
    """What keeps a change from being hit by any rule, as words to follow its address."""
    if change.mode != "managed":
        return "is a data source, which no rule looks at"
    return "is left as it is by the plan" if change.action is Action.NO_OP else None


def rule(id_: str, shown: ResourceChange | None = None) -> str:
    """The file of a rule that hits the change, or one made up where there is none."""
    said = _of_change(shown) if shown else _EXAMPLE
    same = said["before"] if said["before"] is not None else said["after"]
    return _TEMPLATE.format(
        schemas=SCHEMAS,
        id=_text(id_),
        title=_text(id_.replace("-", " ").capitalize()),
        type=_text(said["type"]),
        action=said["action"],
        changed=_changed(said["changed"]),
        address=_flow(said["address"]),
        hit=_entry(_ACTIONS[said["action"]], said["before"], said["after"], said["unknown"]),
        miss=_entry(["no-op"], same, same, {}),
    )


def schemas() -> dict[str, str]:
    """The published schemas of everything that people write, by file name."""
    kinds = ("rule", "traits", "envelope", "policy", "waivers", "catalogue", "settings")
    return {f"{kind}-1.0.json": published(f"{kind}-1.0").decode() for kind in kinds}


_ACTIONS = {
    "create": ["create"],
    "update": ["update"],
    "delete": ["delete"],
    "forget": ["forget"],
    "replace": ["delete", "create"],
    "read": ["read"],
    "no-op": ["no-op"],
}


def _of_change(change: ResourceChange) -> dict[str, Any]:
    """What the change says, its values masked and cut to what changes."""
    values = change.read()
    kept = sorted({str(p[0]) for p in values.changed if p and not says_nothing(values, p)})
    trees = (_cut(tree, kept) for tree in (values.before, values.after, values.unknown))
    before, after, unknown = trees
    for path in filter(None, values.changed):
        _tell_apart(before, after, path)
    return {
        "type": change.type,
        "address": change.address,
        "action": str(change.action),
        "before": before,
        "after": after,
        "unknown": unknown or {},
        "changed": [path_text((name,)) for name in kept]
        if before is not None and after is not None
        else [],
    }


def _tell_apart(before: Any, after: Any, path: Path) -> None:
    """What was masked on both sides differs in the example, as it did in the plan."""
    *above, last = path
    for step in above:
        before, after = inside(before, step), inside(after, step)
    if inside(before, last) == MASK == inside(after, last):
        after[last] = f"{MASK} and new"


def _cut(tree: Any, kept: list[str]) -> Any:
    if not isinstance(tree, Mapping):
        return None
    copy: Any = msgspec.json.decode(msgspec.json.encode(dict(tree)))
    return {name: copy[name] for name in copy if name in kept} if kept else copy


def _changed(paths: list[str]) -> str:
    return f"  changed: [{', '.join(map(_text, paths))}]\n" if paths else ""


def _entry(actions: list[str], before: Any, after: Any, unknown: Any) -> str:
    said = {"actions": actions, "before": before, "after": after, "after_unknown": unknown}
    return _flow(said)


def _text(text: str) -> str:
    return text if _BARE.match(text) else _flow(text)


def _flow(value: Any) -> str:
    """JSON, which is YAML too."""
    return msgspec.json.encode(value).decode()
