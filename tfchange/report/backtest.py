"""How a folder of old plans fares under the rules, and under others: for people and for tools."""

from collections.abc import Iterator, Sequence

import msgspec

from tfchange.report.text import wrap
from tfchange.risk.backtest import CLASSES, Backtest, Ruled, Unread, Verdict
from tfchange.words import capped, count, plain

MOST = 30
"""So many plans and rules are listed; JSON has all of them."""


def text(found: Backtest, *, width: int = 100) -> str:
    """Shares, then who moves from where to where, what decides, and what could not be read."""
    lines = [*wrap(_lead(found), width), ""]
    lines += _table(["", "now", *(["then"] if found.other else [])], list(_shares(found)))
    if found.other:
        lines += ["", *_shifts(found, width)]
    lines += ["", *_deciding(found)]
    if found.unread:
        lines += ["", f"Could not be read: {len(found.unread)}"]
        shown, more = capped(found.unread, MOST, "file")
        lines += [line for file in shown for line in wrap(_unread(file), width, "  ", "    ")]
        lines += [f"  … {more}"] if more else []
    return "\n".join(lines) + "\n"


def document(found: Backtest) -> str:
    """The same in full as JSON: `{now, other, shifts, unread}`, each rulebook with its verdicts."""
    data = {
        "now": _ruled(found.now),
        "other": _ruled(found.other) if found.other else None,
        "shifts": [{"from": a, "to": b, "plans": n} for (a, b), n in sorted(found.shifts.items())],
        "unread": found.unread,
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def _ruled(ruled: Ruled) -> dict[str, object]:
    return {
        "name": ruled.name,
        "hash": ruled.hash,
        "shares": dict(sorted(ruled.shares.items())),
        "deciding": [{"name": name, "plans": n} for name, n in ruled.deciding],
        "verdicts": ruled.verdicts,
    }


def _lead(found: Backtest) -> str:
    books = [found.now, *([found.other] if found.other else [])]
    names = " and then by ".join(f"{book.name}, {book.hash[:12]}" for book in books)
    return f"{count(len(found.now.verdicts), 'plan')} judged by {names}"


def _shares(found: Backtest) -> Iterator[list[str]]:
    books = [found.now, *([found.other] if found.other else [])]
    for kind in CLASSES:
        numbers = [book.shares.get(kind, 0) for book in books]
        if any(numbers):
            yield [kind, *(_share(n, len(found.now.verdicts)) for n in numbers)]


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)"


def _shifts(found: Backtest, width: int) -> Iterator[str]:
    moved = [(a, b) for a, b in found.pairs if a.kind != b.kind]
    yield f"{count(len(moved), 'plan')} would be classified otherwise"
    if not moved:
        return
    yield ""
    kinds = [kind for kind in CLASSES if any(kind in (a.kind, b.kind) for a, b in found.pairs)]
    rows = [[a, *(str(found.shifts.get((a, b), 0) or "·") for b in kinds)] for a in kinds]
    yield from _table(["now \\ then", *kinds], rows)
    yield ""
    shown, more = capped(moved, MOST, "plan")
    for a, b in shown:
        yield from wrap(f"{plain(a.plan)}: {a.kind} → {b.kind}{_because(b)}", width, "  ", "    ")
    yield from [f"  … {more}"] if more else []


def _unread(file: Unread) -> str:
    # Most messages begin with the name anyway.
    said = file.reason if file.reason.startswith(file.plan) else f"{file.plan}: {file.reason}"
    return plain(said)


def _because(verdict: Verdict) -> str:
    said = ", ".join(verdict.decides)
    return f" ({said})" if said else ""


def _deciding(found: Backtest) -> Iterator[str]:
    then = dict(found.other.deciding) if found.other else {}
    now = dict(found.now.deciding)
    names = sorted({**now, **then}, key=lambda name: (-now.get(name, 0), -then.get(name, 0), name))
    yield "What decides"
    shown, more = capped(names, MOST, "rule")
    heads = ["", "now", *(["then"] if found.other else [])]
    columns = [now, *([then] if found.other else [])]
    yield from _table(heads, [[n, *(str(c.get(n, 0)) for c in columns)] for n in shown])
    yield from [f"  … {more}"] if more else []


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows under their heads, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    return [
        "  ".join(
            [
                f"  {row[0]:<{widths[0]}}",
                *(f"{v:>{w}}" for v, w in zip(row[1:], widths[1:], strict=True)),
            ]
        ).rstrip()
        for row in (heads, *rows)
    ]
