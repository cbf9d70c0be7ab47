"""Where tfchange keeps what it has compiled or parsed, and how: whole, or not at all.

Nothing in a cache is a value of a plan. Whatever is wrong with it only costs the time to do the
work again.
"""

import os
from contextlib import suppress


def folder() -> str:
    """The cache folder for this user: TFCHANGE_CACHE_DIR, else by the habits of the system."""
    if own := os.environ.get("TFCHANGE_CACHE_DIR"):
        return own
    if os.name == "nt" and (local := os.environ.get("LOCALAPPDATA")):
        return os.path.join(local, "tfchange", "cache")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "tfchange")


def keep(file: str, data: bytes) -> None:
    """The file holds the data and is nobody else's to read, or nothing has changed."""
    draft = f"{file}.{os.getpid()}.part"
    with suppress(OSError):
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as stream:
                stream.write(data)
            os.replace(draft, file)
        except OSError:
            with suppress(OSError):
                os.unlink(draft)
