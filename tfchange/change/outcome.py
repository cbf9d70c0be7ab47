"""The result of a change, for its closing: what an apply did, in words."""

from collections.abc import Iterable, Iterator

from tfchange.change.applied import Applied
from tfchange.change.blocks import headed, items, paragraph
from tfchange.change.fit import plain
from tfchange.change.happened import Happened
from tfchange.change.request import Attachment, Block, Result, Text
from tfchange.change.runs import seconds
from tfchange.words import count, few, listing, plan_name

FILE = "closing-report.txt"
_LONG = 3_000
"""Characters; the shortest limit of a desk is 4,000."""
_MOST = 20
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
_UNWELL = "All of it was done, and services were not well after it."
_ILL = "Services were not well after it."
_MORE = "More was done than was approved."
_NOT_COMPARED = (
    "What was done could not be compared with what was approved: the desk does not keep it item by "
    "item for this change."
)
_STRANGE = (
    "A log that was given shares no resource with what was approved: it seems to be that of "
    "another apply."
)
_INTERRUPTED = (
    "",
    "It was interrupted.",
    "It was interrupted twice and left at once, so the state may not tell all that was done.",
)


def result(
    told: Happened | Applied | None = None,
    outcome: str | None = None,
    more: Text = (),
    *,
    unwell: bool = False,
) -> Result:
    """The result; an outcome that a person names counts, also against what the log says.

    `more` stands at the end of the notes. What succeeded did so only in part where services were
    `unwell` after it.
    """
    if told is None:
        ill = unwell and outcome == "successful"
        named = "partly" if ill else outcome or ""
        return Result(named, (*paragraph(_UNWELL if ill else _VERDICTS[named]), *more))
    found = Happened(told, compared=True) if isinstance(told, Applied) else told
    named = outcome or found.outcome
    verdict = _verdict(found, named, unwell)
    text = (*notes(found, named, verdict), *more)
    named = "partly" if unwell and named == "successful" else named
    return Result(named, text, tuple(_whole(text)))


def _verdict(found: Happened, outcome: str, unwell: bool) -> str:
    """How it went; where nothing else is wrong with it, what is wrong stands in its place."""
    if unwell and outcome == "successful":
        said = [_UNWELL]
    else:
        only = outcome == "partly" and found.applied.outcome == "successful" and not found.without
        said = [] if only and found.extra else [_VERDICTS[outcome]]
        said += [_ILL] if unwell else []
    return " ".join([*said, _MORE] if found.extra else said)


def _whole(text: Text) -> Iterator[Attachment]:
    """What desks would cut, as a file."""
    said = plain(text)
    if len(said) > _LONG:
        yield Attachment(FILE, "text/plain", f"{said}\n".encode())


def notes(found: Happened, outcome: str, verdict: str) -> Text:
    """What was done and what was not, the bad news first, after the verdict on the outcome."""
    a = found.applied
    return (
        *paragraph(verdict, _against(found, outcome), _sum(a), _cut(a), _stopped(a)),
        *paragraph(_time(a)),
        *paragraph(*_doubts(found)),
        *_lists(found),
    )


def so_far(log: Applied) -> str:
    """What is known of an apply whose log does not tell how it went."""
    text = (
        *paragraph("The log of the apply does not tell how it went.", _sum(log), _cut(log)),
        *paragraph(_stopped(log), _time(log)),
        *_lists(Happened(log)),
    )
    return plain(tuple(map(_shorter, text)))


def _shorter(block: Block) -> Block:
    left = len(block.lines) - _MOST
    more = (f"and {left:,} more",) if left > 0 else ()
    return Block(block.kind, (*block.lines[:_MOST], *more))


def _lists(found: Happened) -> Text:
    a = found.applied
    return (
        *headed("Done, and not approved", items(_pairs(found.extra))),
        *headed("Approved, and not done", items(_pairs(found.missing))),
        *headed("Failed", items(_failed(a))),
        *headed("Replaced by half", items(f"{at}: {_HALF[part]}" for at, part in a.half)),
        *headed("Started, and nobody knows how it ended", items(_pairs(a.unfinished))),
        *headed("Planned, and not started", items(_pairs(a.undone))),
        *headed("Done", items(f"{at}: {_done(does)}" for at, does in a.done)),
    )


def better(claimed: str | None, told: Applied) -> bool:
    """Whether the outcome that a person names is better than what the log proves."""
    if not claimed or not told.conclusive:
        return False
    return OUTCOMES.index(claimed) < OUTCOMES.index(told.outcome)


def lasting(number: int) -> str:
    """So many seconds in words.

    >>> lasting(0), lasting(61), lasting(7325)
    ('less than a second', '1 minute and 1 second', '2 hours, 2 minutes and 5 seconds')
    """
    minutes, second = divmod(number, 60)
    hours, minutes = divmod(minutes, 60)
    some = ((hours, "hour"), (minutes, "minute"), (second, "second"))
    return listing([count(n, noun) for n, noun in some if n]) or "less than a second"


def _against(found: Happened, outcome: str) -> str:
    if outcome == found.outcome:
        return ""
    return f"The log of the apply says otherwise: {found.outcome}."


def _doubts(found: Happened) -> Iterator[str]:
    if not found.compared:
        yield _NOT_COMPARED
    if found.strange:
        yield _STRANGE
    if found.without:
        yield f"There is no log of {few([plan_name(path) for path in found.without], 10)}."


def _sum(a: Applied) -> str:
    counts = [
        (len(a.done), "done"),
        (len({at for at, _, _ in a.failed}), "failed"),
        (len({at for at, _ in a.half} - {at for at, _, _ in a.failed}), "replaced by half"),
        (len(a.unfinished), "not heard of again"),
        (len(a.undone), "not started"),
    ]
    said = [f"{number:,} {what}" for number, what in counts if number]
    lists = (a.done, a.failed, a.half, a.unfinished, a.undone)
    every = len({each[0] for some in lists for each in some})
    return (
        f"Of {count(every, 'resource change')}: {', '.join(said)}." if said else "Nothing was done."
    )


def _cut(a: Applied) -> str:
    return "" if a.ended else "The log ends before the apply was over."


def _stopped(a: Applied) -> str:
    return _INTERRUPTED[min(a.interrupts, 2)]


def _time(a: Applied) -> str:
    start, end = seconds(a.began), seconds(a.last)
    if not start or not end:
        return ""
    said = f"The log begins at {_clock(start)} and ends at {_clock(end)}"
    return f"{said}, after {lasting(end - start)}." if end >= start else f"{said}."


def _clock(number: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(number, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _failed(a: Applied) -> Iterator[str]:
    yield from a.errors
    for address, action, errors in a.failed:
        said = "; ".join(errors) or "Terraform gives no reason"
        yield f"{address} ({action}): {said}" if action else f"{address}: {said}"


def _done(action: str) -> str:
    return " and ".join(_DONE.get(word, word) for word in action.split(" and "))


def _pairs(some: Iterable[tuple[str, str]]) -> Iterator[str]:
    for address, action in some:
        yield f"{address}: {action}"
