"""Which modules and providers are asked for in another version than before, by git.

A plan knows only what is asked for now. What was before stands in the commit that the change starts
from: in `.terraform.lock.hcl`, and in the `version` and `ref` of calls of modules.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from tfchange.plan.configuration import Bump, Pin, Source
from tfchange.plan.configure import scrub_source
from tfchange.plan.model import Caveat, Plan
from tfchange.source import json_syntax, scan
from tfchange.source.base import base_of, differing
from tfchange.source.folder import constant
from tfchange.source.git import read_file
from tfchange.source.scan import Block, ScanError

LOCK = ".terraform.lock.hcl"
"""https://developer.hashicorp.com/terraform/language/files/dependency-lock"""

_LOCAL = ("./", "../", ".\\", "..\\")

Call = tuple[str, Pin, str, int]
"""The address of a call of a module, its pin now, and the file and line where it stands."""


def read_bumps(
    source: Source, plan: Plan, asked: str | None, environ: Mapping[str, str]
) -> tuple[tuple[Bump, ...], tuple[Caveat, ...]]:
    """What is pinned otherwise than at the base, by address, and a note if that is unknown.

    Git is asked only where there is a lock file or a module from elsewhere.
    """
    calls = list(_calls(source, plan))
    if not calls and not os.path.exists(os.path.join(source.root, LOCK)):
        return (), ()
    base = base_of(source.root, asked, environ)
    if not base:
        told = f"git does not know {asked} here, so versions were not compared with it."
        return (), ((Caveat("source-missing", told),) if asked else ())
    found = [*_providers(source.root, base), *_modules(source.root, base, calls)]
    return tuple(sorted(found, key=lambda bump: bump.address)), ()


def pin(source: str, version: str) -> Pin:
    """What a call asks for: the `ref` of its source, or else its version.

    >>> pin("git::https://example.com/net.git//vpc?ref=v1.2.0", "")
    Pin(source='git::https://example.com/net.git//vpc', version='v1.2.0')
    """
    place, _, query = scrub_source(source).partition("?")
    found = re.search(r"(?:^|&)ref=([^&]+)", query)
    return Pin(place, found[1] if found else version)


def _calls(source: Source, plan: Plan) -> Iterator[Call]:
    """The calls of modules that come from elsewhere, as far as their place is known."""
    for path, module in plan.configuration.modules() if plan.configuration else ():
        for name, call in module.calls.items():
            address = f"{path}.module.{name}".lstrip(".")
            block = None if call.source.startswith(_LOCAL) else source.block(address)
            if call.source and block:
                yield address, pin(call.source, call.version), block.file, block.line


def _providers(root: str, base: str) -> Iterator[Bump]:
    if not differing(root, base, LOCK):
        return
    was = {b.labels[0]: b for b in _before(root, base, LOCK, "provider")}
    with suppress(OSError), open(os.path.join(root, LOCK), encoding="utf-8") as file:
        for block in _blocks(file.read(), LOCK, "provider"):
            old = was.get(block.labels[0])
            pins = [Pin("", constant(b, "version")) for b in (old, block) if b]
            if old and pins[0] != pins[1]:
                address = f'provider["{block.labels[0]}"]'
                yield Bump(address, pins[0], pins[1], LOCK, block.start_line)


def _modules(root: str, base: str, calls: Iterable[Call]) -> Iterator[Bump]:
    by_folder: dict[str, list[Call]] = {}
    for call in calls:
        by_folder.setdefault(os.path.dirname(call[2]), []).append(call)
    for name, those in sorted(by_folder.items()):
        folder = os.path.join(root, name)
        changed = differing(folder, base, "*.tf", "*.tf.json")
        was = {
            block.labels[0]: pin(constant(block, "source"), constant(block, "version"))
            for file in sorted(changed)
            for block in _before(folder, base, file, "module")
        }
        for address, now, file, line in those:
            old = was.get(address.rpartition(".")[2])
            if os.path.basename(file) in changed and old != now:
                yield Bump(address, old, now, file, line)


def _before(folder: str, base: str, name: str, kind: str) -> Iterator[Block]:
    """The blocks of a kind as a file of the folder had them in the commit."""
    return _blocks(read_file(folder, base, f"./{name}") or "", name, kind)


def _blocks(text: str, name: str, kind: str) -> Iterator[Block]:
    """The blocks of a kind with one label, as far as the text can be read."""
    with suppress(ScanError):
        for block in json_syntax.blocks(text) if name.endswith(".json") else scan.blocks(text):
            if block.kind == kind and len(block.labels) == 1:
                yield block
