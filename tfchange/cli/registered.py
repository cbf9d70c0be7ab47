"""What the commands that are for the register alone have in common."""

import os
from typing import TYPE_CHECKING, Any

import click
import msgspec

from tfchange.change.desk import Ticket
from tfchange.change.people import hides
from tfchange.change.request import Commit, Key
from tfchange.cli import options, table
from tfchange.cli.changing import Asked
from tfchange.cli.desks import Connected, actor, connect, open_register
from tfchange.cli.output import write
from tfchange.words import json_text

if TYPE_CHECKING:
    from tfchange.register.desk import Register

LOOK = (table.TICKET, table.OUTPUT, table.CONFIG)
DECIDE = (
    table.Option(("--group",), "The group that decides, as the change names it.", metavar="NAME"),
    table.Option(
        ("--by",),
        "Who decides, as a name or an address. Default: the user of the CI, or yours.",
        metavar="NAME",
    ),
    table.Option(("--comment",), "What is to be said about it.", metavar="TEXT", default=""),
    table.Option(
        ("--fingerprint",),
        "Only if the change is still for the plan with this fingerprint, or beginning of one.",
        metavar="HEX",
        default="",
    ),
    *LOOK,
)
"""What approving and rejecting take."""


def register() -> "Register":
    """The register that the settings and the environment name."""
    return open_register(options.tables(), os.environ)


def person(by: str | None) -> str:
    """Who decides or reviews: as they say, else whoever runs this."""
    if by is None:
        return actor(os.environ)
    if not by.strip():
        raise click.UsageError("--by is empty; name whoever it is, or leave it out.")
    if hides(by):
        raise click.UsageError("--by holds line breaks or characters that nobody sees.")
    return by


def asked(number: str, given: dict[str, Any]) -> tuple[Asked, Ticket]:
    """The common options of a command about the change of that number, and its ticket."""
    from tfchange.cli.sought import Found

    if given.pop("desk") != "register":
        raise click.UsageError(
            "NUMBER is for the register; elsewhere name the change by --repository and the rest."
        )
    for option in table.PLACE:
        given.pop(option.name)
    if given["dry_run"]:
        connected = connect("register", options.tables(), os.environ, rehearsal=True)
        commit = Commit("")  # a rehearsal prints what would be written, and no key
    else:
        found = register()
        connected, commit = Connected(found, list), found.request(number).commit
    ticket = connected.desk.read(number)
    return Asked("register", lambda: connected, Found(commit), given), ticket


def decision(given: dict[str, Any]) -> dict[str, str]:
    """Who decides what, taken out of the options; a group must be named."""
    if not given["group"]:
        raise click.UsageError("say which group decides: --group NAME; the change lists them.")
    by = person(given.pop("by"))
    return {"by": by, **{name: given.pop(name) for name in ("group", "comment", "fingerprint")}}


def tell(ticket: Ticket, key: Key, given: dict[str, Any]) -> None:
    """The ticket stands where it was asked for."""
    from tfchange.report import ticket as page

    told = page.render(page.document(ticket, key))
    write(told if given["format"] == "json" else page.text(ticket, key), given["output"])


def show(number: str, given: dict[str, Any]) -> None:
    """The ticket stands where it was asked for, in text with all that was filed."""
    from tfchange.report import register as page
    from tfchange.report import ticket as head

    found = register()
    ticket, request = found.read(number), found.request(number)
    told = head.render(head.document(ticket, request.key))
    words = f"{head.text(ticket, request.key)}\n{page.sheet(request, found.log(number))}"
    write(told if given["format"] == "json" else words, given["output"])


def decide(number: str, how: str, given: dict[str, Any]) -> None:
    """The group has decided, by the method of that name, and the ticket says so."""
    choice, found = decision(given), register()
    ticket = getattr(found, how)(number, **choice)
    tell(ticket, found.request(number).key, given)


def tell_some(text: str, some: object, given: dict[str, Any]) -> None:
    """The text, or what it tells as JSON, stands where it was asked for."""
    if given["format"] == "json":
        text = json_text(msgspec.json.encode(some))
    write(text, given["output"])
