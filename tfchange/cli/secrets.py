"""Secrets: only from the environment, or from a file that a variable names."""

import unicodedata
from collections.abc import Mapping

from tfchange.errors import SettingsError

_NO_TEXT = frozenset({"Cc", "Cs"})
"""Control characters, and bytes of the environment that are not UTF-8."""


def secret(environ: Mapping[str, str], name: str) -> str:
    """The secret in the variable, or in the file that `NAME_FILE` names; `""` where there is none.

    Raises `SettingsError` where both are given or the file cannot be used; never quotes a secret.
    """
    given, file = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if given and file:
        raise SettingsError(
            f"{name} and {name}_FILE are both set",
            "Unset one of them, so that it is clear which counts.",
        )
    if file:
        return _sendable(_read(file, f"{name}_FILE"), f"{name}_FILE")
    return _sendable(given, name)


def _sendable(text: str, name: str) -> str:
    """The secret, if it is one line of text: no server takes anything else as one."""
    if text.isprintable() or not any(unicodedata.category(char) in _NO_TEXT for char in text):
        return text
    raise SettingsError(
        f"the secret of {name} holds a line end, a control character or something else that is "
        "no text",
        f"Set {name} anew, without a line end, in a terminal that writes UTF-8.",
    )


def _read(file: str, name: str) -> str:
    try:
        with open(file, encoding="utf-8") as stream:
            text = stream.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(
            f"cannot read the file that {name} names: {why}",
            f"Set {name} to a file that holds the secret and that you may read.",
        ) from None
    if not text or "\n" in text:
        raise SettingsError(
            f"the file that {name} names does not hold one line",
            "Write the secret, and nothing else, into it.",
        )
    return text
