"""Small configurations and graphs for tests, written in few words."""

from typing import Any

from tests.build import change, plan
from tfchange.graph.build import build
from tfchange.graph.dependency import DependencyGraph
from tfchange.plan.configuration import Reference, Source, SourceBlock, SourceModule
from tfchange.plan.model import Caveat


def said(*references: str) -> dict[str, Any]:
    """An expression that refers to these."""
    return {"references": list(references)}


def block(address: str, *references: str, **more: Any) -> dict[str, Any]:
    """A resource block whose argument `a` refers to these; `data.` makes it a data source."""
    data = address.startswith("data.")
    type_, name = address.removeprefix("data.").split(".")
    made = {"address": address, "mode": "data" if data else "managed", "type": type_, "name": name}
    return {**made, "expressions": {"a": said(*references)}, **more}


def module(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A module of these blocks; `outputs` and `module_calls` as Terraform writes them."""
    return {"resources": list(blocks), **more}


def call(inside: dict[str, Any], *, inputs: dict[str, list[str]] | None = None, **more: Any) -> Any:
    """A call of a module with references for its inputs."""
    expressions = {name: said(*texts) for name, texts in (inputs or {}).items()}
    return {"source": "./m", "module": inside, "expressions": expressions, **more}


def output(*references: str, **more: Any) -> dict[str, Any]:
    return {"expression": said(*references), **more}


def source(
    references: dict[str, list[tuple[str, str]]],
    locals_: dict[str, list[str]] | None = None,
    path: str = "",
) -> Source:
    """HCL of one module: (argument, reference) pairs by block, and references by local."""
    blocks = {
        name: SourceBlock("main.tf", 1, tuple(Reference(text, at) for at, text in told))
        for name, told in references.items()
    }
    named = {n: tuple(Reference(t, n) for t in texts) for n, texts in (locals_ or {}).items()}
    return Source({path: SourceModule(path, blocks, named)})


def built(
    addresses: list[str],
    root: dict[str, Any],
    hcl: Source | None = None,
    *,
    providers: dict[str, Any] | None = None,
    **more: Any,
) -> tuple[DependencyGraph, tuple[Caveat, ...]]:
    """The graph of a plan that updates these addresses under this configuration."""
    changes = [change(address, ["update"], {}, {}) for address in addresses]
    configuration = {"root_module": root, "provider_config": providers or {}}
    return build(plan(changes, configuration=configuration, **more), hcl)


def drawn(graph: DependencyGraph) -> list[str]:
    """Every edge as `dependent > dependency`, with the via where it is no reference."""
    return [
        f"{e.source} > {e.target}" + ("" if e.via == "reference" else f" ({e.via.value})")
        for e in graph.edges()
    ]


def edges(
    addresses: list[str], root: dict[str, Any], hcl: Source | None = None, **more: Any
) -> Any:
    """The edges of such a graph."""
    return drawn(built(addresses, root, hcl, **more)[0])
