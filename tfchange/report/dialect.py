"""Our comments in the Markdown of each forge.

What is translated was written by `comment` and `markdown`, where no name in a plan can become
markup: every tag, entity, code span and fence in it is ours, so that it can be found by its form.
"""

import re
from collections.abc import Callable, Sequence
from html import unescape

import msgspec

from tfchange.report import detail
from tfchange.report.detail import STEPS, Detail
from tfchange.report.page import Caps
from tfchange.review.host import Dialect

_PART, _GAP = "<!-- -->", "\u200b"
"""What parts two characters and is not seen: a comment, or a space without width."""
_TOKEN = re.compile(
    r"(?P<fence>^```.*?^```$)|(?P<span>`[^`\n]+`)|<code>(?P<code>[^\n]*?)</code>"
    r"|(?P<target>\]\([^)\s]*\))|(?P<title><details><summary>|</summary>)"
    r"|(?P<end>\n*</details>)|(?P<tag></?(?:b|sub)>)|(?P<space>&nbsp;)"
    rf"|&#(?P<sign>\d+);(?:{_PART})?|(?P<part>{_PART})|(?P<percent>%(?=[\w\"]))",
    re.MULTILINE | re.DOTALL,
)
_REFERRING = re.compile("[#!@]")
_ESCAPED = frozenset("\\`*_{}[]()#+-.!|~<>")
_LEADING = frozenset("@#!&")
"""Signs that begin a mention, a reference or an entity, or are taken for it."""


def steps(dialect: Dialect, caps: Caps) -> tuple[Detail, ...]:
    """How much a comment says there within these limits, the most first."""
    if dialect is Dialect.BITBUCKET:
        return STEPS[3:]  # Nothing can be folded away, so it is kept short.
    told = detail.steps(caps)
    return _unpictured(told) if dialect is Dialect.AZURE else told


def translate(text: str, dialect: Dialect) -> str:
    """A comment of ours in that dialect; it reads the same, and refers to as little."""
    if dialect is Dialect.GITHUB:
        return text
    speak = {Dialect.GITLAB: _gitlab, Dialect.AZURE: _azure}.get(dialect, _bitbucket)
    return _TOKEN.sub(speak, text)


def _unpictured(all_of: Sequence[Detail]) -> tuple[Detail, ...]:
    return tuple(msgspec.structs.replace(each, picture=False) for each in all_of)


def _gitlab(found: re.Match[str]) -> str:
    """Signs are parted from what follows: GitLab looks for references after it has read HTML."""
    if found["sign"]:
        return f"&#{found['sign']};{_PART}"
    return f"%{_PART}" if found["percent"] else found[0]


def _azure(found: re.Match[str]) -> str:
    """Signs are parted too, and no entity holds `#12`: Azure looks before HTML is read as well."""
    if found["sign"]:
        return f"{_hex(chr(int(found['sign'])))}{_PART}"
    if found["code"]:
        return _code(_decoded(found["code"]))
    if found["span"] and _REFERRING.search(found["span"]):
        return _code(found["span"][1:-1])
    return _gitlab(found)


def _code(text: str) -> str:
    return f"<code>{''.join(c if c.isalnum() or c in ' -' else _hex(c) for c in text)}</code>"


def _hex(character: str) -> str:
    return f"&#x{ord(character):x};"


def _bitbucket(found: re.Match[str]) -> str:
    """Without HTML: a backslash or a space without width does what entities and comments do."""
    kind = found.lastgroup or ""
    return _PLAIN[kind](found[kind]) if kind in _PLAIN else found[0]


def _plain_code(text: str) -> str:
    said = _decoded(text)
    simple = not re.search(r"[`|]", said) and said == said.strip() and said
    return f"`{said}`" if simple else "".join(map(_plain_sign, said))


def _plain_sign(sign: str) -> str:
    gap = _GAP if sign in _LEADING else ""
    return f"\\{sign}{gap}" if sign in _ESCAPED else f"{sign}{gap}"


def _decoded(inside: str) -> str:
    """The text that stands inside the tags of code."""
    return unescape(inside.replace(_PART, ""))


_PLAIN: dict[str, Callable[[str], str]] = {
    "code": _plain_code,
    "end": lambda _: "",
    "part": lambda _: _GAP,
    "sign": lambda number: _plain_sign(chr(int(number))),
    "space": lambda _: " ",
    "tag": lambda _: "",
    "title": lambda _: "**",
}
"""What becomes of each kind of token where no HTML is read."""
