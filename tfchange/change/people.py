"""Whether two ways to write a person are of one, which is all that can be told of names."""

import re
import unicodedata
from collections.abc import Callable, Iterable

MOST = 10
"""Authors that a desk has room for."""

_LOGIN = re.compile(r"\(@([^\s()]+)\)$")
_NOREPLY = re.compile(r"(?:\d+\+)?([^@\s]+)@users\.noreply\.github\.com")
_PARTS = re.compile(r"[^\W_]+")

# Letters that look like Latin ones in one of their cases at least, after
# https://www.unicode.org/Public/security/latest/confusables.txt; accents are taken off before.
_CYRILLIC = dict(zip("авекмнорстухіјѕԁһԛԝ", "abekmhopctyxljsdhqw", strict=True))
_GREEK = dict(zip("αβεζηικμνορτυχγω", "abezhlkmnoptuxyw", strict=True))
_LATIN = {"ł": "l", "ø": "o", "đ": "d", "0": "o", **dict.fromkeys("ıi1", "l")}
_LOOKS = str.maketrans({**_CYRILLIC, **_GREEK, **_LATIN})

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def same_person(one: str, other: str) -> bool:
    """Whether two ways to write a person share a name or an address; nobody is nobody."""
    return bool(_names(one) & _names(other))


def alike(one: str, other: str) -> bool:
    """Whether they may well be one, since some of their names look the same.

    An address counts up to its `@`. The order of the parts of a name, what stands between them,
    accents, and letters of other scripts that look like Latin ones make no difference.
    """
    return bool(_shapes(one) & _shapes(other))


def any_of(by: str, authors: Iterable[str], same: Callable[[str, str], bool] = same_person) -> str:
    """The first of the authors who is that person; `""` where none is."""
    return next((each for each in authors if same(by, each)), "")


def together(*authors: str) -> tuple[str, ...]:
    """Each author once, as far as they are known; of very many the first ones and the last."""
    each = [author for author in dict.fromkeys(authors) if author]
    return (*each[: MOST - 1], each[-1]) if len(each) > MOST else tuple(each)


def hides(name: str) -> bool:
    """Whether it holds what a terminal acts on or nobody sees: controls, breaks, marks."""
    return any(unicodedata.category(each) in _UNSEEN for each in name)


def _shapes(person: str) -> set[str]:
    return {shape for name in _names(person) for shape in _orders(name.partition("@")[0])}


def _orders(name: str) -> set[str]:
    """The parts of a name as one word: as they stand, by the alphabet, and with the last first."""
    parts = _PARTS.findall(_latin(name))
    return {"".join(each) for each in (parts, sorted(parts), [*parts[-1:], *parts[:-1]])} - {""}


def _latin(name: str) -> str:
    """The name in the Latin letters that it looks like."""
    apart = unicodedata.normalize("NFKD", name)
    plain = "".join(each for each in apart if not unicodedata.combining(each))
    return plain.casefold().translate(_LOOKS)


def _names(person: str) -> set[str]:
    """`Ann Lee <ann@example.com> (@ann)` is known by the whole, and by each of the three."""
    whole = unicodedata.normalize("NFKC", person).casefold().strip()
    found = _LOGIN.search(whole)
    name, _, address = (whole[: found.start()] if found else whole).partition("<")
    # GitHub makes an address of a login for those who keep theirs to themselves.
    hidden = _NOREPLY.fullmatch((address or name).strip("> "))
    logins = [match[1] for match in (found, hidden) if match]
    known = (whole, name, address.rstrip("> "), *logins)
    return {" ".join(each.lstrip("@ ").split()) for each in known} - {""}
