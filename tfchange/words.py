"""The words of everyone who speaks of an assessment: counts, lists, names, and harmless text."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tfchange.plan.model import QUIET, Action
from tfchange.risk.assessment import AffectedService, Assessment, Category, Change, Summary

T = TypeVar("T")

SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.DELETE: "-",
    Action.FORGET: ".",
    Action.READ: "<=",
    Action.NO_OP: "",
}
VERBS = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "destroyed",
    Action.FORGET: "dropped from the state, not destroyed",
    Action.READ: "read",
    Action.NO_OP: "unchanged",
}
CATEGORIES = {
    Category.NONE: "No change",
    Category.STANDARD: "Standard change",
    Category.NORMAL: "Normal change",
    Category.EMERGENCY: "Emergency change",
}
GROUPS = {
    "peer": "Peer review",
    "change-authority": "Change authority",
    "cab": "Change advisory board (CAB)",
    "emergency": "Emergency change advisory board (ECAB)",
    "database": "Database team",
    "storage": "Storage team",
    "network": "Network team",
    "security": "Security team",
    "identity": "Identity team",
}


def plain(text: str) -> str:
    """The text with everything a terminal or browser would act on made visible.

    Control characters, escape sequences, line breaks, invisible characters, marks that turn the
    direction of writing and broken surrogates become `\\n`, `\\x1b`, `\\u202e` and the like.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _visible(c) for c in text)


def json_text(encoded: bytes) -> str:
    """The JSON, indented; what a terminal would act on is escaped inside of its texts."""
    import msgspec

    text = msgspec.json.format(encoded, indent=2).decode()
    return text if text.isascii() and "\x7f" not in text else re.sub(_UNSAFE, _escape, text)


# Delete, the second control block, invisible characters and marks of direction: legal in JSON as
# they are, and dangerous on a terminal. The first control block JSON escapes by itself.
_UNSAFE = (
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def count(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun.

    >>> count(1, "resource"), count(1200, "resource"), count(2, "entry", "entries")
    ('1 resource', '1,200 resources', '2 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listing(names: Sequence[str]) -> str:
    """The names as a sentence would list them.

    >>> listing(["a"]), listing(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def few(names: Sequence[str], most: int) -> str:
    """At most so many names, and how many more there are.

    >>> few(["a", "b", "c", "d"], 2)
    'a, b and 2 more'
    """
    if len(names) <= most + 1:
        return listing(names)
    return listing([*names[:most], f"{len(names) - most:,} more"])


def sentence(text: str) -> str:
    """The text with a capital at the start, unless it starts with an address, and a full stop.

    >>> sentence("replaced by request"), sentence("aws_vpc.main is new.")
    ('Replaced by request.', 'aws_vpc.main is new.')
    """
    text = plain(text.strip())
    first = text.split(" ", 1)[0]
    if first.isalpha():
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":")) or not text else f"{text}."


def group_name(group: str) -> str:
    """The words people know an approval group by."""
    if group in GROUPS:
        return GROUPS[group]
    if "@" in group:
        return plain(group)  # a team or a person as the forge knows them
    words = plain(group).replace("-", " ")
    return words[:1].upper() + words[1:]


def service_name(service: AffectedService) -> str:
    """A service with its tier and its owner, as far as they are known."""
    tier = f"tier {service.tier}" if service.tier else ""
    about = ", ".join(filter(None, (tier, plain(service.owner))))
    return f"{plain(service.name)} ({about})" if about else plain(service.name)


def acting(assessment: Assessment) -> int:
    """How many resources change, or are brought under management."""
    return sum(c.action not in QUIET or c.imports for c in assessment.changes)


def symbol(change: Change) -> str:
    """What happens, in the sign Terraform uses: + ~ - -/+ +/-, `=>` for moved, `&` for imported."""
    if change.action is Action.REPLACE and change.create_before_destroy:
        return "+/-"
    if change.action in {Action.NO_OP, Action.READ}:
        return "&" if change.imports else "=>" if change.previous_address else ""
    return SYMBOLS[change.action]


def verb(change: Change) -> str:
    """What happens, in a word or two: `replaced`, `imported and updated`, `moved`."""
    done = [] if change.action is Action.NO_OP else [VERBS[change.action]]
    if change.imports:
        done.insert(0, "imported")
    elif change.previous_address and change.previous_address != change.address:
        done.insert(0, "moved")
    if change.deposed:
        done.append("left over from an earlier replacement")
    return " and ".join(done[:2]) if done else VERBS[Action.NO_OP]


def headline(assessment: Assessment) -> str:
    """Category, level and score in one line: `Normal change, high risk, 62 points`."""
    category = CATEGORIES[assessment.category]
    if assessment.category is Category.NONE and not assessment.score:
        return category
    return f"{category}, {assessment.level_words} risk, {count(assessment.score, 'point')}"


def environment_from(assessment: Assessment) -> str:
    """What names the environment, to follow it: ` (from the path)`; `""` where a person did."""
    found = SOURCES.get(assessment.environment_from)
    return f" (from {found})" if found else ""


SOURCES = {
    "tags": "tags",
    "workspace": "the workspace",
    "variable": "a variable",
    "backend": "the backend's key",
    "path": "the path",
}
"""What can name an environment."""


def summary_text(summary: Summary) -> str:
    """The counts of a plan as one phrase: `2 to create, 1 to replace; 40 stay as they are`."""
    counts = [
        (summary.delete, "to destroy"),
        (summary.replace, "to replace"),
        (summary.update, "to update"),
        (summary.create, "to create"),
        (summary.forget, "to drop from the state"),
        (summary.move, "to move"),
        (summary.import_, "to import"),
    ]
    parts = [f"{number:,} {what}" for number, what in counts if number]
    if summary.outputs:
        parts.append(f"{count(summary.outputs, 'output')} to change")
    said = ", ".join(parts) or "nothing to do"
    if not summary.no_op:
        return said
    stay = "stays as it is" if summary.no_op == 1 else "stay as they are"
    return f"{said}; {summary.no_op:,} {stay}"


def chain_text(chain: Iterable[tuple[str, str | None]]) -> str:
    """A chain from the changed resource to one it reaches.

    >>> chain_text([("aws_a.x", None), ("aws_b.y", "reference")])
    'aws_a.x <- reference - aws_b.y'
    """
    return "".join(f" <- {plain(v)} - {plain(a)}" if v else plain(a) for a, v in chain)


def plan_name(path: str) -> str:
    """How a report calls a plan."""
    return "standard input" if path == "-" else plain(path)


def capped(things: Sequence[T], most: int, noun: str) -> tuple[Sequence[T], str]:
    """At most `most` of the things, one more where only that one would be left out."""
    if len(things) <= most + 1:
        return things, ""
    return things[:most], f"and {count(len(things) - most, f'more {noun}')}"


def unique(names: Iterable[str]) -> list[str]:
    """The names once each, in their order."""
    return list(dict.fromkeys(names))


def _visible(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
