"""Prints, as JSON, where the time of one assessment goes: `python -m bench.phases PLAN`, in ms."""

import time

BEGIN = time.perf_counter()

import gc  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
from itertools import pairwise  # noqa: E402

gc.disable()


def phases(plan_file: str) -> dict[str, float]:
    """The milliseconds of each phase, in the order of the run."""
    marks = [("", BEGIN)]

    def mark(name: str) -> None:
        marks.append((name, time.perf_counter()))

    from tfchange.lean import import_msgspec

    import_msgspec()
    mark("import msgspec")
    import tfchange.cli.assessing
    import tfchange.cli.quick  # noqa: F401
    from tfchange import pipeline, reading
    from tfchange.graph.build import build
    from tfchange.report import text
    from tfchange.risk.assess import assess

    mark("import tfchange")
    judge = pipeline.judge(reading.Options())
    mark("load the rulebook (from its cache)")
    name, data = reading.open_plan(plan_file)
    plan = reading.decode(data, name)
    mark("read and decode the plan")
    graph, caveats = build(plan, None)
    mark("build the graph")
    assessment = assess(plan, graph, judge, caveats=caveats)
    mark("judge the risk")
    text.render(assessment, width=100)
    mark("write text")
    from tfchange.report import document

    document.render(assessment)
    mark("write JSON")
    return {name: (end - begin) * 1000 for (_, begin), (name, end) in pairwise(marks)}


if __name__ == "__main__":
    print(json.dumps(phases(sys.argv[1])))
