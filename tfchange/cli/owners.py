"""Who answers for what, by the settings: the service catalogue, and the code owners of files."""

from collections.abc import Mapping
from typing import Any


def known(given: Mapping[str, Any], tables: Mapping[str, Any]) -> dict[str, Any]:
    """What is given for an assessment, with the catalogue loaded, and whether code owners count.

    Raises `SettingsError` with all faults of the catalogue.
    """
    path, table = given.get("catalogue"), tables.get("services") or ()
    told = {**given, "catalogue": None, "codeowners": tables.get("codeowners") or False}
    if path or table:
        from tfchange.catalogue.load import load

        told["catalogue"] = load(table, path)
    return told
