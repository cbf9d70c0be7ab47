"""Expressions of GitHub Actions, as far as ours and the examples use them: all values are texts.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

import re
from collections.abc import Mapping
from typing import Any

PLACE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(\|\||&&|==|!=|[()]|'(?:[^']|'')*'|[\w.-]+)")

Contexts = Mapping[str, Any]


def fill(text: str, contexts: Contexts) -> str:
    """The text with each `${{ }}` replaced by its value."""
    return PLACE.sub(lambda found: value(found[1], contexts), text)


def value(text: str, contexts: Contexts) -> str:
    """The value of an expression; an unknown name is a mistake here, not an empty text."""
    tokens = _TOKEN.findall(text)
    assert "".join(tokens) == re.sub(r"\s+(?=(?:[^']*'[^']*')*[^']*$)", "", text), text
    return _either(tokens, contexts)


def _either(tokens: list[str], contexts: Contexts) -> str:
    told = _both(tokens, contexts)
    while tokens[:1] == ["||"]:
        del tokens[0]
        other = _both(tokens, contexts)
        told = told or other
    return told


def _both(tokens: list[str], contexts: Contexts) -> str:
    told = _compared(tokens, contexts)
    while tokens[:1] == ["&&"]:
        del tokens[0]
        other = _compared(tokens, contexts)
        told = other if told else told
    return told


def _compared(tokens: list[str], contexts: Contexts) -> str:
    left = _operand(tokens, contexts)
    if tokens[:1] not in (["=="], ["!="]):
        return left
    equal = tokens.pop(0) == "=="
    return "true" if (left == _operand(tokens, contexts)) is equal else ""


def _operand(tokens: list[str], contexts: Contexts) -> str:
    word = tokens.pop(0)
    if word == "(":
        told = _either(tokens, contexts)
        assert tokens.pop(0) == ")"
        return told
    if word == "always":
        assert [tokens.pop(0), tokens.pop(0)] == ["(", ")"]
        return "true"
    if word.startswith("'"):
        return word[1:-1].replace("''", "'")
    first, *names = word.split(".")
    found: Any = contexts[first]
    for name in names:
        # What was never set is empty: an environment, or the outputs of a step that was left out.
        loose = first == "env" or found is contexts.get("steps") or "outputs" in names[:2]
        found = found.get(name, {} if name == "outputs" else "") if loose else found[name]
        if found == "":
            return ""
    return str(found)
