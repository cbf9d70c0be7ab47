"""`tfchange change open`: one change request for what the plans do."""

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tfchange.change.file import Filed, file
from tfchange.change.request import Window
from tfchange.cli import changing, history, options, owners, table
from tfchange.cli import emergency as urgent
from tfchange.cli.progress import Progress
from tfchange.cli.surroundings import calendar
from tfchange.pipeline import assess, rulebook
from tfchange.reading import Options
from tfchange.risk.assessment import Assessment, Category

if TYPE_CHECKING:
    from tfchange.calendar.model import Calendar


@click.command("open")
@options.plans
@options.together(
    *table.CHANGE,
    *table.ABOUT,
    table.EMERGENCY,
    table.INCIDENT,
    table.SOURCE,
    table.BASE,
    table.ENVIRONMENT,
    table.RULES,
    table.POLICY,
    table.CATALOGUE,
    table.TERRAFORM,
)
def command(plans: tuple[str, ...], **given: Any) -> None:
    """Opens the change request of these plans, or updates it: there is one per repository,
    workspaces and pull request or branch, and running this again makes no second one.

    PLAN is what `tfchange assess` takes. A plan that changes nothing opens no change request.

    \b
    Examples:
      tfchange change open p.tfplan
      tfchange change open plan.json --desk jira --dry-run
      tfchange change open plan.json --pull-request 12 --workspace shop --format json
      tfchange change open plan.json --start 2026-11-23T20:00:00Z --end 2026-11-23T22:00:00Z
    """
    from tfchange.publish import Wishes, request

    window = _window(given.pop("start"), given.pop("end"))
    about = tuple(given.pop("service")), tuple(given.pop("ci"))
    flagged = urgent.emergency(given.pop("emergency"), given.pop("incident"))
    asked = changing.asked(given)
    declared = flagged or urgent.declared(options.tables(), os.environ, asked.commit.sha)
    doubts = urgent.checked(asked.desk, declared)
    salt, kept = changing.salt(asked.commit), changing.Kept()
    given = owners.known(given, options.tables()) | {"workspaces": asked.commit.workspaces}
    wanted = Options(emergency=declared, salt=salt.key, jobs=1, **given)
    with Progress() as progress:
        assessment = assess(
            plans, wanted, step=progress, keep=kept, history=history.at(asked.desk.finished)
        )
        progress(f"asking {asked.desk.name}")
        days = _days(wanted, assessment)
        window, said = (window, ()) if window or not days else _proposed(days, assessment)
        wishes = Wishes(*about, window, plans=tuple(kept.plans), salt=salt)
        told = request(assessment, asked.commit, wishes, now=int(time.time()))
        filed = file(asked.desk, told, rehearsal=asked.dry_run)
    notes = (*doubts, *_taken(filed, window, said), *_early(days, filed, assessment), *filed.notes)
    changing.tell(asked, filed.ticket, filed.done, notes, assessment)


def _taken(filed: Filed, window: Window | None, said: tuple[str, ...]) -> tuple[str, ...]:
    """What is said of a proposal, unless another one stands since before."""
    kept = filed.ticket.window if filed.ticket else None
    return said if window is None or kept == window or kept is None else ()


def _early(days: "Calendar | None", filed: Filed, assessment: Assessment) -> tuple[str, ...]:
    """What the gate will say at the start that people planned, as far as a calendar tells it."""
    ticket = filed.ticket
    if days is None or ticket is None or ticket.window is None or ticket.window.proposed:
        return ()
    from tfchange.gate.around import dated
    from tfchange.gate.ask import Moment

    start = ticket.window.start
    moment = Moment(ticket, datetime.fromisoformat(start), (assessment.environment,))
    found = dated(days, moment, assessment.lead_days)
    said = (*(each.reason for each in found.obstacles), *found.notes)
    return tuple(f"At its planned start, {start}: {each}" for each in said)


def _days(wanted: Options, assessment: Assessment) -> "Calendar | None":
    """The calendar of the settings, where there is one and it binds such a change."""
    bound = assessment.category in (Category.STANDARD, Category.NORMAL)
    if not bound or not options.tables().get("calendar"):
        return None
    return calendar(rulebook(wanted).policy)


def _proposed(days: "Calendar", assessment: Assessment) -> tuple[Window | None, tuple[str, ...]]:
    """The earliest lawful start by that calendar."""
    from tfchange.calendar.start import earliest

    found = earliest(
        days,
        datetime.now(UTC),
        lead_days=assessment.lead_days,
        category=assessment.category,
        environment=assessment.environment,
    )
    if found.window is None:
        return None, (found.why,)
    return found.window, (f"Proposed to start at {found.window.start}. {found.why}",)


def _window(start: str | None, end: str | None) -> Window | None:
    if not start and not end:
        return None
    if not start or not end:
        raise click.UsageError("--start and --end belong together: give both, or neither.")
    window = Window(_time(start, "--start"), _time(end, "--end"))
    if window.start >= window.end:
        raise click.UsageError("--start is not before --end.")
    return window


def _time(text: str, flag: str) -> str:
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is not None:
            return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        raise click.UsageError(f"{flag} is not a time such as 2026-11-23T20:00:00Z.") from None
    raise click.UsageError(f"{flag} does not say which zone it is in: add Z for UTC, or +01:00.")
