"""The files of the package where it is imported from a zip archive, as from a zipapp.

Rules and migrations are read as files of a folder, which an archive has none of.
"""

import os
from typing import Any

from tfchange.cache import folder
from tfchange.errors import TfchangeError
from tfchange.hashing import sha256


def unpacked(name: str) -> str | None:
    """The folder of that name in the package, out of the archive; None where there is no archive.

    It is kept in the user's cache under a digest of what is in it, so that it is unpacked once.
    TfchangeError where that cannot be done.
    """
    loader: Any = __spec__.loader
    if not hasattr(loader, "archive"):
        return None
    from zipfile import BadZipFile, ZipFile

    inside = f"{loader.prefix}{name}/".replace(os.sep, "/")
    try:
        with ZipFile(loader.archive) as archive:
            files = [file for file in archive.infolist() if file.filename.startswith(inside)]
            told = "\0".join(sorted(f"{file.filename}\0{file.CRC}" for file in files))
            home = os.path.join(folder(), f"unpacked-{sha256(told.encode()).hexdigest()[:32]}")
            if not os.path.isdir(home):
                _unpack(archive, files, home)
    except (OSError, BadZipFile) as fault:
        raise TfchangeError(
            f"the {name.strip('_')} of tfchange cannot be unpacked from {loader.archive}: {fault}",
            "Name a folder that may be written to: TFCHANGE_CACHE_DIR=FOLDER",
        ) from None
    return os.path.join(home, *inside.strip("/").split("/"))


def _unpack(archive: Any, files: list[Any], home: str) -> None:
    """The files are below home, all of them or none."""
    from shutil import rmtree
    from tempfile import mkdtemp

    os.makedirs(os.path.dirname(home), mode=0o700, exist_ok=True)
    draft = mkdtemp(prefix="unpacking-", dir=os.path.dirname(home))
    try:
        archive.extractall(draft, files)
        os.rename(draft, home)
    except OSError:
        rmtree(draft, ignore_errors=True)
        if not os.path.isdir(home):  # another process may have been faster
            raise
