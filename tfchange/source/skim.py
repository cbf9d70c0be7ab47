"""Reads references from HCL by pattern: for what python-hcl2 cannot read, and to check it.

The time it takes is bounded by the length of the text, whatever the text.
"""

import re
from collections.abc import Iterator
from itertools import islice

from tfchange.source.references import (
    LEGACY_SPLAT,
    SPLAT,
    TRIES,
    Item,
    Step,
    index_text,
    target_of,
    unproved,
)
from tfchange.source.scan import NAME, mask, mask_template

_ENTRY = re.compile(
    rf'(?:(\}})|({NAME})(?:[ \t]*+=(?![=>])|((?:[ \t]*+(?:{NAME}|"[^"]*+"))*+)\s*+\{{))'
)
_SPACE = re.compile(r"\s*+")
_JUNK = re.compile(r".[^\n}]*+", re.DOTALL)
_QUOTED = re.compile(rf'"[^"]*+"|{NAME}')
_BRACKET = re.compile(r"[\[({\])}\n]")
_INNER = re.compile(r"[\[({\])}]")
_COLON = re.compile(r"[\[({\])}:]")
_WORD = re.compile(rf"(?<![\w.]){NAME}")
_ATTRIBUTE = re.compile(rf"\s*+\.\s*+({NAME}|\*|\d++)")
_INDEX = re.compile(r"[ \t]*+\[")
_FOR = re.compile(rf"([\[{{])~?\s*+for\s++({NAME})(?:\s*+,\s*+({NAME}))?\s++in\b")
_ENDFOR = re.compile(r"%\{~?\s*+(?:(for)|endfor)\b")
_TRY = re.compile(rf"(?<![\w.-])(?:{'|'.join(TRIES)})\s*+(\()")
_LONGEST_INDEX = 200
_MOST_FORS = 50
_DEEPEST = 50

Text = tuple[str, str]
"""A piece of HCL as it is written, and masked."""


def items(text: str) -> list[Item]:
    """The arguments of one block, nested blocks included, in the order of the text."""
    masked = mask(text)
    found: list[Item] = []
    path: list[Step] = []
    at, started = _past(_SPACE, masked, 0), False
    while at < len(masked):
        entry = _ENTRY.match(masked, at)
        if not entry:
            at = _past(_JUNK, masked, at)
        elif entry[1]:
            at = entry.end()
            del path[-1:]
        elif entry[3] is not None:
            at = entry.end()
            if started:
                path.append((entry[2], *_labels(text, masked, *entry.span(3))))
            started = True
        else:
            at = _end_of_expression(masked, entry.end())
            piece = (text[entry.end() : at], masked[entry.end() : at])
            found.append(Item(tuple(path[:_DEEPEST]), entry[2], piece, _only_word(piece[1])))
        at = _past(_SPACE, masked, at)
    return found


def template(text: str) -> Text:
    """The text of a template (a heredoc's, or a string of JSON), for `traversals`."""
    return text, mask_template(text)


def traversals(piece: Text) -> Iterator[str]:
    """The targets an expression refers to, in the order of the text; some may come twice."""
    text, masked = piece
    closing = _closings(masked)
    hidden = list(islice(_hidden(masked, closing), _MOST_FORS))
    tried = _tried(masked, closing)
    at = 0
    while word := _WORD.search(masked, at):
        at = word.end()
        steps, end = _steps(text, masked, at, closing)
        # An index is read again for what it refers to itself.
        index = masked.find("[", at, end)
        at = end if index < 0 else index + 1
        if steps and not _is_hidden(word, hidden) and (target := target_of(word[0], steps)):
            yield unproved(target) if tried[word.start()] else target


def _tried(masked: str, closing: dict[int, int]) -> bytearray:
    """For each place whether it is given to `try` or `can`."""
    flags, last = bytearray(len(masked)), 0
    for found in _TRY.finditer(masked):
        end = closing.get(found.start(1), len(masked))
        if end > last:  # what is inside of another is marked already
            flags[found.start(1) : end] = b"\1" * (end - found.start(1))
            last = end
    return flags


def _steps(text: str, masked: str, at: int, closing: dict[int, int]) -> tuple[list[str], int]:
    steps: list[str] = []
    while True:
        if found := _ATTRIBUTE.match(masked, at):
            at = found.end()
            steps.append(_attribute(found[1]))
        elif found := _INDEX.match(masked, at):
            at = closing.get(found.end() - 1, len(masked))
            steps.append(_index(text[found.end() : min(at - 1, found.end() + _LONGEST_INDEX)]))
        else:
            return steps, at


def _attribute(step: str) -> str:
    if step == "*":
        return LEGACY_SPLAT
    return f"[{step}]" if step.isdecimal() else step


def _index(text: str) -> str:
    return SPLAT if text.strip() == "*" else index_text(text)


def _closings(masked: str) -> dict[int, int]:
    """Where each bracket that is closed ends, by where it opens."""
    opened: list[int] = []
    closing = {}
    for found in _INNER.finditer(masked):
        if found[0] in "[({":
            opened.append(found.start())
        elif opened:
            closing[opened.pop()] = found.end()
    return closing


def _end_of_expression(masked: str, at: int) -> int:
    depth = 0
    for found in _BRACKET.finditer(masked, at):
        if found[0] == "\n":
            if not depth:
                return found.start()
        elif found[0] in "[({":
            depth += 1
        elif not depth:
            return found.start()
        else:
            depth -= 1
    return len(masked)


def _labels(text: str, masked: str, start: int, end: int) -> Iterator[str]:
    for found in _QUOTED.finditer(masked, start, end):
        yield text[slice(*found.span())].strip('"')


def _only_word(masked: str) -> str:
    word = masked.strip()
    return word if re.fullmatch(NAME, word) else ""


def _is_hidden(word: re.Match[str], hidden: list[tuple[int, int, frozenset[str]]]) -> bool:
    return any(word[0] in names and start <= word.start() < end for start, end, names in hidden)


def _hidden(masked: str, closing: dict[int, int]) -> Iterator[tuple[int, int, frozenset[str]]]:
    """The spans in which the names of a `for` stand for its elements."""
    for found in _FOR.finditer(masked):
        names = frozenset(name for name in found.groups()[1:] if name)
        end = closing.get(found.start(), len(masked))
        if masked[found.start() - 1 : found.start()] == "%":
            yield end, _end_of_directive(masked, end), names
        else:
            yield _colon(masked, found.end(), closing), end, names


def _end_of_directive(masked: str, at: int) -> int:
    depth = 1
    for found in _ENDFOR.finditer(masked, at):
        depth += 1 if found[1] else -1
        if not depth:
            return found.start()
    return len(masked)


def _colon(masked: str, at: int, closing: dict[int, int]) -> int:
    """Where the collection of a `for` ends: at the first colon outside all brackets."""
    while found := _COLON.search(masked, at):
        if found[0] not in "[({":
            return found.start()
        at = closing.get(found.start(), len(masked))
    return len(masked)


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
