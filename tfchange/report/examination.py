"""What an examination of a desk found, as people and programs read it."""

from collections.abc import Iterator

import msgspec

from tfchange.change.doctor import Check, Examination
from tfchange.report.ticket import NAMES
from tfchange.words import json_text

MARKS = {"ok": "ok", "warning": "warn", "failed": "FAIL"}


def render(desk: str, found: Examination) -> str:
    """As indented JSON."""
    told = {
        "desk": desk,
        "passed": found.passed,
        "checks": found.checks,
        "settings": found.settings,
    }
    return json_text(msgspec.json.encode(told)) + "\n"


def text(desk: str, found: Examination) -> str:
    """A line per check, with advice below what is not right, and the settings at the end."""
    lines = [f"Examining {NAMES.get(desk, desk)}", ""]
    lines += [line for check in found.checks for line in _check(check)]
    failed = sum(check.state == "failed" for check in found.checks)
    lines += [
        "",
        "All is well." if not failed else f"{failed} of {len(found.checks)} checks failed.",
    ]
    if found.settings:
        lines += ["", "Settings that fit, for tfchange.yaml (--write puts them there):", ""]
        lines += yaml({desk: found.settings})
    return "\n".join(lines) + "\n"


def _check(check: Check) -> Iterator[str]:
    yield f"{MARKS[check.state]:<5} {check.name}: {check.said}"
    if check.advice and check.state != "ok":
        yield f"      → {check.advice}"


def yaml(tree: dict[str, object], indent: str = "") -> list[str]:
    """A table as lines of YAML; texts as JSON strings, which YAML reads alike."""
    lines = []
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{_plain(key)}:", *yaml(value, indent + "  ")]
        else:
            lines.append(f"{indent}{_plain(key)}: {msgspec.json.encode(value).decode()}")
    return lines


def _plain(key: str) -> str:
    simple = key.isascii() and key.replace("_", "a").replace("-", "a").isalnum()
    return key if simple and not key[0].isdigit() else msgspec.json.encode(key).decode()
