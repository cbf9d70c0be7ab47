"""Under which name a backend keeps the state of a folder: a hint at what the folder is for."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from tfchange.source.folder import Found
    from tfchange.source.scan import Block

KEPT = "terraform.tfstate"
"""Of the data folder: what `terraform init` settled on, also where the source leaves it open
(https://developer.hashicorp.com/terraform/language/backend)."""
_NAMES = ("key", "prefix", "path", "workspace_key_prefix", "name")
"""Arguments that name a place in the backend; `name` and `prefix` name workspaces, too."""
_PLAIN = r'\s*"([^"\\$%]+)"\s*\Z'
_LARGEST = 1 << 20


def settled(folder: str, data: str | None = None) -> str:
    """The names under which the folder's state is kept, apart by `/`; `""` where none is known.

    Nothing else of a backend's settings is taken, since there can be credentials among them.
    `data` is where TF_DATA_DIR puts what is otherwise in `.terraform`.
    """
    try:
        with open(os.path.join(folder, data or ".terraform", KEPT), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return ""
            content = msgspec.json.decode(stream.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return ""
    backend = content.get("backend") if isinstance(content, dict) else None
    return "/".join(_settled(backend.get("config")) if isinstance(backend, dict) else ())


def written(blocks: Iterable["Found"]) -> str:
    """The same as the source of a folder says it."""
    terraform = (found.block for found in blocks if found.block.kind == "terraform")
    return "/".join(name for block in terraform for name in _written(block))


def _settled(config: Any) -> Iterator[str]:
    for each in config if isinstance(config, list) else [config]:
        if isinstance(each, dict):
            yield from (each[n] for n in _NAMES if isinstance(each.get(n), str) and each[n])
            yield from _settled(each.get("workspaces"))


def _written(block: "Block") -> Iterator[str]:
    from tfchange.source import json_syntax, skim

    for item in json_syntax.items(block.text) if block.json else skim.items(block.text):
        inside = item.path[:1] and item.path[0][0] in ("backend", "cloud")
        if inside and item.name in _NAMES and item.expression:
            text = item.expression[0]
            named = re.match(_PLAIN, f'"{text[0]}"' if block.json else text)
            if named:
                yield named[1]
