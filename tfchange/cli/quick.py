"""Reads a plain `tfchange assess` without click, whose import takes as long as judging a plan.

It only accepts what is beyond doubt, and leaves all else to click: help, whatever is wrong, and
whatever is rare. So click alone says what is an error and how.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from tfchange import settings
from tfchange.cli.table import ASSESS, CONFIG, Option
from tfchange.errors import SettingsError

Values = dict[str, Any]

_FLAGS = {flag: option for option in ASSESS for flag in option.flags}
_RARE = ("TFCHANGE_ASSESS_", "TFCHANGE_HELP", "TFCHANGE_VERSION", "_TFCHANGE_")
"""Beginnings of variables that click makes names of out of the names of options and commands."""


class _DoubtError(Exception):
    """Only click can tell what is meant."""


def run(arguments: Sequence[str]) -> int | None:
    """The exit code of `tfchange assess` with these arguments; None where click must read them."""
    found = _read(arguments, os.environ)
    # An emergency comes with rules about what else must be given.
    if found is None or found[0].pop("emergency") or found[0].pop("incident"):
        return None
    from tfchange.cli.assessing import run as assess

    given, tables = found
    return assess(tables=tables, **given)


def read(arguments: Sequence[str], environ: Mapping[str, str]) -> Values | None:
    """Exactly what click reads in the arguments of `assess`, None where that is in doubt."""
    found = _read(arguments, environ)
    return found and found[0]


def _read(arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[Values, Values] | None:
    """The values, and the settings as a whole."""
    try:
        plans, texts = _split(arguments)
        texts = _from(environ) | texts
        tables = settings.chosen(texts.pop(CONFIG.name, [None])[-1]) or {}
        fallback = settings.default_map(tables, "assess")
        values = {o.name: _value(o, texts, fallback) for o in ASSESS if o is not CONFIG}
    except (_DoubtError, SettingsError):
        return None
    return {"plans": plans, **values}, tables


def _split(arguments: Sequence[str]) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """The plans, and for each option the texts it is given."""
    plans, texts, rest = [], dict[str, list[str]](), iter(arguments)
    for argument in rest:
        if argument == "-" or not argument.startswith("-"):
            plans.append(argument)
            continue
        flag, joined, text = argument.partition("=")
        option = _FLAGS.get(flag)
        if option is None or option.kind == "flag" or (joined and not flag.startswith("--")):
            raise _DoubtError
        text = text if joined else next(rest, "-")
        if text.startswith("-"):
            raise _DoubtError
        texts.setdefault(option.name, []).append(text)
    if not plans:
        raise _DoubtError
    return tuple(plans), texts


def _from(environ: Mapping[str, str]) -> dict[str, list[str]]:
    ours = {o: environ[name] for o in ASSESS if (name := o.environment) and name in environ}
    if not all(ours.values()) or any(name.startswith(_RARE) for name in environ):
        raise _DoubtError
    return {
        option.name: text.split(os.pathsep) if option.several else [text]
        for option, text in ours.items()
    }


def _value(option: Option, texts: Mapping[str, list[str]], fallback: Values) -> Any:
    """The value of the option: as it was given, else by the settings, else its default."""
    given: Any = texts.get(option.name)
    if given is None and option.name in fallback:
        given = fallback[option.name]
        given = given if isinstance(given, list) else [given]
    if given is None:
        return () if option.several else False if option.kind == "flag" else option.default
    values = tuple(_checked(option, each) for each in given)
    return values if option.several else values[-1]


def _checked(option: Option, given: Any) -> str | int:
    if option.kind == "integer":
        return _number(option, given)
    if not isinstance(given, str) or not _fits(option, given):
        raise _DoubtError
    return given


def _number(option: Option, given: Any) -> int:
    plain = isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 10
    number = int(given) if plain else given
    if type(number) is not int or number < (option.least or 0):
        raise _DoubtError
    return number


def _fits(option: Option, text: str) -> bool:
    if option.kind == "choice":
        return text in option.choices
    if option.kind == "folder":
        return os.path.isdir(text) and os.access(text, os.R_OK)
    if option.kind == "file":
        return not os.path.exists(text) or (not os.path.isdir(text) and os.access(text, os.R_OK))
    return option.kind == "text"
