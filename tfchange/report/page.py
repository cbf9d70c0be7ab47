"""The page all renderers set in their own medium: facts, then parts with items, then sections.

Every string on a page is one line and harmless (`words.plain`), but not escaped for any format.
"""

import msgspec


class Caps(msgspec.Struct, frozen=True):
    """How many items a report shows of each kind before it says how many more there are."""

    changes: int = 20
    """Of what is destroyed or replaced, and again of all other changes."""
    findings: int = 4
    """Of one resource."""
    reached: int = 10
    drift: int = 10
    blockers: int = 8
    backout: int = 12
    caveats: int = 10
    points: int = 15
    why: int = 8
    sections: int = 10
    paths: int = 5
    plans: int = 100
    services: int = 6
    names: int = 5
    """Of what one reason keeps from being a standard change."""
    steps: int = 6
    """Of what is taken back in one step of the backout."""
    instances: int = 1
    """Of one block, where they are reached in the same way."""

    def at_most(self, most: int) -> "Caps":
        """The same limits, none of them above `most`."""
        return Caps(**{name: min(most, getattr(self, name)) for name in self.__struct_fields__})


class Line(msgspec.Struct, frozen=True):
    """One finished sentence about an item."""

    text: str
    tone: str = ""
    """A level (low to critical) where the sentence is a finding, `waived` where it is waived."""


class Item(msgspec.Struct, frozen=True):
    """One entry of a part: a resource, a group, a caveat, a kind of points."""

    subject: str = ""
    is_address: bool = True
    symbol: str = ""
    aside: str = ""
    """A few words to stand beside the subject: the verb, a distance, a place in the source."""
    lines: tuple[Line, ...] = ()
    tone: str = ""
    phrase: bool = False
    """Whether its line goes on from the subject: `aws_vpc.main`, `is replaced.`"""
    via: str = ""
    """In a tree: how this resource depends on the one above it."""
    depth: int = 0
    """In a tree: 0 for a changed resource, 1 for what depends on it directly, and so on."""


class Part(msgspec.Struct, frozen=True):
    """One titled part of a page."""

    key: str
    title: str
    lead: str = ""
    items: tuple[Item, ...] = ()
    more: str = ""
    """What the caps left out: `and 12 more resources`; `""` where all is shown."""
    close: str = ""
    """A sentence below the items."""
    brief: bool = False
    """Whether each item is its subject and one sentence, fit for one line."""
    total: int = 0
    """How many items there are, with those left out; 0 where that is not counted."""


class Fact(msgspec.Struct, frozen=True):
    """A name and a value at the head of a page."""

    name: str
    value: str


class Page(msgspec.Struct, frozen=True):
    """All there is to say of one plan, or of several in `sections`."""

    name: str
    category: str
    level: str
    headline: str
    facts: tuple[Fact, ...]
    why: tuple[str, ...]
    parts: tuple[Part, ...]
    sections: tuple["Page", ...] = ()
    quiet: str = ""
    """One sentence that names the plans in which nothing changes."""


ALL = Caps(**dict.fromkeys(Caps.__struct_fields__, 1_000_000))
"""No limits: everything is named."""
