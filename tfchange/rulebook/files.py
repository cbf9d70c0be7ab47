"""The files of all layers of a rulebook, and the hash that names their content.

A layer is a folder shaped like the bundled `rules/`:

    traits/*.yaml   risk/<id>.yaml   envelopes/<id>.yaml   itil/<name>.yaml   waivers.yaml
"""

import os
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tfchange.errors import RulebookError
from tfchange.hashing import sha256

KINDS = {"traits": "traits", "risk": "rule", "envelopes": "envelope", "itil": "policy"}
"""Folders of a layer and the kind of file in each."""

KEPT = ("scenarios", "changes", "incidents")
"""Where a checkout has plans that bundled rules are shown by, in `fixtures`."""

BUNDLED, ORGANISATION = 0, 1
"""The layers by number; every later one is a repository's."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_INSIDE = "_rules"
"""Where a wheel has them."""


class RuleFile(msgspec.Struct, frozen=True):
    """One YAML file of one layer."""

    layer: int
    kind: str
    """`traits`, `rule`, `envelope`, `policy`, `waivers`, or `""` for one that is out of place."""
    relative: str
    """Path inside the layer, with `/`."""
    shown: str
    """Path as messages show it."""
    folder: str
    """The layer's folder."""
    data: bytes

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return os.path.splitext(os.path.basename(self.relative))[0]


def bundled() -> str:
    """The folder of the rules that come with tfchange, in a wheel as in a checkout.

    There is no such folder where tfchange is imported from a zip archive.
    """
    inside = os.path.join(_PACKAGE, _INSIDE)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), "rules")


def policies() -> tuple[str, ...]:
    """The names of the bundled policies, sorted."""
    return tuple(sorted(file.name for file in _read_bundled() if file.kind == "policy"))


def read_layers(layers: Sequence[str] = ()) -> tuple[RuleFile, ...]:
    """All files of the bundled layer and of these, in the order they are merged."""
    return (*_read_bundled(), *read_own(layers))


def read_own(layers: Sequence[str]) -> tuple[RuleFile, ...]:
    """All files of these layers, without those that come with tfchange."""
    return _read_all(layers, ORGANISATION)


def _read_bundled() -> tuple[RuleFile, ...]:
    home = bundled()
    if not os.path.isdir(home):
        from tfchange import archive

        packed = archive.files(_INSIDE) or {}
        names = sorted(name for name in packed if _is_rules(name) and "/." not in name)
        if names:
            return tuple(_file(BUNDLED, home, "rules", name, packed[name]) for name in names)
    return _read_all([home], BUNDLED)


def _read_all(layers: Sequence[str], first: int) -> tuple[RuleFile, ...]:
    files: list[RuleFile] = []
    for number, folder in enumerate(layers, first):
        if not os.path.isdir(folder):
            raise RulebookError(
                f"there is no folder of rules at {folder}",
                "Name a folder that holds traits/, risk/, envelopes/, itil/ or waivers.yaml.",
            )
        shown = folder if number else "rules"
        files += [_read(number, folder, shown, path) for path in sorted(_paths(folder))]
    return tuple(files)


def scenario(layer: str, name: str) -> str | None:
    """The folder of the scenario that rules of this layer are shown by, None where it is not here.

    A layer has them in `scenarios/`; those of the bundled rules are in a checkout, not in a wheel.
    """
    return next((f for home in scenarios(layer) if os.path.isdir(f := f"{home}/{name}")), None)


def scenarios(layer: str) -> tuple[str, ...]:
    """The folders that hold scenarios for the rules of this layer."""
    fixtures = os.path.join(os.path.dirname(layer), "fixtures")
    homes = [f"{layer}/scenarios", *(f"{fixtures}/{kind}" for kind in KEPT)]
    return tuple(home for home in homes if os.path.isdir(home))


def digest(files: Iterable[RuleFile]) -> str:
    """A hex digest of what the files say and where; line ends of Windows count as plain ones."""
    total = sha256()
    for file in files:
        text = file.data.replace(b"\r\n", b"\n")
        total.update(f"{file.layer}\0{file.relative}\0{len(text)}\0".encode())
        total.update(text)
    return total.hexdigest()


def together(bundled: str, files: Iterable[RuleFile], policy: str | None) -> str:
    """One hex digest of the bundled layer (by its own), of other layers, and of the policy."""
    return sha256(f"{bundled}\0{digest(files)}\0{policy or ''}".encode()).hexdigest()


def stamp(folder: str) -> bytes | None:
    """What changes whenever a file of the folder does, without reading any.

    None where there is no such file, and on Windows. A file's time of change (ctime) cannot be set
    back by programs, as its time of writing can; Windows has no such time.
    """
    if os.name == "nt":
        return None
    told = sorted((relative, _times(entry.stat())) for relative, entry in _entries(folder))
    if not told:
        return None
    names = "\0".join([relative for relative, _ in told]).encode(errors="surrogateescape")
    return names + msgspec.json.encode([times for _, times in told])


def _times(of: os.stat_result) -> tuple[int, ...]:
    return of.st_size, of.st_mtime_ns, of.st_ctime_ns, of.st_ino


def _paths(folder: str) -> Iterator[str]:
    return (relative for relative, _ in _entries(folder))


def _entries(folder: str, above: str = "") -> "Iterator[tuple[str, os.DirEntry[str]]]":
    """All files of rules below the folder by their paths inside it, in no order."""
    # Paths are put together on the way down: taking them apart again costs more than all the rest.
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _entries(entry.path, f"{above}{entry.name}/")
        elif _is_rules(entry.name):
            yield above + entry.name, entry


def _is_rules(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) and not name.startswith(".")


def _read(layer: int, folder: str, shown: str, relative: str) -> RuleFile:
    path = os.path.join(folder, *relative.split("/"))
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise RulebookError(f"{path} cannot be read: {error.strerror}") from None
    return _file(layer, folder, shown, relative, data)


def _file(layer: int, folder: str, shown: str, relative: str, data: bytes) -> RuleFile:
    first = relative.split("/", 1)[0]
    kind = "waivers" if relative in ("waivers.yaml", "waivers.yml") else KINDS.get(first, "")
    return RuleFile(
        layer,
        kind if "/" in relative or kind == "waivers" else "",
        relative,
        f"{shown}/{relative}",
        folder,
        data,
    )
