"""msgspec after it was imported lean is the same as after any other import."""

import json
import os
import subprocess
import sys
from pathlib import Path

LEAN = "import sys; from tfchange.lean import import_msgspec; import_msgspec()\n"
ALL = """
import json, sys, msgspec
names = {}
modules = [getattr(msgspec, n) for n in "inspect json msgpack structs toml yaml".split()]
for module in [msgspec, *modules]:
    real = {n for n in dir(module) if n.strip("_") == n or n in ("__version__", "__all__")}
    extra = {"schema", "schema_components"} if module is msgspec.json else set()
    own = {n: repr(getattr(module, n)) for n in sorted(real | extra)}
    names[module.__name__] = {n: said.partition(" at 0x")[0] for n, said in own.items()}
print(json.dumps(names))
"""


def python(script: str, *, path: str = "") -> str:
    """What a fresh Python says to the script."""
    places = os.pathsep.join(filter(None, [path, *sys.path]))
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": places},
    )
    return done.stdout


def test_all_of_msgspec_is_there_when_it_is_asked_for() -> None:
    """Every public name of every public module means what it means after a plain import."""
    plain, lean = json.loads(python(ALL)), json.loads(python(LEAN + ALL))
    assert lean == plain


def test_no_module_is_another_than_its_own() -> None:
    """Nothing that msgspec met instead of a module is met by anyone else."""
    python(
        LEAN
        + "names = 'typing_extensions platform datetime msgspec._json_schema msgspec.inspect'\n"
        "assert 'msgspec' in sys.modules and not set(names.split()) & sys.modules.keys()\n"
        "import datetime, msgspec.inspect, platform, typing_extensions, uuid\n"
        "from msgspec import toml, inspect\n"
        "assert typing_extensions.NotRequired and platform.python_version() and datetime.UTC\n"
        "assert inspect is msgspec.inspect is sys.modules['msgspec.inspect']\n"
        "assert toml is msgspec.toml is sys.modules['msgspec.toml'] and toml.__file__\n"
        "assert getattr(uuid, 'platform', platform) is platform\n"
        "assert uuid._LINUX is (sys.platform == 'linux') and uuid.uuid1().version == 1\n"
    )


def test_msgspec_knows_the_types_that_others_use() -> None:
    """Times, numbers and UUIDs are decoded to the types of the modules that are imported later."""
    python(
        LEAN + "import msgspec, datetime, decimal, uuid\n"
        "for type, text in ((datetime.datetime, '2026-01-02T03:04:05Z'),\n"
        "    (datetime.date, '2026-01-02'), (decimal.Decimal, '1.5'),\n"
        "    (uuid.UUID, '00010203-0405-0607-0809-0a0b0c0d0e0f')):\n"
        "    found = msgspec.convert(text, type)\n"
        "    assert isinstance(found, type) and msgspec.to_builtins(found) == text, found\n"
        "assert msgspec.json.schema(datetime.date) == {'type': 'string', 'format': 'date'}\n"
        "try: msgspec.json.nothing\n"
        "except AttributeError as error: assert 'msgspec.json' in str(error) and error.name\n"
        "else: raise AssertionError\n"
    )


def test_what_is_imported_stays_what_it_is() -> None:
    """Modules that were imported before are taken as they are, msgspec among them."""
    before = "import typing_extensions, platform, datetime, sys; was = dict(sys.modules)\n"
    after = "assert was == {name: sys.modules[name] for name in was}\n"
    python(before + LEAN + after + "import uuid; assert 'platform' in sys.modules\n")
    whole = "import msgspec; there = set(vars(msgspec))\n"
    python(whole + LEAN + "assert there == set(vars(msgspec))")


def test_another_msgspec_is_imported_whole(tmp_path: Path) -> None:
    """A msgspec that needs at once what ours keeps for later is imported by the next to ask."""
    package = tmp_path / "msgspec"
    package.mkdir()
    (package / "__init__.py").write_text("from . import json, inspect\nasked = inspect.asked\n")
    (package / "inspect.py").write_text("asked = 1\n")
    (package / "json.py").write_text("from ._json_schema import schema\n")
    (package / "_json_schema.py").write_text("schema = 1\n")
    asked = "import msgspec; assert msgspec.asked == msgspec.json.schema == 1"
    python(LEAN + asked, path=str(tmp_path))


def test_a_msgspec_without_uuid_is_imported(tmp_path: Path) -> None:
    """A msgspec that does not import uuid at once is imported all the same."""
    package = tmp_path / "msgspec"
    package.mkdir()
    (package / "__init__.py").write_text("from . import json\n")
    (package / "json.py").write_text("from ._json_schema import schema, schema_components\n")
    (package / "_json_schema.py").write_text("schema = schema_components = 1\n")
    python(LEAN + "import msgspec; assert msgspec.json.schema == 1", path=str(tmp_path))
