"""The hidden first line of a comment of ours: what it is for, what it says, and of which run."""

import re

import msgspec

from tfchange.change.request import Stamp

_FORM = re.compile(
    r"tfchange:(?P<key>[0-9a-f]{32}) (?P<digest>[0-9a-f]{16}) "
    r"(?P<committed>[0-9a-f]{1,16})\.(?P<planned>[0-9a-f]{1,16})(?![0-9a-f])"
)


class Marker(msgspec.Struct, frozen=True):
    """By what a comment is known again, and compared with another."""

    key: str
    """The digest of the key of the change."""
    digest: str
    """Of what the comment says, 16 hex digits: equal means that nothing has to be written."""
    stamp: Stamp

    def __str__(self) -> str:
        return f"tfchange:{self.key} {self.digest} {self.stamp.committed:x}.{self.stamp.planned:x}"

    @classmethod
    def parse(cls, text: str) -> "Marker | None":
        """The marker in the first line of a comment; None where there is none."""
        found = _FORM.search(first_line(text))
        if not found:
            return None
        stamp = Stamp(int(found["committed"], 16), int(found["planned"], 16))
        return cls(found["key"], found["digest"], stamp)


def first_line(text: str) -> str:
    """The first line; editors of forges end lines in their own way."""
    return text.partition("\n")[0].rstrip()
