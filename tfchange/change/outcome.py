"""The result of a change, for its closing: what an apply did, in words."""

from collections.abc import Iterable, Iterator

from tfchange.change.apply_log import Applied
from tfchange.change.blocks import headed, items, paragraph
from tfchange.change.request import Result, Text
from tfchange.words import count

OUTCOMES = ("successful", "partly", "failed")
_DONE = {
    "create": "created",
    "update": "updated",
    "delete": "destroyed",
    "replace": "replaced",
}
_HALF = {
    "delete": "destroyed, and not created again",
    "create": "created anew, and the old one is still there",
}
_VERDICTS = {
    "successful": "The change was successful.",
    "partly": "The change was done in part.",
    "failed": "The change failed.",
}


def result(applied: Applied | None = None, outcome: str | None = None) -> Result:
    """The result; an outcome that a person names counts, also against what the log says."""
    named = outcome or (applied.outcome if applied else "")
    if applied is None:
        return Result(named, paragraph(_VERDICTS[named]))
    return Result(named, notes(applied, named))


def notes(applied: Applied, outcome: str) -> Text:
    """What was done and what was not, the bad news first."""
    a = applied
    return (
        *paragraph(_VERDICTS[outcome], _against(a, outcome), _sum(a), _cut(a)),
        *headed("Failed", items(_failed(a))),
        *headed("Replaced by half", items(f"{at}: {_HALF[part]}" for at, part in a.half)),
        *headed("Started, and nobody knows how it ended", items(_planned(a.unfinished))),
        *headed("Planned, and not started", items(_planned(a.undone))),
        *headed("Done", items(f"{at}: {_DONE.get(does, does)}" for at, does in a.done)),
    )


def _against(a: Applied, outcome: str) -> str:
    return f"The log of the apply says otherwise: {a.outcome}." if outcome != a.outcome else ""


def _sum(a: Applied) -> str:
    counts = [
        (len(a.done), "done"),
        (len({at for at, _, _ in a.failed}), "failed"),
        (len(a.unfinished), "not heard of again"),
        (len(a.undone), "not started"),
    ]
    said = [f"{number:,} {what}" for number, what in counts if number]
    every = len({each[0] for some in (a.done, a.failed, a.unfinished, a.undone) for each in some})
    return (
        f"Of {count(every, 'resource change')}: {', '.join(said)}." if said else "Nothing was done."
    )


def _cut(a: Applied) -> str:
    return "" if a.ended else "The log ends before the apply was over."


def _failed(a: Applied) -> Iterator[str]:
    yield from a.errors
    for address, action, errors in a.failed:
        said = "; ".join(errors) or "Terraform gives no reason"
        yield f"{address} ({action}): {said}" if action else f"{address}: {said}"


def _planned(some: Iterable[tuple[str, str]]) -> Iterator[str]:
    for address, action in some:
        yield f"{address}: {action}"
