"""What is run: a log is asked for where it can be, and the plan must be the one that was gated."""

from pathlib import Path

import pytest

from tfchange.apply.command import check, read
from tfchange.errors import UsageError


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ("terraform apply p", "terraform apply -json p"),
        ("/usr/bin/tofu apply -lock=false p", "/usr/bin/tofu apply -json -lock=false p"),
        ("terraform -chdir=infra apply p", "terraform -chdir=infra apply -json p"),
        ("terraform.exe apply", "terraform.exe apply -json"),
    ],
)
def test_a_log_is_asked_for(given: str, run: str) -> None:
    """Right behind `apply`, and people are shown the text in it."""
    command = read(given.split())
    assert command.words == tuple(run.split())
    assert command.spoken


@pytest.mark.parametrize(
    "given",
    [
        "terraform apply -json p",
        "terraform apply p --json=true",
        "terraform plan",
        "terraform -help",
        "terraform destroy -json",
        "terragrunt apply p",
        "make apply",
        "./apply",
        "terraform",
    ],
)
def test_everything_else_runs_as_it_stands(given: str) -> None:
    """With a log of its own, or as something that cannot be made to write one."""
    command = read(given.split())
    assert command.words == tuple(given.split())
    assert not command.spoken


def test_what_is_applied_is_what_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whatever path it is named; another plan, or none, is refused."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    for name in ("p", "q", "infra/p"):
        (tmp_path / name).write_bytes(b"PK\x03\x04")
    (tmp_path / "link").symlink_to("p")
    for words in ("apply p", f"apply {tmp_path}/p", "-chdir=infra apply ../p", "apply ./link"):
        assert check(read(["terraform", *words.split()]), "p") == ""
    assert check(read(["terraform", "-chdir=infra", "apply", "p"]), "infra/p") == ""
    for words in ("apply q", "-chdir=infra apply p", "apply -auto-approve", "apply -target=p"):
        with pytest.raises(UsageError) as refused:
            check(read(["terraform", *words.split()]), "p")
        assert "terraform apply p" in refused.value.advice


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    """Plan JSON tells not which saved plan it is of, and a script may apply anything."""
    json = tmp_path / "p.json"
    json.write_text("{}")
    assert "no saved plan" in check(read(["terraform", "apply", "p"]), str(json))
    assert "cannot be told" in check(read(["make", "apply"]), str(json))
