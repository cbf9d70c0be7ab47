"""How much a report in Markdown says, and what goes first where it does not fit."""

import msgspec

from tfchange.report.page import Caps
from tfchange.words import count, listing

OPEN = frozenset({"plans", "destroyed", "changes", "approvals", "left-out"})
"""Parts a reader sees without opening anything; long ones are folded all the same."""


class Detail(msgspec.Struct, frozen=True):
    """How much a comment says; what does not fit is dropped in the order of `STEPS`."""

    caps: Caps
    picture: bool = True
    folded: bool = True
    """Whether the parts that are folded away are there at all."""
    parts: bool = True
    """Whether any part is there, or the head alone."""
    longest: int = 1000
    """The most characters of one name or sentence."""
    open: frozenset[str] = OPEN
    """The keys of the parts that are not folded away."""

    @property
    def lacks(self) -> str:
        """What it leaves out, as a list in words."""
        lists = f"what lists have beyond {count(self.caps.changes, 'entry', 'entries')}"
        gone = [
            "" if self.picture else "the picture",
            "" if self.parts and self.folded else "what is folded away",
            lists if self.parts else "all lists",
        ]
        return listing([each for each in gone if each])


STEPS = (
    Detail(Caps()),
    Detail(Caps().at_most(8), longest=400),
    Detail(Caps().at_most(8), picture=False, longest=400),
    Detail(Caps().at_most(4), picture=False, longest=200),
    Detail(Caps().at_most(4), picture=False, folded=False, longest=200),
    Detail(Caps().at_most(2), picture=False, folded=False, longest=100),
    Detail(Caps().at_most(2), picture=False, parts=False, longest=80),
)
"""First shorter lists, then no picture, then shorter still, then no folded parts, then the head."""
LENGTHS = 5_000, 2_000, 1_000, 500, 200, 100
"""Entries that lists are cut to where everything was asked for and does not fit."""
_LONG = 100_000


def steps(caps: Caps) -> tuple[Detail, ...]:
    """What is said within these limits, and what is said instead where that does not fit: lists
    are cut to ever less of `LENGTHS`, then all goes as in `STEPS`.
    """
    first = STEPS[0].caps
    if caps == first:
        return STEPS
    shorter = (Detail(caps.at_most(most), longest=_LONG) for most in LENGTHS)
    return (Detail(caps, longest=_LONG), *shorter, *STEPS)
