"""`tfchange change` at the register: where it lies, what a dry run leaves alone, who acts."""

import json
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
        assert "Open a change:\n" in outcome.out, outcome.err
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


CIS = {
    "GITHUB_ACTOR": "ann",
    "GITLAB_USER_LOGIN": "ann",
    "BUILD_REQUESTEDFOREMAIL": "ann@acme.test",
    "BITBUCKET_STEP_TRIGGERER_UUID": "{1a2b}",
    "BUILD_USER_ID": "ann",
}


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable tells who runs this, and the machine has no user of that number."""

    def unknown() -> str:
        raise OSError("no username set in the environment")

    for name in CIS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("getpass.getuser", unknown)


def actors(tfchange: Run) -> list[str]:
    """Whom the trail names, each once, the newest last."""
    entries = json.loads(tfchange("change", "log", "CHG-0001", "-f", "json").out)
    return list(dict.fromkeys(entry["actor"] for entry in entries))


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("name", CIS)
def test_the_trail_names_who_started_the_run(
    tfchange: Run, plan: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By the variable of each CI; without --by, they decide as well."""
    monkeypatch.setenv(name, CIS[name])
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert actors(tfchange) == [CIS[name]]
    decided = tfchange("change", "approve", "1", "--group", "Peer review")
    assert f"approved by {CIS[name]}" in decided.out


@pytest.mark.usefixtures("nobody")
def test_outside_of_a_ci_it_is_the_user(
    tfchange: Run, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the machine knows them; where it does not, --by is needed."""
    assert tfchange("change", "open", plan, *PLACE).code == 0
    outcome = tfchange("change", "approve", "1", "--group", "Peer review")
    assert (outcome.code, "--by NAME" in outcome.err) == (2, True)
    monkeypatch.setattr("getpass.getuser", lambda: "zed")
    assert "approved by zed" in tfchange("change", "approve", "1", "--group", "Peer review").out
    assert actors(tfchange) == ["", "zed"]


@pytest.mark.parametrize("how", ["approve", "reject"])
@pytest.mark.parametrize("by", ["", "  "])
def test_an_empty_name_is_not_the_user(tfchange: Run, plan: Path, how: str, by: str) -> None:
    """As from a variable of a pipeline that is not set: nobody has decided."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    outcome = tfchange("change", how, "1", "--group", "Peer review", "--by", by)
    assert (outcome.code, "--by is empty" in outcome.err) == (2, True)
    shown = told(tfchange("change", "show", *PLACE, "-f", "json"))
    assert {each["decision"] for each in shown["approvals"]} == {"waiting"}


def test_where_all_is_over_the_list_names_the_flag(tfchange: Run, plan: Path) -> None:
    """An empty list is not an empty register."""
    assert "no such changes" in tfchange("change", "list").out
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    tfchange("change", "cancel", *PLACE, "--reason", "Not now.")
    assert "tfchange change list --all" in tfchange("change", "list").out
    assert "CHG-0001" in tfchange("change", "list", "--all").out
    assert "--all" not in tfchange("change", "list", "--state", "approved").out
    assert json.loads(tfchange("change", "list", "-f", "json").out) == []
