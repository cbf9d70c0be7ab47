"""Reads what the plan leaves out from the HCL; the only home of python-hcl2.

A scanner finds the blocks; python-hcl2 parses those of which the plan cannot tell everything and
the locals they refer to. What it read is checked by pattern, since it must not lose a reference.
"""

import re
from collections.abc import Iterator
from typing import Any

from tfchange.cache import folder as default_folder
from tfchange.plan.configuration import (
    ConfigModule,
    Reference,
    Source,
    SourceBlock,
    SourceModule,
)
from tfchange.plan.model import Caveat, Plan
from tfchange.source import cache as blocks_cache
from tfchange.source import json_syntax, skim, tree
from tfchange.source.backend import written
from tfchange.source.cache import Parsed
from tfchange.source.folder import Folder, Found, address_of, arguments
from tfchange.source.modules import Module, follow
from tfchange.source.references import gather
from tfchange.source.scan import Block

LARGEST_BLOCK = 256 << 10
"""Characters; python-hcl2 would need seconds for more, so the rest is read by pattern."""

# What jsonconfig in Terraform leaves out, and (in the pattern) keeps without the index. Words are
# found much faster than patterns; that a comment may hold one costs little.
_UNTOLD = ("local", "dynamic", "replace_triggered_by", "condition", "connection")
_INDEXED = re.compile(r"\[\s*(?:\"\$\{\s*)?(?:count|each)\s*\.")
_FAULTS = {
    "unparsed": "python-hcl2 cannot read it, so its references were read by pattern",
    "misread": "python-hcl2 misses references in it, so those found by pattern were added",
    "large": "it is too large for python-hcl2, so its references were read by pattern",
}
_Blocks = dict[str, SourceBlock]
_Locals = dict[str, tuple[Reference, ...]]


def read_source(
    directory: str, plan: Plan, *, cache: str | None = None
) -> tuple[Source, tuple[Caveat, ...]]:
    """The source of the plan's modules, and what of it could not be read.

    `cache` is the folder for what was parsed, by default one of the user's. Raises `SourceError`
    if the directory does not exist; whatever is wrong in it becomes a caveat.
    """
    modules, caveats = follow(directory, plan)
    reader = _Reader(cache or default_folder())
    read: dict[str, tuple[_Blocks, _Locals]] = {}
    for module in modules:
        if module.folder.path not in read:
            read[module.folder.path] = reader.read(module.folder, whole=module.planned is None)
    reader.close()
    found = {m.path: SourceModule(m.path, *read[m.folder.path]) for m in modules}
    source = Source(
        found, directory, written(b for m in modules if not m.path for b in m.folder.blocks)
    )
    return source, (*caveats, *reader.caveats, *_strangers(directory, modules, source))


class _Reader:
    """Reads folders, parsing no block twice, in this run or the ones before."""

    def __init__(self, cache: str) -> None:
        self.cache = cache
        self.known = blocks_cache.read(cache)
        self.used: dict[str, Parsed] = {}
        self.caveats: list[Caveat] = []

    def close(self) -> None:
        if not self.used.keys() <= self.known.keys():
            blocks_cache.write(self.cache, self.known, self.used)

    def read(self, folder: Folder, *, whole: bool) -> tuple[_Blocks, _Locals]:
        """A module's blocks by address, and its locals as far as they are referred to."""
        blocks: _Blocks = {}
        for found in folder.blocks:
            if address := address_of(found.block):
                references = self._needed(found, whole=whole)
                if address in blocks and found.override:
                    blocks[address] = _override(blocks[address], found.block, references)
                elif address not in blocks:
                    blocks[address] = SourceBlock(found.file, found.block.start_line, references)
        for found in folder.blocks:
            if found.block.kind == "import":
                self._adopt(blocks, found)
        return blocks, self._locals(folder, blocks)

    def _adopt(self, blocks: _Blocks, found: Found) -> None:
        """Adds what an import's `id` refers to, since its resource waits for that."""
        every = self._references(found)
        given = tuple(Reference(r.target, "import") for r in every if r.argument != "to")
        for to in [r.target.partition("[")[0] for r in every if r.argument == "to"]:
            if given and (block := blocks.get(to)):
                known = (*(block.references or ()), *given)
                blocks[to] = SourceBlock(block.file, block.line, known)

    def _needed(self, found: Found, *, whole: bool) -> tuple[Reference, ...] | None:
        block = found.block
        needed = whole or block.kind == "check" or block.json or found.override
        return self._references(found) if needed or _is_untold(block.text) else None

    def _locals(self, folder: Folder, blocks: _Blocks) -> _Locals:
        holders: dict[str, list[Found]] = {}
        for found in folder.blocks:
            if found.block.kind == "locals":
                for name in {name.split(".")[0] for name in arguments(found.block)}:
                    holders.setdefault(name, []).append(found)
        values: _Locals = {}
        waiting = [r for block in blocks.values() for r in block.references or ()]
        while waiting:
            target = waiting.pop().target
            name = target.split(".")[1] if target.startswith("local.") else ""
            if name and name not in values and name in holders:
                # The last one counts: override files come last.
                every = self._references(holders[name][-1])
                values[name] = tuple(r for r in every if r.argument.split(".")[0] == name)
                waiting += values[name]
        return dict(sorted(values.items()))

    def _references(self, found: Found) -> tuple[Reference, ...]:
        block = found.block
        if block.json:
            items = json_syntax.items(block.text)
            return gather(block.kind, items, json_syntax.traversals)
        key = blocks_cache.key_of(block)
        if key not in self.used:
            self.used[key] = parsed = self.known.get(key) or parse(block, self.cache)
            if parsed.fault:
                self.caveats.append(_caveat(found, parsed))
        return self.used[key].references


def parse(block: Block, cache: str) -> Parsed:
    """What the block refers to, by python-hcl2 or, where that fails, by pattern."""
    skimmed = gather(block.kind, skim.items(block.text), skim.traversals)
    if len(block.text) > LARGEST_BLOCK:
        return Parsed(skimmed, "large")
    try:
        items = tree.items(_parser(cache)(block.text))
        references = gather(block.kind, items, tree.traversals)
    except Exception as fault:
        # Whatever the parser stumbles over, the pattern still reads the block.
        return Parsed(skimmed, "unparsed", max(getattr(fault, "line", 0), 0))
    missed = tuple(r for r in skimmed if r not in set(references))
    return Parsed((*references, *missed), "misread" if missed else "")


def _is_untold(text: str) -> bool:
    return any(word in text for word in _UNTOLD) or bool(_INDEXED.search(text))


def _parser(cache: str) -> Any:
    import os
    from pathlib import Path

    import hcl2
    from hcl2 import parser

    # By default the compiled grammar is written beside the package, which may be read-only.
    if (file := blocks_cache.grammar_file(cache)) and os.fspath(parser.PARSER_FILE) != file:
        parser.PARSER_FILE = Path(file)
    return hcl2.parses_to_tree


def _override(
    base: SourceBlock, block: Block, references: tuple[Reference, ...] | None
) -> SourceBlock:
    """The block with the arguments of an override file in place of its own."""
    replaced = arguments(block)
    kept = [r for r in base.references or () if r.argument not in replaced]
    return SourceBlock(base.file, base.line, (*kept, *(references or ())))


def _caveat(found: Found, parsed: Parsed) -> Caveat:
    line = found.block.start_line + max(parsed.line - 1, 0)
    address = address_of(found.block)
    what = address or found.block.kind
    message = f"{found.file}:{line}: {what}: {_FAULTS[parsed.fault]}"
    return Caveat("source-unparsed", message)


def _strangers(directory: str, modules: tuple[Module, ...], source: Source) -> Iterator[Caveat]:
    """A caveat if the plan holds blocks that the source does not: it is another source."""
    missing = [
        f"{module.path}.{address}".lstrip(".")
        for module in modules
        if module.planned
        for address in _planned(module.planned)
        if address not in source.modules[module.path].blocks
    ]
    if missing:
        count = f"{len(missing)} block" + ("s" if len(missing) > 1 else "")
        message = f"{directory} is not quite the source of this plan: {count} of the plan"
        message += f" not found there, such as {min(missing)}"
        yield Caveat("source-missing", message, blocks_standard=True)


def _planned(module: ConfigModule) -> Iterator[str]:
    yield from (resource.address for resource in module.resources)
    yield from (f"module.{name}" for name in module.calls)
