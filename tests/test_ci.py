"""What CI runs skips nothing in silence."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tests.conftest import ROOT
from tests.e2e import provider


@pytest.mark.parametrize("terraform", [True, False])
def test_ci_says_what_it_cannot_test(terraform: bool, tmp_path: Path) -> None:
    """Servers have to be there, skips are listed, and a missing Terraform is told loudly."""
    (tmp_path / "bin").mkdir()
    for name in ("bash", "dirname", "grep", "sort", "sed"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    for name in ("dot", "npm", "terraform") if terraform else ("dot", "npm"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    shutil.copytree(ROOT / "tests" / "e2e", tmp_path / "tests" / "e2e")
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    # Stands for PostgreSQL, Prometheus and the tests.
    (tmp_path / ".ci" / "postgres").write_text('#!/bin/sh\necho "CI=$CI $PYTEST_ADDOPTS: $*"\n')
    (tmp_path / ".ci" / "postgres").chmod(0o755)
    environ = {"PATH": str(tmp_path / "bin"), "TFCHANGE_TF_MIRROR": "/none"}
    done = subprocess.run(
        [tmp_path / ".ci" / "run"], capture_output=True, text=True, check=True, env=environ
    )
    assert done.stdout == "CI=1  -rs: .ci/prometheus make test\n"
    for name in ("test_life.py", "test_aws_life.py"):
        assert (f"tests/e2e/{name}" in done.stderr) is not terraform


@pytest.mark.parametrize(
    ("mirror", "answers", "lacking"),
    [("/mirror", False, ""), ("", True, ""), ("", False, "no provider mirror, and no registry")],
)
def test_the_provider_is_of_a_mirror_else_of_the_registry(
    mirror: str, answers: bool, lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registry is asked only where no mirror is named; absent both, that is the reason told."""
    asked: list[str] = []

    def registry(url: str, **_: object) -> BytesIO:
        asked.append(url)
        if not answers:
            raise OSError
        return BytesIO()

    monkeypatch.setattr(provider, "urlopen", registry)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/terraform")
    monkeypatch.setenv("TFCHANGE_TF_MIRROR", mirror)
    found = provider.lacking.__wrapped__()
    assert (lacking in found, bool(found)) == (True, bool(lacking))
    assert bool(asked) is not bool(mirror)


@pytest.mark.parametrize("place", ["CI", "desk"])
def test_where_terraform_is_ci_skips_none_of_its_tests(place: str, tmp_path: Path) -> None:
    """Without mirror and registry the AWS tests are skipped at a desk, and fail in CI."""
    (tmp_path / "terraform").write_text("#!/bin/sh\n")
    (tmp_path / "terraform").chmod(0o755)
    environ = {k: v for k, v in os.environ.items() if k not in ("CI", "TFCHANGE_TF_MIRROR")}
    environ |= {"PATH": f"{tmp_path}:{os.environ['PATH']}"} | ({"CI": "1"} if place == "CI" else {})
    environ |= {"https_proxy": "http://127.0.0.1:9", "no_proxy": ""}  # where nobody listens
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "tests/e2e/test_aws_life.py"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=environ,
    )  # fmt: skip
    assert "TFCHANGE_TF_MIRROR names no provider mirror, and no registry" in done.stdout
    assert ("was skipped although terraform is on PATH" in done.stdout) is (place == "CI")
    assert done.returncode == (1 if place == "CI" else 0)


def test_opentofu_may_be_missing_in_ci(tmp_path: Path) -> None:
    """What only OpenTofu could run is skipped, saying so, and fails nothing."""
    (tmp_path / "terraform").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "terraform").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-k", "tofu", "tests/e2e/test_life.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path), "CI": "1"},
    )  # fmt: skip
    assert "tofu is not on PATH" in done.stdout
    assert done.returncode == 0


def test_ci_has_every_python_that_is_promised() -> None:
    """Else the wheel would not be tried with it, in silence."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(told["project"]["classifiers"]))
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    (given,) = (
        step["with"]["python-version"]
        for step in workflow["jobs"]["test"]["steps"]
        if "setup-python" in step.get("uses", "")
    )
    assert given.split() == promised
    assert len(promised) > 2


PIN = re.compile(
    r"^([a-z0-9._-]+)(?:\[[a-z0-9,-]+\])?==(\S+) (?:;.*)?\\\n    --hash=sha256:", re.MULTILINE
)


def pins(name: str) -> dict[str, set[str]]:
    """The versions that a lock allows of each package."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    found = PIN.findall(text)
    assert len(found) == len(re.findall(r"^\w", text, re.MULTILINE))
    assert "://" not in text
    return {each: {version for other, version in found if other == each} for each, _ in found}


def wanted(*groups: str) -> list[Requirement]:
    """What the project asks for, with those groups of it."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = told["project"]
    found = [*project["dependencies"], *project["optional-dependencies"]["postgresql"]]
    found += [each for group in groups for each in told["dependency-groups"][group]]
    return [Requirement(each) for each in found if isinstance(each, str)]


@pytest.mark.parametrize(
    ("lock", "groups"), [("ci.txt", ("dev", "fixtures")), ("action.txt", ("action",))]
)
def test_what_is_installed_is_pinned_with_hashes(lock: str, groups: tuple[str, ...]) -> None:
    """Every requirement is in the lock as it is asked for, with a hash, and no index is named;
    else: `make lock`.
    """
    found = pins(lock)
    for each in wanted(*groups):
        assert found.get(each.name.lower()), each
        assert all(version in each.specifier for version in found[each.name.lower()]), each


def test_the_action_installs_what_was_tested() -> None:
    """The versions in its lock are those in the lock of CI, and what builds it is among them."""
    shipped = pins("action.txt")
    assert shipped.items() <= pins("ci.txt").items()
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {Requirement(each).name for each in told["build-system"]["requires"]} <= shipped.keys()
