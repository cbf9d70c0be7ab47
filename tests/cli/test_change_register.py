"""`tfchange change` at the register: where it lies, what a dry run leaves alone, who acts."""

from pathlib import Path

import pytest

from tests.cli.test_change import PLACE, plan, register, told
from tests.conftest import Run

__all__ = ("plan", "register")


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_dry_run_makes_no_register(
    tfchange: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """However the file is named, and where it is there without anything in it, it stays so."""
    file = tmp_path / "other.db"
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", form.format(file))
    for there in (False, True):
        outcome = tfchange("change", "open", plan, *PLACE, "--dry-run")
        assert "open (new)\n" in outcome.out, outcome.err
        assert (file.exists(), file.exists() and file.stat().st_size) == (there, 0)
        file.touch()
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    before = file.read_bytes()
    again = tfchange("change", "open", plan, *PLACE, "--dry-run")
    assert (again.code, "open (new)" in again.out) == (0, False)
    assert file.read_bytes() == before


@pytest.mark.parametrize("flags", [(), ("--dry-run",)])
def test_options_of_a_file_are_refused(
    tfchange: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: tuple[str]
) -> None:
    """An option that would be ignored is a wrong setting, with exit code 2."""
    file = tmp_path / "other.db"
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", f"sqlite:///{file}?mode=ro")
    outcome = tfchange("change", "open", plan, *PLACE, *flags)
    assert (outcome.code, "a register knows none" in outcome.err) == (2, True)
    assert not file.exists()
