"""The tool on one page: plans become graphs, the rulebook judges them, an assessment comes out."""

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tfchange.plan.decode import decode
from tfchange.plan.model import Caveat, Plan
from tfchange.risk.assess import assess as judge_risk
from tfchange.risk.assessment import Assessment, Emergency
from tfchange.risk.environment import NOWHERE, Place
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.load import load
from tfchange.rulebook.rule import Rulebook
from tfchange.source.backend import settled
from tfchange.source.file import find_plans, open_plan, release
from tfchange.source.git import place_in_repository
from tfchange.source.workspace import read_workspace

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from tfchange.catalogue.model import Catalogue
    from tfchange.catalogue.owners import FileOwners
    from tfchange.change.fingerprint import Item
    from tfchange.graph.dependency import DependencyGraph
    from tfchange.plan.configuration import Bump, Source
    from tfchange.risk.earned import Runs

MANY = 32
"""From so many plans on, starting processes costs less than it saves; also the size of a chunk."""

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


History = Callable[[str, int], "Runs | None"]
"""The earlier changes of an envelope in the last so many days; None where nobody can tell."""
Keep = Callable[[Reading], None]
"""Is handed each plan as it was read in this process, before it is judged."""


def quiet(_: str) -> None:
    """Tells nobody."""


def forget(_: Reading) -> None:
    """Keeps nothing: what has been read goes when it has been judged."""


def unknown(_envelope: str, _days: int) -> None:
    """Nothing is known of earlier changes."""


def assess(  # noqa: PLR0913  # what is asked, and what a caller may lend a hand with
    arguments: Sequence[str],
    options: Options | None = None,
    *,
    executor: "Executor | None" = None,
    step: Step = quiet,
    keep: Keep = forget,
    history: History = unknown,
) -> Assessment:
    """The assessment of the plans that the arguments name, with a section per plan if several.

    An argument is a plan file, a folder of them, or `-`. Many plans are spread over `executor`
    (a process pool where none is given) in chunks, and then not kept. Raises `TfchangeError`.
    """
    options = options or Options()
    names = find_plans(arguments)
    if len(names) >= MANY and options.jobs != 1 and "-" not in names:
        told = _with_runs(options, history, rulebook(options))
        sections = _spread(names, told, executor, step)
    else:
        sections = assess_each(names, options, step, keep, history)
    if len(names) == 1:
        return sections[0]
    from tfchange.risk.combine import combine

    return _marked(combine(sections, judge(options)), options)


def _with_runs(options: Options, history: History, book: Rulebook) -> Options:
    """The options with what is known of earlier changes, where some envelope asks for them."""
    if options.runs is not None:
        return options
    asked = {e.id: e.earned["days"] for e in book.envelopes if e.earned}
    known = [runs for envelope, days in asked.items() if (runs := history(envelope, days))]
    return msgspec.structs.replace(options, runs=tuple(known))


def assess_each(
    names: Sequence[str],
    options: Options,
    step: Step = quiet,
    keep: Keep = forget,
    history: History = unknown,
) -> tuple[Assessment, ...]:
    """One assessment per plan, in the order of the names, all in this process."""
    by = judge(options)
    options = _with_runs(options, history, by.rulebook)
    return tuple(_assess_one(name, by, options, step, keep) for name in names)


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


def assess_reading(reading: Reading, by: Judge, options: Options, step: Step = quiet) -> Assessment:
    """The assessment of a plan that has been read."""
    bumps, unknown_base = _bumps(reading, options, step)
    step("judging the risk")
    return judge_risk(
        reading.plan,
        reading.graph,
        by,
        source=reading.source,
        environment=options.environment,
        emergency=_declared(options, by.rulebook.policy.emergency.review_days),
        caveats=(*reading.caveats, *unknown_base),
        bumps=bumps,
        runs={runs.envelope: runs for runs in options.runs or ()},
        place=reading.place,
        catalogue=options.catalogue,
        owners=reading.owners,
    )


def judge(options: Options) -> Judge:
    """The rulebook, bundled and own layers, ready to judge on the day of the options."""
    return Judge(rulebook(options), _today(options))


def _today(options: Options) -> str:
    return options.today or time.strftime("%Y-%m-%d", time.gmtime())


def _declared(options: Options, days: int) -> Emergency | None:
    """The emergency with the day its review is due, unless that was said."""
    declared = options.emergency
    if declared is None or declared.review_due:
        return declared
    from datetime import date, timedelta

    due = date.fromisoformat(_today(options)) + timedelta(days=days)
    return msgspec.structs.replace(declared, review_due=due.isoformat())


def rulebook(options: Options) -> Rulebook:
    """The bundled rules with the layers of the options on top."""
    return load(options.rules, policy=options.policy, cache=options.cache)


def _assess_one(name: str, by: Judge, options: Options, step: Step, keep: Keep) -> Assessment:
    reading = _with_items(read(name, options, step), options.salt)
    keep(reading)
    return _marked(assess_reading(reading, by, options, step), options, reading.items)


def _with_items(reading: Reading, salt: str | None) -> Reading:
    if salt is None:
        return reading
    from tfchange.change.fingerprint import items

    return msgspec.structs.replace(reading, items=items(reading.plan, salt))


def _marked(
    assessment: Assessment, options: Options, items: "tuple[Item, ...] | None" = None
) -> Assessment:
    """The assessment with the fingerprint of what its plan does, or of its sections together."""
    if options.salt is None:
        return assessment
    from tfchange.change.fingerprint import of_items, of_several

    mark = (
        of_items(items)
        if items is not None
        else of_several(section.plan.fingerprint for section in assessment.sections)
    )
    facts = msgspec.structs.replace(assessment.plan, fingerprint=mark)
    return msgspec.structs.replace(assessment, plan=facts)


def _read_source(
    folder: str, plan: Plan, options: Options, step: Step
) -> "tuple[Source, tuple[Caveat, ...]]":
    from tfchange.source.hcl import read_source

    step(f"reading the source in {folder}")
    return read_source(_from_here(folder), plan, cache=options.cache)


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


def _read_owners(
    folder: str | None, options: Options
) -> "tuple[FileOwners | None, tuple[Caveat, ...]]":
    if not options.codeowners:
        return None, ()
    from tfchange.catalogue.owners import read

    return read(folder, options.codeowners)


def _bumps(
    reading: Reading, options: Options, step: Step
) -> "tuple[tuple[Bump, ...], tuple[Caveat, ...]]":
    if reading.source is None:
        return (), ()
    from tfchange.source.bumps import read_bumps

    step("comparing versions with those before")
    return read_bumps(reading.source, reading.plan, options.base, os.environ)


def _from_here(folder: str) -> str:
    """A folder below the working directory, named from there, as its files are in reports."""
    here, full = os.getcwd(), os.path.abspath(folder)
    return os.path.relpath(full) if f"{full}{os.sep}".startswith(f"{here}{os.sep}") else folder


def _beside(name: str) -> str | None:
    folder = _folder(name)
    with os.scandir(folder) as entries:
        return folder if any(e.name.endswith((".tf", ".tf.json")) for e in entries) else None


def _spread(
    names: Sequence[str], options: Options, executor: "Executor | None", step: Step
) -> tuple[Assessment, ...]:
    if executor is not None:
        return _gather(executor, names, options, step)
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Fresh processes: a fork would copy threads (of the progress line, of a host program) half.
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        return _gather(pool, names, options, step)


def _gather(
    executor: "Executor", names: Sequence[str], options: Options, step: Step
) -> tuple[Assessment, ...]:
    chunks = [names[i : i + MANY] for i in range(0, len(names), MANY)]
    waiting: list[Future[tuple[Assessment, ...]]] = [
        executor.submit(assess_each, chunk, options) for chunk in chunks
    ]
    sections: list[Assessment] = []
    for future in waiting:
        step(f"assessing plan {len(sections) + 1} of {len(names)}")
        sections.extend(future.result())
    return tuple(sections)
