"""What is looked at around an apply, and what was seen."""

import msgspec


class Check(msgspec.Struct, frozen=True):
    """One thing that has to hold."""

    name: str
    query: str
    """PromQL."""
    must: str
    """below, at_most, above, at_least or equals."""
    limit: float
    seconds: int = 0
    """How long it has to hold; 0: at one moment."""
    when: tuple[str, ...] = ("before", "after")
    none: str = "fail"
    """What no data means: fail or pass."""


class Window(msgspec.Struct, frozen=True):
    """Over which time an error budget counts: the last so many units, or periods from `start`."""

    number: int
    unit: str
    """m, h, d, w, M, Q or Y, as in OpenSLO."""
    start: str = ""
    """When its first period began, YYYY-MM-DD HH:MM:SS at the clocks of `zone`."""
    zone: str = ""


class Ratio(msgspec.Struct, frozen=True):
    """Events, as PromQL: all of them, and the good or the bad ones."""

    total: str
    part: str
    part_is_good: bool
    counter: bool
    """Whether they are counters, which only grow, or numbers of events at each moment."""


class Threshold(msgspec.Struct, frozen=True):
    """A number, as PromQL, that each moment is good or bad by."""

    query: str


class Objective(msgspec.Struct, frozen=True):
    """Which share has to be good, from 0 up to 1; for a threshold also what good is."""

    target: float
    name: str = ""
    relation: str = ""
    """`<`, `<=`, `>` or `>=`."""
    value: float = 0.0


class Slo(msgspec.Struct, frozen=True):
    """One service level objective, as its file says it."""

    name: str
    title: str
    window: Window
    indicator: Ratio | Threshold
    objectives: tuple[Objective, ...]


class Health(msgspec.Struct, frozen=True):
    """Everything that is to be looked at."""

    prometheus: str
    """The address of the server."""
    checks: tuple[Check, ...] = ()
    slos: tuple[Slo, ...] = ()
    blocks: tuple[str, ...] = ()
    """Categories that wait while an error budget is spent."""
    none: str = "fail"
    """Whether a budget that is not known blocks (fail) or not (pass)."""


class Result(msgspec.Struct, frozen=True):
    """How one check came out, as a finished sentence."""

    name: str
    ok: bool
    sentence: str


class Budget(msgspec.Struct, frozen=True):
    """What is left of one error budget, as a finished sentence."""

    slo: str
    target: float
    remaining: float | None
    """1 is all of it, 0 or less is none; None where it is not known."""
    state: str
    """healthy, spent or unknown."""
    sentence: str


class Standing(msgspec.Struct, frozen=True):
    """What was seen at one time."""

    results: tuple[Result, ...] = ()
    budgets: tuple[Budget, ...] = ()
    blocks: tuple[str, ...] = ()
    """Categories of changes that have to wait for an error budget."""
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every check held; budgets are told by `blocks`."""
        return all(result.ok for result in self.results)
