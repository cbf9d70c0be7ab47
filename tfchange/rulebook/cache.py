"""The compiled rulebook, kept in the user's cache folder between runs.

Whatever is wrong with the cache (unwritable, cut off, edited) only costs the time to compile.
"""

import hashlib
import os
from contextlib import suppress

import msgspec

from tfchange import __version__
from tfchange.rulebook.rule import Rulebook


def default_folder() -> str:
    """The cache folder of tfchange for this user, by the habits of the system."""
    if own := os.environ.get("TFCHANGE_CACHE_DIR"):
        return own
    if os.name == "nt" and (local := os.environ.get("LOCALAPPDATA")):
        return os.path.join(local, "tfchange", "cache")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "tfchange")


def read(folder: str, digest: str) -> Rulebook | None:
    """The rulebook compiled from the files with this digest, None where it is not at hand."""
    try:
        with open(_file(folder, digest), "rb") as stream:
            seal, _, body = stream.read().partition(b"\n")
        if seal.decode() != hashlib.sha256(body).hexdigest():
            return None
        rulebook = msgspec.json.decode(body, type=Rulebook)
    except (OSError, ValueError, RecursionError):
        return None
    return rulebook if rulebook.hash == digest else None


def write(folder: str, rulebook: Rulebook) -> None:
    """The rulebook is in the cache, whole, or not at all."""
    import tempfile

    body = msgspec.json.encode(rulebook)
    with suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix="rulebook-", suffix=".part", dir=folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(draft, _file(folder, rulebook.hash))
        except OSError:
            os.unlink(draft)
            raise


def _file(folder: str, digest: str) -> str:
    return os.path.join(folder, f"rulebook-{__version__}-{digest[:32]}.json")
