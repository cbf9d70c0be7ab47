"""The workspace that Terraform has selected in a folder."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tfchange.source.place import read_workspace


def test_none_was_selected(tmp_path: Path) -> None:
    """A folder without one, or with something else in its place, names none."""
    assert read_workspace(str(tmp_path)) == ""
    (tmp_path / ".terraform" / "environment").mkdir(parents=True)
    assert read_workspace(str(tmp_path)) == ""


def test_what_cannot_be_a_name_is_none(tmp_path: Path) -> None:
    """Escapes and bytes that are no text reach no key."""
    (tmp_path / "data").mkdir()
    for wrong in (b"\x1b[31mred", b"\xff\xfe"):
        (tmp_path / "data" / "environment").write_bytes(wrong)
        assert read_workspace(str(tmp_path), "data") == ""


@pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not on PATH")
def test_it_is_read_as_terraform_writes_it(tmp_path: Path) -> None:
    """Selecting a workspace changes it."""
    subprocess.run(["terraform", "init", "-input=false"], cwd=tmp_path, check=True)
    subprocess.run(["terraform", "workspace", "new", "prod"], cwd=tmp_path, check=True)
    assert read_workspace(str(tmp_path)) == "prod"
