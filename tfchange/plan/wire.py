"""The plan's JSON as it lies on the wire: only the fields tfchange uses, values left undecoded.

What is not declared is skipped by the decoder without being built, which is most of a plan's bytes.
Shapes follow Terraform's `internal/command/jsonplan`, `jsonstate`, `jsonconfig` and `jsonchecks`;
`null` and absence are both tolerated, since published plans hold both.
"""

import re

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

MaybeRaw = Raw | UnsetType
# Told without decoding, and a pattern needs no copy of the bytes: most trees of marks hold none.
find_mark = re.compile(b"true").search
"""Finds whether a tree of marks holds any `true`."""


class Change(Struct):
    actions: tuple[str, ...] | None = None
    before: MaybeRaw = UNSET
    after: MaybeRaw = UNSET
    after_unknown: Raw = Raw()
    before_sensitive: Raw = Raw()
    after_sensitive: Raw = Raw()
    replace_paths: object = None
    importing: object = None
    generated_config: MaybeRaw = UNSET


class ResourceChange(Struct):
    address: str = ""
    previous_address: str | None = None
    module_address: str | None = None
    mode: str | None = None
    type: str = ""
    name: str = ""
    index: object = None
    deposed: str | bool | None = None
    change: Change | None = None
    action_reason: str | None = None


class ResourceAttribute(Struct):
    resource: str = ""
    attribute: object = None


class StateResource(Struct):
    address: str = ""
    depends_on: Raw = Raw()


class StateModule(Struct):
    resources: list[StateResource] | None = None
    child_modules: list["StateModule"] | None = None


class StateValues(Struct):
    root_module: StateModule | None = None


class State(Struct):
    values: StateValues | None = None


class Provisioner(Struct):
    type: str = ""
    expressions: object = None


class ConfigResource(Struct):
    address: str = ""
    mode: str | None = None
    type: str = ""
    name: str = ""
    provider_config_key: str | None = None
    provisioners: list[Provisioner] | None = None
    expressions: object = None
    count_expression: object = None
    for_each_expression: object = None
    depends_on: list[str] | None = None


class ConfigOutput(Struct):
    expression: object = None
    depends_on: list[str] | None = None
    sensitive: bool | None = None


class ConfigVariable(Struct):
    sensitive: bool | None = None


class ModuleCall(Struct):
    source: str | None = None
    version_constraint: str | None = None
    expressions: object = None
    count_expression: object = None
    for_each_expression: object = None
    depends_on: list[str] | None = None
    module: "ConfigModule | None" = None


class ConfigModule(Struct):
    outputs: dict[str, ConfigOutput] | None = None
    resources: list[ConfigResource] | None = None
    module_calls: dict[str, ModuleCall] | None = None
    variables: dict[str, ConfigVariable] | None = None


class ProviderConfig(Struct):
    name: str | None = None
    alias: str | None = None
    module_address: str | None = None
    version_constraint: str | None = None
    expressions: object = None


class Configuration(Struct):
    provider_config: dict[str, ProviderConfig] | None = None
    root_module: ConfigModule | None = None


class Variable(Struct):
    value: object = None


class Plan(Struct):
    format_version: str | None = None
    plan_format_version: str | None = None
    terraform_version: str | None = None
    timestamp: str | None = None
    complete: bool | None = None
    errored: bool | None = None
    applyable: bool | None = None
    variables: dict[str, Variable] | None = None
    resource_changes: list[ResourceChange] | None = None
    resource_drift: list[ResourceChange] | None = None
    deferred_changes: Raw = Raw()
    relevant_attributes: list[ResourceAttribute] | None = None
    output_changes: dict[str, Change] | None = None
    prior_state: State | None = None
    configuration: Configuration | None = None
    checks: Raw = Raw()
    action_invocations: Raw = Raw()
    deferred_action_invocations: Raw = Raw()
    planned_values: MaybeRaw = UNSET
    # Below: only there to recognise what is not a plan.
    values: MaybeRaw = UNSET
    provider_schemas: MaybeRaw = UNSET
    serial: MaybeRaw = UNSET
    lineage: MaybeRaw = UNSET
    plandata: MaybeRaw = UNSET
    diagnostics: MaybeRaw = UNSET
    level: MaybeRaw = field(name="@level", default=UNSET)


DECODER = msgspec.json.Decoder(Plan)
