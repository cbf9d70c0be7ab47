"""The configuration in a plan, from the wire to the model: references stay, constants do not."""

import re
from collections.abc import Iterator

from tfchange.plan import wire
from tfchange.plan.configuration import (
    ConfigModule,
    ConfigOutput,
    ConfigProvider,
    ConfigResource,
    Configuration,
    ModuleCall,
    Reference,
)

_CREDENTIALS = r"//[^/@\s]+@|[?&](?!ref=|depth=)[^?&=]+=[^&]*"


def configuration_of(raw: wire.Configuration | None) -> Configuration | None:
    """The module tree; None where the plan was written without its configuration."""
    if raw is None or raw.root_module is None:
        return None
    providers = {key: _provider(key, p) for key, p in (raw.provider_config or {}).items()}
    return Configuration(_module(raw.root_module), providers)


def scrub_source(source: str) -> str:
    """A module source without the credentials that its URL may carry.

    >>> scrub_source("git::https://bot:token@example.com/net.git?ref=v1&token=x")
    'git::https://example.com/net.git?ref=v1'
    """
    if "@" not in source and "=" not in source:
        return source  # as most, and then no pattern has to be compiled
    return re.sub(_CREDENTIALS, lambda found: "//" if found[0].startswith("//") else "", source)


def _module(raw: wire.ConfigModule) -> ConfigModule:
    return ConfigModule(
        tuple(_resource(r) for r in raw.resources or ()),
        {name: _output(o) for name, o in (raw.outputs or {}).items()},
        {name: _call(c) for name, c in (raw.module_calls or {}).items()},
    )


def _resource(raw: wire.ConfigResource) -> ConfigResource:
    references = [
        *_references(raw.expressions, ""),
        *_references(raw.count_expression, "count"),
        *_references(raw.for_each_expression, "for_each"),
    ]
    for provisioner in raw.provisioners or ():
        references.extend(_references(provisioner.expressions, "provisioner"))
    return ConfigResource(
        raw.address,
        raw.type,
        raw.name,
        raw.mode or "managed",
        raw.provider_config_key or "",
        tuple(references),
        tuple(raw.depends_on or ()),
        raw.count_expression is not None,
        raw.for_each_expression is not None,
        tuple(p.type for p in raw.provisioners or ()),
    )


def _output(raw: wire.ConfigOutput) -> ConfigOutput:
    return ConfigOutput(_targets(raw.expression), tuple(raw.depends_on or ()))


def _call(raw: wire.ModuleCall) -> ModuleCall:
    inputs = raw.expressions if isinstance(raw.expressions, dict) else {}
    return ModuleCall(
        _module(raw.module or wire.ConfigModule()),
        scrub_source(raw.source or ""),
        raw.version_constraint or "",
        {name: _targets(expression) for name, expression in inputs.items()},
        (*_targets(raw.count_expression), *_targets(raw.for_each_expression)),
        tuple(raw.depends_on or ()),
    )


def _provider(key: str, raw: wire.ProviderConfig) -> ConfigProvider:
    return ConfigProvider(
        key,
        raw.name or "",
        raw.alias,
        raw.module_address or "",
        raw.version_constraint or "",
        _targets(raw.expressions),
    )


def _targets(expression: object) -> tuple[str, ...]:
    # Each once more is kept: `module.m` beside `module.m.out` is its short form, twice it is meant.
    return tuple(r.target for r in _references(expression, ""))


def _references(expression: object, argument: str) -> Iterator[Reference]:
    """Walks an expression or a tree of nested blocks; a leaf has a list of `references`."""
    if isinstance(expression, dict):
        named = expression.get("references")
        if isinstance(named, list) and all(isinstance(n, str) for n in named):
            yield from (Reference(name, argument) for name in named)
            return
        for name, deeper in expression.items():
            if name != "constant_value" or isinstance(deeper, dict):
                below = f"{argument}.{name}" if argument else name
                yield from _references(deeper, below)
    elif isinstance(expression, list):
        for deeper in expression:
            yield from _references(deeper, argument)
