"""Which texts are secret in a plan, learnt from wherever the plan itself says so.

Terraform prints sensitive variables in clear under `variables`, and providers copy a marked value
to attributes without a mark (`terraform_data` its `input` to its `output`), so a value that is
marked once is secret everywhere.
"""

from collections.abc import Iterator
from itertools import chain

import msgspec
from msgspec import UNSET

from tfchange.plan import wire
from tfchange.plan.paths import inside
from tfchange.plan.shapes import named_secret

_decode = msgspec.json.Decoder().decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


def known_secrets(raw: wire.Plan) -> Iterator[str]:
    """Every secret text: of sensitive variables and of marked values in changes and outputs."""
    declared = declared_sensitive(raw)
    for name, variable in (raw.variables or {}).items():
        if name in declared or named_secret(name):
            yield from _leaves(variable.value)
    marked = wire.find_mark
    for entry in chain(raw.resource_changes or (), raw.resource_drift or ()):
        change = entry.change
        if change is None:
            continue
        # Asked of every resource of the plan, and most have no mark, and the same ones twice.
        old, new = change.before_sensitive, change.after_sensitive
        if marked(old) or (old != new and marked(new)):
            yield from _marked_in(change)
    for output in (raw.output_changes or {}).values():
        yield from _marked_in(output)


def declared_sensitive(raw: wire.Plan) -> set[str]:
    """The names of root variables that the configuration declares sensitive."""
    module = raw.configuration.root_module if raw.configuration else None
    variables = (module.variables if module else None) or {}
    return {name for name, variable in variables.items() if variable.sensitive}


def _marked_in(change: wire.Change) -> Iterator[str]:
    old, new = (
        (change.before, change.before_sensitive),
        (change.after, change.after_sensitive),
    )
    for value, marks in (old,) if old == new else (old, new):
        if value is not UNSET and wire.find_mark(marks):
            yield from _marked(value, _decode(marks))


def _marked(value: msgspec.Raw, marks: object) -> Iterator[str]:
    """The texts below a mark; nothing else of the value is decoded."""
    if marks is True:
        yield from _leaves(_decode(value))
    elif isinstance(marks, dict) and marks and memoryview(value)[:1].tobytes() == b"{":
        members = _members(value)
        for name in marks.keys() & members.keys():
            yield from _marked(members[name], marks[name])
    elif isinstance(marks, list) and marks and memoryview(value)[:1].tobytes() == b"[":
        for i, deeper in enumerate(_items(value)):
            yield from _marked(deeper, inside(marks, i))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, deeper in value.items():
            yield str(name)
            yield from _leaves(deeper)
    elif isinstance(value, list):
        for deeper in value:
            yield from _leaves(deeper)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
