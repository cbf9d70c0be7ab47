"""What an expression looks at, and its tree where it can be answered without CEL.

It is found when rules are compiled, and kept with them.
"""

import re
from collections.abc import Iterable

import msgspec

from tfchange.rulebook.functions import FUNCTIONS
from tfchange.rulebook.operations import BeyondError
from tfchange.rulebook.rule import Envelope, Floor, Form, Rule
from tfchange.rulebook.syntax import parse

_FIELD = re.compile(r"""\b(before|after)(?:\.(\w+)|\[(["'])(\w+)\3\])""")
_LOOP = re.compile(r"""\[((?:\s*+"\w+"\s*+,?)+)\]\.(?:exists|all)\(\s*(\w+)\s*,""")
_CALL = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(\s*before\s*,\s*after\s*\)")
_CALLED = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(")
_PRESENCE = re.compile(r"\b(?:before|after)\s*[!=]=\s*null")
_CHANGE = re.compile(r"\bchange\.(\w+)")
_BARE = re.compile(r"\b(?:before|after)\b")
_BY_CEL = b"null"


def forms(
    rules: Iterable[Rule], envelopes: Iterable[Envelope], floors: Iterable[Floor] = ()
) -> dict[str, Form]:
    """The forms of all their expressions, by text."""
    texts = [when.expression for when in (*(r.when for r in rules), *(f.when for f in floors))]
    texts += [limits.expression for envelope in envelopes for limits in envelope.allow]
    return {text: form(text) for text in texts if text}


def form(text: str) -> Form:
    """The form of one expression."""
    try:
        tree = msgspec.json.encode(parse(text, tuple(FUNCTIONS)))
    except (BeyondError, RecursionError):
        tree = _BY_CEL
    change = frozenset(_CHANGE.findall(text))
    # What is gone is too much to be remembered with every answer.
    costly = "gone" not in change and (tree is _BY_CEL or _CALLED.search(text) is not None)
    return Form(_fields(text), change, costly, tree)


def _fields(text: str) -> frozenset[str] | None:
    fields = {found[2] or found[4] for found in _FIELD.finditer(text)}
    for call in _CALL.finditer(text):
        fields |= FUNCTIONS[call[1]].fields
    rest = _FIELD.sub("", _PRESENCE.sub("", _CALL.sub("", text)))
    for names, variable in _LOOP.findall(text):
        fields.update(re.findall(r"\w+", names))
        rest = re.sub(rf"\b(before|after)\[{variable}\]", "", rest)
        rest = re.sub(rf"\b{variable} in (before|after)\b", "", rest)
    return None if _BARE.search(rest) else frozenset(fields)
