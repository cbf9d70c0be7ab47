"""The door: what may hold a secret is masked here, before it enters the model.

Masked are positions that the plan marks sensitive, values of sensitive variables wherever they
turn up, attributes whose names say that they hold secrets, and values that look like one, also
inside base64 text such as `user_data`.
"""

import binascii
from collections.abc import Iterable
from itertools import repeat
from typing import Any

from tfchange.plan.model import MASK
from tfchange.plan.paths import Path, inside
from tfchange.plan.shapes import NAMED, hints, shaped

_SHORTEST_BASE64 = 24
_OF_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\r\n"
_BETWEEN = "\"'=:,;/@&?<>(){}[]\\"
_SPLIT = str.maketrans(dict.fromkeys(_BETWEEN, " "))
# Four control characters are white space in text, but not in bytes.
_SPLIT_ASCII = bytes.maketrans((_BETWEEN + "\x1c\x1d\x1e\x1f").encode(), b" " * (len(_BETWEEN) + 4))
_SHORTEST = 4
"""Shorter texts are too common to be known as secret."""
_SHORTEST_INSIDE = 6
_MOST_INSIDE = 50
"""Beyond so many known secrets, texts are compared word by word instead."""
_REMEMBERED = 20_000
_DEEPEST = 100
"""Levels of nesting; real values have about ten."""


class Door:
    """Masks values; built once per plan from the texts that are known to be secret in it."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._exact = frozenset(text for text in known if len(text) >= _SHORTEST)
        self._numbers = frozenset(text for text in self._exact if _is_number(text))
        longer = sorted(text for text in self._exact if len(text) >= _SHORTEST_INSIDE)
        few = 0 < len(longer) <= _MOST_INSIDE
        self._inside = tuple(longer) if few else ()
        many = longer and not few
        self._words = self._exact if many else frozenset[str]()
        self._ascii = frozenset(text.encode() for text in self._words if text.isascii())
        self._harmless, self._secret = set[str](), set[str]()
        """Texts that were looked at before, since most turn up many times."""
        self.clean: dict[tuple[str, bytes], object] = {}
        """Attributes that passed as they are, by name and as they are written."""
        self.kept: dict[Any, Any] = {}
        """What was masked and will be asked for again, by whoever keeps it."""

    def mask(self, value: object, marks: object, sensitive: list[Path], at: Path = ()) -> object:
        """The value with every secret replaced; appends to `sensitive` where that happened."""
        if marks is True:
            return _masked(value, sensitive, at)
        if not isinstance(value, dict | list):
            return _masked(value, sensitive, at) if self.secret(value) else value
        if not marks and self._clean(value):
            return value
        if isinstance(value, dict):
            marked = marks if isinstance(marks, dict) else {}
            return {
                name: self.attribute(name, deeper, marked.get(name), sensitive, at)
                for name, deeper in value.items()
            }
        return [
            self.mask(deeper, inside(marks, i), sensitive, (*at, i))
            for i, deeper in enumerate(value)
        ]

    def attribute(
        self, name: str, value: object, marks: object, sensitive: list[Path], at: Path = ()
    ) -> object:
        """The value of that name, with every secret replaced; see `mask`."""
        if marks is not True and (value is None or isinstance(value, bool)):
            return value
        # An empty value under a telling name is no secret, and a block may be called `secret`.
        if NAMED[name] and value not in ("", [], {}) and not _is_block(value):
            return _masked(value, sensitive, (*at, name))
        return self.mask(value, marks, sensitive, (*at, name))

    def remember(self, name: str, written: bytes, value: object) -> None:
        """An attribute that was not masked is found among those that are `clean`."""
        if len(self.clean) >= _REMEMBERED:
            self.clean.clear()
        self.clean[name, written] = value

    def scrub(self, text: str) -> str:
        """The text, or the mask where it holds something that looks like a secret."""
        return MASK if self.secret(text) else text

    def secret(self, value: object) -> bool:
        """Whether a leaf holds a known secret or something of a secret's shape."""
        if isinstance(value, str):
            if value in self._harmless:
                return False
            return value in self._secret or self._look(value)
        if value is None or isinstance(value, bool) or not self._numbers:
            return False
        return str(value) in self._numbers

    def _clean(self, *values: object) -> bool:
        """Whether there is nothing to mask, which holds for most values and needs no copy."""
        level: list[Any] = [values]
        texts: list[str] = []
        for _ in range(_DEEPEST):
            deeper: list[Any] = []
            for some in level:
                if not self._all_clean(some, texts, deeper):
                    return False
            if not deeper:
                return self._pass({*texts} - self._harmless)
            level = deeper
        raise RecursionError

    def _all_clean(
        self, some: dict[str, object] | Iterable[object], texts: list[str], deeper: list[Any]
    ) -> bool:
        """Whether no member is a secret by its name; collects the texts, and what holds more."""
        for name, member in some.items() if isinstance(some, dict) else zip(repeat(""), some):
            if member is None or member is True or member is False:
                continue
            if NAMED[name]:
                return False
            kind = type(member)
            if kind is str:
                texts.append(member)  # type: ignore[arg-type]
            elif kind is dict or kind is list:
                if member:
                    deeper.append(member)
            elif self._numbers and self.secret(member):
                return False
        return True

    def _pass(self, texts: set[str]) -> bool:
        """Whether no text holds a secret, told for all of them at once where that is plain."""
        if not texts:
            return True
        together = "\n".join(texts)
        if (
            hints(together.lower())
            or not self._exact.isdisjoint(texts)
            or self._known(together)
            or any(self._encoded(text) for text in texts if len(text) >= _SHORTEST_BASE64)
        ):
            return not any(map(self.secret, texts))
        self._remember(self._harmless, texts)
        return True

    def _look(self, text: str) -> bool:
        found = self._known(text) or shaped(text) or self._encoded(text)
        self._remember(self._secret if found else self._harmless, (text,))
        return found

    def _remember(self, seen: set[str], texts: Iterable[str]) -> None:
        if len(seen) >= _REMEMBERED:
            seen.clear()
        seen.update(texts)

    def _known(self, text: str) -> bool:
        if text in self._exact:
            return True
        if self._inside:
            return any(map(text.__contains__, self._inside))
        if not self._words:
            return False
        if text.isascii():  # as nearly all texts are, and then this is five times as fast
            return not self._ascii.isdisjoint(text.encode().translate(_SPLIT_ASCII).split())
        return not self._words.isdisjoint(text.translate(_SPLIT).split())

    def _encoded(self, value: str) -> bool:
        if not _is_base64(value):
            return False
        try:
            text = binascii.a2b_base64(value).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return False
        return shaped(text) or self._known(text)


def _masked(value: object, sensitive: list[Path], at: Path) -> object:
    sensitive.append(at)
    return None if value is None else MASK


def _is_base64(text: str) -> bool:
    # Most texts are told from it by how they begin.
    begin = text[:_SHORTEST_BASE64]
    if len(begin) < _SHORTEST_BASE64 or begin.strip(_OF_BASE64):
        return False
    rest = text[_SHORTEST_BASE64:].rstrip().removesuffix("=").removesuffix("=")
    return not rest.strip(_OF_BASE64)


def _is_number(text: str) -> bool:
    return text[-1].isdigit() and text.lstrip("-")[0].isdigit()


def _is_block(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
