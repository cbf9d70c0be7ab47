"""What is built is whole: installed somewhere empty, it needs nothing of the checkout."""

import os
import re
import subprocess
import sys
import zipapp
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from bench.pythons import find
from tests.conftest import ROOT, SCENARIOS

pytestmark = pytest.mark.skipif("CI" not in os.environ, reason="takes a minute; CI=1 runs it")
LOCK = ROOT / "requirements" / "ci.txt"
PLAN = SCENARIOS / "platform" / "plan.json"
PLACE = ("--repository", "acme/shop", "--ref", "refs/heads/main", "--commit", "5ca1ab1e" * 5)


def call(*words: object, **given: str) -> "subprocess.CompletedProcess[str]":
    """Ran with nothing of the checkout on its path."""
    environ = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "TFCHANGE"))}
    return subprocess.run(
        [str(word) for word in words],
        capture_output=True, text=True, check=False, cwd="/", env=environ | given,
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source distribution, and the wheel that was built from it."""
    there = tmp_path_factory.mktemp("built")
    script = (
        "import os, sys, tarfile; from hatchling import build; there = sys.argv[1]\n"
        "name = build.build_sdist(there)\n"
        "tarfile.open(os.path.join(there, name)).extractall(there, filter='data')\n"
        "os.chdir(os.path.join(there, name.removesuffix('.tar.gz'))); build.build_wheel(there)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(there)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return there


def installed(built: Path, place: Path, python: str) -> Path:
    """The program of the wheel, installed with what it requires, as pinned, and nothing else."""
    assert call(python, "-m", "venv", place).returncode == 0
    (wheel,) = built.glob("*.whl")
    pins = [line for line in LOCK.read_text().splitlines() if line[:1].isalnum()]
    bare = [re.sub(r"\[.*?\]", "", line.rstrip(" \\")) for line in pins]
    (place / "pins.txt").write_text("\n".join(bare))
    pip = (place / "bin" / "python", "-m", "pip", "install", "-qq", "-c", place / "pins.txt")
    done = call(*pip, wheel)
    assert done.returncode == 0, done.stderr
    return place / "bin" / "tfchange"


@pytest.fixture(scope="module")
def program(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, installed for the Python that runs the tests."""
    return installed(built, tmp_path_factory.mktemp("empty"), sys.executable)


def works_alone(folder: Path, *program: Path) -> None:
    """Rules, schemas and migrations are in it; no package for development is needed."""
    home = {"HOME": str(folder), "TFCHANGE_CACHE_DIR": str(folder / "cache")}
    home["TFCHANGE_REGISTER_URL"] = str(folder / "register.db")
    assert call(*program, "--version", **home).stdout.startswith("tfchange")
    rules = call(*program, "rules", **home)
    assert rules.returncode == 0, rules.stderr
    assert len(rules.stdout.splitlines()) > 20
    assert "critical" in call(*program, "assess", PLAN, **home).stdout
    (folder / "tfchange.yaml").write_text("enviroment: x\n")
    faulty = call(*program, "assess", PLAN, "--config", folder / "tfchange.yaml", **home)
    assert "is 'environment' meant?" in faulty.stderr
    opened = call(*program, "change", "open", PLAN, *PLACE, **home)
    assert opened.returncode == 0, opened.stderr
    assert call(*program, "gate", PLAN, *PLACE, **home).returncode == 20


def test_the_wheel_works_alone(program: Path, tmp_path: Path) -> None:
    """What is built is whole, for the Python that runs the tests."""
    works_alone(tmp_path, program)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_wheel_works_with_every_python(built: Path, tmp_path: Path, version: str) -> None:
    """Each version that is promised, where it is on the machine."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        pytest.skip("this is the Python that runs the tests")
    try:
        python = find(version)
    except FileNotFoundError as error:
        pytest.skip(str(error))
    program = installed(built, tmp_path / "empty", python)
    said = call(program.parent / "python", "--version").stdout
    assert said.startswith(f"Python {version}.")
    works_alone(tmp_path, program)


def test_no_package_for_development_comes_along(program: Path) -> None:
    """What is there is what `dependencies` ask for."""
    listed = call(program.parent / "python", "-m", "pip", "list").stdout
    for name in ("pytest", "hypothesis", "moto", "boto3", "ruff", "psycopg", "atheris"):
        assert f"\n{name} " not in listed


@pytest.fixture(scope="module")
def archive(built: Path) -> Path:
    """The wheel's package as a zipapp; what it requires is not in it."""
    (wheel,) = built.glob("*.whl")
    with ZipFile(wheel) as whole:
        whole.extractall(built / "package")
    zipapp.create_archive(built / "package", built / "app.pyz", main="tfchange.__main__:main")
    return built / "app.pyz"


def test_from_a_zip_archive_it_works_as_installed(
    program: Path, archive: Path, tmp_path: Path
) -> None:
    """Rules, schemas and migrations are found in it, and its package comes before others."""
    python = program.parent / "python"
    works_alone(tmp_path, python, archive)
    asked = "import tfchange; print(tfchange.__file__)"
    assert str(archive) in call(python, "-c", asked, PYTHONPATH=str(archive)).stdout
    many = sorted(SCENARIOS.glob("*/plan.json"))
    done = call(python, archive, "assess", *many, TFCHANGE_CACHE_DIR=str(tmp_path / "cache"))
    assert (done.returncode, done.stderr) == (0, ""), "in one process per core, too"


def test_a_zip_archive_may_be_named_in_any_way(
    program: Path, archive: Path, tmp_path: Path
) -> None:
    """By a path from here or one with dots in it, before anything is in the cache."""
    named = f"{archive.parent}/./package/..//{archive.name}"
    given = {"TFCHANGE_CACHE_DIR": str(tmp_path / "cache")}
    assert call(program.parent / "python", named, "assess", PLAN, **given).returncode == 0
    script = f"import os, runpy, sys; os.chdir({str(archive.parent / 'package')!r})"
    script += f"; sys.argv = ['app', 'assess', {str(PLAN)!r}, '--config', {str(tmp_path)!r} + '/s']"
    script += f"; runpy.run_path('../{archive.name}', run_name='__main__')"
    (tmp_path / "s").write_text("enviroment: x\n")
    done = call(program.parent / "python", "-c", script, **given)
    assert "is 'environment' meant?" in done.stderr


def without(wheel: Path, part: str, broken: Path) -> None:
    """The wheel as a zip archive without the files that are called so."""
    with ZipFile(wheel) as whole, ZipFile(broken, "w") as copy:
        for each in whole.infolist():
            if part not in each.filename:
                copy.writestr(each, whole.read(each))


def changed(wheel: Path, part: str, broken: Path) -> None:
    """The wheel as a zip archive in which the first file that is called so is damaged."""
    data = bytearray(wheel.read_bytes())
    with ZipFile(wheel) as whole:
        name = next(each for each in whole.namelist() if part in each)
    at = data.index(name.encode()) + len(name) + 5
    data[at : at + 20] = b"\xff" * 20
    broken.write_bytes(data)


def renamed(wheel: Path, part: str, broken: Path) -> None:
    """The wheel as a zip archive whose table of contents has a wrong name for one such file."""
    data = bytearray(wheel.read_bytes())
    data[data.rindex(part.encode())] ^= 1
    broken.write_bytes(data)


@pytest.mark.parametrize("damage", [without, changed, renamed])
def test_a_damaged_zip_archive_is_named(
    program: Path, built: Path, tmp_path: Path, damage: Callable[[Path, str, Path], None]
) -> None:
    """No rule is missing unnoticed."""
    (wheel,) = built.glob("*.whl")
    damage(wheel, "tfchange/_rules/", tmp_path / "app.zip")
    given = {"PYTHONPATH": f"{tmp_path}/app.zip", "TFCHANGE_CACHE_DIR": f"{tmp_path}/cache"}
    done = call(program.parent / "python", "-m", "tfchange", "assess", PLAN, **given)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{tmp_path}/app.zip, from which tfchange is imported," in done.stderr


def test_without_what_it_requires_it_says_so(archive: Path, tmp_path: Path) -> None:
    """It names the module and is no bug."""
    assert call(sys.executable, "-m", "venv", tmp_path / "bare").returncode == 0
    done = call(tmp_path / "bare" / "bin" / "python", archive, "assess", PLAN)
    assert (done.returncode, done.stdout) == (1, "")
    assert "needs the module msgspec, which is not installed" in done.stderr
