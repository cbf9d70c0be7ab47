"""How to take back what was done, where a change went badly: that part of its backout plan."""

from collections.abc import Iterable, Sequence

import msgspec

from tfchange.change.blocks import headed, items, paragraph, steps
from tfchange.change.happened import bare
from tfchange.change.request import Text
from tfchange.change.undo import step_lines
from tfchange.risk.assessment import BackoutStep
from tfchange.risk.backout import COMMIT
from tfchange.words import few, plan_name

NAME = "assessment.json"
"""Of the file that hangs on the change."""
TITLE = "To take back what was done"
_UNKNOWN = "The assessment is not at the desk any more, so the backout steps cannot be told here."
_ONCE = (
    "Where they say so, the previous commit is re-applied once for all steps: revert the change in "
    "the repository, plan, have that plan reviewed, and apply it."
)


class _Plan(msgspec.Struct, frozen=True):
    path: str = ""


class _Section(msgspec.Struct, frozen=True):
    plan: _Plan = _Plan()
    backout: tuple[BackoutStep, ...] = ()


class Filed(_Section, frozen=True):
    """The part of an assessment that tells how it is taken back."""

    sections: tuple[_Section, ...] = ()


def read(data: bytes | None) -> Filed | None:
    """What the file says; None where there is none, or it is something else."""
    try:
        return msgspec.json.decode(data or b"", type=Filed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def take_back(
    filed: Filed | None, done: Sequence[tuple[str, Sequence[str]]], unsure: Sequence[str] = ()
) -> Text:
    """The steps for what was done in each plan (path and addresses), the last plan first.

    `unsure` are the addresses of which nobody knows whether something was done.
    """
    touched = [address for _, addresses in done for address in addresses]
    if not touched and not unsure:
        return ()
    look = f"Look first what became of {few(list(unsure), 10)}." if unsure else ""
    if filed is None:
        return headed(TITLE, paragraph(_UNKNOWN, look))
    told = [(path, _of(filed, path, set(addresses))) for path, addresses in reversed(done)]
    every = [step for _, some in told for step in some]
    order = "The steps are in the order to do them." if every else ""
    once = _ONCE if any(COMMIT in step.step.lower() for step in every) else ""
    body = (_part(path, some, len(told) > 1) for path, some in told)
    return headed(TITLE, paragraph(look, order, once), *body, _without(touched, every))


def _of(filed: Filed, path: str, addresses: set[str]) -> list[BackoutStep]:
    sections = [s for s in filed.sections if not path or s.plan.path == path] or [filed]
    return [s for section in sections for s in section.backout if bare(s.address) in addresses]


def _part(path: str, some: Iterable[BackoutStep], several: bool) -> Text:
    lines = steps(step_lines(some))
    return headed(plan_name(path), lines) if several and path else lines


def _without(touched: Sequence[str], every: Iterable[BackoutStep]) -> Text:
    told = {bare(step.address) for step in every}
    left = [address for address in touched if address not in told]
    return items(f"{address}: no backout step was filed for it." for address in left)
