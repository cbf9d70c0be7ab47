"""What blocks of HCL refer to, kept in the user's cache folder between runs.

Only references are kept: no constants, no text. Whatever is wrong with the cache (unwritable, cut
off, edited, of another version) only costs the time to parse again.
"""

import os
from contextlib import suppress

import msgspec

from tfchange import __version__
from tfchange.cache import keep
from tfchange.hashing import sha256
from tfchange.plan.configuration import Reference
from tfchange.source.scan import Block

MOST_BLOCKS = 20_000
"""How many blocks are kept; the ones used least recently leave first."""


class Parsed(msgspec.Struct, frozen=True, array_like=True):
    """What one block refers to, and what went wrong on the way there."""

    references: tuple[Reference, ...] = ()
    fault: str = ""
    """Empty, `unparsed`, `misread` or `large`: see `hcl`."""
    line: int = 0
    """Where python-hcl2 gave up, counted from the first line of the block; 0 if it does not say."""


def key_of(block: Block) -> str:
    """Names the block by its text, whatever file and line it stands in."""
    return sha256(f"{block.kind}\n{block.text}".encode("utf-8", "replace")).hexdigest()


def read(folder: str) -> dict[str, Parsed]:
    """The blocks in the cache by key, empty where it is not at hand."""
    try:
        with open(_file(folder), "rb") as stream:
            return msgspec.json.decode(stream.read(), type=dict[str, Parsed])
    except (OSError, ValueError, RecursionError):
        return {}


def write(folder: str, known: dict[str, Parsed], used: dict[str, Parsed]) -> None:
    """The blocks used now and before are in the cache, whole, or nothing is changed."""
    older = [item for item in known.items() if item[0] not in used]
    keep(_file(folder), msgspec.json.encode(dict([*older, *used.items()][-MOST_BLOCKS:])))


def grammar_file(folder: str) -> str | None:
    """Where python-hcl2's compiled grammar is to be kept; None where that would not be safe.

    Lark unpickles that file, so the folder must belong to this user alone.
    """
    import sys

    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        status = os.stat(folder)
        own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
        if own and not status.st_mode & 0o022 and os.access(folder, os.W_OK):
            return os.path.join(folder, f"hcl2-grammar-{sys.version_info[0]}{sys.version_info[1]}")
    return None


def _file(folder: str) -> str:
    return os.path.join(folder, f"hcl-{__version__}-{_parser_version()}.json")


def _parser_version() -> str:
    # Asking importlib.metadata, or the package itself, would cost more than the whole warm run.
    from importlib.util import find_spec

    spec = find_spec("hcl2")
    try:
        folder = os.path.dirname(spec.origin or "") if spec else ""
        with open(os.path.join(folder, "version.py"), "rb") as stream:
            return sha256(stream.read()).hexdigest()[:12]
    except OSError:
        return "unknown"
