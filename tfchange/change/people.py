"""Whether two ways to write a person are of one, which is all that can be told of names."""

import re
import unicodedata

_LOGIN = re.compile(r"\(@([^\s()]+)\)$")
_NOREPLY = re.compile(r"(?:\d+\+)?([^@\s]+)@users\.noreply\.github\.com")

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def same_person(one: str, other: str) -> bool:
    """Whether two ways to write a person share a name or an address; nobody is nobody."""
    return bool(_names(one) & _names(other))


def alike(one: str, other: str) -> bool:
    """Whether they may well be one: a name is the other's address up to its `@`."""
    return bool(_short(one) & _names(other) or _names(one) & _short(other))


def hides(name: str) -> bool:
    """Whether it holds what a terminal acts on or nobody sees: controls, breaks, marks."""
    return any(unicodedata.category(each) in _UNSEEN for each in name)


def _short(person: str) -> set[str]:
    return {name.partition("@")[0] for name in _names(person) if "@" in name[1:]}


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
