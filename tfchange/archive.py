"""The files of the package where it is imported from a zip archive, as from a zipapp.

They are read from the archive in each run and never unpacked to stay: whoever may write where they
lie could have their own code run.
"""

import os
from functools import cache
from typing import Any

from tfchange.errors import TfchangeError


@cache
def files(folder: str) -> dict[str, bytes] | None:
    """What lies in that folder of the package, by path in it; None where it is in no archive.

    TfchangeError where the archive is damaged, or holds nothing there.
    """
    loader: Any = __spec__.loader
    if not hasattr(loader, "archive"):
        return None
    from zipfile import BadZipFile, ZipFile
    from zlib import error as Damaged  # noqa: N812

    inside = f"{loader.prefix}{folder}/".replace(os.sep, "/")
    try:
        with ZipFile(loader.archive) as archive:
            for each in archive.infolist():
                archive.open(each).close()  # else a file whose name is damaged is not missed
            names = [n for n in archive.namelist() if n.startswith(inside) and not n.endswith("/")]
            found = {name.removeprefix(inside): archive.read(name) for name in names}
    except (OSError, EOFError, BadZipFile, Damaged, NotImplementedError, RuntimeError) as fault:
        raise _unusable(loader.archive, f"cannot be read: {fault}") from None
    if not found:
        raise _unusable(loader.archive, f"holds no {inside}")
    return found


def _unusable(archive: str, why: str) -> TfchangeError:
    advice = "Make it from a wheel of tfchange: pip wheel --no-deps tfchange"
    return TfchangeError(f"{archive}, from which tfchange is imported, {why}", advice)
