"""Under which name a backend keeps the state of a folder, by the source of the folder."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tfchange.source.place import NAMES

if TYPE_CHECKING:
    from tfchange.source.folder import Found
    from tfchange.source.scan import Block

_PLAIN = r'\s*"([^"\\$%]+)"\s*\Z'


def written(blocks: Iterable["Found"]) -> str:
    """The names under which the source has its state kept, apart by `/`; `""` for none."""
    terraform = (found.block for found in blocks if found.block.kind == "terraform")
    return "/".join(name for block in terraform for name in _written(block))


def _written(block: "Block") -> Iterator[str]:
    from tfchange.source import json_syntax, skim

    for item in json_syntax.items(block.text) if block.json else skim.items(block.text):
        inside = item.path[:1] and item.path[0][0] in ("backend", "cloud")
        if inside and item.name in NAMES and item.expression:
            text = item.expression[0]
            named = re.match(_PLAIN, f'"{text[0]}"' if block.json else text)
            if named:
                yield named[1]
