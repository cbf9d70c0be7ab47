"""The register for people: its changes in a list, what was done to them, and whether it holds."""

from collections.abc import Iterator, Mapping, Sequence

from tfchange.change.fit import capped
from tfchange.change.fit import plain as as_lines
from tfchange.change.request import ChangeRequest
from tfchange.register.model import Entry, Listed, Verdict
from tfchange.report.text import wrap
from tfchange.words import count, group_name, plain
from tfchange.words import listing as and_

EMPTY = "There are no such changes in the register.\n"
NAMED = ("note", "text", "comment", "result", "file", "relation", "title", "url")
"""The details that people are told of, each on a line of its own; the rest is for programs."""
INDENT = " " * 7
SHOWN = 100
ADVICE = (
    "Somebody or something has written to the database without tfchange. Keep a copy of it as it "
    "is, find out who can write to it, and compare it with a backup."
)


def listing(changes: Sequence[Listed], *, width: int = 100) -> str:
    """The changes one a line, in their order: number, state, category, level, where, title."""
    if not changes:
        return EMPTY
    lines = [line for change in changes for line in _listed(change, width)]
    return "\n".join(lines) + "\n"


def log(entries: Sequence[Entry], *, width: int = 100) -> str:
    """The entries of the trail one after the other, each with when, who and what."""
    if not entries:
        return "The audit trail is empty.\n"
    lines = [line for entry in entries for line in _entry(entry, width)]
    return "\n".join(lines) + "\n"


def sheet(request: ChangeRequest, entries: Sequence[Entry], *, width: int = 100) -> str:
    """One change in full: its title and texts, what it refers to, and what was done to it."""
    texts = request.texts
    parts = {
        "Description": texts.description,
        "Risk and impact": texts.risk,
        "Implementation": texts.implementation,
        "Test": texts.test,
        "Backout": texts.backout,
    }
    lines = [*wrap(plain(request.title), width)]
    for name, text in parts.items():
        said = as_lines(capped(text, SHOWN)).splitlines()
        lines += ["", name, "-" * len(name), *map(plain, said)] if text else []
    lines += ["", *(f"{each.relation}: {plain(each.url or each.title)}" for each in request.links)]
    lines += [f"file: {plain(each.name)}" for each in request.attachments]
    return "\n".join(lines) + "\n\n" + log(entries, width=width)


def verdict(found: Verdict, *, width: int = 100) -> str:
    """Whether the register holds, every fault, and the head of the trail to keep elsewhere."""
    what = f"{count(found.entries, 'entry', 'entries')} on {count(found.changes, 'change')}"
    if found.faults:
        lines = [f"The register does not hold: {count(len(found.faults), 'fault')} in {what}.", ""]
        for fault in found.faults:
            lines += wrap(plain(fault), width, "- ", "  ")
        lines += ["", *wrap(ADVICE, width)]
    else:
        lines = [f"The register holds: {what}."]
    return "\n".join([*lines, f"Head: {found.head}"]) + "\n"


def _listed(change: Listed, width: int) -> Iterator[str]:
    head = f"{change.number}  {change.state:<12}  {change.category:<9}  {change.level:<8}  "
    said = plain(change.title)
    if change.waiting_for:
        said += f"; waits for {and_([group_name(group) for group in change.waiting_for])}"
    if change.review_due:
        said += f"; review due {plain(change.review_due)}"
    if change.result:
        said += f"; {plain(change.result)}"
    yield from wrap(said, width, head, " " * min(len(head), width // 2))


def _entry(entry: Entry, width: int) -> Iterator[str]:
    told = entry.told()
    group = told.get("group")
    whose = f" for {group_name(str(group))}" if group else ""
    who = _text(told.get("by") or entry.actor)
    what = f"{plain(entry.action)}{whose}{f' by {who}' if who else ''}{_moved(told)}"
    head = f"{entry.seq:>5}  {plain(entry.at)}  {plain(entry.change)}  "
    yield from wrap(what, width, head, INDENT + "  ")
    for said in _said(entry, told):
        # What has lines of its own, such as the notes of a closing, keeps them.
        first, *more = filter(str.strip, said.splitlines())
        yield from wrap(plain(first), width, INDENT, INDENT + "  ")
        for line in more:
            yield from wrap(plain(line.strip()), width, INDENT + "  ", INDENT + "    ")


def _moved(told: Mapping[str, object]) -> str:
    if "afterwards" in told:
        return f", afterwards ({_text(told['afterwards'])})"
    if "to" not in told:
        return ""
    beforehand = told.get("beforehand")
    why = "" if beforehand is None else f", approved beforehand by envelope {_text(beforehand)}"
    return f": {_text(told.get('from', ''))} → {_text(told['to'])}{why}"


def _said(entry: Entry, told: Mapping[str, object]) -> Iterator[str]:
    for name in NAMED:
        if value := told.get(name):
            whole = str(value).strip()
            yield f"{name}:\n{whole}" if "\n" in whole else f"{name}: {_text(value)}"
    if reset := _names(told.get("reset")):
        yield f"asked again: {reset}"
    if outstanding := _names(told.get("outstanding")):
        yield f"approval outstanding: {outstanding}"
    if "by" in told and entry.actor and told["by"] != entry.actor:
        yield f"told by: {plain(entry.actor)}"


def _names(groups: object) -> str:
    names = groups if isinstance(groups, list) else [groups] if groups else []
    return and_([group_name(str(name)) for name in names])


def _text(value: object) -> str:
    return plain(" ".join(str(value).split()))
