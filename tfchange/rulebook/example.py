"""What a rule must hit and must miss, once it is loaded; these are the tests of the rule."""

import msgspec


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A resource of a real plan, or inline."""

    address: str
    scenario: str | None = None
    """The folder of its plan in fixtures: of a scenario, a collection or an incident."""
    change: dict[str, object] | None = None
    """Instead of a plan: an entry of `resource_changes`, or only the `change` of one."""


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule must hit and must miss."""

    hit: tuple[Example, ...]
    miss: tuple[Example, ...]
