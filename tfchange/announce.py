"""From an assessment to what a pull request hears of it, on one page."""

import time
from collections.abc import Callable, Mapping

import msgspec

from tfchange.change.request import Commit
from tfchange.errors import DeskError, OutcomeUnknownError, UnreachableError
from tfchange.hashing import sha256
from tfchange.publish import at_home, stamp
from tfchange.report import comment
from tfchange.report.page import ALL
from tfchange.review import job
from tfchange.review.host import Check, Dialect, Host, ReadOnlyError
from tfchange.review.labels import label
from tfchange.review.marker import Marker
from tfchange.review.post import Mode, Posted, post, room
from tfchange.review.verdict import NAME, check
from tfchange.risk.assessment import Assessment, Level

SUMMARY = 60_000
"""Characters of the summary of a check; it takes 65,535."""


class Wishes(msgspec.Struct, frozen=True):
    """What is asked of an announcement besides the assessment and the commit."""

    mode: Mode = Mode.UPDATE
    label: bool = True
    check: bool = True
    fail_on: Level | None = None
    beside: comment.Beside = comment.Beside()
    base: str = ""
    """The folder of the repository that the run is in."""
    report: str = ""
    """The file with the whole report; `""` where none was written."""


class Announced(msgspec.Struct, frozen=True):
    """What came of it."""

    done: str = ""
    """What became of the comment, as `Posted.done`; `""` where there is none."""
    url: str = ""
    """Of the comment."""
    notes: tuple[str, ...] = ()
    """What could not be told as it was meant to be, as finished sentences."""
    untold: str = ""
    """What to do where not all that was asked could be written; else `""`."""


def announce(  # noqa: PLR0913  # what, where, to whom
    assessment: Assessment,
    commit: Commit,
    host: Host | None,
    wishes: Wishes,
    environ: Mapping[str, str],
    *,
    now: int,
    pause: Callable[[float], None] = time.sleep,
) -> Announced:
    """The pull request, its commit and the job have heard of it, each as far as it can be told.

    A token that may not write, or a host that takes no requests now, is no failure where the job
    has a summary, since that says the same. Raises `DeskError`.
    """
    some = _Announcement(at_home(assessment), commit, wishes, environ, now)
    summarised = some.summarise()
    told = Announced()
    try:
        told = some.tell(host, pause) if host else told
    finally:
        some.output(told)
    if told.untold and not told.done and not summarised:
        raise DeskError(told.notes[-1], told.untold)
    return told


class _Announcement:
    """One assessment of one commit, to be told in several places."""

    def __init__(
        self,
        assessment: Assessment,
        commit: Commit,
        wishes: Wishes,
        environ: Mapping[str, str],
        now: int,
    ) -> None:
        self._assessment, self._commit, self._wishes = assessment, commit, wishes
        self._environ, self._now = environ, now
        # Of two runs that say the same the second writes nothing, though it is another run.
        self._lasting = msgspec.structs.replace(wishes.beside, report="")
        self._beside = self._linking(bool(wishes.report))

    def summarise(self) -> bool:
        """The summary of the job says the same, and leaves nothing out that fits."""
        done = job.summarise(self._environ, self._whole)
        self._beside = self._linking(done or bool(self._wishes.report))
        return done

    def _linking(self, kept: bool) -> comment.Beside:
        """What stands beside the assessment, with the run as the place of the report if it has it:
        in the summary of the job, or as the file that was written."""
        given, run = self._wishes.beside, self._commit.run_url
        return msgspec.structs.replace(given, report=given.report or (run if kept else ""), run=run)

    def _whole(self, most: int) -> str:
        return comment.render(
            self._assessment, self._wishes.beside, limit=most, caps=ALL, size=_bytes
        )

    def tell(self, host: Host, pause: Callable[[float], None]) -> Announced:
        """The host has been told; what could not be written is noted."""
        telling = _Telling()
        if self._commit.pull_request is None:
            telling.notes.append("There is no pull request to comment on.")
        else:
            telling.step("comment", lambda: telling.keep(self._post(host, pause)))
            if self._wishes.label and telling.posted.done != "left":
                telling.step("label", lambda: label(host, self._assessment))
        if self._wishes.check:
            telling.step("check", lambda: telling.notes.extend(host.check(self._check())))
        return telling.told()

    def output(self, told: Announced) -> None:
        """The outputs of the step are there."""
        a, beside = self._assessment, self._beside
        job.tell(
            self._environ,
            (
                ("category", a.category.value),
                ("level", a.level.value),
                ("score", str(a.score)),
                ("change-number", beside.number),
                ("change-url", beside.url),
                ("fingerprint", a.plan.fingerprint),
                ("report", self._wishes.report),
                ("comment-url", told.url),
            ),
        )

    def _post(self, host: Host, pause: Callable[[float], None]) -> Posted:
        most = room(host)
        digest = sha256(self._text(most, self._lasting, host.dialect).encode()).hexdigest()[:16]
        stamped = stamp(self._assessment, self._commit, self._now)
        marker = Marker(self._commit.key.digest, digest, stamped)
        return post(
            host,
            marker,
            self._text(most, self._beside, host.dialect),
            self._wishes.mode,
            sha=self._commit.sha,
            pause=pause,
        )

    def _check(self) -> Check:
        spaces = [name for name in self._commit.workspaces if name != "default"]
        told = check(
            self._assessment,
            self._commit.sha,
            self._text(SUMMARY, self._beside),
            name=f"{NAME} ({', '.join(spaces)})" if spaces else NAME,
            fail_on=self._wishes.fail_on,
            base=self._wishes.base,
        )
        return msgspec.structs.replace(told, url=self._beside.report or self._beside.run)

    def _text(self, most: int, beside: comment.Beside, dialect: Dialect = Dialect.GITHUB) -> str:
        return comment.render(self._assessment, beside, limit=most, dialect=dialect)


class _Telling:
    """What is told to a host step by step, and what came of each."""

    def __init__(self) -> None:
        self.posted = Posted("", "")
        self.notes: list[str] = []
        self._untold: dict[str, DeskError] = {}
        self._failed: list[DeskError] = []
        self._later: UnreachableError | None = None

    def keep(self, posted: Posted) -> None:
        """This became of the comment."""
        self.posted = posted

    def step(self, what: str, act: Callable[[], object]) -> None:
        """It is done, or kept why not; a host that takes no requests now is asked no more."""
        if self._later:
            self._untold[what] = self._later
            return
        try:
            act()
        except UnreachableError as error:
            self._untold[what] = self._later = error
        except (OutcomeUnknownError, ReadOnlyError) as error:
            self._untold[what] = error
        except DeskError as error:
            self._failed.append(error)

    def told(self) -> Announced:
        """What came of all of it; raises what is wrong for good."""
        if self._failed:
            # Told at the end: a check that is required waits for ever where it was never given.
            raise self._failed[0]
        alike: dict[str, list[str]] = {}
        for what, why in self._untold.items():
            if isinstance(why, OutcomeUnknownError):
                self.notes.append(f"Whether the {what} was written is not known. {_ended(why)}")
            else:
                alike.setdefault(_ended(why), []).append(what)
        self.notes += [
            f"No {' and no '.join(names)} could be written. {why}" for why, names in alike.items()
        ]
        first = next(iter(self._untold.values()), DeskError(""))
        advice = first.advice or first.message
        return Announced(self.posted.done, self.posted.url, tuple(self.notes), advice)


def _bytes(text: str) -> int:
    return len(text.encode())


def _ended(error: DeskError) -> str:
    return f"{error.message.rstrip('.')}."
