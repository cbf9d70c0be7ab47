"""What the commands of `tfchange change` have in common."""

import os
import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from tfchange.change.approved import PlanItems
from tfchange.change.desk import Desk, Ticket
from tfchange.change.request import Commit, Key
from tfchange.cli import options, outputs
from tfchange.cli.desks import Connected, connect
from tfchange.cli.output import write
from tfchange.cli.secrets import secret
from tfchange.cli.table import PLACE

if TYPE_CHECKING:
    from tfchange.cli.sought import Found
    from tfchange.publish import Salt
    from tfchange.reading import Reading
    from tfchange.risk.assessment import Assessment


class Asked:
    """What a command was asked for, beside its own options; the desk is connected on first use.

    Its `name` is that of the desk, known without connecting.
    """

    def __init__(
        self, name: str, connect: Callable[[], Connected], found: "Found", given: dict[str, Any]
    ) -> None:
        self.name, self._connect = name, connect
        self.commit, self.notes = found
        self.format: str = given.pop("format")
        self.output: str | None = given.pop("output")
        self.dry_run: bool = given.pop("dry_run")

    @cached_property
    def connected(self) -> Connected:
        """The desk, or its rehearsal, and what that would have written."""
        return self._connect()

    @property
    def desk(self) -> Desk:
        """The desk, or its rehearsal."""
        return self.connected.desk

    @property
    def key(self) -> Key:
        """The key of the change that is meant."""
        return self.commit.key


class Kept:
    """Keeps what each plan does, as it is read; its values it does not keep."""

    def __init__(self) -> None:
        self.plans: list[PlanItems] = []

    def __call__(self, reading: "Reading") -> None:
        """One more plan."""
        self.plans.append(PlanItems(reading.plan.path, reading.items or ()))


def asked(given: dict[str, Any]) -> Asked:
    """The common options, taken out of those given: desk, place, format, output, dry run."""
    place = {option.name: given.pop(option.name) for option in PLACE}
    made = found(place)
    name, tables, dry_run = given.pop("desk"), options.tables(), given["dry_run"]
    return Asked(name, lambda: connect(name, tables, os.environ, dry_run), made, given)


def found(place: dict[str, Any]) -> "Found":
    """Where the run happens: as the flags say, else the CI and its forge, else git."""
    from tfchange.change.origin import Given
    from tfchange.cli import sought
    from tfchange.publish import where

    place["workspaces"] = tuple(place.pop("workspace"))
    sha = place.pop("commit")
    if sha and not re.fullmatch(r"[0-9a-fA-F]{7,64}", sha):
        raise click.UsageError("--commit is not the hash of a commit: 7 to 64 hex digits.")
    given = Given(sha=sha, **place)
    return sought.found(where(given), given, os.environ)


def salt(commit: Commit) -> "Salt":
    """What fingerprints of changes of that commit are keyed with."""
    from tfchange.publish import salt_for

    return salt_for(commit, secret(os.environ, "TFCHANGE_FINGERPRINT_SALT"))


def tell(
    some: Asked,
    ticket: Ticket | None,
    done: str = "",
    notes: tuple[str, ...] = (),
    assessment: "Assessment | None" = None,
) -> None:
    """The ticket stands where it was asked for, and the outputs of the step tell of it and of the
    assessment that was filed; in a dry run only what would be written is told.
    """
    notes = (*some.notes, *notes)
    if some.dry_run:
        from tfchange.report import calls

        told = some.connected.calls()
        said = calls.render(told) if some.format == "json" else calls.text(told, notes)
        write(said, some.output)
        return
    from tfchange.report import ticket as page

    if some.format == "text":
        said = page.text(ticket, some.key, done, notes) if ticket else page.NOTHING
    else:
        said = page.render(
            page.document(ticket, some.key, notes)
            if ticket
            else page.nothing(some.desk.name, some.key, notes)
        )
    write(said, some.output)
    outputs.of_change(ticket, assessment)
