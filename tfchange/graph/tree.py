"""The module tree: each module by its path, with what it says about its own references.

Where the source is known, it tells which instance an expression names, and adds what the plan
leaves out.
"""

from collections.abc import Iterable, Sequence

import msgspec

from tfchange.graph.dependency import VIAS, Via
from tfchange.graph.steps import OWN, Step, step_of, without_companions
from tfchange.plan.configuration import (
    ConfigModule,
    ConfigProvider,
    ConfigResource,
    Configuration,
    ModuleCall,
    Reference,
    Source,
    SourceModule,
)

REFERENCE, DEPENDS_ON, SOURCE, PROVIDER = (
    VIAS.index(via) for via in (Via.REFERENCE, Via.DEPENDS_ON, Via.SOURCE, Via.PROVIDER)
)
_REPETITION = frozenset({"count", "for_each"})

Ranked = tuple[int, Step]
"""A step and how it is known, as a place in `VIAS`."""


class Module(msgspec.Struct, frozen=True, eq=False):
    """One module of the configuration; `call` and `parent` are None for the root."""

    path: str
    depth: int
    config: ConfigModule
    blocks: dict[str, ConfigResource]
    source: SourceModule
    call: ModuleCall | None = None
    parent: "Module | None" = None
    name: str = ""

    def child(self, name: str) -> str:
        """The path of a module that this one calls."""
        return f"{self.path}.module.{name}" if self.path else f"module.{name}"


def modules_of(configuration: Configuration, source: Source | None) -> dict[str, Module]:
    """All modules by path, each after its parent."""
    known = source.modules if source else {}
    found: dict[str, Module] = {}
    waiting: list[tuple[str, str, ModuleCall | None, Module | None]] = [("", "", None, None)]
    for path, name, call, parent in waiting:  # grows by the calls of each module
        config = call.module if call else configuration.root
        module = Module(
            path,
            parent.depth + 1 if parent else 0,
            config,
            {resource.address: resource for resource in config.resources},
            known.get(path) or SourceModule(path),
            call,
            parent,
            name,
        )
        found[path] = module
        waiting.extend((module.child(n), n, c, module) for n, c in sorted(config.calls.items()))
    return found


def of_resource(module: Module, resource: ConfigResource) -> list[Ranked]:
    """What a resource block refers to, its repetition and `depends_on` included."""
    said = _from_source(module, resource.address)
    return _merge(module, _told(resource.references), resource.depends_on, said)


def of_input(module: Module, name: str) -> list[Ranked]:
    """What a module's variable is set to, in the terms of the module that calls it."""
    if module.call is None or module.parent is None:
        return []
    said = _from_source(module.parent, f"module.{module.name}")
    texts = module.call.inputs.get(name, ())
    told = [(name, step) for step in _steps(texts)]
    own = said and [r for r in said if r.argument.split(".")[0] == name]
    return _merge(module.parent, told, (), own)


def of_validation(module: Module, name: str) -> list[Ranked]:
    """What the validation of a variable refers to, which all who use the variable wait for."""
    return _merge(module, [], (), _from_source(module, f"variable.{name}"))


def of_call(module: Module) -> list[Ranked]:
    """What a module's call depends on as a whole: its repetition and its `depends_on`."""
    if module.call is None or module.parent is None:
        return []
    said = _from_source(module.parent, f"module.{module.name}")
    whole = _REPETITION | {"depends_on"}
    told = [("for_each", step) for step in _steps(module.call.repetition)]
    own = said and [r for r in said if r.argument in whole]
    return _merge(module.parent, told, module.call.depends_on, own)


def of_output(module: Module, name: str) -> list[Ranked]:
    """What an output's value and its `depends_on` refer to."""
    output = module.config.outputs.get(name)
    said = _from_source(module, f"output.{name}")
    if output is None:
        return _merge(module, [], (), said)
    return _merge(module, [("", s) for s in _steps(output.references)], output.depends_on, said)


def of_local(module: Module, name: str) -> list[Ranked] | None:
    """What a local refers to, in one step; None where the source does not tell."""
    said = module.source.locals.get(name)
    return None if said is None else _merge(module, [], (), said)


def of_provider(module: Module, provider: ConfigProvider) -> list[Ranked]:
    """What a provider block refers to."""
    label = f"{provider.name}.{provider.alias}" if provider.alias else provider.name
    said = _from_source(module, f"provider.{label}")
    return _merge(module, [("", step) for step in _steps(provider.references)], (), said)


def _steps(texts: Iterable[str]) -> list[Step]:
    found = dict.fromkeys(without_companions(texts))
    return [step for text in found if (step := step_of(text))]


def _told(references: Sequence[Reference]) -> list[tuple[str, Step]]:
    by_argument: dict[str, list[str]] = {}
    for reference in references:
        by_argument.setdefault(reference.argument, []).append(reference.target)
    return [(name, step) for name, texts in by_argument.items() for step in _steps(texts)]


def _from_source(module: Module, name: str) -> Sequence[Reference] | None:
    block = module.source.blocks.get(name)
    return block.references if block else None


def _merge(
    module: Module,
    told: Sequence[tuple[str, Step]],
    depends_on: Iterable[str],
    said: Sequence[Reference] | None,
) -> list[Ranked]:
    """What the plan told and the source said, each once, and again where `depends_on` names it.

    The source knows the instances better.
    """
    ranked = [(REFERENCE, argument, step) for argument, step in told]
    if said is not None:
        ranked = _refine(module, ranked, said)
    named = {
        _meant(step) for _, name, step in ranked if name not in _REPETITION and step.slot == OWN
    }
    found: dict[Step, int] = {}
    for rank, argument, step in ranked:
        # `count = length(x)` beside `x[count.index]` says how many there are, no more.
        if argument in _REPETITION and step.slot != OWN and _meant(step) in named:
            continue
        found[step] = min(rank, found.get(step, rank))
    waits = [aim for text in depends_on if (aim := step_of(text))]
    for aim in waits:
        found.setdefault(aim, DEPENDS_ON)
    # Told beside a reference too: a data source waits for more than it refers to.
    beside = [(DEPENDS_ON, aim) for aim in dict.fromkeys(waits) if found[aim] != DEPENDS_ON]
    return [*((rank, step) for step, rank in found.items()), *beside]


def _refine(
    module: Module, ranked: list[tuple[int, str, Step]], said: Sequence[Reference]
) -> list[tuple[int, str, Step]]:
    told = {_meant(step) for _, _, step in ranked}
    found = []
    seen = set()
    for reference in said:
        step = step_of(reference.target)
        if step is None or not _exists(module, step):
            continue  # such as the iterator of a `dynamic` block
        seen.add(_meant(step))
        extra = DEPENDS_ON if reference.argument == "depends_on" else SOURCE
        found.append((REFERENCE if _meant(step) in told else extra, reference.argument, step))
    return found + [entry for entry in ranked if _meant(entry[2]) not in seen]


def _exists(module: Module, step: Step) -> bool:
    if step.kind == "block":
        return step.name in module.blocks
    if step.kind in ("output", "call"):
        return step.name in module.config.calls
    return step.kind != "unknown"


def _meant(step: Step) -> tuple[str, str, str]:
    return step.kind, step.name, step.output
