"""Settings: where they are found, that they are right, and what commands take from them.

What is asked for on the command line wins over the environment (`TFCHANGE_*`), that over
`tfchange.yaml`, and that over the default.
"""

import os
from typing import Any

import msgspec

from tfchange.cache import folder, keep
from tfchange.errors import SettingsError
from tfchange.hashing import sha256

FILE = "tfchange.yaml"
SCHEMA = "settings-1.0"
_PATHS = ("source", "rules", "catalogue", "codeowners")
"""Settings that name files and folders, relative to the file they stand in."""

Settings = dict[str, Any]


def find(start: str) -> str | None:
    """The nearest tfchange.yaml from `start` up to the root of its repository, if there is one.

    Outside of a repository only `start` itself counts, so that nobody's home folder does.
    """
    here, seen = os.path.abspath(start), []
    while True:
        seen.append(here)
        if os.path.exists(os.path.join(here, ".git")):
            break
        above = os.path.dirname(here)
        if above == here:
            seen = seen[:1]
            break
        here = above
    return next((f for s in seen if os.path.isfile(f := os.path.join(s, FILE))), None)


def chosen(file: str | None) -> Settings | None:
    """The settings of the chosen file, else of the nearest, if there is any."""
    path = file or find(os.getcwd())
    return None if path is None else load(path)


def load(path: str) -> Settings:
    """The settings in a file, checked; raises `SettingsError` with all faults at once."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise SettingsError(
            f"cannot read settings from {path}: {error.strerror}",
            "Name a file that exists with --config or TFCHANGE_CONFIG, or leave it out.",
        ) from None
    kept = os.path.join(folder(), f"{SCHEMA}-{sha256(text).hexdigest()}.json")
    settings = _recall(kept)
    if settings is None:
        settings = checked(text, path)
        keep(kept, msgspec.json.encode(settings))
    return _resolved(settings, os.path.dirname(os.path.abspath(path)))


def merge(file: str | None, name: str, values: Settings) -> str:
    """The settings file holds the table with these values; returns which file that is.

    What stood in the table before wins over the values; everything outside of it stays as it is, to
    the byte. The file is written whole or not at all; raises `SettingsError`.
    """
    from tfchange.report.examination import yaml

    path = file or find(os.getcwd()) or os.path.join(os.getcwd(), FILE)
    text = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8", newline="") as stream:
            text = stream.read()
    before = checked(text.encode(), path).get(name) or {}
    lines = yaml({name: {**values, **before}})
    made = _with_table(text, name, "\n".join(lines) + "\n")
    checked(made.encode(), path)
    if made != text:
        _write(path, made)
    return path


def _with_table(text: str, name: str, table: str) -> str:
    import yaml

    tree = yaml.compose(text, yaml.SafeLoader)
    for key, value in tree.value if isinstance(tree, yaml.MappingNode) else ():
        if key.value == name:
            body = text[key.start_mark.index : value.end_mark.index].splitlines(keepends=True)
            # Blank lines and comments at its end belong to what comes next.
            while len(body) > 1 and (not body[-1].strip() or body[-1].startswith("#")):
                body.pop()
            end = key.start_mark.index + len("".join(body))
            gap = "" if text[:end].endswith("\n") else "\n"
            return text[: key.start_mark.index] + table[: len(table) - len(gap)] + text[end:]
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}{table}"


def _write(path: str, text: str) -> None:
    draft = f"{path}.{os.getpid()}.part"
    try:
        with open(draft, "x", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError as error:
        raise SettingsError(
            f"cannot write {path}: {error.strerror}",
            "Copy the settings shown above into it by hand.",
        ) from None


def default_map(settings: Settings, command: str) -> Settings:
    """The settings as defaults for the options of one command: its own table before the rest."""
    shared = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    own = settings.get(command)
    return {**shared, **own} if isinstance(own, dict) else shared


def checked(text: bytes, path: str) -> Settings:
    """The settings in the text of a file; raises `SettingsError` with all its faults at once."""
    from tfchange.rulebook.document import read
    from tfchange.rulebook.files import RuleFile
    from tfchange.schema import faults

    # Comments alone set nothing, too.
    empty = all(not line.strip() or line.lstrip()[:1] == b"#" for line in text.splitlines())
    document, found = read(RuleFile(0, "", "", path, "", b"{}" if empty else text))
    if document is not None and not found:
        found = [f"{path}: {fault}" for fault in faults(document.content or {}, SCHEMA)]
    if document is None or found:
        raise SettingsError("\n".join(found), _ADVICE)
    return dict(document.content or {})


_ADVICE = "docs/settings.md lists every setting with an example."


def _resolved(settings: Settings, base: str) -> Settings:
    resolved = dict(settings)
    for key in _PATHS:
        value = settings.get(key)
        if isinstance(value, list):
            resolved[key] = [os.path.join(base, each) for each in value]
        elif isinstance(value, str):
            resolved[key] = os.path.join(base, value)
    return resolved


def _recall(kept: str) -> Settings | None:
    # Reading YAML and checking it costs more than the rest of a small assessment.
    try:
        with open(kept, "rb") as file:
            return msgspec.json.decode(file.read(), type=dict[str, Any])
    except (OSError, ValueError, RecursionError):
        return None
