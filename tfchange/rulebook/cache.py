"""The compiled rulebook between runs: read back as MessagePack, if it is what was written.

MessagePack says how long each text is, so that nothing is looked through that is not asked for.
"""

import os
from binascii import crc32

from msgspec import msgpack

from tfchange import __version__
from tfchange.cache import keep
from tfchange.hashing import sha256
from tfchange.rulebook.rule import Rulebook

_SHAPE = 16
"""Counts up whenever a rulebook is kept in another shape by the same version."""
_SEALED = 9
"""Bytes of the seal, which stands before all."""
_DIGEST = 64


def read(folder: str, digest: str) -> Rulebook | None:
    """The rulebook compiled from the files with this digest, None where it is not at hand."""
    try:
        with open(_file(folder, digest), "rb") as stream:
            whole = memoryview(stream.read())
        seal, body = whole[:_SEALED], whole[_SEALED:]
        if seal != _seal(body):
            return None
        rulebook = msgpack.decode(body, type=Rulebook)
    except (OSError, ValueError, RecursionError):
        return None
    return rulebook if rulebook.hash == digest else None


def write(folder: str, rulebook: Rulebook) -> None:
    """The rulebook is in the cache, whole, or not at all."""
    body = msgpack.encode(rulebook)
    keep(_file(folder, rulebook.hash), _seal(body) + body)


def bundled(folder: str, home: str, stamp: bytes) -> str | None:
    """The digest of the bundled layer at home as it stood under this stamp; None: not known."""
    try:
        with open(_stamped(folder, home), "rb") as stream:
            said, _, kept = stream.read().partition(b"\n")
    except OSError:
        return None
    known = kept == stamp and len(said) == _DIGEST and said.isalnum()
    return said.decode() if known else None


def keep_bundled(folder: str, home: str, stamp: bytes, digest: str) -> None:
    """The digest of the bundled layer at home is known by its stamp."""
    keep(_stamped(folder, home), digest.encode() + b"\n" + stamp)


def _stamped(folder: str, home: str) -> str:
    name = sha256(home.encode(errors="surrogateescape")).hexdigest()
    return os.path.join(folder, f"bundled-{__version__}-{name[:32]}.txt")


def _seal(body: bytes | memoryview) -> bytes:
    # It finds damage. Whoever may write to the folder could seal anything, by whatever hash.
    return b"%08x\n" % crc32(body)


def _file(folder: str, digest: str) -> str:
    return os.path.join(folder, f"rulebook-{__version__}.{_SHAPE}-{digest[:32]}.msgpack")
