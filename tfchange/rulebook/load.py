"""Rule files in, one compiled rulebook out; only the first time costs YAML and schemas."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from tfchange.cache import folder
from tfchange.errors import RulebookError
from tfchange.rulebook import cache as kept
from tfchange.rulebook.files import (
    RuleFile,
    bundled,
    digest,
    read_layers,
    read_own,
    stamp,
    together,
)
from tfchange.rulebook.rule import Rulebook

if TYPE_CHECKING:
    from tfchange.rulebook.document import Document
    from tfchange.rulebook.layers import Draft


def load(
    layers: Sequence[str] = (), *, policy: str | None = None, cache: str | None = None
) -> Rulebook:
    """The rulebook of the bundled layer and these: the organisation's, then the repositories'.

    `policy` is the bundled one that all stands on; None means the organisation's choice, else the
    default. `cache` is the folder that keeps compiled rulebooks; None means the user's own cache
    folder. RulebookError lists all faults of all files, one a line.
    """
    where = cache if cache is not None else folder()
    # More than two hundred files are bundled: reading them costs more than all else here.
    mark, own = stamp(bundled()), read_own(layers)
    known = kept.bundled(where, mark) if mark else None
    if known and (rulebook := kept.read(where, together(known, own, policy))):
        return rulebook
    files = (*read_layers(), *own)
    said = digest(files[: len(files) - len(own)])
    name = together(said, own, policy)
    rulebook = kept.read(where, name)
    if rulebook is None:
        rulebook = compile_files(files, name, policy)
        kept.write(where, rulebook)
    if mark:
        kept.keep_bundled(where, mark, said)
    return rulebook


def compile_files(files: Sequence[RuleFile], name: str, policy: str | None = None) -> Rulebook:
    """The rulebook these files make; RulebookError where they have faults."""
    from tfchange.rulebook.base import chosen
    from tfchange.rulebook.check import unknown_names
    from tfchange.rulebook.document import Document, read
    from tfchange.rulebook.form import forms
    from tfchange.rulebook.layers import Draft, merge
    from tfchange.rulebook.merged import convert

    base = chosen(files, policy)
    draft, documents, faults = Draft(), list[Document](), list(base.faults)
    for file in base.files:
        document, wrong = read(file)
        if document is not None and not wrong:
            wrong = _by_schema(document, draft)
        if document is not None and not wrong:
            wrong = merge(draft, document)
            documents.append(document)
        faults += wrong
    if not faults or draft.policy:
        faults += unknown_names(draft, documents)
    if faults:
        raise RulebookError(
            "\n".join(["the rulebook has faults:", *sorted(faults)]),
            "Correct the files; rules/README.md says what may stand in each.",
        )
    draft.policy["extends"] = base.name
    rulebook = convert(draft, name)
    floors = rulebook.policy.floors.values()
    return structs.replace(rulebook, forms=forms(rulebook.rules, rulebook.envelopes, floors))


def _by_schema(document: "Document", draft: "Draft") -> list[str]:
    from tfchange import schema

    file, said = document.file, document.content
    if not file.kind:
        return [document.fault((), "is in no folder of a layer: traits, risk, envelopes or itil")]
    id_ = said.get("id") if isinstance(said, dict) else None
    first = draft.documents.get(f"{file.kind} {id_}")
    overlay = first is not None and first.file.layer < file.layer
    found = schema.errors(said, f"{file.kind}-1.0", "overlay" if overlay else None)
    if not found and file.kind in ("rule", "envelope") and said["id"] != file.name:
        found = [(("id",), f"the id {said['id']!r} is not the file's name {file.name!r}")]
    return [document.fault(where, _at(where, message)) for where, message in found]


def _at(where: tuple[str | int, ...], message: str) -> str:
    from tfchange.schema import place

    return f"{place(where)}: {message}"
