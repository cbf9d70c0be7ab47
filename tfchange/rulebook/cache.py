"""The compiled rulebook between runs: read back as JSON, and only if it is what was written."""

import os
from binascii import crc32

import msgspec

from tfchange import __version__
from tfchange.cache import keep
from tfchange.rulebook.rule import Rulebook

_SHAPE = 12
"""Counts up whenever a rulebook is kept in another shape by the same version."""


_SEALED = 9
"""Bytes of the seal, which stands before all."""


def read(folder: str, digest: str) -> Rulebook | None:
    """The rulebook compiled from the files with this digest, None where it is not at hand."""
    try:
        with open(_file(folder, digest), "rb") as stream:
            whole = memoryview(stream.read())
        seal, body = whole[:_SEALED], whole[_SEALED:]
        if seal != _seal(body):
            return None
        rulebook = msgspec.json.decode(body, type=Rulebook)
    except (OSError, ValueError, RecursionError):
        return None
    return rulebook if rulebook.hash == digest else None


def write(folder: str, rulebook: Rulebook) -> None:
    """The rulebook is in the cache, whole, or not at all."""
    body = msgspec.json.encode(rulebook)
    keep(_file(folder, rulebook.hash), _seal(body) + body)


def bundled(folder: str, stamp: str) -> str | None:
    """The digest of the bundled layer as it stood under this stamp, None where it is not known."""
    try:
        with open(_stamped(folder, stamp), "rb") as stream:
            said = stream.read().decode()
    except (OSError, ValueError):
        return None
    return said if len(said) == 64 and said.isalnum() else None


def keep_bundled(folder: str, stamp: str, digest: str) -> None:
    """The digest of the bundled layer is known by its stamp."""
    keep(_stamped(folder, stamp), digest.encode())


def _stamped(folder: str, stamp: str) -> str:
    return os.path.join(folder, f"bundled-{__version__}-{stamp[:32]}.txt")


def _seal(body: bytes | memoryview) -> bytes:
    # It finds damage. Whoever may write to the folder could seal anything, by whatever hash.
    return b"%08x\n" % crc32(body)


def _file(folder: str, digest: str) -> str:
    return os.path.join(folder, f"rulebook-{__version__}.{_SHAPE}-{digest[:32]}.json")
