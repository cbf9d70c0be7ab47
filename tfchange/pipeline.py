"""The tool on one page: plans become graphs, the rulebook judges them, an assessment comes out."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tfchange.reading import Options, Reading, Step, quiet, read, read_bumps
from tfchange.risk.assess import assess as judge_risk
from tfchange.risk.assessment import Assessment, Emergency
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.load import load
from tfchange.rulebook.rule import Rulebook
from tfchange.source.file import find_plans

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from tfchange.change.fingerprint import Item
    from tfchange.risk.earned import Runs

MANY = 32
"""From so many plans on, starting processes costs less than it saves; also the size of a chunk."""

History = Callable[[str, int], "Runs | None"]
"""The earlier changes of an envelope in the last so many days; None where nobody can tell."""
Keep = Callable[[Reading], None]
"""Is handed each plan as it was read in this process, before it is judged."""


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


def assess_reading(reading: Reading, by: Judge, options: Options, step: Step = quiet) -> Assessment:
    """The assessment of a plan that has been read."""
    bumps, unknown_base = read_bumps(reading, options, step)
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
