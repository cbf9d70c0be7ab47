"""Settings: where they are found, their order, their faults."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tfchange import settings
from tfchange.errors import SettingsError
from tfchange.schema import load as schema

PLAN = b'{"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []}'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a plan in a folder below its root."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "envs" / "prod").mkdir(parents=True)
    (tmp_path / "envs" / "prod" / "plan.json").write_bytes(PLAN)
    return tmp_path


def test_found_upward_to_the_root_of_the_repository(repository: Path) -> None:
    """The nearest tfchange.yaml counts, from the folder itself up to the repository's root."""
    below = repository / "envs" / "prod"
    assert settings.find(str(below)) is None
    (repository / "tfchange.yaml").touch()
    assert settings.find(str(below)) == str(repository / "tfchange.yaml")
    (below / "tfchange.yaml").touch()
    assert settings.find(str(below)) == str(below / "tfchange.yaml")


def test_nothing_above_the_repository_counts(repository: Path) -> None:
    """A file above the repository's root is none of its business."""
    inner = repository / "envs"
    (inner / ".git").mkdir()
    (repository / "tfchange.yaml").touch()
    assert settings.find(str(inner / "prod")) is None


def test_all_faults_at_once(tmp_path: Path) -> None:
    """A file with three faults is refused once, with all three and where they are."""
    file = tmp_path / "tfchange.yaml"
    file.write_text("enviroment: prod\nwidth: wide\nassess: {format: pdf}\n")
    with pytest.raises(SettingsError) as refused:
        settings.load(str(file))
    message = refused.value.message
    assert len(message.splitlines()) == 3
    for word in ("enviroment", "environment", "width", "assess.format", str(file)):
        assert word in message


@pytest.mark.parametrize("text", ["a: [", "- a\n- b\n", "a: 1\n  b: 2\n", "\x00"])
def test_what_is_not_a_table_is_refused(tmp_path: Path, text: str) -> None:
    """Broken YAML, or YAML that is no table, is an error of the settings that names the file."""
    file = tmp_path / "tfchange.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        settings.load(str(file))
    assert str(file) in refused.value.message


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    """An empty file is fine and sets nothing."""
    (tmp_path / "tfchange.yaml").touch()
    assert settings.load(str(tmp_path / "tfchange.yaml")) == {}


def test_folders_are_relative_to_the_file(tmp_path: Path) -> None:
    """Folders in the file are meant from where the file is, wherever the program runs."""
    file = tmp_path / "tfchange.yaml"
    file.write_text("source: infra\nrules: [rules, /etc/rules]\n")
    assert settings.load(str(file)) == {
        "source": str(tmp_path / "infra"),
        "rules": [str(tmp_path / "rules"), "/etc/rules"],
    }


def test_the_cache_gives_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading of the same bytes needs no YAML and says the same; other bytes do not."""
    file, cache = tmp_path / "tfchange.yaml", tmp_path / "cache"
    monkeypatch.setenv("TFCHANGE_CACHE_DIR", str(cache))
    file.write_text("environment: staging\nrules: [r]\n")
    first = settings.load(str(file))
    (kept,) = cache.iterdir()
    monkeypatch.setattr(settings, "checked", lambda *_: pytest.fail("read again"))
    assert settings.load(str(file)) == first
    monkeypatch.undo()
    monkeypatch.setenv("TFCHANGE_CACHE_DIR", str(cache))
    kept.write_bytes(b"{broken")
    assert settings.load(str(file)) == first
    file.write_text("environment: production\n")
    assert settings.load(str(file)) == {"environment": "production"}


def test_every_setting_is_an_option() -> None:
    """Each key of the schema is an option of a command, so that none is read by nobody."""
    from tests.commands import COMMANDS

    options = {
        parameter.name.rstrip("_")
        for command in COMMANDS.values()
        for parameter in command.params
        if parameter.name
    }
    # These tables have readers of their own, whose tests hold them to what is read.
    others = {"register", "jira", "servicenow", "health", "calendar", "gate", "emergency"}
    others |= {"services", "codeowners"}
    for key, what in schema("settings-1.0")["properties"].items():
        if key in others:
            continue
        assert set(what.get("properties", [key])) <= options


def test_flag_over_environment_over_file_over_default(
    repository: Path,
    tfchange: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is nearest to the user wins: flag, environment, file, default."""
    plan = repository / "envs" / "prod" / "plan.json"
    monkeypatch.chdir(plan.parent)
    assert not tfchange("assess", plan).out.startswith("{")
    (repository / "tfchange.yaml").write_text("assess: {format: json}\n")
    assert tfchange("assess", plan).out.startswith("{")
    monkeypatch.setenv("TFCHANGE_ASSESS_FORMAT", "html")
    assert tfchange("assess", plan).out.startswith("<!")
    assert tfchange("assess", plan, "--format", "json").out.startswith("{")


def test_shared_settings_by_file_and_environment(
    repository: Path,
    tfchange: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`fail_on` in the file counts, and TFCHANGE_FAIL_ON wins over it."""
    plan = repository / "envs" / "prod" / "plan.json"
    monkeypatch.chdir(plan.parent)
    (repository / "tfchange.yaml").write_text("fail_on: low\n")
    assert tfchange("assess", plan).code == 10
    monkeypatch.setenv("TFCHANGE_FAIL_ON", "critical")
    assert tfchange("assess", plan).code == 0


def test_another_file_by_flag_or_environment(
    tmp_path: Path,
    tfchange: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """--config and TFCHANGE_CONFIG name the file to use; one that is not there is exit 2."""
    chosen = tmp_path / "other.yaml"
    chosen.write_text("fail_on: low\n")
    plan = tmp_path / "plan.json"
    plan.write_bytes(PLAN)
    assert tfchange("assess", plan, "--config", chosen).code == 10
    monkeypatch.setenv("TFCHANGE_CONFIG", str(chosen))
    assert tfchange("assess", plan).code == 10
    code, _, err = tfchange("assess", plan, "--config", tmp_path / "gone.yaml")
    assert code == 2
    assert "gone.yaml" in err


def test_faults_in_the_settings_are_exit_2(
    tmp_path: Path,
    tfchange: Run,
) -> None:
    """Settings with faults end the run with 2 before anything is read."""
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("fail-on: high\n")
    code, out, err = tfchange("assess", tmp_path / "gone.json", "--config", faulty)
    assert (code, out) == (2, "")
    assert "fail-on" in err
    assert "fail_on" in err


MERGES = [
    ("", "register:\n  url: \"b\"\n"),
    ("# top\nwidth: 100\n", "# top\nwidth: 100\nregister:\n  url: \"b\"\n"),
    ("register: # said\n  url: a\n\n# next\nwidth: 90\n",
     "register:\n  url: \"a\"\n\n# next\nwidth: 90\n"),
    ("width: 90\nregister: {}", "width: 90\nregister:\n  url: \"b\""),
    ("register:\nwidth: 80\n", "register:\n  url: \"b\"\nwidth: 80\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), MERGES)
def test_a_table_is_merged_into_the_file(tmp_path: Path, before: str, after: str) -> None:
    """Only the table changes, what stood in it wins, and comments around it stay."""
    file = tmp_path / "tfchange.yaml"
    if before:
        file.write_text(before)
    assert settings.merge(str(file), "register", {"url": "b"}) == str(file)
    assert file.read_text() == after
    settings.merge(str(file), "register", {"url": "c"})
    assert file.read_text() == after


def test_a_file_with_faults_is_not_merged_into(tmp_path: Path) -> None:
    """A file that is wrong already stays as it is."""
    file = tmp_path / "tfchange.yaml"
    file.write_text("widht: 3\n")
    with pytest.raises(SettingsError, match="widht"):
        settings.merge(str(file), "register", {"url": "b"})
    assert file.read_text() == "widht: 3\n"
