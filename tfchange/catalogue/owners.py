"""Finds and reads the CODEOWNERS file of a repository, from the branch that is merged into."""

import os
from collections.abc import Iterator, Mapping

import msgspec

from tfchange.catalogue.codeowners import CodeOwners, Owned, parse
from tfchange.errors import SettingsError
from tfchange.plan.model import Caveat
from tfchange.source.base import target
from tfchange.source.git import has_commit, read_file, read_git
from tfchange.source.place import root_of

GITHUB = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
GITLAB = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where each forge looks, the first that is there counts."""
_PROTECTED = ("GITHUB_REF_PROTECTED", "CI_COMMIT_REF_PROTECTED")
"""Variables that say that what is checked out was reviewed."""
_HEAD = "refs/remotes/origin/HEAD"
_NO_SOURCE = "Where the source of this plan is nobody knows, nor who owns it; name it with --source"
KIND = "codeowners"
"""Of caveats."""


class FileOwners(msgspec.Struct, frozen=True):
    """Who owns the files of a repository."""

    root: str
    """Of the repository, with `/`."""
    here: str
    """The folder from which files are named, with `/`."""
    owners: CodeOwners

    def of(self, file: str) -> tuple[Owned, ...]:
        """Who owns the file; nobody where it lies outside of the repository."""
        path = self.path(file)
        return self.owners.of(path) if path else ()

    def path(self, file: str) -> str:
        """The file as its repository names it; `""` where it lies outside."""
        full = os.path.normpath(os.path.join(self.here, file)).replace(os.sep, "/")
        return full.removeprefix(f"{self.root}/") if full.startswith(f"{self.root}/") else ""


def read(
    folder: str | None, where: str | bool, environ: Mapping[str, str] | None = None
) -> tuple[FileOwners | None, tuple[Caveat, ...]]:
    """Who owns the files of the repository that the folder is in, and what to know of that.

    `where` names the file, else it is looked for where the forge does. It is read as it stands on
    the branch that is merged into, since a pull request can change it; where git does not have
    that, as it is checked out, and a caveat says so. Without a folder nobody is known. Raises
    `SettingsError` where a file that is named is not there.
    """
    environ = os.environ if environ is None else environ
    if folder is None:
        return None, (_caveat(_NO_SOURCE),)
    root = root_of(folder)
    if root is None:
        return None, (
            _caveat(f"{folder} is in no git repository, so nobody is known to own files"),
        )
    gitlab = _is_gitlab(root, environ)
    base = _base(root, environ)
    if isinstance(where, str):
        found = _named(root, where, base)
    else:
        found = next(_found(root, GITLAB if gitlab else GITHUB, base), None)
    if found is None:
        return None, (_caveat(f"There is no CODEOWNERS in the repository {_at(base)}"),)
    path, text = found
    owners = parse(text, gitlab=gitlab)
    here = os.getcwd().replace(os.sep, "/")
    told = FileOwners(root.replace(os.sep, "/"), here, owners)
    return told, tuple(_doubts(path, owners, base, root))


def _is_gitlab(root: str, environ: Mapping[str, str]) -> bool:
    if "GITLAB_CI" in environ or "GITHUB_ACTIONS" in environ:
        return "GITLAB_CI" in environ
    return "gitlab" in read_git(root).remote.lower()


def _base(root: str, environ: Mapping[str, str]) -> str:
    """The revision whose owners count; `""` where the clone does not have it."""
    named = target(environ)
    if named:
        branch = f"refs/remotes/origin/{named}"
        return branch if has_commit(root, branch) else ""
    if any(environ.get(name) == "true" for name in _PROTECTED):
        return "HEAD"
    return _HEAD if has_commit(root, _HEAD) else ""


def _found(root: str, places: tuple[str, ...], base: str) -> Iterator[tuple[str, str]]:
    for path in places:
        text = read_file(root, base, path) if base else _checked_out(root, path)
        if text is not None:
            yield path, text


def _named(root: str, where: str, base: str) -> tuple[str, str] | None:
    path = os.path.relpath(os.path.abspath(where), root).replace(os.sep, "/")
    inside = not path.startswith("../")
    if not inside:
        text = _on_disk(where)
    else:
        text = read_file(root, base, path) if base else _checked_out(root, path)
    if text is None and not os.path.isfile(where):
        raise SettingsError(
            f"codeowners: there is no file {where}",
            "Name the file as it is seen from tfchange.yaml, or say `codeowners: true` to look "
            "for it.",
        )
    return None if text is None else (path, text)


def _checked_out(root: str, path: str) -> str | None:
    full = os.path.join(root, path)
    # A link can lead to what is not of the repository.
    return None if os.path.islink(full) else _on_disk(full)


def _on_disk(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def _doubts(path: str, owners: CodeOwners, base: str, root: str) -> Iterator[Caveat]:
    if not base and not path.startswith("../"):
        yield _caveat(
            f"{path} is read as it is checked out in {os.path.basename(root)}, since git does not "
            "have the branch that is merged into; a pull request could have changed it. Fetch "
            "that branch before"
        )
    if owners.skipped:
        numbers = ", ".join(map(str, owners.skipped[:5]))
        more = f" and {len(owners.skipped) - 5} more" if len(owners.skipped) > 5 else ""
        line = "line" if len(owners.skipped) == 1 else "lines"
        yield _caveat(
            f"{path}: the pattern in {line} {numbers}{more} means nothing to the forge, so nobody "
            "owns files by it"
        )


def _at(base: str) -> str:
    return "on the branch that is merged into" if base else "as it is checked out"


def _caveat(said: str) -> Caveat:
    return Caveat(KIND, f"{said}.")
