"""Two shapes of secrets, spelled out for texts of ASCII: the patterns of both are dear to compile.

Ids of AWS's roles and ARNs of its secrets look like them, so that most plans have to be asked.
"""

from collections.abc import Iterator

_STARTS = ("A3T", "AKIA", "ASIA", "AGPA", "AIDA", "AROA", "ANPA", "ANVA")
_LENGTH = 20
_WORDS = (
    "password", "passwd", "secret", "token", "apikey", "api_key", "accesskey", "access_key",
)  # fmt: skip
_QUOTES, _SETS = frozenset("\"'"), frozenset("=:")
_LEAST = 4
"""Shorter values are taken for none."""


def has_key_of_aws(text: str) -> bool:
    """Whether the id of an access key, or of who holds one, stands in it."""
    for start in _STARTS:
        for end in _places(text, start):
            key = text[end - len(start) : end - len(start) + _LENGTH]
            if len(key) == _LENGTH and key.isalnum() and key.isupper():
                return True
    return False


def has_assignment(text: str) -> bool:
    """Whether something is given to a name that tells of a secret: `DB_PASSWORD=value`.

    References (`$`), masks (`*`), switches and nothing are no secrets.
    """
    low = text.lower()
    return any(_is_given(low, end) for word in _WORDS for end in _places(low, word))


def _places(text: str, word: str) -> Iterator[int]:
    """Where the word ends, wherever it stands."""
    at = text.find(word)
    while at >= 0:
        yield at + len(word)
        at = text.find(word, at + 1)


def _is_given(low: str, at: int) -> bool:
    """Whether the name that ends here is given a value."""
    at = _beyond_blanks(low, at + (low[at : at + 1] in _QUOTES))
    if low[at : at + 1] not in _SETS:
        return False
    at = _beyond_blanks(low, at + 1)
    at += low[at : at + 1] in _QUOTES
    value, after = low[at : at + _LEAST], low[at + _LEAST : at + _LEAST + 1]
    if value[:1] in ("$", "*") or low.startswith(("true", "false", "null"), at):
        return False
    if len(value) < _LEAST or (value == "none" and not (after.isalnum() or after == "_")):
        return False
    return not any(sign.isspace() or sign in "\"',;&" for sign in value)


def _beyond_blanks(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at
