"""docs/performance.md: what was measured, how, and where the time goes."""

from bench.measure import MIB, Run

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

Whole processes, from the start of Python to its end, output thrown away. In each round every
program runs once, one after the other, and the medians are compared: the times depend on the
machine, the ratios hardly. Memory is the peak that the kernel reports (`wait4`). The plans are a
real one scaled up: most resources do not change, some are updated, replaced, created, deleted or
drifted, and no *.tf files lie beside them. `orjson.loads` is what merely reading the same file
costs when everything in it is decoded.
"""
MEANS = """
The plan is memory-mapped and decoded once into typed structs; `before` and `after` stay raw bytes
until somebody asks, and nobody asks for what does not change. That is why a large plan costs less
than decoding it whole, and why the cost per resource stays flat.
"""
SMALL = """
On a small plan most of the time is the start: of Python, of msgspec and what it needs, of our own
modules. That is why a plain `assess` is read without click, most expressions are answered without
CEL, and all else that is heavy (rich, networkx, YAML, JSON Schema, HCL) is imported where it is
used; `tests/test_imports.py` keeps it so, and
[decision 0004](decisions/0004-a-plain-run-without-click-and-cel.md) says what each of these took.
"""


Many = tuple[dict[str, Run], int]


def write(
    results: Results,
    parts: dict[str, dict[str, float]],
    many: Many | None,
    machine: str,
) -> str:
    """The page."""
    said = [HEAD.format(machine=machine), "## Whole runs\n", _runs(results), MEANS]
    said += ["## Against the yardsticks\n", _ratios(results)]
    said += ["\n## Against the aims\n", _aims(results)]
    said += ["\n## Where the time goes\n", "Milliseconds, inside of one process.\n", _parts(parts)]
    said.append(SMALL)
    if many:
        said += ["## Many plans\n", _many(*many)]
    return "\n".join(said)


def _runs(results: Results) -> str:
    rows = []
    for size, (_, runs) in results.items():
        rows += [
            (size, f"`{name}`", f"{run.seconds * 1000:,.0f} ms", f"{run.memory / MIB:,.0f} MiB")
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


def _many(many: dict[str, Run], count: int) -> str:
    rows = [
        (name, f"{run.seconds:.2f} s", f"{run.seconds / count * 1000:.1f} ms")
        for name, run in many.items()
    ]
    text = f"{count} plans of the smallest size in one run, start included.\n\n"
    return text + _table(("", "time", "per plan"), rows)


def _count(size: str) -> int:
    digits = size.replace(",", "")
    return int(digits) if digits.isdigit() else 0


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---", *["---:"] * (len(head) - 1)), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
