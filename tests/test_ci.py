"""What CI runs skips nothing in silence."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT


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
    assert ("tests/e2e/test_life.py" in done.stderr) is not terraform
