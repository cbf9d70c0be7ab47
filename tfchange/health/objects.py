"""The objects in OpenSLO files, each with the place where it stands."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

SCHEMA = "openslo-1.0"
_USED = ("SLO", "SLI", "DataSource")

Where = tuple[str | int, ...]


class Piece(msgspec.Struct, frozen=True):
    """One object of a file."""

    document: Any
    at: Where
    """Where it stands in its document."""
    said: Any

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.said["metadata"]["name"])

    def fault(self, where: Where, message: str) -> str:
        """The message with file, line and field."""
        from tfchange.schema import place

        name = f"{self.name}: " if _named(self.said) else ""
        return str(self.document.fault((*self.at, *where), f"{name}{place(where)}: {message}"))


def read(files: Sequence[str], base: str) -> tuple[list[Piece], list[str]]:
    """All objects in the files, and all that is wrong with them, each with file and line."""
    from tfchange.rulebook.document import read_all
    from tfchange.rulebook.files import RuleFile

    pieces: list[Piece] = []
    faults: list[str] = []
    for path in files:
        shown = os.path.relpath(path, base).replace(os.sep, "/")
        try:
            with open(path, "rb") as stream:
                data = stream.read()
        except OSError as error:
            faults.append(f"{shown} cannot be read: {error.strerror}")
            continue
        documents, wrong = read_all(RuleFile(0, "slo", shown, shown, base, data))
        faults += wrong
        for document in documents:
            pieces += _parts(document)
    faults += [fault for piece in pieces for fault in _faults(piece)]
    return pieces, faults


def _parts(document: Any) -> Iterator[Piece]:
    content = document.content
    if isinstance(content, list):
        yield from (Piece(document, (i,), each) for i, each in enumerate(content))
    elif content is not None:
        yield Piece(document, (), content)


def _faults(piece: Piece) -> list[str]:
    from tfchange.schema import errors

    part = piece.said.get("kind") if isinstance(piece.said, dict) else None
    found = errors(piece.said, SCHEMA, part if part in _USED else "object")
    return [piece.fault(where, message) for where, message in found]


def _named(said: Any) -> bool:
    meta = said.get("metadata") if isinstance(said, dict) else None
    return isinstance(meta, dict) and isinstance(meta.get("name"), str)
