"""Which of the bundled policies all others stand on, and the files that are merged for it."""

from collections.abc import Iterator, Sequence

import msgspec

from tfchange.errors import SettingsError
from tfchange.rulebook.document import Document, read
from tfchange.rulebook.files import BUNDLED, ORGANISATION, RuleFile

DEFAULT = "default"


class Base(msgspec.Struct, frozen=True):
    """The policy that all stands on, the files of the rulebook, and what is wrong with it."""

    name: str
    files: tuple[RuleFile, ...]
    faults: tuple[str, ...] = ()


def chosen(files: Sequence[RuleFile], policy: str | None) -> Base:
    """All files but those of policies that nobody chose, what is extended before what extends it.

    The organisation's own policy stands on the one it `extends`, else on the default one, and then
    nobody below may choose another: no choice can make the judgement milder. Where it has none,
    `policy` is free, as a name of a bundled one; SettingsError where there is none of that name.
    """
    bundled = {file.name: file for file in files if _is_policy(file) and file.layer == BUNDLED}
    if policy is not None and policy not in bundled:
        raise SettingsError(
            _unknown(policy, bundled), "Choose one: `policy` in tfchange.yaml, or --policy."
        )
    above = [read(file)[0] for file in files if _is_policy(file) and file.layer > BUNDLED]
    own = [document for document in above if document is not None]
    pinned = next((d for d in own if d.file.layer == ORGANISATION and _extended(d)), None)
    pinned = pinned or next((d for d in own if d.file.layer == ORGANISATION), None)
    name = (pinned and (_extended(pinned) or DEFAULT)) or policy or DEFAULT
    faults = [*_strangers(own, name, bundled), *_choice(pinned, name, policy)]
    chain = tuple(_chain(name if name in bundled else DEFAULT, bundled))
    rest = (file for file in files if not (_is_policy(file) and file.layer == BUNDLED))
    return Base(name, (*chain, *rest), tuple(faults))


def _is_policy(file: RuleFile) -> bool:
    return file.kind == "policy"


def _extended(document: Document) -> str:
    said = document.content.get("extends") if isinstance(document.content, dict) else None
    return said if isinstance(said, str) else ""


def _strangers(own: Sequence[Document], name: str, bundled: dict[str, RuleFile]) -> Iterator[str]:
    for document in own:
        said = _extended(document)
        if said and said not in bundled:
            yield document.fault(("extends",), _unknown(said, bundled))
        elif said and said != name:
            yield document.fault(
                ("extends",),
                f"all stands on {name!r} here: only the first layer, or `policy`, chooses another",
            )


def _choice(pinned: Document | None, name: str, policy: str | None) -> Iterator[str]:
    if pinned is not None and policy not in (None, name):
        yield pinned.fault(
            ("extends",),
            f"the organisation's policy stands on {name!r}, so {policy!r} cannot be chosen: "
            f"choose {name!r} or none",
        )


def _unknown(name: str, bundled: dict[str, RuleFile]) -> str:
    return f"there is no policy {name!r}; those that come with tfchange are {', '.join(bundled)}"


def _chain(name: str, bundled: dict[str, RuleFile]) -> Iterator[RuleFile]:
    """The bundled policy and, before it, the one that it extends."""
    document, _ = read(bundled[name])
    below = _extended(document) if document is not None else ""
    if below in bundled and below != name:
        yield from _chain(below, bundled)
    yield bundled[name]
