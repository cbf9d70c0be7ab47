"""One comment per key on a pull request: found before it is written, never overwritten by an older
run, left alone where nothing changed.

This stands above the port and is the only place that decides what to do when an answer is lost,
when somebody deletes the comment, or when two runs race. Each step can be repeated, so running the
same command again finishes whatever was interrupted.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

import msgspec

from tfchange.errors import DeskError, OutcomeUnknownError
from tfchange.review.host import Comment, GoneError, Host, ReadOnlyError
from tfchange.review.marker import Marker, first_line

SEARCHES = 5
"""How often a comment is looked for whose making got no answer; about 15 seconds in all."""
ROUNDS = 4
"""How often it is begun anew because the comment was deleted meanwhile."""
MARKER = 160
"""Characters of a comment that its hidden first line may take."""

Pause = Callable[[float], None]


class Mode(StrEnum):
    """What becomes of the comment of an earlier run."""

    UPDATE = "update"
    """It is edited where it stands."""
    RECREATE = "recreate"
    """It is deleted, and a new one is the last of the conversation."""
    HIDE_AND_NEW = "hide-and-new"
    """It is folded away, and a new one is the last of the conversation."""


class Posted(msgspec.Struct, frozen=True):
    """What came of it."""

    done: str
    """`created`, `updated`, `unchanged`, or `left` to a newer run."""
    url: str


def room(host: Host) -> int:
    """How many characters a comment may have at that forge."""
    return host.limit - MARKER


def post(  # noqa: PLR0913  # what, where, how
    host: Host,
    marker: Marker,
    text: str,
    mode: Mode = Mode.UPDATE,
    *,
    sha: str = "",
    pause: Pause = time.sleep,
) -> Posted:
    """The pull request has exactly one comment of ours with the key of the marker, and it says the
    text, unless that of a newer run does. Raises `DeskError`.

    `sha` is the commit of the run: what is at the head of the pull request is not old because what
    stood there before was committed later.
    """
    return _Posting(host, marker, text, mode, sha, pause).go()


class _Posting:
    """The posting of one text by one run."""

    def __init__(  # noqa: PLR0913, PLR0917  # what, where, how
        self, host: Host, marker: Marker, text: str, mode: Mode, sha: str, pause: Pause
    ) -> None:
        self._host, self._marker, self._mode = host, marker, mode
        self._sha, self._pause = sha, pause
        self._me, self._proof = "", ""
        self._text = f"{host.hidden(str(marker))}\n{text}"

    def go(self) -> Posted:
        for _ in range(ROUNDS):
            try:
                return self._once()
            except GoneError:
                continue  # Deleted between looking and writing: what is there now has to be seen.
        raise DeskError(
            "the comment is deleted again and again while it is written",
            "Look who does that, such as another bot, then run the command again.",
        )

    def _once(self) -> Posted:
        ours = self._ours()
        if not ours:
            return self._create("created")
        settled = self._settled(ours[0])
        if settled:
            self._retire(ours[1:])
            return settled
        if self._mode is Mode.UPDATE:
            self._retire(ours[1:])
            return self._update(ours[0])
        self._clear(ours)
        return self._create("updated")

    def _settled(self, kept: Comment) -> Posted | None:
        """What is to be said of a comment that must not be written."""
        told = Marker.parse(kept.text)
        if told and self._older_than(told):
            return Posted("left", kept.url)
        same = told and told.digest == self._marker.digest
        return Posted("unchanged", kept.url) if same else None

    def _older_than(self, told: Marker) -> bool:
        """Whether the other run is newer; what is at the head is not old by its commit."""
        ours, theirs = self._marker.stamp, told.stamp
        if not ours.older_than(theirs):
            # A shallow clone does not tell when our commit was made: it may be an old one.
            unknown = not ours.committed and bool(self._sha)
            return unknown and self._host.head() != self._sha
        if ours.planned < theirs.planned:
            return True
        # Planned later and committed earlier: an old run, run again, or a commit taken back.
        return not self._sha or self._host.head() != self._sha

    def _update(self, kept: Comment) -> Posted:
        """The comment says the text, unless a newer run has spoken.

        No forge edits on a condition. An older run that has looked before us can write after us, so
        it is looked at again; saying the same once more does no harm.
        """
        doubt: OutcomeUnknownError | None = None
        for _ in range(2):
            doubt = self._edit(kept)
            now = next((c for c in self._ours() if c.id == kept.id), None)
            if now is None:
                raise GoneError("the comment is gone")
            settled = self._settled(now)
            if settled:
                return settled if settled.done == "left" else Posted("updated", kept.url)
        if doubt:
            raise doubt
        return Posted("updated", kept.url)

    def _edit(self, kept: Comment) -> OutcomeUnknownError | None:
        written, self._proof = self._proof, ""
        if written == kept.id:
            return None
        try:
            self._host.update(kept, self._text)
        except OutcomeUnknownError as error:
            return error
        return None

    def _create(self, done: str) -> Posted:
        """A new comment is there; of two racers' the oldest stays, with what the newest says."""
        mine = self._created()
        ours = self._ours()
        if not ours:
            return Posted(done, mine.url)  # A list can be late; there is but one that we know of.
        winner = ours[0]
        self._retire(ours[1:])
        if winner.id == mine.id:
            return Posted(done, mine.url)
        return self._settled(winner) or self._update(winner)

    def _created(self) -> Comment:
        try:
            return self._host.create(self._text)
        except OutcomeUnknownError:
            # Posting again could make a second one; looking for it cannot.
            for number in range(SEARCHES):
                self._pause(float(2**number) / 2)
                found = [c for c in self._ours() if Marker.parse(c.text) == self._marker]
                if found:
                    return found[0]
            raise

    def _clear(self, ours: tuple[Comment, ...]) -> None:
        if self._mode is Mode.RECREATE:
            self._retire(ours)
            return
        for old in ours:
            # Without its marker it is not found again, also where the forge cannot hide it.
            self._host.update(old, old.text.partition("\n")[2] or "(outdated)")
            self._host.minimise(old)

    def _retire(self, others: tuple[Comment, ...]) -> None:
        for other in others:
            self._host.delete(other)

    def _ours(self) -> tuple[Comment, ...]:
        """The comments with our key that we wrote: anybody can write the marker."""
        found = tuple(c for c in self._host.comments() if self._is_for_it(c))
        if found:
            self._me = self._host.me() or self._me or self._proven(found)
        return tuple(comment for comment in found if self._me and comment.author == self._me)

    def _proven(self, found: tuple[Comment, ...]) -> str:
        """Who we are, where only a write can tell: who may edit a comment has written it.

        Never is an old text said again for that, since a newer run may have spoken meanwhile. What
        claims to be newer is left alone; who we are, a comment of our own tells then.
        """
        for first in {c.author: c for c in reversed(found)}.values():
            told = Marker.parse(first.text)
            if told and self._older_than(told):
                continue
            with suppress(ReadOnlyError, GoneError):
                self._host.update(first, self._text)
                self._proof = first.id
                return first.author
        return ""

    def _is_for_it(self, comment: Comment) -> bool:
        told = Marker.parse(comment.text)
        if told is None or told.key != self._marker.key:
            return False
        # The whole line: other tools of the same account may quote what strangers have written.
        return first_line(comment.text) == self._host.hidden(str(told))
