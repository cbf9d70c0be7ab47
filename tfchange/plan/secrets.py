"""The door: what may hold a secret is masked here, before it enters the model.

Masked are positions that the plan marks sensitive, values of sensitive variables wherever they
turn up, attributes whose names say that they hold secrets, and values that look like one, also
inside base64 text such as `user_data`.
"""

import binascii
import re
from collections.abc import Iterable
from typing import Any

from tfchange.plan.model import MASK
from tfchange.plan.paths import Path, inside
from tfchange.plan.shapes import NAMED, hints, named_secret, shaped

_SHORTEST_BASE64 = 24
_OF_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\r\n"
_BASE64 = rf"[A-Za-z0-9+/\r\n]{{{_SHORTEST_BASE64},}}+={{0,2}}\s*\Z"
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
_ABSENT = object()


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
        self._seen: dict[str, bool] = {}
        self.kept: dict[Any, Any] = {}
        """What was masked and will be asked for again, by whoever keeps it."""

    def mask(self, value: object, marks: object, sensitive: list[Path], at: Path = ()) -> object:
        """The value with every secret replaced; appends to `sensitive` where that happened."""
        if not marks and self._clean(value):
            return value
        if marks is True:
            return _masked(value, sensitive, at)
        if isinstance(value, dict):
            marked = marks if isinstance(marks, dict) else {}
            return {
                name: self._member(name, deeper, marked.get(name), sensitive, at)
                for name, deeper in value.items()
            }
        if isinstance(value, list):
            return [
                self.mask(deeper, inside(marks, i), sensitive, (*at, i))
                for i, deeper in enumerate(value)
            ]
        return _masked(value, sensitive, at) if self.secret(value) else value

    def scrub(self, text: str) -> str:
        """The text, or the mask where it holds something that looks like a secret."""
        return MASK if self.secret(text) else text

    def secret(self, value: object) -> bool:
        """Whether a leaf holds a known secret or something of a secret's shape."""
        if isinstance(value, str):
            known = self._seen.get(value)
            return self._look(value) if known is None else known
        if value is None or isinstance(value, bool) or not self._numbers:
            return False
        return str(value) in self._numbers

    def mask_both(
        self, before: object, after: object, marks: tuple[object, object], sensitive: list[Path]
    ) -> tuple[object, object]:
        """Two versions of an object, masked; what both hold alike is looked at once."""
        old = self.mask(before, marks[0], sensitive)
        if old is before and not marks[1] and self._adds_nothing(before, after):
            return old, after
        return old, self.mask(after, marks[1], sensitive)

    def _adds_nothing(self, before: object, after: object) -> bool:
        """Whether what `after` has beyond a clean `before` is clean, too."""
        # Numbers that are equal can be written in two ways, of which one is known as secret.
        if self._numbers or not (isinstance(before, dict) and isinstance(after, dict)):
            return False
        get = before.get
        return self._clean({n: value for n, value in after.items() if get(n, _ABSENT) != value})

    def _clean(self, value: object) -> bool:
        """Whether there is nothing to mask, which holds for most values and needs no copy."""
        level: list[tuple[str, object]] = [("", value)]
        texts: list[str] = []
        for _ in range(_DEEPEST):
            deeper: list[tuple[str, object]] = []
            if not self._all_clean(level, deeper, texts):
                return False
            if not deeper:
                return not texts or self._pass(texts)
            level = deeper
        raise RecursionError

    def _all_clean(
        self, level: list[tuple[str, object]], deeper: list[tuple[str, object]], texts: list[str]
    ) -> bool:
        """Whether nothing on one level is a secret; collects texts that were never seen before."""
        seen, numbers = self._seen, self._numbers
        for name, member in level:
            if member is None or member is True or member is False:
                continue
            if NAMED[name]:
                return False
            if isinstance(member, str):
                known = seen.get(member)
                if known is None:
                    texts.append(member)
                elif known:
                    return False
            elif isinstance(member, dict):
                deeper.extend(member.items())
            elif isinstance(member, list):
                deeper.extend([("", item) for item in member])
            elif numbers and self.secret(member):
                return False
        return True

    def _pass(self, texts: list[str]) -> bool:
        """Whether no text holds a secret, told for all of them at once where that is plain."""
        together = "\n".join(texts)
        if (
            hints(together.lower())
            or not self._exact.isdisjoint(texts)
            or self._known(together)
            or any(self._encoded(text) for text in texts if len(text) >= _SHORTEST_BASE64)
        ):
            return not any(map(self.secret, texts))
        self._remember(texts, secret=False)
        return True

    def _member(
        self, name: str, value: object, marks: object, sensitive: list[Path], at: Path
    ) -> object:
        if marks is not True:
            if value is None or isinstance(value, bool):
                return value
            # Most texts were seen before, in the same place of another resource.
            if isinstance(value, str) and self._seen.get(value) is False and not named_secret(name):
                return value
        # An empty value under a telling name is no secret, and a block may be called `secret`.
        if named_secret(name) and value not in ("", [], {}) and not _is_block(value):
            return _masked(value, sensitive, (*at, name))
        return self.mask(value, marks, sensitive, (*at, name))

    def _look(self, text: str) -> bool:
        found = self._known(text) or shaped(text) or self._encoded(text)
        self._remember((text,), secret=found)
        return found

    def _remember(self, texts: Iterable[str], *, secret: bool) -> None:
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen.update(dict.fromkeys(texts, secret))

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
        # Most texts are told from base64 by how they begin, without a pattern.
        if value[:_SHORTEST_BASE64].strip(_OF_BASE64) or not re.match(_BASE64, value):
            return False
        try:
            text = binascii.a2b_base64(value).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return False
        return shaped(text) or self._known(text)


def _masked(value: object, sensitive: list[Path], at: Path) -> object:
    sensitive.append(at)
    return None if value is None else MASK


def _is_number(text: str) -> bool:
    return text[-1].isdigit() and text.lstrip("-")[0].isdigit()


def _is_block(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
