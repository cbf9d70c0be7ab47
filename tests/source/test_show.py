"""Binary plans are shown by the program that made them, and its failures explained."""

import os
import zipfile
from pathlib import Path

import pytest

from tfchange.errors import SourceError
from tfchange.source.file import open_plan


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    """A file that is a binary plan as far as anybody but Terraform can see."""
    file = tmp_path / "work" / "p.tfplan"
    file.parent.mkdir()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tfplan", b"opaque")
    return file


def program(folder: Path, name: str, script: str) -> Path:
    """A stand-in for terraform: a shell script of that name."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def test_a_binary_plan_is_shown_as_json(binary: Path, tmp_path: Path) -> None:
    """The program is asked for JSON of the plan by its full path, in the plan's folder."""
    shower = program(tmp_path / "bin", "terraform", 'echo "$PWD $*"')
    name, shown = open_plan(str(binary), terraform=str(shower))
    assert name == str(binary)
    assert bytes(shown).decode() == f"{binary.parent} show -json -no-color {binary}\n"


def test_the_nearest_initialised_folder_is_where_it_runs(binary: Path, tmp_path: Path) -> None:
    """Terraform needs its plugins, which `.terraform` names."""
    (tmp_path / ".terraform").mkdir()
    shower = program(tmp_path / "bin", "terraform", "pwd")
    shown = open_plan(str(binary), terraform=str(shower))[1]
    assert bytes(shown).decode() == f"{tmp_path}\n"


def test_tofu_is_asked_where_terraform_fails(
    binary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With both on the PATH, the one that can show the plan is right."""
    program(tmp_path / "bin", "terraform", "echo 'Error: not mine' >&2; exit 1")
    program(tmp_path / "bin", "tofu", "echo '{}'")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin")
    assert open_plan(str(binary))[1] == b"{}\n"


def test_of_a_failure_only_the_title_is_passed_on(binary: Path, tmp_path: Path) -> None:
    """Neither what was printed before the failure nor the details of it reach anybody."""
    script = """
    echo '{"password":"hunter2"}'
    printf '\\033[31m│ Error: Failed to read "hunter2"\\n│ \\n│ value is hunter2\\n' >&2
    exit 1"""
    shower = program(tmp_path / "bin", "terraform", script)
    with pytest.raises(SourceError) as fault:
        open_plan(str(binary), terraform=str(shower))
    assert fault.value.message.endswith(f'show the binary plan {binary}: Failed to read "…"')
    assert f"terraform -chdir={binary.parent} show -json {binary}" in fault.value.advice
    assert "hunter2" not in fault.value.message + fault.value.advice
    assert fault.value.__context__ is None


def test_a_folder_that_was_not_initialised_is_to_be(binary: Path, tmp_path: Path) -> None:
    """Where the program lacks its plugins, the advice is the command that installs them."""
    shower = program(
        tmp_path / "bin", "tofu", "echo 'Error: Required plugins are not installed' >&2; exit 1"
    )
    with pytest.raises(SourceError) as fault:
        open_plan(str(binary), terraform=str(shower))
    assert fault.value.advice.endswith(f"tofu -chdir={binary.parent} init")


def test_a_program_that_says_nothing_has_failed(binary: Path, tmp_path: Path) -> None:
    """Silence is not an empty plan."""
    shower = program(tmp_path / "bin", "terraform", "exit 0")
    with pytest.raises(SourceError, match="it gave no reason"):
        open_plan(str(binary), terraform=str(shower))


def test_a_program_that_cannot_start_has_failed(binary: Path, tmp_path: Path) -> None:
    """A file of another machine is a failure with a reason, not a crash."""
    shower = program(tmp_path / "bin", "terraform", "")
    shower.write_text("#!/no/such/interpreter\n")
    with pytest.raises(SourceError, match="No such file"):
        open_plan(str(binary), terraform=str(shower))


def test_without_any_program_the_command_for_elsewhere_is_given(
    binary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without terraform can assess what another one showed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="neither terraform nor tofu") as fault:
        open_plan(str(binary))
    assert f"terraform show -json {binary} > plan.json" in fault.value.advice


def test_a_named_program_that_is_none_is_the_fault(binary: Path) -> None:
    """A wrong TFCHANGE_TERRAFORM is named instead of falling back silently."""
    with pytest.raises(SourceError, match="no/such/terraform, named to show") as fault:
        open_plan(str(binary), terraform="no/such/terraform")
    assert "TFCHANGE_TERRAFORM" in fault.value.advice


def test_other_zip_archives_are_not_shown(tmp_path: Path) -> None:
    """A zip that holds no plan, and one that is cut off, are named without any program."""
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("lambda.py", b"")
    with pytest.raises(SourceError, match="a zip archive, not a Terraform plan"):
        open_plan(str(other))
    other.write_bytes(other.read_bytes()[:20])
    with pytest.raises(SourceError, match="damaged"):
        open_plan(str(other))
