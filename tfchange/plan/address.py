"""Addresses of resource instances, as Terraform writes them.

The grammar is that of Terraform's `internal/addrs`: module steps with optional keys, an optional
`data.` or `ephemeral.`, type, name and an optional key. String keys are quoted by HCL's rules and
may hold dots, brackets, quotes and any Unicode, so an address is never split on dots.
"""

import re

import msgspec

from tfchange.errors import PlanError

Key = str | int | None
"""An instance key: a string of `for_each`, an integer of `count`, or none."""

_NAME = r"[^\W\d][\w-]*"
# Python reads no more than 4,300 digits as a number, and Terraform has 64 bits for it.
_KEY = r'\[(?:(-?[0-9]{1,19})|"((?:[^"\\]|\\.)*)")\]'
# Compiled where they are asked, which `re` does once: a run that needs none pays for none.
_STEP = rf"module\.({_NAME})(?:{_KEY})?\.?"
_RESOURCE = rf"(?:(data|ephemeral)\.)?({_NAME})\.({_NAME})(?:{_KEY})?\Z"
_RARE = frozenset('"\\{')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPED = r"(?s)\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|([$%])\4\{"
_MODES = {None: "managed", "data": "data", "ephemeral": "ephemeral"}


class ModuleStep(msgspec.Struct, frozen=True):
    """One module call on the way from the root to a resource."""

    name: str
    key: Key = None

    def __str__(self) -> str:
        return f"module.{self.name}{key_text(self.key)}"


class Address(msgspec.Struct, frozen=True):
    """Names one resource instance; `Address.parse(str(a)) == a` for every address."""

    type: str
    name: str
    key: Key = None
    mode: str = "managed"
    modules: tuple[ModuleStep, ...] = ()

    def __str__(self) -> str:
        return self._text(keyed=True)

    @property
    def block(self) -> str:
        """The address without any key: the block of configuration the instance comes from."""
        return self._text(keyed=False)

    @property
    def module(self) -> str:
        """The module instance the resource is in, `""` for the root module."""
        return ".".join(map(str, self.modules))

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Reads an absolute resource instance address; raises `PlanError` for anything else."""
        steps, end = _module_steps(text)
        found = re.match(_RESOURCE, text[end:])
        if not found:
            raise PlanError(f"not a resource address: {text!r}")
        mode, type_, name, number, string = found.groups()
        return cls(type_, name, _key(number, string), _MODES[mode], steps)

    def _text(self, *, keyed: bool) -> str:
        steps = [str(s) if keyed else f"module.{s.name}" for s in self.modules]
        mode = [] if self.mode == "managed" else [self.mode]
        last = self.name + (key_text(self.key) if keyed else "")
        return ".".join([*steps, *mode, self.type, last])


def key_text(key: Key) -> str:
    """The key in brackets as Terraform prints it, `""` for none."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f'["{_quote(key)}"]'


def block_of(address: str) -> str:
    """The address without its keys; text that is no address comes back as it is.

    >>> block_of('module.a["x.y"].aws_s3_bucket.b[0]')
    'module.a.aws_s3_bucket.b'
    """
    if "[" not in address:
        return address
    apart = keys_apart(address)
    return re.sub(_KEY, "", address) if apart is None else apart[0]


def keys_apart(address: str) -> tuple[str, list[tuple[int, Key]]] | None:
    """The address without its keys, and each of these with its place in that.

    None where a key has rare signs and only a pattern can tell where it ends, which is dear to
    compile.

    >>> keys_apart('module.a["x.y"].aws_s3_bucket.b[0]')
    ('module.a.aws_s3_bucket.b', [(8, 'x.y'), (24, 0)])
    """
    bare, *rest = address.split("[")
    keys: list[tuple[int, Key]] = []
    for part in rest:
        said, closed, after = part.partition("]")
        if not closed:
            return None
        if said[:1] == said[-1:] == '"' and len(said) > 1 and _RARE.isdisjoint(said[1:-1]):
            keys.append((len(bare), said[1:-1]))
        elif said.isascii() and said.isdigit() and len(said) < 20:
            keys.append((len(bare), int(said)))
        else:
            return None
        bare += after
    return bare, keys


def is_plain(name: str) -> bool:
    """Whether it is the name of a block with no signs beyond ASCII, as nearly all are.

    >>> is_plain("main-2"), is_plain("2nd"), is_plain("main[0]")
    (True, False, False)
    """
    return name.isascii() and name[:1] != "-" and name.replace("-", "_").isidentifier()


def module_steps(module: str) -> tuple[ModuleStep, ...] | None:
    """The steps to a module instance; None for what is not the address of one."""
    steps, end = _module_steps(f"{module}.")
    return steps if end == len(module) + 1 else None


def _module_steps(text: str) -> tuple[tuple[ModuleStep, ...], int]:
    if not text.startswith("module."):
        return (), 0
    steps, end, step = [], 0, re.compile(_STEP)
    while found := step.match(text, end):
        if text[found.end() - 1] != ".":
            break
        name, number, string = found.groups()
        steps.append(ModuleStep(name, _key(number, string)))
        end = found.end()
    return tuple(steps), end


def _key(number: str | None, string: str | None) -> Key:
    if number is not None:
        return int(number)
    return None if string is None else _unquote(string)


def _quote(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    plain = plain.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return plain.replace("${", "$${").replace("%{", "%%{")


def _unquote(text: str) -> str:
    return re.sub(_ESCAPED, _unescape, text) if "\\" in text or "{" in text else text


def _unescape(found: re.Match[str]) -> str:
    short, long, single, template = found.groups()
    if template:
        return f"{template}{{"
    if short or long:
        point = int(short or long, 16)
        # As Go does, in which Terraform is written, for numbers that are no character's.
        return chr(point) if point < 0xD800 or 0xDFFF < point < 0x110000 else "\ufffd"
    return _ESCAPES.get(single, single)
