"""From the settings and the files they name to one catalogue: every fault is found at once."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from glob import glob, has_magic
from itertools import combinations
from typing import Any

import msgspec

from tfchange.catalogue.backstage import KINDS, OURS, services_of
from tfchange.catalogue.model import Catalogue, Service, tier
from tfchange.catalogue.patterns import meet, rank
from tfchange.errors import SettingsError
from tfchange.rulebook.document import Document, read_all
from tfchange.rulebook.files import RuleFile
from tfchange.schema import errors, place

SCHEMA = "catalogue-1.0"
FILES = ("catalog-info.yaml", "catalog-info.yml")
"""What Backstage looks for, and so what is looked for in a folder."""
MOST_ALIKE = 500
"""Patterns of one rank; each is compared with each."""
_TOO_MANY = f"is as specific as {MOST_ALIKE} other addresses; write more of it before the first `*`"
_ADVICE = "docs/services.md explains every key with an example."

Where = tuple[str | int, ...]
Fault = Callable[[Where, str], str]


class Entry(msgspec.Struct, frozen=True):
    """One service, and how a fault of it is told with its place."""

    service: Service
    fault: Fault
    addresses: Where = ("addresses",)
    """Where in it the addresses stand, one below the other if it is a list."""


def load(table: Sequence[Mapping[str, Any]] = (), path: str | None = None) -> Catalogue:
    """The services of the settings' table, and of a file, a folder or files that a glob matches.

    A file holds `services:` like the table, or entities of Backstage; in a folder every
    catalog-info.yaml counts, at any depth. Raises `SettingsError` with all faults.
    """
    faults: list[str] = []
    entries = [_entry(said, _in_settings(i)) for i, said in enumerate(table)]
    documents = [each for file in _files(path) for each in _read(file, faults)] if path else []
    entries += _own(documents, faults)
    entities = [each for each in documents if _kind(each) in KINDS]
    faults += [said for each in entities for said in _by_schema_of_entity(each)]
    if not faults:
        entries += [Entry(s, d.fault, w) for s, d, w in services_of(entities)]
    faults += _clashes(entries)
    if faults:
        raise SettingsError("\n".join(faults), _ADVICE)
    return Catalogue(tuple(sorted((each.service for each in entries), key=lambda s: s.name)))


def _in_settings(number: int) -> Fault:
    return lambda where, said: f"tfchange.yaml: {place(('services', number, *where))}: {said}"


def _entry(said: Mapping[str, Any], fault: Fault) -> Entry:
    service = Service(
        name=said["name"],
        tier=tier(said.get("tier")),
        owner=said.get("owner", ""),
        ci=said.get("ci", ""),
        addresses=tuple(said.get("addresses") or ()),
        tags=dict(said.get("tags") or {}),
    )
    return Entry(service, fault)


def _files(path: str) -> list[str]:
    if os.path.isdir(path):
        found = sorted(_below(path))
    elif has_magic(path) and not os.path.exists(path):
        found = sorted(each for each in glob(path, recursive=True) if os.path.isfile(each))
    else:
        return [path]
    if not found:
        what = f"no {FILES[0]} below" if os.path.isdir(path) else "no file at"
        raise SettingsError(f"catalogue: there is {what} {path}", _ADVICE)
    return found


def _below(folder: str) -> Iterator[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        yield from (os.path.join(here, name) for name in names if name in FILES)


def _read(path: str, faults: list[str]) -> list[Document]:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise SettingsError(
            f"cannot read the service catalogue {path}: {error.strerror}",
            "Name a file or folder that exists, in `catalogue` or with --catalogue.",
        ) from None
    documents, wrong = read_all(RuleFile(0, "", os.path.basename(path), path, "", data))
    # Between two `---` there may be nothing.
    documents = [each for each in documents if each.content is not None]
    faults += wrong or [
        each.fault((), "is neither a list of `services:` nor an entity of Backstage (`kind:`)")
        for each in documents
        if not (_kind(each) or _is_own(each))
    ]
    return [] if wrong else documents


def _kind(document: Document) -> str:
    said = document.content
    kind = said.get("kind") if isinstance(said, dict) else None
    return kind if isinstance(kind, str) else ""


def _is_own(document: Document) -> bool:
    return isinstance(document.content, dict) and "services" in document.content


def _own(documents: Iterable[Document], faults: list[str]) -> Iterator[Entry]:
    for document in documents:
        if _kind(document) or not _is_own(document):
            continue
        wrong = _by_schema(document)
        faults += wrong
        for i, said in enumerate(() if wrong else document.content["services"]):
            yield _entry(said, _at(document, ("services", i)))


def _at(document: Document, start: Where) -> Fault:
    return lambda where, said: document.fault((*start, *where), said)


def _by_schema(document: Document, part: str | None = None) -> list[str]:
    return [
        document.fault(where, f"{place(where)}: {said}")
        for where, said in errors(document.content, SCHEMA, part)
    ]


def _by_schema_of_entity(document: Document) -> list[str]:
    """Other tools have annotations of any kind there; ours are checked to the letter."""
    wrong = _by_schema(document, "entity")
    if wrong:
        return wrong
    said = document.content["metadata"].get("annotations") or {}
    ours = {name: value for name, value in said.items() if name.startswith(OURS)}
    return [
        document.fault(("metadata", "annotations", *where), f"{place(where)}: {what}")
        for where, what in errors(ours, SCHEMA, "annotations")
    ]


def _clashes(entries: Sequence[Entry]) -> Iterator[str]:
    """Two services of one name or with the same tags, or that one address could belong to."""
    yield from _twice(entries, ("name",), lambda s: s.name.casefold(), "is called")
    yield from _twice(
        entries, ("tags",), lambda s: tuple(sorted(s.tags.items())), "has the same tags as"
    )
    alike: dict[tuple[Any, str], list[tuple[str, int, Entry]]] = {}
    for entry in entries:
        for i, pattern in enumerate(entry.service.addresses):
            key = (rank(pattern), pattern.partition("*")[0])
            alike.setdefault(key, []).append((pattern, i, entry))
    for group in alike.values():
        if len(group) > MOST_ALIKE:
            _, i, entry = group[MOST_ALIKE]
            yield entry.fault(_place(entry, i), _TOO_MANY)
        for (one, _, first), (other, i, second) in combinations(group[:MOST_ALIKE], 2):
            if first is not second and meet(one, other):
                yield second.fault(
                    _place(second, i),
                    f"{other!r} is as specific as {one!r} of {first.service.name!r}, and both can "
                    "match one address; make one of them more specific",
                )


def _place(entry: Entry, number: int) -> Where:
    return (*entry.addresses, number) if entry.addresses == ("addresses",) else entry.addresses


def _twice(
    entries: Iterable[Entry], where: Where, key: Callable[[Service], object], does: str
) -> Iterator[str]:
    known: dict[object, Service] = {}
    for entry in entries:
        what = key(entry.service)
        first = known.setdefault(what, entry.service) if what else entry.service
        if first is not entry.service:
            yield entry.fault(where, f"{entry.service.name!r} {does} {first.name!r} too")
