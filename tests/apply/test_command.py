"""What is run: a log is asked for where it can be, and the plan must be the one that was gated."""

from pathlib import Path

import pytest

from tfchange.apply.command import check, read
from tfchange.errors import UsageError


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ("terraform apply p", "terraform apply -json -- p"),
        ("/usr/bin/tofu apply -lock=false p", "/usr/bin/tofu apply -json -lock=false -- p"),
        ("terraform -chdir=infra apply p", "terraform -chdir=infra apply -json -- p"),
        ("terraform.exe apply -- p", "terraform.exe apply -json -- p"),
        ("terraform_1.9.8 apply -backup b p", "terraform_1.9.8 apply -json -backup b -- p"),
        ("env -u A B= nice -n 5 tofu apply p", "env -u A B= nice -n 5 tofu apply -json -- p"),
    ],
)
def test_a_log_is_asked_for(given: str, run: str) -> None:
    """Right behind `apply`, and people are shown the text in it."""
    command = read(given.split())
    assert command.words == tuple(run.split())
    assert command.spoken


@pytest.mark.parametrize("flag", ["-json", "--json=true", "-json=T"])
def test_a_log_of_ones_own_is_asked_for_once(flag: str) -> None:
    """With -json nothing is added, and nothing is made text."""
    command = read(["terraform", "apply", flag, "p"])
    assert command.words == ("terraform", "apply", flag, "--", "p")
    assert not command.spoken


@pytest.mark.parametrize(
    "given", ["terragrunt apply p", "make apply", "./apply", "env A=b make terraform", "sh -c true"]
)
def test_scripts_run_as_they_stand(given: str) -> None:
    """Nobody can see what they apply."""
    command = read(given.split())
    assert (command.words, command.spoken, command.plan) == (tuple(given.split()), False, None)


@pytest.mark.parametrize(
    "given",
    [
        "terraform",
        "terraform -help",
        "terraform -version apply p",
        "terraform plan",
        "terraform destroy -auto-approve",
        "/usr/bin/tofu destroy -json",
        "terraform -chdir=infra destroy -auto-approve",
        "env TF_LOG=info terraform destroy -auto-approve",
        "sudo -u bob terraform state rm a",
        "terraform apply",
        "terraform apply -auto-approve",
        "terraform apply -target=p",
        "terraform apply -auto-approve -backup p",
        "terraform apply -backup p evil p",
        "terraform apply evil p",
        "terraform apply p -json",
        "terraform apply -help p",
        "terraform apply -some-new-option value p",
    ],
)
def test_terraform_does_nothing_else(given: str) -> None:
    """Whatever is not the apply of one saved plan is refused, and the advice says what would be."""
    with pytest.raises(UsageError) as refused:
        read(given.split())
    assert "behind all options: " in refused.value.advice


def test_another_name_of_terraform_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a link to the program, on PATH or by its path."""
    (tmp_path / "terraform").write_text("#!/bin/sh\n")
    (tmp_path / "terraform").chmod(0o755)
    (tmp_path / "tf").symlink_to("terraform")
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("tf", str(tmp_path / "tf")):
        assert read([name, "apply", "p"]).plan == "p"
        with pytest.raises(UsageError):
            read([name, "destroy"])


def test_what_is_applied_is_what_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whatever path it is named; another plan is refused, also behind one that fits."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    for name in ("p", "q", "infra/p"):
        (tmp_path / name).write_bytes(b"PK\x03\x04")
    (tmp_path / "link").symlink_to("p")
    for words in ("apply p", f"apply {tmp_path}/p", "-chdir=infra apply ../p", "apply ./link"):
        assert check(read(["terraform", *words.split()]), "p") == ""
    assert check(read(["terraform", "-chdir=infra", "apply", "p"]), "infra/p") == ""
    for words in ("apply q", "-chdir=infra apply p", "apply -backup p q"):
        with pytest.raises(UsageError) as refused:
            check(read(["terraform", *words.split()]), "p")
        assert "Gate the saved plan itself: tfchange run " in refused.value.advice


def test_plan_json_is_for_scripts(tmp_path: Path) -> None:
    """It tells not which saved plan it is of; a script may apply anything, which is said."""
    json = tmp_path / "p.json"
    json.write_text("{}")
    assert "cannot be told" in check(read(["make", "apply"]), str(json))
    with pytest.raises(UsageError) as refused:
        check(read(["terraform", "apply", "evil"]), str(json))
    assert "tfchange run evil -- " in refused.value.advice
    with pytest.raises(UsageError, match="is no saved plan"):
        check(read(["terraform", "apply", str(json)]), str(json))


def test_a_copy_stands_in_place_of_the_plan() -> None:
    """By its whole path, since Terraform may look from another folder."""
    command = read(["terraform", "-chdir=infra", "apply", "-lock=false", "p"])
    assert command.of("/own/p").words[-3:] == ("-lock=false", "--", "/own/p")
