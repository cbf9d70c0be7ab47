"""What a file is, when it is not a plan: every error names it and the command to run instead."""

import codecs
import re
from mmap import mmap

from msgspec import UNSET

from tfchange.errors import PlanError
from tfchange.plan import wire
from tfchange.plan.model import Caveat

KNOWN_MINOR = 2
"""The newest minor of format 1.x that this version was written against."""

SHOW = "terraform show -json PLANFILE > plan.json"
PLAN = f"terraform plan -out=PLANFILE && {SHOW}"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WRAPPED = re.compile(rb'^[ \t]*\{"(?:format_version|plan_format_version)"', re.MULTILINE)
_WORKFLOW = re.compile(rb"\s*(?:::|\[command\]|%0A|\[debug\])")
_ANSI = re.compile(rb"\x1b\[[0-9;]*m")
_HUMAN = (
    b"Terraform will perform the following actions",
    b"OpenTofu will perform the following actions",
    b"Terraform used the selected providers",
    b"OpenTofu used the selected providers",
    b"Your infrastructure matches the configuration",
    b"An execution plan has been generated",
    b"Objects have changed outside of",
)
_HUMAN_LINES = re.compile(
    rb"^\s*(?:Plan: \d+ to |No changes\.|# \S+ (?:will be|must be) |[-+~]/?[-+]? resource \")",
    re.MULTILINE,
)
_HCL = re.compile(
    rb"^\s*(?:resource|data|module|variable|provider|terraform|locals)\b[^\n:=]*\{", re.MULTILINE
)
_HEAD = 262_144


def json_text(
    data: bytes | bytearray | memoryview | mmap, path: str
) -> tuple[bytes | memoryview | mmap, tuple[Caveat, ...]]:
    """The JSON in `data` as UTF-8, with a caveat where a CI wrapper wrote around it.

    Raises `PlanError` for whatever does not even begin as a JSON object.
    """
    view = memoryview(data)
    head = bytes(view[:_HEAD])
    _refuse_binary(head, path)
    encoding = _encoding(head)
    if encoding:
        view = memoryview(_transcode(view, encoding, path))
        head = bytes(view[:_HEAD])
    first = head.lstrip()[:1]
    if first == b"{":
        return _without_tail(view, path)
    if not head.strip():
        raise PlanError(f"{path} is empty", f"Write the plan: {SHOW}")
    found = _WRAPPED.search(head)
    if found:
        text, tail = _without_tail(view[found.start() :], path)
        return text, (_around(path, "before and after" if tail else "before"),)
    raise _what_text(head, path)


def require_plan(raw: wire.Plan, path: str) -> None:
    """Returns for plans of major version 0 and 1; raises `PlanError` for other JSON objects."""
    version = raw.format_version or ""
    if raw.level is not UNSET:
        raise _stream(path)
    if _is_plan(raw):
        major = version.partition(".")[0]
        if version and major not in ("0", "1"):
            raise PlanError(
                f"{path} has plan format {version[:20]}; this version of tfchange reads 0.1 to 1.x",
                "Update tfchange: pip install --upgrade tfchange",
            )
        return
    raise PlanError(*_what_object(raw, path))


def wrong_shape(text: bytes | memoryview | mmap, path: str, detail: str) -> PlanError:
    """The error for JSON that decodes but whose fields have other types than a plan's."""
    head = bytes(memoryview(text)[:_HEAD])
    if b'"@level"' in head[:2000]:
        return _stream(path)
    return PlanError(
        f"{path} is JSON but not a plan as Terraform writes it: {detail}",
        f"Write the plan again: {SHOW}",
    )


def not_json(text: bytes | memoryview | mmap, path: str, detail: str) -> PlanError:
    """The error for text that begins like a JSON object and is none."""
    view = memoryview(text)
    head = bytes(view[:_HEAD])
    if b'"@level"' in head[:2000] or b'"@message"' in head[:2000]:
        return _stream(path)
    if "trailing characters" in detail:
        return PlanError(
            f"{path} has text after the JSON ({detail})",
            f"Write the plan alone into the file: {SHOW}",
        )
    if "truncated" in detail:
        return PlanError(
            f"{path} is truncated: the JSON ends after {len(view):,} bytes",
            f"Write the plan again, to its end: {SHOW}",
        )
    if _HCL.search(head) and head.lstrip(b"{ \r\n\t")[:1] != b'"':
        return _what_text(head, path)
    return PlanError(f"{path} is not valid JSON ({detail})", f"Write the plan again: {SHOW}")


def _is_plan(raw: wire.Plan) -> bool:
    if raw.plan_format_version and (raw.resource_changes is not None or raw.provider_schemas):
        return True
    if raw.lineage is not UNSET or raw.serial is not UNSET or raw.values is not UNSET:
        return False
    return raw.resource_changes is not None or (
        raw.format_version is not None
        and (raw.planned_values is not UNSET or raw.configuration is not None)
    )


def _what_object(raw: wire.Plan, path: str) -> tuple[str, str]:
    signs = (
        (raw.lineage, "is a Terraform state file, not a plan"),
        (raw.serial, "is a Terraform state file, not a plan"),
        (raw.values, "is a state (terraform show -json without a plan file), not a plan"),
        (raw.provider_schemas, "holds provider schemas, not a plan"),
        (raw.plandata, "wraps a plan in another program's `plandata`, from which to take it"),
        (raw.diagnostics, "is the output of terraform validate -json, not a plan"),
        (raw.format_version or UNSET, "has a format_version but no changes, so it is no plan"),
    )
    for sign, words in signs:
        if sign is not UNSET:
            return f"{path} {words}", f"Write a plan: {PLAN}"
    return f"{path} is a JSON object but not a Terraform plan", f"Write a plan: {PLAN}"


def _refuse_binary(head: bytes, path: str) -> None:
    if head.startswith(b"PK\x03\x04"):
        name = "PLANFILE" if path == "-" else path
        raise PlanError(
            f"{path} is a binary plan file (or another zip archive), not JSON",
            f"Show it first: terraform show -json {name} > plan.json",
        )
    if head.startswith(b"\x1f\x8b"):
        raise PlanError(
            f"{path} is compressed with gzip",
            f"Unpack it first: gunzip -c {path} | tfchange assess -",
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


def _without_tail(view: memoryview, path: str) -> tuple[memoryview, tuple[Caveat, ...]]:
    """Cuts off the lines that setup-terraform's wrapper and its like write after the JSON."""
    tail = bytes(view[-65_536:])
    start = len(view) - len(tail)
    lines = tail.split(b"\n")
    kept = len(lines)
    while kept > 1 and (not lines[kept - 1].strip() or _WORKFLOW.match(lines[kept - 1])):
        kept -= 1
    if not any(line.strip() for line in lines[kept:]):
        return view, ()
    end = start + len(b"\n".join(lines[:kept]))
    return view[:end], (_around(path, "after"),)


def _around(path: str, where: str) -> Caveat:
    return Caveat(
        "text-around",
        f"{path} has text of a CI wrapper {where} the JSON, which was left out; with "
        "hashicorp/setup-terraform, `terraform_wrapper: false` keeps it away.",
    )


def _what_text(head: bytes, path: str) -> PlanError:
    plain = _ANSI.sub(b"", head)
    if any(words in plain for words in _HUMAN) or _HUMAN_LINES.search(plain):
        return PlanError(
            f"{path} is Terraform's plan for people to read, not JSON",
            f"Save the plan and show it as JSON: {PLAN}",
        )
    if _HCL.search(plain):
        return PlanError(
            f"{path} is Terraform configuration (HCL), not a plan", f"Write a plan: {PLAN}"
        )
    if plain.lstrip()[:1] in (b"[", b'"') or plain.strip() in (b"null", b"true", b"false"):
        kind = {b"[": "array", b'"': "string"}.get(plain.lstrip()[:1], "value")
        return PlanError(f"{path} holds a JSON {kind}, not a plan", f"Write a plan: {PLAN}")
    if b"\0" in head[:1000]:
        return PlanError(f"{path} is a binary file, not a plan", f"Write a plan: {PLAN}")
    return PlanError(f"{path} is text, but not JSON", f"Write a plan: {PLAN}")


def _stream(path: str) -> PlanError:
    return PlanError(
        f"{path} is the message stream of terraform plan -json, which holds no plan",
        f"Save the plan and show it: {PLAN}",
    )
