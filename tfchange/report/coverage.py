"""How well the types of plans are known, for people and for tools."""

from collections.abc import Iterator, Sequence

import msgspec

from tfchange.report.text import wrap
from tfchange.rulebook.coverage import GUESSED, KNOWN, UNKNOWN, Covered
from tfchange.rulebook.rule import Rulebook
from tfchange.words import count, listing, plain


def text(book: Rulebook, found: Sequence[Covered], *, width: int = 100) -> str:
    """How many types and resources are known, then the types that are not, with what is guessed."""
    lines = [*wrap(_lead(book, found), width)]
    for title, standing in (("Guessed from the name:", GUESSED), ("Not known:", UNKNOWN)):
        those = [covered for covered in found if covered.standing == standing]
        lines += ["", title, *_listed(those, width)] if those else []
    if any(covered.standing != KNOWN for covered in found):
        lines += ["", *wrap("Facts about them go into traits/ of a folder of rules.", width)]
    return "\n".join(lines) + "\n"


def document(book: Rulebook, found: Sequence[Covered]) -> str:
    """The same as JSON: `{name, hash, types: [{type, standing, resources, traits}]}`."""
    data = msgspec.json.encode({"name": book.name, "hash": book.hash, "types": found})
    return msgspec.json.format(data, indent=2).decode() + "\n"


def _lead(book: Rulebook, found: Sequence[Covered]) -> str:
    known = [covered for covered in found if covered.standing == KNOWN]
    resources, all_ = (sum(c.resources for c in those) for those in (known, found))
    return (
        f"{len(known)} of {count(len(found), 'type')} and {resources} of "
        f"{count(all_, 'resource')} are known to {book.name}, {book.hash[:12]}"
    )


def _listed(those: Sequence[Covered], width: int) -> Iterator[str]:
    widest = max(len(plain(covered.type)) for covered in those)
    for covered in those:
        head = f"  {plain(covered.type):<{widest}}  "
        said = count(covered.resources, "resource")
        if covered.traits:
            said += f", taken for {listing(covered.traits)}"
        yield from wrap(said, width, head, " " * min(len(head), width // 2))
