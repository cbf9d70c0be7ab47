"""What Jira refuses beyond its own description, in the words it was recorded to use."""

import json
import re
from typing import Any

from tests.jira.shop import Custom, Shop

Errors = dict[str, str]

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}")
NO_DOCUMENT = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
NO_TIME = "Operation value must be a string in the format yyyy-MM-dd'T'HH:mm:ss.SSSZ"
NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
_BLOCKS = frozenset({"doc", "bulletList", "orderedList", "listItem"})
_CHILDREN = {
    "doc": {"paragraph", "heading", "bulletList", "orderedList"},
    "bulletList": {"listItem"},
    "orderedList": {"listItem"},
    "listItem": {"paragraph"},
    "paragraph": {"text"},
    "heading": {"text"},
}


def faults_of_adf(node: Any, kind: str = "doc") -> list[str]:
    """What is wrong with an Atlassian document, as far as tfchange writes such."""
    if not isinstance(node, dict) or node.get("type") != kind:
        return [f"{kind} expected"]
    if kind == "text":
        text = node.get("text")
        good = isinstance(text, str) and text and set(node) == {"type", "text"}
        return [] if good else ["a text needs text"]
    allowed = {"type", "content"} | ({"version"} if kind == "doc" else set())
    allowed |= {"attrs"} if kind == "heading" else set()
    found = [f"{kind} has no {key}" for key in set(node) - allowed]
    if kind == "doc" and node.get("version") != 1:
        found.append("version 1 expected")
    if kind == "heading" and node.get("attrs", {}).get("level") not in range(1, 7):
        found.append("a heading has a level")
    children = node.get("content", [])
    if kind in _BLOCKS - {"doc"} and not children:
        found.append(f"{kind} is empty")
    for child in children:
        type_ = child.get("type") if isinstance(child, dict) else None
        if type_ not in _CHILDREN[kind]:
            found.append(f"{type_} in {kind}")
        else:
            found += faults_of_adf(child, type_)
    return found


def text_fault(shop: Shop, value: Any) -> str:
    """Why the text is refused; `""` where it is taken."""
    if shop.cloud:
        if faults_of_adf(value):
            return NO_DOCUMENT
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    else:
        if not isinstance(value, str):
            return "Operation value must be a string"
        size = len(value)
    if size > shop.longest:
        return (
            "The entered text is too long. It exceeds the allowed limit of "
            f"{shop.longest:,} characters."
        )
    return ""


def faults(shop: Shop, fields: dict[str, Any], *, create: bool) -> Errors:
    """All refusals, by field."""
    screen = {f.id: f for f in shop.screen}
    found: Errors = {}
    for id_, value in fields.items():
        if id_ not in screen or id_ in shop.locked:
            found[id_] = NOT_ON_SCREEN.format(id_)
            continue
        fault = _fault(shop, screen[id_], value)
        if fault:
            found[id_] = fault
    if create:
        for field in shop.screen:
            if field.required and field.id not in fields:
                found[field.id] = f"{field.name} is required."
    return found


def _fault(shop: Shop, field: Custom, value: Any) -> str:
    special = {
        "summary": _summary, "labels": _labels, "issuetype": _issue_type, "project": _project,
    }.get(field.id)  # fmt: skip
    if special:
        return special(shop, value)
    if field.id == "description" or field.custom.endswith(":textarea"):
        return text_fault(shop, value)
    if field.options:
        known = {v["id"] for v in field.values} | set(field.options)
        asked = [value] if field.type == "option" else value
        good = all(str(v.get("id", v.get("value"))) in known for v in asked)
        return "" if good else "Option id 'null' is not valid"
    if field.type == "datetime":
        return "" if TIME.fullmatch(str(value)) else NO_TIME
    if field.items == "user":
        name = "accountId" if shop.cloud else "name"
        unknown = [u for u in value if u.get(name) not in shop.people]
        return f"Specified user '{unknown[0]}' is not valid" if unknown else ""
    return "" if isinstance(value, str) else "Operation value must be a string"


def _summary(_: Shop, value: str) -> str:
    if len(value) > 255:
        return "Summary can't exceed 255 characters."
    newline = "\n" in value or "\r" in value
    return "The summary is invalid because it contains newline characters." if newline else ""


def _labels(_: Shop, value: list[str]) -> str:
    for label in value:
        if " " in label:
            return f"The label '{label}' contains spaces which is invalid."
        if len(label) > 255:
            limit = "exceeds the maximum length for a single label of 255 characters"
            return f"The label '{label}' {limit}"
    return ""


def _issue_type(shop: Shop, value: dict[str, str]) -> str:
    return "" if value.get("id") in shop.issue_types else "Specify a valid issue type"


def _project(_: Shop, value: dict[str, str]) -> str:
    return "" if value.get("key") == "CHG" else "valid project is required"
