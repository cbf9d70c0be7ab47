"""Finds the JSON in a file's bytes: encodings, byte order marks and what CI wrappers add.

What is no JSON, or not a plan's, is named by `identify`, which is imported only then.
"""

import codecs
from typing import TYPE_CHECKING

from msgspec import UNSET

from tfchange.errors import PlanError
from tfchange.plan import wire
from tfchange.plan.model import Caveat

if TYPE_CHECKING:
    from mmap import mmap

KNOWN_MINOR = 2
"""The newest minor of format 1.x that this version was written against."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 262_144
_WORKFLOW = (b"::", b"[command]", b"%0A", b"[debug]")


def json_text(
    data: "bytes | bytearray | memoryview | mmap", path: str
) -> "tuple[bytes | memoryview | mmap, tuple[Caveat, ...]]":
    """The JSON in `data` as UTF-8, with a caveat where a CI wrapper wrote around it.

    Raises `PlanError` for whatever does not even begin as a JSON object.
    """
    view = memoryview(data)
    head = bytes(view[:_HEAD])
    encoding = _encoding(head)
    if encoding:
        view = memoryview(_transcode(view, encoding, path))
        head = bytes(view[:_HEAD])
    first = head.lstrip()[:1]
    if first == b"{":
        return _without_tail(view, path)
    start = _wrapped(head)
    if start is None:
        from tfchange.plan.identify import what_bytes

        raise what_bytes(head, path)
    text, tail = _without_tail(view[start:], path)
    return text, (_around(path, "before and after" if tail else "before"),)


def require_plan(raw: wire.Plan, path: str) -> None:
    """Returns for plans of major version 0 and 1; raises `PlanError` for other JSON objects."""
    version = raw.format_version or ""
    if raw.level is not UNSET or not _is_plan(raw):
        from tfchange.plan.identify import what_object

        raise what_object(raw, path)
    if version and version.partition(".")[0] not in ("0", "1"):
        raise PlanError(
            f"{path} has plan format {version[:20]}; this version of tfchange reads 0.1 to 1.x",
            "Update tfchange: pip install --upgrade tfchange",
        )


def _is_plan(raw: wire.Plan) -> bool:
    if raw.plan_format_version and (raw.resource_changes is not None or raw.provider_schemas):
        return True
    if raw.lineage is not UNSET or raw.serial is not UNSET or raw.values is not UNSET:
        return False
    return raw.resource_changes is not None or (
        raw.format_version is not None
        and (raw.planned_values is not UNSET or raw.configuration is not None)
    )


def _encoding(head: bytes) -> str | None:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    start = head[:4].ljust(4, b" ")
    if start[0] and start[1:4] == b"\0\0\0":
        return "utf-32-le"
    if start[1:2] == b"\0" and start[0]:
        return "utf-16-le"
    if start[0:1] == b"\0" and start[1]:
        return "utf-16-be"
    return None


def _transcode(view: memoryview, encoding: str, path: str) -> bytes:
    if encoding == "utf-8":
        return bytes(view[3:])
    try:
        return str(view, encoding).removeprefix("\ufeff").encode()
    except UnicodeError:
        raise PlanError(
            f"{path} begins as {encoding.upper()} text and is broken further on",
            "Write the plan again; in PowerShell: terraform show -json PLANFILE | "
            "Out-File -Encoding utf8 plan.json",
        ) from None


def _wrapped(head: bytes) -> int | None:
    """Where a plan begins on a line of its own behind other text, if one does."""
    for key in (b'{"format_version"', b'{"plan_format_version"'):
        at = head.find(b"\n" + key)
        if at >= 0:
            return at + 1
    return None


def _without_tail(view: memoryview, path: str) -> tuple[memoryview, tuple[Caveat, ...]]:
    """Cuts off the lines that setup-terraform's wrapper and its like write after the JSON."""
    tail = bytes(view[-65_536:])
    if tail.rstrip().endswith(b"}"):
        return view, ()
    lines = tail.split(b"\n")
    kept = len(lines)
    while kept > 1 and (not lines[kept - 1].strip() or lines[kept - 1].startswith(_WORKFLOW)):
        kept -= 1
    if not any(line.strip() for line in lines[kept:]):
        return view, ()
    end = len(view) - len(tail) + len(b"\n".join(lines[:kept]))
    return view[:end], (_around(path, "after"),)


def _around(path: str, where: str) -> Caveat:
    return Caveat(
        "text-around",
        f"{path} has text of a CI wrapper {where} the JSON, which was left out; with "
        "hashicorp/setup-terraform, `terraform_wrapper: false` keeps it away.",
    )
