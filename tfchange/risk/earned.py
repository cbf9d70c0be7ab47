"""Whether an envelope has been earned: by clean runs in the last days, and lost by failures."""

from collections.abc import Iterator, Sequence

import msgspec

from tfchange.rulebook.rule import Envelope


class Run(msgspec.Struct, frozen=True):
    """An earlier change of an envelope."""

    number: str
    clean: bool
    """Whether all of it was done; else it failed, or was done in part."""


class Runs(msgspec.Struct, frozen=True):
    """The earlier changes of one envelope that are over, within the days that it looks back."""

    envelope: str
    runs: tuple[Run, ...] = ()
    """The newest first."""

    @property
    def clean(self) -> tuple[Run, ...]:
        """Those where all was done."""
        return tuple(run for run in self.runs if run.clean)

    @property
    def failed(self) -> tuple[Run, ...]:
        """Those where it was not."""
        return tuple(run for run in self.runs if not run.clean)


def unearned(envelope: Envelope, known: Runs | None) -> Iterator[str]:
    """Why the envelope does not hold yet, or not any more; nothing where it does."""
    asked = envelope.earned
    if asked is None:
        return
    if known is None:
        yield f"{envelope.id} must be earned by clean runs, and no register shows them."
        return
    days, lost = asked["days"], max(asked["failures"], 1)
    if len(known.failed) >= lost:
        yield (
            f"{envelope.id} was lost: {_runs(len(known.failed))} in the last {days} days did not "
            f"go well ({_numbers(known.failed)}), and {lost} takes it away."
        )
    if len(known.clean) < asked["runs"]:
        yield (
            f"{envelope.id} is earned by {_runs(asked['runs'])} in {days} days that went well, and "
            f"there {'is' if len(known.clean) == 1 else 'are'} {len(known.clean)}."
        )


def evidence(envelope: Envelope, known: Runs | None) -> str:
    """That the envelope has been earned, and by which changes; `""` where it need not be."""
    if envelope.earned is None or known is None:
        return ""
    failed = f"{len(known.failed)} did not ({_numbers(known.failed)})" if known.failed else ""
    return (
        f"The envelope was earned: {_runs(len(known.clean))} in the last "
        f"{envelope.earned['days']} days went well ({_numbers(known.clean)}), "
        f"{failed or 'and none did not'}."
    )


def _runs(n: int) -> str:
    return "1 change" if n == 1 else f"{n} changes"


def _numbers(some: Sequence[Run], most: int = 5) -> str:
    shown = ", ".join(run.number for run in some[:most])
    return shown if len(some) <= most else f"{shown} and {len(some) - most} more"
