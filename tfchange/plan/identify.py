"""Names what a file is when it is not a plan, and the command that gives the right one."""

import re
from mmap import mmap

from msgspec import UNSET

from tfchange.errors import PlanError
from tfchange.plan import wire

SHOW = "terraform show -json PLANFILE > plan.json"
PLAN = f"terraform plan -out=PLANFILE && {SHOW}"

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


def what_bytes(head: bytes, path: str) -> PlanError:
    """The error for a file that does not begin as a JSON object."""
    if head.startswith(b"PK\x03\x04"):
        name = "PLANFILE" if path == "-" else path
        return PlanError(
            f"{path} is a binary plan file (or another zip archive), not JSON",
            f"Show it first: terraform show -json {name} > plan.json",
        )
    if head.startswith(b"\x1f\x8b"):
        return PlanError(
            f"{path} is compressed with gzip",
            f"Unpack it first: gunzip -c {path} | tfchange assess -",
        )
    if not head.strip():
        return PlanError(f"{path} is empty", f"Write the plan: {SHOW}")
    return _what_text(head, path)


def what_object(raw: wire.Plan, path: str) -> PlanError:
    """The error for a JSON object that is not a plan."""
    return _stream(path) if raw.level is not UNSET else PlanError(*_what_object(raw, path))


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
