"""Whether rules are sound, for those who write them and for tools."""

from collections.abc import Iterator

import msgspec

from tfchange.report.text import wrap
from tfchange.risk.examples import Pair, Tried
from tfchange.rulebook.overlap import Shadow
from tfchange.rulebook.rule import Rulebook
from tfchange.words import count, plain

_WRONG = {
    ("failed", True): "should hit and does not",
    ("failed", False): "should not hit and does",
    ("absent", True): "should hit, but the plan has no such resource",
    ("absent", False): "should not hit, but the plan has no such resource",
}


class Soundness(msgspec.Struct, frozen=True):
    """What `tfchange rules check` found in rules that can be loaded."""

    book: Rulebook
    tried: tuple[Tried, ...]
    shadows: tuple[Shadow, ...] = ()
    pairs: tuple[Pair, ...] = ()
    idle: tuple[str, ...] = ()
    """What has no effect, as phrases."""

    @property
    def failed(self) -> tuple[Tried, ...]:
        """The examples that are not as their rules say."""
        return tuple(t for t in self.tried if t.standing in ("failed", "absent"))

    @property
    def superfluous(self) -> bool:
        """Whether anything could as well be left out, for certain."""
        return bool(self.shadows or self.idle)


def text(found: Soundness, *, width: int = 100) -> str:
    """What was checked, then all that is wrong, then all that is superfluous."""
    return (
        "\n".join(line for said, first in _lines(found) for line in _wrapped(said, first, width))
        + "\n"
    )


def document(found: Soundness) -> str:
    """The same as JSON: `{name, hash, failed, untried, shadows, overlaps, idle}`."""
    data = {
        "name": found.book.name,
        "hash": found.book.hash,
        "failed": found.failed,
        "untried": sum(t.standing == "untried" for t in found.tried),
        "shadows": found.shadows,
        "overlaps": found.pairs,
        "idle": found.idle,
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def _wrapped(said: str, first: str, width: int) -> Iterator[str]:
    yield from wrap(plain(said), width, first, "    " if first else "")


def _lines(found: Soundness) -> Iterator[tuple[str, str]]:
    book = found.book
    parts = (count(len(book.rules), "rule"), count(len(book.envelopes), "envelope"))
    yield f"{' and '.join(parts)} of {book.name}, {book.hash[:12]}, can be loaded.", ""
    yield _examples(found), ""
    for each in found.failed:
        where = f" in {each.scenario}" if each.scenario else ""
        yield f"{each.rule}: {each.address}{where} {_WRONG[each.standing, each.expected]}", "  "
    for shadow in found.shadows:
        yield f"{shadow.rule} adds nothing but points: whatever it hits, {shadow.by} hits too.", ""
    for pair in found.pairs:
        times = count(pair.times, "time")
        yield f"{pair.rule} overlaps: it hit {times}, and each time {pair.other} hit too.", ""
    for entry in found.idle:
        yield f"Without effect: {entry}.", ""


def _examples(found: Soundness) -> str:
    untried = sum(t.standing == "untried" for t in found.tried)
    done = len(found.tried) - untried
    said = f"{count(done, 'example')} tried, {len(found.failed) or 'none'} not as the rules say."
    return said + (f" {untried} cannot be tried: their plans are not here." if untried else "")
