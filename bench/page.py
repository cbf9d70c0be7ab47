"""docs/performance.md: what was measured, how, and where the time goes."""

from itertools import pairwise
from typing import NamedTuple

from bench.beside import BATCH, ORJSON, TFCHANGE
from bench.measure import ENDED, FAILED, LIMIT, MIB, Run
from bench.peers import PEERS, TERRAFORM
from bench.producer import BLOCK

Results = dict[str, tuple[int, dict[str, Run]]]

AIMS = (
    ("150", "text, to `python -c pass`", "python -c pass", 5.0),
    ("10,000", "text, to `orjson.loads`", "python + orjson.loads", 0.35),
    ("10,000", "memory, to the file", "file", 2.2),
    ("100,000", "text, to `orjson.loads`", "python + orjson.loads", 0.25),
)
"""Size, what is compared, with which program (or the file), and the most it should be."""

HEAD = """# Performance

Renewed by `make bench`; do not edit by hand. Measured on {machine}.

Whole processes, from their start to their end, output thrown away. In each round every program
runs once, one after the other, and the medians are compared: the times depend on the machine, the
ratios hardly. A round before them warms the caches, but what takes longer than a minute is run once
and no more. Memory is the peak that the kernel reports (`wait4`), of the largest process where one
starts others. The plans are a real one scaled up: most resources do not change, some are updated,
replaced, created, deleted or drifted, and no *.tf files lie beside them. `orjson.loads` is what
merely reading the same file costs when everything in it is decoded.
"""
MEANS = """
The plan is memory-mapped and decoded once into typed structs; `before` and `after` stay raw bytes
until somebody asks, and nobody asks for what does not change. Of what does, attributes that are
written alike are known to be the same, and each of the others is decoded and masked when a rule
looks at it. That is why a large plan costs less than decoding it whole.
"""
GROWTH = """What one more resource costs, whole run, text. It should be the same for a large plan as
for a small one.
"""
OTHERS = f"""Programs that people use on the same plans, each in the version named here, whole runs
in turn. They do other things, so a ratio says what one waits for, not who is better. In brackets:
the time as a multiple of that of tfchange. What takes *more than {LIMIT:.0f} s* is ended then, and
the memory is what it had reached. *Failed* is what ended with an error, or without printing what
it prints when its work is done: what these programs print is kept until that is known. *Not run* is
what would take minutes to hours there.
"""
PRODUCED = f"""Who runs tfchange has run `terraform show -json` before. Here is what that takes for
the very plan that is assessed: so many `terraform_data` in a state, a fiftieth of them updated, and
a tenth as many beside them that name ten each; no provider to start (with one it takes seconds
more). No block has a count above {BLOCK}: Terraform copies a block's whole state for each of its
instances, and would take hours to plan 100,000 in one block. The aim: at most 5 % of the time.
"""
SMALL = """
On a small plan most of the time is the start: of Python, of msgspec and what it needs, of our own
modules. That is why a plain `assess` is read without click, most expressions are answered without
CEL, and all else that is heavy (rich, networkx, YAML, JSON Schema, HCL) is imported where it is
used; `tests/test_imports.py` keeps it so, and
[decision 0004](decisions/0004-a-plain-run-without-click-and-cel.md) says what each of these took.
The worst spots since were expressions that were built whole though one branch is asked, some
seventy patterns that each run compiled, and names of what is destroyed that were sorted for each
question.
"""


class Measured(NamedTuple):
    """All that the page says."""

    results: Results
    parts: dict[str, dict[str, float]]
    others: dict[str, dict[str, Run]]
    produced: dict[str, dict[str, Run]]
    sizes: dict[str, int]
    batch: dict[str, Run]
    machine: str


def write(said: Measured) -> str:
    """The page."""
    text = [HEAD.format(machine=said.machine), "## Whole runs\n", _runs(said.results), MEANS]
    text += ["## Against the yardsticks\n", _ratios(said.results)]
    text += ["\n## Against the aims\n", _aims(said.results)]
    text += ["\n## Growth\n", GROWTH, _growth(said.results)]
    text += ["\n## Beside other programs\n", OTHERS, _others(said.others)]
    text += ["\n## Beside what makes the plan\n", PRODUCED, _produced(said.produced, said.sizes)]
    text += ["\n## Many plans\n", _many(said.batch)]
    text += ["\n## Where the time goes\n", "Milliseconds, inside of one process.\n"]
    return "\n".join([*text, _parts(said.parts), SMALL])


def _runs(results: Results) -> str:
    rows = []
    for size, (_, runs) in results.items():
        rows += [
            (size, f"`{name}`", f"{run.seconds * 1000:,.0f} ms", _memory(run))
            for name, run in runs.items()
        ]
    return _table(("resources", "program", "time", "memory"), rows)


def _ratios(results: Results) -> str:
    rows = []
    for size, (file, runs) in results.items():
        bare, loads, text, json = runs.values()
        rows.append(
            (
                size,
                f"{file / 1e6:,.1f} MB",
                f"{text.seconds / bare.seconds:.1f}x",
                f"{text.seconds / loads.seconds:.2f}x",
                f"{json.seconds / loads.seconds:.2f}x",
                f"{text.memory / file:.1f}x",
                f"{text.seconds / _count(size) * 1e6:,.0f} µs" if _count(size) else "",
            )
        )
    head = (
        "resources",
        "file",
        "text to `pass`",
        "text to `orjson`",
        "JSON to `orjson`",
        "memory to file",
        "per resource",
    )
    return _table(head, rows)


def _aims(results: Results) -> str:
    rows = []
    for size, program, by, most in AIMS:
        if size not in results:
            continue
        file, runs = results[size]
        run = runs["tfchange assess"]
        found = run.memory / file if by == "file" else run.seconds / runs[by].seconds
        said = "reached" if found <= most else "not reached"
        rows.append((f"{size} resources, {program}", f"{most}x", f"{found:.2f}x", said))
    return _table(("aim", "at most", "measured", ""), rows)


def _parts(parts: dict[str, dict[str, float]]) -> str:
    names = list(next(iter(parts.values())))
    rows = [(name, *(f"{each[name]:,.1f}" for each in parts.values())) for name in names]
    return _table(("phase", *parts), rows)


def _growth(results: Results) -> str:
    """What each further resource costs, from one size to the next."""
    rows = []
    sized = [(_count(size), *said) for size, said in results.items() if _count(size) >= 1_000]
    for (few, _, less), (many, _, more) in pairwise(sized):
        a, b = less["tfchange assess"], more["tfchange assess"]
        seconds, memory = b.seconds - a.seconds, b.memory - a.memory
        each = (f"{seconds / (many - few) * 1e6:.1f} µs", f"{memory / (many - few) / 1024:.1f} KiB")
        rows.append((f"{few:,} to {many:,}", *each))
    return _table(("resources", "time of each more", "memory of each more"), rows)


def _others(others: dict[str, dict[str, Run]]) -> str:
    names = list(dict.fromkeys(name for runs in others.values() for name in runs))
    does = {TFCHANGE: "graph, blast radius, drift, risk, category, report"}
    does[ORJSON] = "decodes the file, and nothing else"
    does |= {peer.name: peer.does for peer in PEERS}
    rows = []
    for name in names:
        cells = [_cell(runs.get(name), runs[TFCHANGE]) for runs in others.values()]
        rows.append((f"`{name}`", does[name], *cells))
    return _table(("program", "what it does", *others), rows)


def _cell(run: Run | None, ours: Run) -> str:
    if run is None:
        return "not run"
    if run.end == FAILED:
        return "failed"
    if run.end == ENDED:
        return f"more than {LIMIT:.0f} s, {_memory(run)}"
    return f"{_cost(run)} ({run.seconds / ours.seconds:.1f}x)"


def _cost(run: Run) -> str:
    return f"{_time(run.seconds)}, {_memory(run)}"


def _memory(run: Run) -> str:
    return f"{run.memory / MIB:,.0f} MiB"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms" if seconds < 10 else f"{seconds:,.0f} s"


def _produced(produced: dict[str, dict[str, Run]], sizes: dict[str, int]) -> str:
    rows = []
    for size, runs in produced.items():
        show, ours = runs[TERRAFORM], runs[TFCHANGE]
        part = f"{100 * ours.seconds / show.seconds:.1f} %"
        file = f"{sizes[size] / 1e6:,.2f} MB"
        rows.append((size, file, _cost(show), _cost(ours), part))
    head = ("plan", "file", f"`{TERRAFORM}`", f"`{TFCHANGE}`", "of its time")
    return _table(head, rows)


def _many(many: dict[str, Run]) -> str:
    rows = [
        (name, f"{run.seconds:.2f} s", f"{run.seconds / BATCH * 1000:.1f} ms")
        for name, run in many.items()
    ]
    text = f"{BATCH:,} plans of 43 KB in one run, start included.\n\n"
    return text + _table(("", "time", "per plan"), rows)


def _count(size: str) -> int:
    digits = size.replace(",", "")
    return int(digits) if digits.isdigit() else 0


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---", *["---:"] * (len(head) - 1)), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
