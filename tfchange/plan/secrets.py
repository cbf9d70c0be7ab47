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

_NAME = (
    r"(?i)(?:^|_|-|\b)(?:pass(?:word|wd|phrase|code)?|pwd|secrets?"
    r"|secret_?(?:string|binary|key|access_?key|data)|token|auth_?token|bearer|api_?key"
    r"|access_?key|account_?key|shared_?key|private_?key(?:_?pem)?|signing_?key"
    r"|encryption_?key_?base64|client_?secret|credentials?|connection_?strings?"
    r"|sas_?(?:url|token)|kubeconfig|license_?key)"
    r"(?:_wo|_base64|_pem|_hash|_?json|_?value)?$"
)
_TELLING = (
    "pass",
    "pwd",
    "secret",
    "token",
    "bearer",
    "key",
    "credential",
    "connection",
    "sas",
    "kubeconfig",
)
"""No name above is without one of these."""
_SHAPES = (
    (
        ("akia", "asia", "agpa", "aida", "aroa", "anpa", "anva", "a3t"),
        "",
        r"(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA)[A-Z0-9]{16}",
    ),
    (("private key",), "", r"-----BEGIN[ A-Z0-9]*PRIVATE KEY"),
    (("eyj",), ".", r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        "",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,})",
    ),
    (("glpat-", "npm_", "pypi-"), "", r"\b(?:glpat-[\w-]{16,}|npm_\w{30,}|pypi-[\w-]{30,})"),
    (("xox",), "-", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (("hooks.slack.com/services/",), "", r"hooks\.slack\.com/services/\w+"),
    (("k_live_", "k_test_"), "", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    (("aiza", "ya29."), "", r"\b(?:AIza[\w-]{30,}|ya29\.[\w-]{20,})"),
    (("sg.",), "", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    (("hvs.", "hvb.", "hvr."), "", r"\bhv[sbr]\.[\w-]{24,}"),
    (("dapi", "accountkey="), "", r"\bdapi[a-f0-9]{32}\b|\bAccountKey=[A-Za-z0-9+/=]{20,}"),
    (("://",), "@", r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@'\"]*:[^\s/@'\"]+@"),
    (
        ("passw", "secret", "token", "api_key", "apikey", "access_key", "accesskey"),
        "",
        (
            r"(?i)\b[\w-]*(?:password|passwd|secret|token|api_?key|access_?key)[\"']?\s*[=:]\s*"
            r"[\"']?(?!\s|[\"'$]|true|false|null|none\b|\*)[^\s\"',;&]{4,}"
        ),
    ),
)
"""What secrets look like: (one of these in lower case, and this) and then the pattern.

Looking for the words first is what keeps the door fast. AWS, PEM, JSON web tokens, GitHub,
GitLab and package registries, Slack, Stripe, Google, SendGrid, Vault, Databricks and Azure,
user:password@ in URLs, NAME_PASSWORD=value.
"""
_WORDS = tuple(word for words, _, _ in _SHAPES for word in words)
_BASE64 = r"[A-Za-z0-9+/\r\n]{24,}={0,2}\s*\Z"
_SPLIT = str.maketrans(dict.fromkeys("\"'=:,;/@&?<>(){}[]\\", " "))
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
        self._inside = re.compile("|".join(map(re.escape, longer))) if few else None
        self._many = len(longer) > _MOST_INSIDE
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

    def _clean(self, value: object) -> bool:
        """Whether there is nothing to mask, which holds for most values and needs no copy."""
        level: list[tuple[str, object]] = [("", value)]
        for _ in range(_DEEPEST):
            deeper: list[tuple[str, object]] = []
            if not self._all_clean(level, deeper):
                return False
            if not deeper:
                return True
            level = deeper
        raise RecursionError

    def _all_clean(self, level: list[tuple[str, object]], deeper: list[tuple[str, object]]) -> bool:
        seen, numbers = self._seen, self._numbers
        for name, member in level:
            if member is None or member is True or member is False:
                continue
            if _NAMED[name]:
                return False
            if isinstance(member, str):
                if seen.get(member) is not False and self.secret(member):
                    return False
            elif isinstance(member, dict):
                deeper.extend(member.items())
            elif isinstance(member, list):
                deeper.extend([("", item) for item in member])
            elif numbers and self.secret(member):
                return False
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
        found = self._known(text) or _shaped(text) or self._encoded(text)
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[text] = found
        return found

    def _known(self, text: str) -> bool:
        if text in self._exact:
            return True
        if self._many:
            return not self._exact.isdisjoint(text.translate(_SPLIT).split())
        return bool(self._inside and self._inside.search(text))

    def _encoded(self, value: str) -> bool:
        if len(value) < 24 or not re.match(_BASE64, value):
            return False
        try:
            text = binascii.a2b_base64(value).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return False
        return _shaped(text) or self._known(text)


class _Names(dict[str, bool]):
    """Remembers which names tell of secrets: a plan has few names and uses them often."""

    def __missing__(self, name: str) -> bool:
        if len(self) >= _REMEMBERED:
            self.clear()
        low = name.lower()
        telling = any(map(low.__contains__, _TELLING))
        self[name] = found = telling and bool(re.search(_NAME, name))
        return found


_NAMED = _Names()


def named_secret(name: str) -> bool:
    """Whether a variable or attribute of this name is known to hold a secret."""
    return _NAMED[name]


def _masked(value: object, sensitive: list[Path], at: Path) -> object:
    sensitive.append(at)
    return None if value is None else MASK


def _is_number(text: str) -> bool:
    return text[-1].isdigit() and text.lstrip("-")[0].isdigit()


def _is_block(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _shaped(text: str) -> bool:
    low = text.lower()
    if not any(map(low.__contains__, _WORDS)):
        return False
    return any(
        also in low and any(map(low.__contains__, words)) and re.search(shape, text)
        for words, also, shape in _SHAPES
    )
