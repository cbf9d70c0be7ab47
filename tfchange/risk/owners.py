"""Who owns the files that the changes of a plan stand in, by CODEOWNERS."""

from collections.abc import Iterable, Mapping

from tfchange.catalogue.owners import FileOwners
from tfchange.plan.address import block_of
from tfchange.plan.model import QUIET
from tfchange.risk.assessment import Approval, Change, Informed
from tfchange.risk.findings import Finder

_SHOWN = 3
_FETCHED = ".terraform/"
"""Where Terraform keeps modules that it has fetched; such files are in no repository of ours."""

_Asked = tuple[tuple[str, ...], int]
"""Owners, any of whom can speak, and how many of them are to."""


def of(
    owners: FileOwners, changes: Iterable[Change], finder: Finder
) -> tuple[tuple[Approval, ...], tuple[Informed, ...]]:
    """Who is to approve, and who is told since their section is optional.

    Any one of the owners in a line speaks for it, so they are one group: `@a or @b`. Where only
    some of them are asked anyway, these are enough for it, as they are at the forge.
    """
    asked: dict[_Asked, list[str]] = {}
    told: dict[_Asked, list[str]] = {}
    acting = [c for c in changes if c.action not in QUIET or c.imports]
    for file in sorted({_file(c.address, owners, finder) for c in acting} - {""}):
        for each in owners.owners.of(file):
            key = (tuple(dict.fromkeys(each.owners)), each.section.approvals)
            files = (told if each.section.optional else asked).setdefault(key, [])
            if file not in files:
                files.append(file)
    return (
        tuple(Approval(_called(key), _owns(files, key)) for key, files in _fewest(asked).items()),
        tuple(Informed(_called(key), _owns(files, key)) for key, files in told.items()),
    )


def _file(address: str, owners: FileOwners, finder: Finder) -> str:
    """The file of the block, or of the call that fetches its module, from the repository's root."""
    block = block_of(address)
    while block:
        place = finder.location(block)
        path = owners.path(place.file) if place else ""
        if path and f"/{path}".find(f"/{_FETCHED}") < 0:
            return path
        block = _call(block)
    return ""


def _call(block: str) -> str:
    """The call of the module that the block, or call, is in; `""` in the root module."""
    steps, calls = block.split("."), 0
    while steps[calls * 2] == "module" and len(steps) > calls * 2 + 2:
        calls += 1
    return ".".join(steps[: calls * 2])


def _fewest(asked: Mapping[_Asked, list[str]]) -> dict[_Asked, list[str]]:
    """Only groups of which no part is asked as well; their files are that part's."""
    kept: dict[_Asked, list[str]] = {}
    for key in sorted(asked, key=lambda each: (len(each[0]), each)):
        owners, number = key
        part = next((k for k in kept if set(k[0]) <= set(owners) and k[1] >= number), key)
        kept[part] = sorted({*kept.get(part, ()), *asked[key]})
    return dict(sorted(kept.items()))


def _called(key: _Asked) -> str:
    return " or ".join(key[0])


def _owns(files: list[str], key: _Asked) -> str:
    shown = files[:_SHOWN] if len(files) > _SHOWN + 1 else files
    more = f" and {len(files) - len(shown)} more files" if len(shown) < len(files) else ""
    number = f", which asks for {key[1]} approvals" if key[1] > 1 else ""
    return f"owns {', '.join(shown)}{more} (CODEOWNERS{number})"
