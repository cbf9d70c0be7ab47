"""The programs that are asked: where they lie, and what of the environment they are given."""

import os

_SECRET = ("TOKEN", "_PASSWORD", "_SECRET", "_API_KEY", "_SALT", "_REGISTER_URL")
"""How the variables of tfchange end that can hold a secret; `_FILE` may follow."""

_FORGES = frozenset({"GITHUB_TOKEN", "GITLAB_TOKEN", "SYSTEM_ACCESSTOKEN", "BITBUCKET_TOKEN"})


def find(word: str) -> str | None:
    """The program's own path, by the folders of PATH that are named from the root.

    A relative folder on PATH, or on Windows the current one, would be one of what was checked out,
    where the author of a pull request can put a program.
    """
    if os.path.dirname(word):
        return os.path.abspath(word) if os.access(word, os.X_OK) else None
    endings = os.environ.get("PATHEXT", ".EXE").split(os.pathsep) if os.name == "nt" else [""]
    for folder in filter(os.path.isabs, os.get_exec_path()):
        for ending in endings:
            path = os.path.join(folder, word + ending)
            if os.path.isfile(path) and os.access(path, os.X_OK):
                return path
    return None


def environment(*, forge: bool = False, **more: str) -> dict[str, str]:
    """Our own environment without our own secrets, and with these variables.

    Terraform runs the providers of a configuration, and git what its settings name; neither has
    anything to say to a service desk, nor to a `forge` but in an apply, where a provider may need
    its token.
    """
    return {n: v for n, v in os.environ.items() if not _is_secret(n, forge=forge)} | more


def _is_secret(name: str, *, forge: bool) -> bool:
    if name.removesuffix("_FILE") in _FORGES:
        return not forge
    return name.startswith("TFCHANGE_") and name.removesuffix("_FILE").endswith(_SECRET)
