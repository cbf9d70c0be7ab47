"""The one place that calls jsonschema; the published schemas lie in `schemas/` beside it."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from tfchange import archive
from tfchange.errors import TfchangeError

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Fault = tuple[tuple[str | int, ...], str]
"""Where in the instance something is wrong, and what."""

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemas")


def published(name: str) -> bytes:
    """The schema of that name as it is published; TfchangeError where there is none."""
    file, packed = f"{name}.json", archive.files("schemas")
    try:
        if packed is not None:
            return packed[file]
        with open(os.path.join(_FOLDER, file), "rb") as stream:
            return stream.read()
    except (OSError, KeyError):
        raise TfchangeError(f"there is no schema called {name!r}") from None


def load(name: str) -> dict[str, Any]:
    """The schema of that name, such as `assessment-1.0`; TfchangeError where there is none."""
    schema: dict[str, Any] = msgspec.json.decode(published(name))
    return schema


def errors(instance: object, name: str, part: str | None = None) -> list[Fault]:
    """All faults of the instance in the order of their place; `part` names one of the `$defs`."""
    found = [
        fault for error in _validator(name, part).iter_errors(instance) for fault in _faults(error)
    ]
    return sorted(found, key=lambda fault: (tuple(map(str, fault[0])), fault[1]))


def faults(instance: object, name: str) -> list[str]:
    """All faults of the instance, each as one line that begins with its place."""
    return [f"{place(path)}: {message}" for path, message in errors(instance, name)]


def place(path: tuple[str | int, ...]) -> str:
    """The path as people write it, `(top)` for the whole document."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".") or "(top)"


@cache
def _validator(name: str, part: str | None) -> Any:
    from jsonschema import Draft202012Validator

    schema = load(name)
    if part is not None:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"}
    return Draft202012Validator(schema)


def _faults(error: "ValidationError") -> list[Fault]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        return [((*path, key), _unknown(key, error.schema)) for key in _extra(error)]
    if error.validator == "required":
        missing = str(error.message).split("'")[1]
        return [(path, f"the key {missing!r} is missing")]
    return [(path, _said(error))]


def _extra(error: "ValidationError") -> list[str]:
    import re

    schema: Any = error.schema
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    instance: Any = error.instance
    return [
        key for key in instance if key not in known and not any(re.search(p, key) for p in patterns)
    ]


def _unknown(key: str, schema: Any) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, schema.get("properties", {}), 1)
    return f"unknown key {key!r}" + (f"; is {near[0]!r} meant?" if near else "")


_FORMS = {
    r"\.$": "end with a full stop",
    "^https://": "begin with https://",
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "be lower case words and digits joined by `-`",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "be a day such as 2027-03-31",
}
"""What patterns ask for, in words."""


def _said(error: "ValidationError") -> str:
    said: dict[str, str] = {
        "pattern": "{i!r} does not have the form {v}",
        "enum": "{i!r} is not one of {v}",
        "type": "{i!r} is not of type {v}",
        "minLength": "must not be empty",
        "minItems": "needs at least {v} entries",
        "minProperties": "needs at least {v} keys",
        "maxProperties": "holds {k}, of which only {v} may stand here",
        "uniqueItems": "holds an entry twice",
        "minimum": "{i!r} is less than {v}",
        "maximum": "{i!r} is more than {v}",
    }
    instance, value = error.instance, error.validator_value
    if not error.absolute_path and error.validator == "type" and isinstance(instance, str):
        # It may be another file than was meant, by a link, and that may be a secret.
        return f"the whole is not of type {value}"
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if error.validator == "pattern" and value in _FORMS:
        return f"{instance!r} must {_FORMS[value]}"
    text = said.get(str(error.validator))
    keys = ", ".join(instance) if isinstance(instance, dict) else ""
    return text.format(i=instance, v=value, k=keys) if text else str(error.message)
