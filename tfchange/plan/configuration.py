"""What the configuration in a plan says about who refers to whom; constants are not kept.

The shapes follow Terraform's `internal/command/jsonconfig/config.go`. The plan drops locals,
`dynamic` blocks, `replace_triggered_by` and conditions; `source.hcl` brings them back in the types
at the end of this module.
"""

from collections.abc import Iterator

import msgspec


class Reference(msgspec.Struct, frozen=True):
    """One expression inside a block refers to something."""

    target: str
    """As written, relative to the module: `aws_vpc.main.id`, `module.net.vpc_id`, `local.name`,
    `var.x`, `each.value`, `aws_subnet.a[0].id`; from source also `aws_subnet.a[count.index].id`."""
    argument: str = ""
    """The argument the expression belongs to, such as `vpc_config.subnet_ids`; `count`,
    `for_each`, `depends_on` and `provisioner` for those."""


class ConfigResource(msgspec.Struct, frozen=True):
    """One resource, data or ephemeral block, addressed relative to its module."""

    address: str
    type: str
    name: str
    mode: str = "managed"
    provider_key: str = ""
    """Key into `Configuration.providers`; old formats write keys that are not there."""
    references: tuple[Reference, ...] = ()
    depends_on: tuple[str, ...] = ()
    counted: bool = False
    """Whether the block has `count`."""
    keyed: bool = False
    """Whether the block has `for_each`."""
    provisioners: tuple[str, ...] = ()
    """The types of its provisioners, such as `local-exec`."""


class ConfigOutput(msgspec.Struct, frozen=True):
    """An output value of a module."""

    references: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


class ModuleCall(msgspec.Struct, frozen=True):
    """A call of a module, with the module itself."""

    module: "ConfigModule"
    source: str = ""
    """Where the module comes from, without credentials."""
    version: str = ""
    inputs: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """What each input variable's expression refers to, in the calling module's terms."""
    repetition: tuple[str, ...] = ()
    """What `count` or `for_each` refers to."""
    depends_on: tuple[str, ...] = ()


class ConfigModule(msgspec.Struct, frozen=True):
    """One module of the configuration."""

    resources: tuple[ConfigResource, ...] = ()
    outputs: dict[str, ConfigOutput] = msgspec.field(default_factory=dict)
    calls: dict[str, ModuleCall] = msgspec.field(default_factory=dict)


class ConfigProvider(msgspec.Struct, frozen=True):
    """A provider block; `module` is the path of calls it stands in, such as `module.a`."""

    key: str
    name: str
    alias: str | None = None
    module: str = ""
    version: str = ""
    references: tuple[str, ...] = ()


class Configuration(msgspec.Struct, frozen=True):
    """The whole module tree."""

    root: ConfigModule
    providers: dict[str, ConfigProvider] = msgspec.field(default_factory=dict)

    def modules(self) -> Iterator[tuple[str, ConfigModule]]:
        """Every module by the path of calls, `""` for the root."""
        waiting = [("", self.root)]
        while waiting:
            path, module = waiting.pop()
            yield path, module
            waiting += [
                (f"{path}.module.{name}".lstrip("."), call.module)
                for name, call in module.calls.items()
            ]


class Pin(msgspec.Struct, frozen=True):
    """Which version of a module or a provider is to be used."""

    source: str = ""
    """Where it comes from, without its `ref`; `""` for a provider."""
    version: str = ""
    """The version, the constraint or the `ref`; `""` where the newest is taken."""


class Bump(msgspec.Struct, frozen=True):
    """A module or a provider that is pinned otherwise than before."""

    address: str
    """`module.net.module.subnets`, or `provider["registry.terraform.io/hashicorp/aws"]`."""
    before: Pin | None
    """None where there was none of that name."""
    after: Pin
    file: str = ""
    """Where it stands, relative to the root of the source."""
    line: int = 0

    @property
    def kind(self) -> str:
        """`module` or `provider`."""
        return "provider" if self.address.startswith("provider[") else "module"


class SourceBlock(msgspec.Struct, frozen=True):
    """One block of HCL: where it stands and, where it was needed, what it refers to."""

    file: str
    """Relative to the root of the source."""
    line: int
    references: tuple[Reference, ...] | None = None
    """None where the block was not parsed since the plan already tells enough."""


class SourceModule(msgspec.Struct, frozen=True):
    """One module as read from its .tf files."""

    path: str
    """The path of calls, such as `module.a.module.b`; `""` for the root module."""
    blocks: dict[str, SourceBlock] = msgspec.field(default_factory=dict)
    """By address relative to the module: `aws_vpc.main`, `data.aws_ami.x`, `module.net`,
    `output.id`, `provider.aws.west`."""
    locals: dict[str, tuple[Reference, ...]] = msgspec.field(default_factory=dict)


class Source(msgspec.Struct, frozen=True):
    """The HCL of a configuration, by module path."""

    modules: dict[str, SourceModule] = msgspec.field(default_factory=dict)
    root: str = ""
    backend: str = ""
    """The names under which its backend keeps the state, apart by `/`."""

    def block(self, address: str) -> SourceBlock | None:
        """The block of HCL behind a block address such as `module.a.aws_vpc.main`, if it was read.

        >>> Source().block("aws_vpc.main") is None
        True
        """
        for path, module in self.modules.items():
            relative = address.removeprefix(f"{path}.") if path else address
            if relative in module.blocks and (not path or relative != address):
                return module.blocks[relative]
        return None
