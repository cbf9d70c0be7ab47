"""Reads the blocks of one module's folder, as Terraform would find them."""

import os
import re
import stat
from collections.abc import Iterator

import msgspec

from tfchange.plan.model import Caveat
from tfchange.source import json_syntax, scan, skim
from tfchange.source.scan import Block, ScanError

LARGEST_FILE = 8 << 20
"""Bytes; larger files are left out with a caveat."""

_TWO_LABELS = frozenset({"resource", "data", "ephemeral", "action"})
_ONE_LABEL = frozenset({"module", "output", "provider", "check", "variable"})
_OVERRIDE = re.compile(r"(?:^|_)override\.tf(?:\.json)?\Z")


class Found(msgspec.Struct, frozen=True):
    """A block and where it stands."""

    block: Block
    file: str
    """Relative to the root of the source."""
    override: bool = False
    """Whether it stands in an override file and so changes a block of the same address."""


class Folder(msgspec.Struct, frozen=True):
    """One module's blocks, those of override files last, and what could not be read."""

    path: str
    blocks: tuple[Found, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    files: int = 0


def read_folder(path: str, root: str) -> Folder:
    """The blocks of all `*.tf` and `*.tf.json` files; a folder that is none has no files."""
    blocks: list[Found] = []
    caveats: list[Caveat] = []
    names = _names(path)
    for name in names:
        file = os.path.join(path, name)
        shown = os.path.relpath(file, root).replace(os.sep, "/")
        try:
            # One by one, so that the blocks before a fault are kept.
            for block in _blocks(_text(file), is_json=name.endswith(".json")):
                blocks.append(Found(block, shown, bool(_OVERRIDE.search(name))))  # noqa: PERF401
        except (OSError, ScanError, ValueError) as fault:
            caveats.append(_unread(shown, fault))
    return Folder(path, tuple(blocks), tuple(caveats), len(names))


def address_of(block: Block) -> str | None:
    """The block's address relative to its module, None for blocks that have none."""
    labels = block.labels
    if block.kind in _TWO_LABELS and len(labels) == 2:
        return ".".join(labels if block.kind == "resource" else (block.kind, *labels))
    if block.kind in _ONE_LABEL and len(labels) == 1:
        alias = constant(block, "alias") if block.kind == "provider" else ""
        return ".".join([block.kind, *labels, *([alias] if alias else [])])
    return None


def constant(block: Block, name: str) -> str:
    """The value of an argument that is one plain string, else `""`."""
    if block.json:
        value = msgspec.json.decode(block.text).get(name)
        return value if isinstance(value, str) else ""
    for item in skim.items(block.text):
        if item.name == name and not item.path:
            found = re.fullmatch(r'"([^"\\]*)"', item.expression[0].strip())
            return found[1] if found else ""
    return ""


def arguments(block: Block) -> frozenset[str]:
    """The names of all arguments of a block, as `Reference.argument` has them."""
    from tfchange.source.references import argument_of

    items = json_syntax.items(block.text) if block.json else skim.items(block.text)
    return frozenset(map(argument_of, items))


def _names(path: str) -> list[str]:
    try:
        names = sorted(os.listdir(path))
    except OSError:
        return []
    # Terraform passes over hidden files and editors' backups.
    names = [name for name in names if name.endswith((".tf", ".tf.json")) and name[0] not in ".#"]
    return sorted(names, key=lambda name: bool(_OVERRIDE.search(name)))


def _text(file: str) -> str:
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is not a regular file")
        if status.st_size > LARGEST_FILE:
            raise ValueError(f"it is larger than {LARGEST_FILE >> 20} MiB")
        return stream.read().decode("utf-8-sig", errors="replace")


def _blocks(text: str, *, is_json: bool) -> Iterator[Block]:
    for block in json_syntax.blocks(text) if is_json else scan.blocks(text):
        yield block
        if block.kind == "check" and not is_json:
            # A check may hold one data source, which is addressed like any other.
            inner = scan.blocks(scan.body(block), block.start_line)
            yield from (nested for nested in inner if nested.kind == "data")


def _unread(file: str, fault: Exception) -> Caveat:
    if isinstance(fault, ScanError):
        where, why = f"{file}:{fault.line}", f"{fault.message}, so the rest of the file is unknown"
    else:
        where, why = file, f"it was not read: {getattr(fault, 'strerror', None) or fault}"
    return Caveat("source-unparsed", f"{where}: {why}", blocks_standard=True)
