"""What each part of a configuration leads to in one step, with what is known of the keys.

Variables, locals, outputs, module calls, providers and blocks without instances are only on the
way: they are states of a walk, and what they lead to is what a block depends on.
"""

from collections.abc import Iterator

import msgspec

from tfchange.graph import tree
from tfchange.graph.instances import Level, Match
from tfchange.graph.steps import OWN, Step
from tfchange.graph.tree import PROVIDER, REFERENCE, SOURCE, Module, Ranked
from tfchange.plan.configuration import ConfigProvider, Configuration, Source


class State(msgspec.Struct, frozen=True):
    """A place on a walk."""

    kind: str
    """`var`, `local`, `output`, `call` (all of a module), `inputs` (what a module is given, used
    or not), `expand` (what a module's call depends on), `around` (the same, for what is inside),
    `provider` or `block`."""
    path: str
    """The module it stands in or, from `output` to `around`, the module that it is about."""
    name: str
    match: Match
    """The keys of the modules on the way and, for a block, its own."""


Way = tuple[int, State]
"""A state and how it is known, as a place in `VIAS`."""

Entry = tuple[int, Level] | None
"""Which key of a called module is meant, and at which level that key stands."""


class Ways:
    """The steps between the states of one configuration."""

    def __init__(self, configuration: Configuration, source: Source | None) -> None:
        self.modules = tree.modules_of(configuration, source)
        self._providers = configuration.providers
        self._blocks: dict[tuple[str, str], list[Ranked]] = {}
        self.unknown: set[str] = set()
        """References that lead to nothing in the configuration."""

    def first(self, module: Module, name: str) -> Iterator[tuple[int, State, Entry]]:
        """What a block leads to, and how it enters the module that it leads to, if any.

        A called module is walked with keys of its own, so that one walk serves all who enter it.
        """
        keys = same(module.depth)
        for via, step in self._of_block(module, name):
            state = self._next(module, keys, module.depth, step)
            if state and state.kind in ("output", "call"):
                inside = State(state.kind, state.path, state.name, same(module.depth + 1))
                yield via, inside, (module.depth, state.match[-1])
            elif state:
                yield via, state, None
        if module.depth:
            yield REFERENCE, State("expand", module.path, "", keys), None
        for via, state in self._to_provider(module, name, keys):
            yield via, state, None

    def onward(self, state: State) -> list[Way] | None:
        """What a state leads to; None for a local that only the source would tell."""
        module = self.modules.get(state.path)
        if module is None:
            return []
        match, keys = state.match, state.match[: module.depth]
        if state.kind in ("expand", "around"):
            return self._of_call(module, match)
        if state.kind == "provider":
            steps = tree.of_provider(module, self._providers[state.name])
            return [(PROVIDER, deeper) for _, deeper in self._all(module, match, None, steps)]
        ways = self._through(module, state)
        if ways is not None:
            ways.append((REFERENCE, State("around", module.path, "", keys)))
        return ways

    def _through(self, module: Module, state: State) -> list[Way] | None:
        match, name = state.match, state.name
        if state.kind == "var":
            # The expression stands in the calling module, with the key of the call.
            own = match[-1] if match else None
            checks = self._all(module, match, None, tree.of_validation(module, name))
            given = self._all(module.parent, match[:-1], own, tree.of_input(module, name))
            return [*given, *checks]
        if state.kind == "local":
            steps = tree.of_local(module, name)
            ways = None if steps is None else self._all(module, match, None, steps)
            return ways and [(max(via, SOURCE), deeper) for via, deeper in ways]
        if state.kind == "output":
            return self._all(module, match, None, tree.of_output(module, name))
        if state.kind == "call":
            return list(self._inside(module, match))
        if state.kind == "inputs":
            parts = [("var", n) for n in inputs(module)]
            parts += [("local", n) for n in sorted(module.source.locals)]
            return [(REFERENCE, State(kind, module.path, n, match)) for kind, n in parts]
        steps = self._of_block(module, name)
        ways = self._all(module, match[:-1], match[-1], steps)
        return [*ways, *self._to_provider(module, name, match[:-1])]

    def _of_call(self, module: Module, match: Match) -> list[Way]:
        if module.parent is None:
            return []
        ways = self._all(module.parent, match[:-1], None, tree.of_call(module))
        return [*ways, (REFERENCE, State("expand", module.parent.path, "", match[:-1]))]

    def _inside(self, module: Module, match: Match) -> Iterator[Way]:
        """All there is in a module, the modules it calls included."""
        for name in module.blocks:
            yield REFERENCE, State("block", module.path, name, (*match, None))
        for name in sorted(module.config.outputs):
            yield REFERENCE, State("output", module.path, name, match)
        for name in sorted(module.config.calls):
            yield REFERENCE, State("call", module.child(name), "", (*match, None))
        yield REFERENCE, State("inputs", module.path, "", match)

    def _all(
        self, module: Module | None, match: Match, own: Level, steps: list[Ranked]
    ) -> list[Way]:
        if module is None:
            return []
        ways = [(via, self._next(module, match, own, step)) for via, step in steps]
        return [(via, state) for via, state in ways if state]

    def _next(self, module: Module, match: Match, own: Level, step: Step) -> State | None:
        """The state that one step leads to; `own` is the key of what the expression stands in."""
        if step.kind in ("var", "local"):
            return State(step.kind, module.path, step.name, match)
        level = own if step.slot == OWN else step.slot if isinstance(step.slot, tuple) else None
        if step.kind in ("output", "call") and step.name in module.config.calls:
            return State(step.kind, module.child(step.name), step.output, (*match, level))
        if step.kind == "block" and step.name in module.blocks:
            return State("block", module.path, step.name, (*match, level))
        self.unknown.add(step.name)
        return None

    def _of_block(self, module: Module, name: str) -> list[Ranked]:
        key = (module.path, name)
        if key not in self._blocks:
            resource = module.blocks.get(name)
            self._blocks[key] = tree.of_resource(module, resource) if resource else []
        return self._blocks[key]

    def _to_provider(self, module: Module, name: str, match: Match) -> Iterator[Way]:
        resource = module.blocks.get(name)
        provider = self._provider(module, resource.provider_key) if resource else None
        place = self.modules.get(provider.module) if provider else None
        if provider and place and place.depth <= module.depth:
            yield PROVIDER, State("provider", place.path, provider.key, match[: place.depth])

    def _provider(self, module: Module, key: str) -> ConfigProvider | None:
        """The block behind a key; old formats write keys of blocks that are further up."""
        found = self._providers.get(key)
        name = key.rpartition(":")[2]
        at: Module | None = module
        while found is None and at:
            old = at.path.replace("module.", "")
            found = self._providers.get(f"{at.path}:{name}" if at.path else name)
            found = found or self._providers.get(f"{old}:{name}")
            at = at.parent
        return found


def same(depth: int) -> Match:
    """The keys that the source has itself, for so many levels."""
    return tuple(range(depth))


def inputs(module: Module) -> list[str]:
    """The variables that a module's call sets."""
    return sorted(module.call.inputs) if module.call else []
