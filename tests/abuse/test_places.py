"""Where things are read from, what is run, and what is left behind."""

import os
import stat
import zipfile
from pathlib import Path

import pytest

from tests.build import change, plan, plan_json
from tests.conftest import Run
from tfchange.apply.kept import keep as keep_log
from tfchange.cache import keep
from tfchange.errors import RulebookError, SettingsError, SourceError
from tfchange.register.desk import connect
from tfchange.rulebook.load import load as load_rules
from tfchange.settings import load as load_settings
from tfchange.source import programs
from tfchange.source.file import find_plans, open_plan
from tfchange.source.git import read_git
from tfchange.source.hcl import read_source

MARKER = "planted-5e1f"
SECRETS = {
    "TFCHANGE_JIRA_TOKEN": MARKER,
    "TFCHANGE_SERVICENOW_CLIENT_SECRET": MARKER,
    "TFCHANGE_SERVICENOW_API_KEY": MARKER,
    "TFCHANGE_REGISTER_PASSWORD": MARKER,
    "TFCHANGE_REGISTER_URL": f"postgresql://u:{MARKER}@h/d",
    "TFCHANGE_FINGERPRINT_SALT": MARKER,
    "TFCHANGE_JIRA_TOKEN_FILE": MARKER,
}


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    """What begins as a binary plan."""
    with zipfile.ZipFile(tmp_path / "p.tfplan", "w") as archive:
        archive.writestr("tfplan", b"")
    return tmp_path / "p.tfplan"


def program(path: Path, *lines: str) -> Path:
    """A program of these lines is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("folder", [".", "", "bin"])
def test_no_program_of_the_checkout_is_run(
    folder: str, tmp_path: Path, binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative folder on PATH is not looked in, neither for terraform nor for git."""
    for name in ("terraform", "tofu", "git"):
        program(tmp_path / folder / name, f"touch {tmp_path}/run")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", folder)
    with pytest.raises(SourceError, match="neither terraform nor tofu"):
        open_plan(str(binary))
    assert read_git(str(tmp_path)).fault == "There is no git to ask."
    assert not (tmp_path / "run").exists()


def test_terraform_gets_none_of_our_secrets(
    tmp_path: Path, binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The providers that it runs to show a plan have its environment, and so not ours."""
    program(tmp_path / "bin" / "terraform", f"/usr/bin/env > {tmp_path}/seen", "echo '{}'")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("AWS_PROFILE", "kept")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    assert open_plan(str(binary)) == (str(binary), b"{}\n")
    seen = (tmp_path / "seen").read_text()
    assert "AWS_PROFILE=kept" in seen
    assert MARKER not in seen


def test_every_secret_of_ours_is_known_as_one() -> None:
    """Whatever variable the code takes a secret from, programs that are run do not get it."""
    from tfchange.cli.desks import SECRET

    names = [f"TFCHANGE_{desk}_{key}".upper() for desk, keys in SECRET.items() for key in keys]
    names += ["TFCHANGE_CALENDAR_TOKEN", "TFCHANGE_PROMETHEUS_TOKEN", *SECRETS]
    names += ["TFCHANGE_PROMETHEUS_PASSWORD"]
    assert [name for name in names if not programs._is_secret(name, forge=False)] == []
    assert not programs._is_secret("TFCHANGE_JIRA_URL", forge=False)


def test_links_and_dots_in_a_source_tell_nothing(tmp_path: Path) -> None:
    """A link or a local module may lead out of the source; nothing of what is there is told."""
    outside, source = tmp_path / "outside", tmp_path / "repo" / "source"
    outside.mkdir()
    source.mkdir(parents=True)
    (outside / "secret.tf").write_text(f"{MARKER}\n")
    (outside / "credentials").write_text(f"token = {MARKER}\n")
    (source / "main.tf").write_text('module "m" {\n  source = "../../outside"\n}\n')
    (source / "link.tf").symlink_to(outside / "credentials")
    (source / "loop.tf").symlink_to(source / "loop.tf")
    os.mkfifo(source / "pipe.tf")
    (source / "inner").symlink_to(source)
    found, caveats = read_source(str(source), plan(), cache=str(tmp_path / "cache"))
    kept = b"".join(f.read_bytes() for f in (tmp_path / "cache").glob("*.json"))
    assert MARKER not in repr(found) + repr(caveats) + repr(kept)
    assert {"link.tf", "loop.tf", "pipe.tf"} <= {c.message.partition(":")[0] for c in caveats}


def test_links_among_rules_and_settings_tell_nothing(tmp_path: Path) -> None:
    """What a link leads to instead of a rule or settings is refused without quoting it."""
    (tmp_path / "token").write_text(f"{MARKER}\n")
    (tmp_path / "rules" / "risk").mkdir(parents=True)
    (tmp_path / "rules" / "risk" / "x.yaml").symlink_to(tmp_path / "token")
    (tmp_path / "rules" / "itil").symlink_to(tmp_path)
    (tmp_path / "tfchange.yaml").symlink_to(tmp_path / "token")
    with pytest.raises(RulebookError) as refused:
        load_rules([str(tmp_path / "rules")])
    assert MARKER not in str(refused.value) + refused.value.message
    with pytest.raises(SettingsError) as no_settings:
        load_settings(str(tmp_path / "tfchange.yaml"))
    assert MARKER not in no_settings.value.message


def test_a_folder_of_plans_is_left_by_no_link(tmp_path: Path) -> None:
    """Folders behind links, loops among them, are not looked into."""
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "a.json").write_bytes(plan_json())
    (tmp_path / "plans" / "loop").symlink_to(tmp_path / "plans")
    (tmp_path / "plans" / "root").symlink_to("/")
    assert find_plans([str(tmp_path / "plans")]) == (str(tmp_path / "plans" / "a.json"),)


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Caches, logs of applies and the register: nobody else reads them, whatever the umask."""
    before = os.umask(0)
    try:
        keep(str(tmp_path / "cache" / "x.json"), b"{}")
        log = keep_log(str(tmp_path / "data"))
        os.close(log.descriptor)
        connect(str(tmp_path / "own" / "register.db"))
    finally:
        os.umask(before)
    files = [tmp_path / "cache" / "x.json", Path(log.path), tmp_path / "own" / "register.db"]
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700, file


def test_an_output_keeps_the_rights_of_the_file_it_replaces(tmp_path: Path, tfchange: Run) -> None:
    """Whoever has made a report private finds it private again, and no draft beside it."""
    (tmp_path / "p.json").write_bytes(plan_json([change("aws_vpc.a", ["create"], None, {})]))
    report = tmp_path / "report.json"
    report.touch(mode=0o600)
    arguments = ("--format", "json", "--output", report)
    assert tfchange("assess", tmp_path / "p.json", *arguments).code == 0
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert sorted(f.name for f in tmp_path.iterdir()) == ["p.json", "report.json"]


def test_tokens_of_a_forge_are_for_an_apply_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is only asked, such as Terraform for a plan from a fork, cannot write to the forge."""
    for name in ("GITHUB_TOKEN", "GITLAB_TOKEN", "SYSTEM_ACCESSTOKEN_FILE", "BITBUCKET_TOKEN"):
        monkeypatch.setenv(name, "t")
        assert name not in programs.environment()
        assert name in programs.environment(forge=True)
        monkeypatch.setenv(f"TFCHANGE_{name}", "t")
        assert f"TFCHANGE_{name}" not in programs.environment(forge=True)
