"""Where a plan was made: what Terraform remembers in its folder, and where that lies.

A run without source looks at no more than this.
"""

import os
import stat
from collections.abc import Iterator
from typing import Any

import msgspec

KEPT = "terraform.tfstate"
"""Of the data folder: what `terraform init` settled on, also where the source leaves it open
(https://developer.hashicorp.com/terraform/language/backend)."""
NAMES = ("key", "prefix", "path", "workspace_key_prefix", "name")
"""Arguments that name a place in the backend; `name` and `prefix` name workspaces, too."""
FILE = "environment"
"""Of the data folder; `terraform workspace select` writes it
(https://developer.hashicorp.com/terraform/cli/workspaces)."""
_LARGEST = 1 << 20


def read_workspace(folder: str = ".", data: str | None = None) -> str:
    """The name of the selected workspace; `""` where none was ever selected, or none can be read.

    `data` is where TF_DATA_DIR puts what is otherwise in `.terraform`.
    """
    path = os.path.join(folder, data or ".terraform", FILE)
    try:
        with open(path, encoding="utf-8") as file:
            name = file.read(256).strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return name if name.isprintable() else ""


def settled(folder: str, data: str | None = None) -> str:
    """The names under which a backend keeps the folder's state, apart by `/`; `""` for none known.

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


def root_of(folder: str = ".") -> str | None:
    """The root of the repository that the folder is in, from the root of the machine; else None."""
    here = os.path.abspath(folder)
    while not os.path.exists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here


def place_in_repository(folder: str = ".") -> str:
    """The folder as its repository names it, `infra/network`; `""` at its root or outside."""
    root = root_of(folder)
    if root is None:
        return ""
    place = os.path.relpath(folder, root).replace(os.sep, "/")
    return "" if place == "." else place


def _settled(config: Any) -> Iterator[str]:
    for each in config if isinstance(config, list) else [config]:
        if isinstance(each, dict):
            yield from (each[n] for n in NAMES if isinstance(each.get(n), str) and each[n])
            yield from _settled(each.get("workspaces"))
