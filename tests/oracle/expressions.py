"""References as people write them, to what can be referred to at one place of a configuration."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

Key = int | str
Keys = tuple[Key, ...] | None
"""The keys of what has `count` or `for_each`; None for what has neither."""

ODD = (
    "a.b.c",
    'say "hi"',
    "list[0].id",
    " two  spaces ",
    "größe→東京",
    "0",
    "a/b\\c",
    "${not} %{this}",
    'x"].terraform_data.fake["y',
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource or a module call: `terraform_data.r1` or `module.m2`."""

    head: str
    keys: Keys
    attributes: tuple[str, ...]

    @property
    def counted(self) -> bool:
        """Whether it has `count`."""
        return self.keys is not None and all(isinstance(key, int) for key in self.keys)

    @property
    def keyed(self) -> bool:
        """Whether it has `for_each`."""
        return self.keys is not None and not self.counted


@dataclass(slots=True)
class Scope:
    """One module in the making."""

    folder: str
    things: list[Thing] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    """Expressions of a variable or a local."""
    lines: list[str] = field(default_factory=list)


def quote(key: Key) -> str:
    """A key as it stands between brackets in HCL.

    >>> quote('${a} "b"')
    '"$${a} \\\\"b\\\\""'
    """
    if isinstance(key, int):
        return str(key)
    text = key.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"([$%])\{", r"\1\1{", text) + '"'


def value_of(rng: Random, thing: Thing, own: Keys) -> str:
    """An expression that takes something from a thing, where the block has these keys itself."""
    head, attribute = thing.head, rng.choice(thing.attributes)
    if thing.keys is None:
        forms = [f"{head}.{attribute}"] * 4 + [head, f'({head})["{attribute}"]']
    elif thing.counted:
        forms = _of_list(head, attribute, thing.keys, own)
    else:
        forms = _of_map(head, attribute, thing.keys, own)
    chosen = rng.choice(forms)
    if head.startswith("aws_") and (chosen in (head, f"{head}[*]") or "lookup" in chosen):
        # The AWS provider says of empty arguments first null and then "", which is not the same.
        chosen = f"jsonencode({chosen})"
    return wrapped(rng, chosen)


def wrapped(rng: Random, value: str) -> str:
    """The same value, or something made of it, by one of the ways there are to write it."""
    if rng.random() < 0.5:
        return value
    return rng.choice(
        (
            f"({value})",
            f"[{value}][0]",
            f'{{ "odd key" = {value} }}["odd key"]',
            f"try({value}, null)",
            f"can({value})",
            f'{value} == null ? "nothing" : "something"',
            f"jsondecode(jsonencode({value}))",
            f"flatten([[{value}], []])",
            f"[for item in [{value}] : item if item != null]",
            f"{{ for name, item in {{ only = {value} }} : name => item... }}",
            f"length([{value}]) > 0 ? jsonencode({value}) : null",
            f'"%{{ for item in [{value}] }}${{jsonencode(item)}}%{{ endfor }}"',
            f'"%{{ if {value} == null }}no%{{ else }}yes%{{ endif }}"',
            f"merge({{}}, [{{ deep = [{value}] }}]...)",
            f"[/* no.reference */ {value}]",
        )
    )


def _of_list(head: str, attribute: str, keys: Sequence[Key], own: Keys) -> list[str]:
    forms = [
        f"{head}[*].{attribute}",
        f"{head}.*.{attribute}",
        f"[for item in {head} : item.{attribute}]",
        f"length({head})",
        f"try({head}[7].{attribute}, null)",
        f"one({head}[*].{attribute})" if len(keys) < 2 else f"{head}[*]",
        f"slice({head}, 0, {min(1, len(keys))})[*].{attribute}",
        f"[for place, item in {head} : item.{attribute} if place == 0]",
    ]
    forms += [f"{head}[{key}].{attribute}" for key in keys]
    if keys:
        forms += [
            f"{head}.0.{attribute}",
            f"{head}[length({head}) - 1].{attribute}",
            f'{head}[tonumber("0")].{attribute}',
        ]
    if keys and own and isinstance(own[0], int):
        forms += [
            f"element({head}, count.index).{attribute}",
            f"{head}[(count.index + 1) % {len(keys)}].{attribute}",
            f"{head}[min(count.index, {len(keys) - 1})].{attribute}",
        ]
        paired = [f"{head}[count.index].{attribute}", f"{head}[(count.index)].{attribute}"]
        forms += paired * 3 * (len(own) <= len(keys))
    return forms


def _of_map(head: str, attribute: str, keys: Sequence[Key], own: Keys) -> list[str]:
    forms = [
        head,
        f"values({head})[*].{attribute}",
        f"{{ for name, item in {head} : name => item.{attribute} }}",
        f"[for name, item in {head} : item.{attribute} if name != {quote(keys[0])}]",
        f"keys({head})",
        f"{{ for name in [{quote(keys[0])}] : name => {head}[name].{attribute} }}",
        f"lookup({head}, {quote(keys[-1])}, null)",
        f'{head}[join("", [{quote(keys[-1])}])].{attribute}',
    ]
    forms += [f"{head}[{quote(key)}].{attribute}" for key in keys]
    if own and isinstance(own[0], str):
        paired = [f"{head}[each.key].{attribute}"] * 3
        paired += [f'{head}["${{each.key}}"].{attribute}', f"{head}[(each.key)].{attribute}"]
        forms += paired * (set(own) <= set(keys))
        forms += [f"try({head}[each.key].{attribute}, null)"]
    return forms


def keys_for(rng: Random) -> tuple[str, ...]:
    """Keys of `for_each`, some hard to read."""
    return tuple(rng.sample(("a", "b", "c", *rng.sample(ODD, 2)), rng.randint(1, 3)))
