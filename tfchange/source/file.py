"""Opens plans: files, folders of them, standard input, binary plans."""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tfchange.errors import SourceError

if TYPE_CHECKING:
    from mmap import mmap

    Buffer = bytes | mmap

_ZIP = b"PK\x03\x04"
_MAPPED = 1 << 20
_PLANS = (".json", ".tfplan")
_NO_PLANS = (".tf.json", ".tfvars.json", ".tfstate.json", ".tftest.json")


def find_plans(arguments: Sequence[str]) -> tuple[str, ...]:
    """The plan files that the arguments name, each once: a folder stands for those in it.

    In a folder these are `*.json` and `*.tfplan`, sorted, at any depth; hidden files and folders
    are passed over. Raises `SourceError` for a folder without any.
    """
    found: dict[str, None] = {}
    for argument in arguments:
        names = _in_folder(argument) if os.path.isdir(argument) else [argument]
        found.update(dict.fromkeys(names))
    return tuple(found)


def open_plan(argument: str, *, terraform: str | None = None) -> "tuple[str, Buffer]":
    """A plan's name and its bytes; a large file is mapped, a binary plan shown as JSON.

    `-` reads standard input. `terraform` names the program that shows binary plans; without it
    `terraform` and `tofu` are looked for on the PATH. Raises `SourceError`.
    """
    if argument == "-":
        return argument, _standard_input()
    try:
        buffer = _read(argument)
    except (OSError, ValueError) as fault:
        raise _cannot_read(argument, fault) from None
    if buffer[:4] == _ZIP:
        from tfchange.source.show import show

        return argument, show(argument, terraform)
    return argument, buffer


def release(buffer: "Buffer") -> None:
    """The memory of a mapped file has gone back to the system; it is read again where needed.

    After decoding, little of a large plan is looked at again: the values of what changes.
    """
    if not isinstance(buffer, bytes):
        import mmap as module

        if hasattr(module, "MADV_DONTNEED"):
            buffer.madvise(module.MADV_DONTNEED)


def _in_folder(folder: str) -> list[str]:
    names = sorted(_walk(folder))
    if not names:
        from shlex import quote

        raise SourceError(
            f"{folder} is a folder without plan files (*.json, *.tfplan)",
            "Write one: terraform show -json PLANFILE > "
            + quote(os.path.join(folder, "plan.json")),
        )
    return names


def _walk(folder: str) -> Iterator[str]:
    # Symbolic links to folders are not followed, so a loop of them ends.
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.endswith(_PLANS) and not name.startswith(".") and not name.endswith(_NO_PLANS):
                yield os.path.normpath(os.path.join(path, name))


def _read(name: str) -> "Buffer":
    with open(name, "rb") as stream:
        status = os.fstat(stream.fileno())
        # Pipes and files of /proc have no size to map.
        if not stat.S_ISREG(status.st_mode) or status.st_size < _MAPPED:
            return stream.read()
        return _map(stream.fileno())


def _map(descriptor: int) -> "mmap":
    import mmap as module

    if hasattr(module, "MAP_POPULATE"):
        flags = module.MAP_PRIVATE | module.MAP_POPULATE
        return module.mmap(descriptor, 0, flags=flags, prot=module.PROT_READ)
    return module.mmap(descriptor, 0, access=module.ACCESS_READ)


def _standard_input() -> bytes:
    advice = "Pipe a plan into it: terraform show -json PLANFILE | tfchange assess -"
    if sys.stdin is None or sys.stdin.closed:
        raise SourceError("standard input is closed, so no plan can be read from it", advice)
    if sys.stdin.isatty():
        raise SourceError("standard input is a terminal, not a plan", advice)
    try:
        return sys.stdin.buffer.read()
    except OSError as fault:
        raise SourceError(f"standard input cannot be read: {fault.strerror}", advice) from None


def _cannot_read(name: str, fault: Exception) -> SourceError:
    from shlex import quote

    quoted = quote(name)
    if isinstance(fault, PermissionError):
        return SourceError(f"{name} may not be read", f"Allow it: chmod u+r {quoted}")
    if isinstance(fault, IsADirectoryError):
        return SourceError(f"{name} is a folder, not a plan file", f"See: ls {quoted}")
    if isinstance(fault, FileNotFoundError | NotADirectoryError | ValueError):
        return SourceError(
            f"{name!r} does not exist" if "\0" in name else f"{name} does not exist",
            f"Write it: terraform show -json PLANFILE > {quoted}",
        )
    return SourceError(
        f"{name} cannot be read: {getattr(fault, 'strerror', fault)}", f"See: ls -l {quoted}"
    )
