"""Settings: where they are found, that they are right, and what commands take from them.

What is asked for on the command line wins over the environment (`TFCHANGE_*`), that over
`tfchange.yaml`, and that over the default.
"""

import os
import sys
from typing import Any

import msgspec

from tfchange.errors import SettingsError

FILE = "tfchange.yaml"
SCHEMA = "settings-1.0"
_FOLDERS = ("source", "rules")
"""Settings that name folders, relative to the file they stand in."""

Settings = dict[str, Any]


def find(start: str) -> str | None:
    """The nearest tfchange.yaml from `start` up to the root of its repository, if there is one.

    Outside of a repository only `start` itself counts, so that nobody's home folder does.
    """
    folder, seen = os.path.abspath(start), []
    while True:
        seen.append(folder)
        if os.path.exists(os.path.join(folder, ".git")):
            break
        above = os.path.dirname(folder)
        if above == folder:
            seen = seen[:1]
            break
        folder = above
    return next((f for s in seen if os.path.isfile(f := os.path.join(s, FILE))), None)


def load(path: str, cache: str | None = None) -> Settings:
    """The settings in a file, checked; raises `SettingsError` with all faults at once."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise SettingsError(
            f"cannot read settings from {path}: {error.strerror}",
            "Name a file that exists with --config or TFCHANGE_CONFIG, or leave it out.",
        ) from None
    kept = _kept_at(cache, text)
    settings = _recall(kept)
    if settings is None:
        settings = _checked(text, path)
        _keep(kept, settings)
    return _resolved(settings, os.path.dirname(os.path.abspath(path)))


def default_map(settings: Settings, command: str) -> Settings:
    """The settings as defaults for the options of one command: its own table before the rest."""
    shared = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    return {**shared, **settings.get(command, {})}


def cache_folder() -> str | None:
    """Where tfchange keeps what it has compiled, or None where TFCHANGE_CACHE says `off`.

    TFCHANGE_CACHE, else the user's cache folder by the custom of the platform.
    """
    chosen = os.environ.get("TFCHANGE_CACHE")
    if chosen:
        return None if chosen == "off" else os.path.abspath(chosen)
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA", home), "tfchange", "cache")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "tfchange")
    return os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "tfchange"
    )


def _checked(text: bytes, path: str) -> Settings:
    import yaml

    from tfchange.schema import faults

    try:
        settings = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        line = f", line {at.line + 1}" if at else ""
        problem = getattr(error, "problem", None) or "cannot be read"
        raise SettingsError(f"{path}{line}: not YAML: {problem}", _ADVICE) from None
    settings = {} if settings is None else settings
    found = faults(settings, SCHEMA)
    if found:
        raise SettingsError("\n".join(f"{path}: {fault}" for fault in found), _ADVICE)
    return dict(settings)


_ADVICE = "docs/settings.md lists every setting with an example."


def _resolved(settings: Settings, folder: str) -> Settings:
    resolved = dict(settings)
    for key in _FOLDERS:
        value = settings.get(key)
        if isinstance(value, list):
            resolved[key] = [os.path.join(folder, each) for each in value]
        elif isinstance(value, str):
            resolved[key] = os.path.join(folder, value)
    return resolved


def _kept_at(cache: str | None, text: bytes) -> str | None:
    if cache is None:
        return None
    from hashlib import sha256

    return os.path.join(cache, f"{SCHEMA}-{sha256(text).hexdigest()}.json")


def _recall(kept: str | None) -> Settings | None:
    # Reading YAML and checking it costs more than the rest of a small assessment.
    if kept is None:
        return None
    try:
        with open(kept, "rb") as file:
            return msgspec.json.decode(file.read(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError):
        return None


def _keep(kept: str | None, settings: Settings) -> None:
    if kept is None:
        return
    draft = f"{kept}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(kept), mode=0o700, exist_ok=True)
        with open(draft, "wb") as file:
            file.write(msgspec.json.encode(settings))
        os.replace(draft, kept)
    except OSError:
        return  # a cache that cannot be written is only slower
