"""Plans read: the options of a run, and one plan with its source, its graph and its place."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from tfchange.plan.decode import decode
from tfchange.plan.model import Caveat, Plan
from tfchange.risk.assessment import Emergency
from tfchange.risk.environment import NOWHERE, Place
from tfchange.source.file import open_plan, release
from tfchange.source.place import place_in_repository, read_workspace, settled

if TYPE_CHECKING:
    from tfchange.catalogue.model import Catalogue
    from tfchange.catalogue.owners import FileOwners
    from tfchange.change.fingerprint import Item
    from tfchange.graph.dependency import DependencyGraph
    from tfchange.plan.configuration import Bump, Source
    from tfchange.risk.earned import Runs

Step = Callable[[str], None]
"""Is told what is done next, as a phrase for people who wait."""


class Options(msgspec.Struct, frozen=True):
    """Everything that is asked of an assessment besides the plans themselves."""

    source: str | None = None
    """The folder of *.tf files; None: beside each plan, where there are any."""
    base: str | None = None
    """The ref that versions are compared with; None: the target of the pull request, else the
    commit before."""
    environment: str | None = None
    workspaces: tuple[str, ...] = ()
    """Of the run, where they are known; none: as Terraform itself remembers them."""
    policy: str | None = None
    """The bundled policy that is chosen; None: the organisation's choice, else the default."""
    rules: tuple[str, ...] = ()
    """Folders of rules on top of the bundled ones: organisation first, then repository."""
    emergency: Emergency | None = None
    """As it was declared; the policy says when its review is due."""
    terraform: str | None = None
    jobs: int | None = None
    """Processes for many plans; None: one per core, 1: all in this one."""
    cache: str | None = None
    salt: str | None = None
    """The key of the fingerprint that is taken of what each plan does; None: none is taken, since
    values are read a second time for it."""
    runs: "tuple[Runs, ...] | None" = None
    """What is known of earlier changes, for envelopes that have to be earned; None: `history` is
    asked where there are any."""
    catalogue: "Catalogue | None" = None
    """The services that resources belong to, once they are loaded."""
    codeowners: str | bool = False
    """The CODEOWNERS file, or True for that of the source's repository; its owners approve."""
    today: str | None = None
    """The day that waivers are held against, YYYY-MM-DD; None: today in UTC."""


class Reading(msgspec.Struct, frozen=True):
    """One plan, read: what it says, its source, its graph, and what could not be known."""

    plan: Plan
    source: "Source | None"
    graph: "DependencyGraph"
    caveats: tuple[Caveat, ...]
    place: Place = NOWHERE
    items: "tuple[Item, ...] | None" = None
    """All that it does, where a salt was given."""
    owners: "FileOwners | None" = None
    """Who owns the files of its source, where that is asked."""


def quiet(_: str) -> None:
    """Tells nobody."""


def read(name: str, options: Options | None = None, step: Step = quiet) -> Reading:
    """One plan with its source and its graph."""
    from tfchange.graph.build import build

    options = options or Options()
    plan = read_plan(name, options, step)
    folder = options.source or _beside(name)
    source, unread = _read_source(folder, plan, options, step) if folder else (None, ())
    step("building the graph")
    graph, gaps = build(plan, source)
    place = _place(name, folder, source, options)
    owners, doubts = _read_owners(folder, options)
    return Reading(plan, source, graph, (*unread, *gaps, *doubts), place, owners=owners)


def read_plan(name: str, options: Options | None = None, step: Step = quiet) -> Plan:
    """The plan in a file (JSON, or binary through `terraform show`) or, for `-`, on stdin."""
    step(f"reading {name}")
    path, data = open_plan(name, terraform=options.terraform if options else None)
    plan = decode(data, path)
    release(data)
    return plan


def _read_source(
    folder: str, plan: Plan, options: Options, step: Step
) -> "tuple[Source, tuple[Caveat, ...]]":
    from tfchange.source.hcl import read_source

    step(f"reading the source in {folder}")
    return read_source(_from_here(folder), plan, cache=options.cache)


def read_bumps(
    reading: Reading, options: Options, step: Step
) -> "tuple[tuple[Bump, ...], tuple[Caveat, ...]]":
    """The versions that it asks for and did not before, and what could not be compared."""
    if reading.source is None:
        return (), ()
    from tfchange.source import bumps

    step("comparing versions with those before")
    return bumps.read_bumps(reading.source, reading.plan, options.base, os.environ)


def _read_owners(
    folder: str | None, options: Options
) -> "tuple[FileOwners | None, tuple[Caveat, ...]]":
    if not options.codeowners:
        return None, ()
    from tfchange.catalogue.owners import read

    return read(folder, options.codeowners)


def _place(name: str, folder: str | None, source: "Source | None", options: Options) -> Place:
    """Where the plan was made: what Terraform remembers in its folder, and where that lies."""
    here, data = folder or _folder(name), os.environ.get("TF_DATA_DIR")
    chosen = options.workspaces or (os.environ.get("TF_WORKSPACE") or read_workspace(here, data),)
    backend = settled(here, data) or (source.backend if source else "")
    paths = dict.fromkeys(map(place_in_repository, (_folder(name), here)))
    return Place(chosen, backend, "/".join(filter(None, paths)))


def _folder(name: str) -> str:
    # A plan on stdin comes from a command run in the folder of its configuration.
    return (os.path.dirname(name) or ".") if name != "-" else "."


def _from_here(folder: str) -> str:
    """A folder below the working directory, named from there, as its files are in reports."""
    here, full = os.getcwd(), os.path.abspath(folder)
    return os.path.relpath(full) if f"{full}{os.sep}".startswith(f"{here}{os.sep}") else folder


def _beside(name: str) -> str | None:
    folder = _folder(name)
    with os.scandir(folder) as entries:
        return folder if any(e.name.endswith((".tf", ".tf.json")) for e in entries) else None
