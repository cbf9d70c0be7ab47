"""What an apply does or depends on that stands in no resource, as keyed digests.

Provisioners run when a resource is created or destroyed, providers say in whose account everything
happens, and output values leave the state; a plan that differs in one of them is another plan. What
is referred to is followed as far as a plan tells: to the inputs of modules and the variables of the
root, not to locals, which are in no plan.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from tfchange.errors import PlanError
from tfchange.plan import wire
from tfchange.plan.shapes import named_secret
from tfchange.plan.wire import find_mark

if TYPE_CHECKING:
    from tfchange.plan.digest import Digest


class Behind(msgspec.Struct, frozen=True, eq=False):
    """Takes digests on demand; keeps what was decoded, and shows none of it."""

    __repr__ = object.__repr__

    _configuration: wire.Configuration | None = None
    _variables: Mapping[str, wire.Variable] = {}
    _outputs: Mapping[str, wire.Change] = {}
    _declared: frozenset[str] = frozenset()
    """The variables that are sensitive; what they hold is never digested."""

    def provisioners(self, key: bytes) -> "Mapping[str, Digest]":
        """By the address of the block, without keys: what runs when it is created or destroyed."""
        root = self._configuration.root_module if self._configuration else None
        return dict(self._provisioners(root, "", [], key)) if root else {}

    def providers(self, key: bytes) -> "Mapping[str, Digest]":
        """By the key of the provider: how it is configured."""
        given = (self._configuration.provider_config if self._configuration else None) or {}
        return {
            name: self._digest(key, name, [some.expressions])
            for name, some in given.items()
            if some.expressions
        }

    def output(self, key: bytes, name: str) -> "Digest | None":
        """The value of an output before and after; None where there is none of that name."""
        from tfchange.plan.digest import Digest

        change = self._outputs.get(name)
        if change is None:
            return None
        secret = find_mark(change.before_sensitive) or find_mark(change.after_sensitive)
        try:
            said = [_tree(each) for each in (change.before, change.after, change.after_unknown)]
            return Digest("", _keyed(key, [f"output.{name}", said]), bool(secret))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise PlanError(
                f"the value of the output {name} cannot be read",
                "Write the plan again: terraform show -json PLANFILE > plan.json",
            ) from None

    def _provisioners(
        self, module: wire.ConfigModule, path: str, calls: list[object], key: bytes
    ) -> "Iterator[tuple[str, Digest]]":
        for resource in module.resources or ():
            if resource.provisioners:
                at = f"{path}{resource.address}"
                said = [[p.type, p.expressions] for p in resource.provisioners]
                digest = self._digest(key, at, [said, *calls])
                yield at, msgspec.structs.replace(digest, path="provisioner")
        for name, call in (module.module_calls or {}).items():
            if call.module:
                inner = [*calls, call.expressions]
                yield from self._provisioners(call.module, f"{path}module.{name}.", inner, key)

    def _digest(self, key: bytes, label: str, said: list[object]) -> "Digest":
        from tfchange.plan.digest import Digest

        plain = _without_secrets(said)
        names = sorted({name for name in _variables_in(plain) if name not in self._declared})
        values = {n: self._variables[n].value for n in names if n in self._variables}
        return Digest("", _keyed(key, [label, plain, values]))


def _tree(raw: wire.MaybeRaw) -> object:
    return None if raw is UNSET or not bytes(raw) else msgspec.json.decode(raw)


def _without_secrets(tree: object) -> object:
    """The tree without what names say is a secret: it would change where nothing else does."""
    if isinstance(tree, dict):
        return {n: _without_secrets(v) for n, v in tree.items() if not named_secret(str(n))}
    return [_without_secrets(each) for each in tree] if isinstance(tree, list) else tree


def _variables_in(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, deeper in tree.items():
            if name == "references" and isinstance(deeper, list):
                texts = (each for each in deeper if isinstance(each, str))
                yield from (t.split(".")[1] for t in texts if t.startswith("var."))
            else:
                yield from _variables_in(deeper)
    elif isinstance(tree, list):
        for deeper in tree:
            yield from _variables_in(deeper)


def _keyed(key: bytes, said: object) -> str:
    import hmac
    import json

    text = json.dumps(said, sort_keys=True, separators=(",", ":"), default=str)
    return hmac.new(key, text.encode(), "sha256").hexdigest()[:32]
