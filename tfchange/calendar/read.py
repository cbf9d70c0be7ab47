"""The bytes of calendars, from files and over https; the one module here that reads anything."""

import os
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from tfchange.errors import CalendarError, DeskError, SettingsError

MOST = 5_000_000
"""Bytes of a calendar; those of whole companies have less than one million."""


def is_url(name: str) -> bool:
    """Whether it is the address of a server rather than a path."""
    return "://" in name


def called(name: str, setting: str) -> str:
    """What a calendar is called in messages: its path, or the host alone.

    The rest of an address can be a secret: whoever knows a private one may read the calendar.
    """
    return f"{setting} ({urlsplit(_secure(name)).hostname})" if is_url(name) else name


def checked_address(url: str, setting: str) -> str:
    """The address, https or on this machine; raises `SettingsError`."""
    from tfchange.http import checked_url

    place, mark, query = _secure(url).partition("?")
    return f"{checked_url(place, setting)}{mark}{query}"


def content(
    name: str,
    folder: str,
    setting: str,
    token: str = "",
    pause: Callable[[float], None] = time.sleep,
) -> bytes:
    """What the file or address holds; raises `SettingsError` or `CalendarError`, never nothing."""
    if is_url(name):
        return _fetched(checked_address(name, setting), called(name, setting), token, pause)
    return _read(os.path.join(folder, name), setting)


def _fetched(url: str, label: str, token: str, pause: Callable[[float], None]) -> bytes:
    from tfchange.http import download

    try:
        return download(url, MOST, token=token, pause=pause)
    except DeskError as error:
        raise CalendarError(
            f"{label}: the calendar could not be had: {error.message}",
            "Without it nobody knows whether there is a freeze. Check address, network, and "
            "whether it needs `token: true` and TFCHANGE_CALENDAR_TOKEN; then run it again.",
        ) from None


def _read(path: str, setting: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(MOST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be one"
        raise SettingsError(
            f"cannot read the calendar {path}: {why}",
            f"Correct {setting} in tfchange.yaml; paths are relative to that file.",
        ) from None
    if len(data) > MOST:
        raise SettingsError(f"the calendar {path} is longer than {MOST:,} bytes")
    return data


def _secure(url: str) -> str:
    """`webcal://`, as calendars are often shared, is https."""
    scheme, mark, rest = url.strip().partition("://")
    return f"{'https' if scheme.lower() == 'webcal' else scheme.lower()}{mark}{rest}"
