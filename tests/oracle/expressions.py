"""References as people write them, to what can be referred to at one place of a configuration."""

import re
from dataclasses import dataclass
from random import Random

Keys = tuple[int, ...] | tuple[str, ...] | None
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


def quote(key: str | int) -> str:
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
        return rng.choice((f"{head}.{attribute}",) * 4 + (head, f"try({head}.{attribute}, null)"))
    forms = _of_list(head, attribute, thing, own) if thing.counted else None
    return rng.choice(forms or _of_map(head, attribute, thing, own))


def _of_list(head: str, attribute: str, thing: Thing, own: Keys) -> list[str]:
    keys = thing.keys or ()
    forms = [
        f"{head}[*].{attribute}",
        f"{head}.*.{attribute}",
        f"[for item in {head} : item.{attribute}]",
        f"length({head})",
        f"try({head}[7].{attribute}, null)",
        f"one({head}[*].{attribute})" if len(keys) < 2 else f"{head}[*]",
    ]
    forms += [f"{head}[{key}].{attribute}" for key in keys]
    if keys and own and isinstance(own[0], int):
        forms += [
            f"element({head}, count.index).{attribute}",
            f"{head}[(count.index + 1) % {len(keys)}].{attribute}",
        ]
        forms += [f"{head}[count.index].{attribute}"] * 4 * (len(own) <= len(keys))
    return forms


def _of_map(head: str, attribute: str, thing: Thing, own: Keys) -> list[str]:
    keys = thing.keys or ()
    forms = [
        head,
        f"values({head})[*].{attribute}",
        f"{{ for name, item in {head} : name => item.{attribute} }}",
        f"[for name, item in {head} : item.{attribute} if name != {quote(keys[0])}]",
        f"keys({head})",
    ]
    forms += [f"{head}[{quote(key)}].{attribute}" for key in keys]
    forms += [f"lookup({head}, {quote(keys[-1])}, null)"]
    if own and isinstance(own[0], str):
        forms += [f"{head}[each.key].{attribute}"] * 5 * (set(own) <= set(keys))
        forms += [f"try({head}[each.key].{attribute}, null)"]
    return forms


def keys_for(rng: Random) -> Keys:
    """Keys of `for_each`, some hard to read."""
    return tuple(rng.sample(("a", "b", "c", *rng.sample(ODD, 2)), rng.randint(1, 3)))
