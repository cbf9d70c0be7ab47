"""Entities of Backstage (catalog-info.yaml) as services.

Kinds, names, namespaces and references are those of Backstage's descriptor format,
https://backstage.io/docs/features/software-catalog/descriptor-format. Where to find a service in a
plan is said by annotations of our own, since none of those that are known tells it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tfchange.catalogue.model import Service, tier
from tfchange.rulebook.document import Document, Where

KINDS = ("Component", "System", "Resource")
"""What counts as a service, in the order in which one of several keeps the plain name."""
OURS = "tfchange/"
_HOME = "default"

Ref = tuple[str, str, str]
"""Kind, namespace and name, in lower case: what Backstage tells entities apart by."""


def services_of(documents: Sequence[Document]) -> Iterator[tuple[Service, Document, Where]]:
    """The service of each entity, its document, and where in it the addresses stand.

    The entities are right by the schema. Of several kinds with one name, a component keeps it, and
    others are called `system:NAME`. A resource without a tier has that of the most critical which
    depends on it.
    """
    taken: set[str] = set()
    tiers = _tiers(documents)
    for document in sorted(documents, key=lambda each: KINDS.index(each.content["kind"])):
        said = document.content
        name = _name(said)
        if name.casefold() in taken and KINDS.index(said["kind"]):
            name = f"{said['kind'].lower()}:{name}"
        taken.add(name.casefold())
        annotations = _annotations(said)
        service = Service(
            name=name,
            tier=tiers[_ref(said)],
            owner=_owner((said.get("spec") or {}).get("owner", "")),
            ci=annotations.get(f"{OURS}ci", ""),
            addresses=_list(annotations.get(f"{OURS}addresses", "")),
            tags=dict(_pairs(annotations.get(f"{OURS}tags", ""))),
        )
        yield service, document, ("metadata", "annotations", f"{OURS}addresses")


def _tiers(documents: Sequence[Document]) -> dict[Ref, int | None]:
    own = {_ref(d.content): tier(_annotations(d.content).get(f"{OURS}tier")) for d in documents}
    told = dict(own)
    for document in documents:
        spec, level = document.content.get("spec") or {}, own[_ref(document.content)]
        for said in spec.get("dependsOn") or () if level else ():
            ref = _parsed(said)
            if ref[0] == "resource" and ref in own and own[ref] is None:
                told[ref] = min(filter(None, (told[ref], level)))
    return told


def _annotations(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return said["metadata"].get("annotations") or {}


def _ref(said: Mapping[str, Any]) -> Ref:
    metadata = said["metadata"]
    parts = (said["kind"], metadata.get("namespace", _HOME), metadata["name"])
    return parts[0].lower(), parts[1].lower(), parts[2].lower()


def _parsed(text: str) -> Ref:
    """The reference in `[kind:][namespace/]name`."""
    kind, _, rest = text.rpartition(":")
    namespace, _, name = rest.rpartition("/")
    return kind.lower(), (namespace or _HOME).lower(), name.lower()


def _name(said: Mapping[str, Any]) -> str:
    namespace, name = said["metadata"].get("namespace", _HOME), said["metadata"]["name"]
    return name if namespace == _HOME else f"{namespace}/{name}"


def _owner(ref: str) -> str:
    """The owner without kind and default namespace: `group:default/shop` is `shop`."""
    return ref.rpartition(":")[2].removeprefix(f"{_HOME}/")


def _list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.replace(",", "\n").splitlines())))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in _list(text):
        name, _, value = part.partition("=")
        yield name.strip(), value.strip()
