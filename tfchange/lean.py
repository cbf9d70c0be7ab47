"""msgspec, imported without what a run does not ask of it."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_ASIDE = ("inspect", "toml", "yaml")
_SCHEMA = ("schema", "schema_components")


def import_msgspec() -> None:
    """msgspec is imported, and what a run does not need of it is found when it is asked for.

    Whoever looks afterwards finds every module as it would be without this.
    """
    if "msgspec" in sys.modules:
        return
    hidden = {name: new for name, new in _instead().items() if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        import msgspec
    except (ImportError, AttributeError, TypeError):
        # One that uses at once what ours keeps for later: the next to ask gets it whole, and with
        # it the module that has met a stand-in already.
        sys.modules.pop("msgspec.json", None)
        return
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
    _later(msgspec, _ASIDE, lambda name: _import(f"msgspec.{name}"))
    _later(msgspec.json, _SCHEMA, lambda name: getattr(_import("msgspec._json_schema"), name))
    if "platform" in hidden and "uuid" in sys.modules:
        _later(sys.modules["uuid"], ("platform",), _import)


def _instead() -> "dict[str, ModuleType | None]":
    """What msgspec finds by names of modules that cost more than all it takes from them."""
    import _datetime  # type: ignore[import-not-found]

    new = type(sys)
    found: dict[str, ModuleType | None] = {
        # It asks this first, which imports inspect, ast, dis and tokenize. Not finding it, it takes
        # the same from typing, which has all of it since 3.11.
        "typing_extensions": None,
        # Up to 3.11 datetime builds its types in Python, to take those of _datetime in the end.
        "datetime": _datetime,
        **{f"msgspec.{name}": new(name) for name in _ASIDE},
    }
    schema = found["msgspec._json_schema"] = new("_json_schema")
    vars(schema).update(dict.fromkeys(_SCHEMA))
    if sys.platform == "linux":
        # uuid asks it for the name of the system, for which platform compiles a dozen patterns.
        platform = found["platform"] = new("platform")
        vars(platform)["system"] = lambda: os.uname().sysname
    return found


def _later(module: "ModuleType", names: "tuple[str, ...]", find: "Callable[[str], object]") -> None:
    """The names of the module are found when they are asked for."""

    def asked(name: str) -> object:
        if name not in names:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        return find(name)

    for name in names:
        vars(module).pop(name, None)
    vars(module)["__getattr__"] = asked


def _import(name: str) -> "ModuleType":
    from importlib import import_module

    return import_module(name)
