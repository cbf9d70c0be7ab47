"""Rule files in, one compiled rulebook out; only the first time costs YAML and schemas."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
    from tfchange.schema import Fault


def load(
    layers: Sequence[str] = (), *, policy: str | None = None, cache: str | None = None
) -> Rulebook:
    """The rulebook of the bundled layer and these: the organisation's, then the repositories'.

    `policy` is the bundled one that all stands on; None means the organisation's choice, else the
    default. `cache` is the folder that keeps compiled rulebooks; None means the user's own cache
    folder. RulebookError lists all faults of all files, one a line; SettingsError where there is no
    such policy.
    """
    where = cache if cache is not None else folder()
    # More than two hundred files are bundled: reading them costs more than all else here.
    home, own = bundled(), read_own(layers)
    mark = stamp(home)
    known = kept.bundled(where, home, mark) if mark else None
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
        kept.keep_bundled(where, home, mark, said)
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
        faults += wrong
        if document is None or wrong:
            continue
        found = _by_schema(document, draft)
        faults += [document.fault(where, _at(where, message)) for where, message in found]
        if (sound := _sound(document, found)) is not None:
            faults += merge(draft, sound)
            documents.append(sound)
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


def _by_schema(document: "Document", draft: "Draft") -> "list[Fault]":
    from tfchange import schema

    file, said = document.file, document.content
    if not file.kind:
        return [((), "is in no folder of a layer: traits, risk, envelopes or itil")]
    id_ = said.get("id") if isinstance(said, dict) else None
    first = draft.documents.get(f"{file.kind} {id_}")
    overlay = first is not None and first.file.layer < file.layer
    found = schema.errors(said, f"{file.kind}-1.0", "overlay" if overlay else None)
    if not found and file.kind in ("rule", "envelope") and said["id"] != file.name:
        found = [(("id",), f"the id {said['id']!r} is not the file's name {file.name!r}")]
    return found


def _sound(document: "Document", found: "list[Fault]") -> "Document | None":
    """What is right of the document, so that the rest of its faults are found at once as well.

    None where that is nothing, or where it is not certain what the document is about.
    """
    file, content = document.file, document.content
    if not file.kind or not isinstance(content, dict):
        return None
    for where, _ in found:
        content = _without(content, where)
    if file.kind in ("rule", "envelope") and "id" not in content:
        return None
    return structs.replace(document, content=content)


def _without(content: dict[str, Any], where: tuple[str | int, ...]) -> dict[str, Any]:
    """The content without the entry that the fault is in: of a map or list that one, else the key.

    In a list None stands for it, so that the others keep their places.
    """
    key, *deeper = where or ("",)
    inner = content.get(str(key))
    # A table of which a row is missing would have a fault that it does not have.
    if deeper and isinstance(inner, dict) and key != "matrix":
        return content | {str(key): {k: v for k, v in inner.items() if k != deeper[0]}}
    if deeper and isinstance(inner, list):
        left = [None if i == deeper[0] else entry for i, entry in enumerate(inner)]
        return content | {str(key): left}
    return {k: v for k, v in content.items() if k != key}


def _at(where: tuple[str | int, ...], message: str) -> str:
    from tfchange.schema import place

    return f"{place(where)}: {message}" if where else message
