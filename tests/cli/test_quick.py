"""The quick entry: what it reads is what click reads, and all else is left to click."""

import os
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any
from unittest import mock

import click
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Run
from tfchange.cli import quick
from tfchange.cli.assess import command
from tfchange.cli.group import cli
from tfchange.cli.table import ASSESS

FLAGS = [flag for option in ASSESS for flag in option.flags]
TEXTS = [
    "plan.json", "-", "", "folder", "gone", "text", "json", "pdf", "low", "high", "Low", "40", "39",
    "100", " 80", "4_0", "+50", "٤٠", "auto", "never", "folder:other", "other.yaml", "bad.yaml",
    "-x", "--", "--help", "a=b", "=",
]  # fmt: skip
VARIABLES = [
    *(option.environment for option in ASSESS if option.environment),
    *(f"TFCHANGE_{parameter.name}".upper() for parameter in cli.params),
    "TFCHANGE_ASSESS_FORMAT", "TFCHANGE_FORMAT", "TFCHANGE_HELP", "TFCHANGE_DESK", "PATHS",
]  # fmt: skip
SETTINGS = [
    {}, {"width": 60, "assess": {"format": "json"}}, {"color": "never", "fail_on": "low"},
    {"rules": ["folder", "other"], "source": "folder"}, {"source": "gone"}, {"width": 80.0},
    {"jobs": 3, "environment": "staging"}, {"graph": {"format": "dot"}}, {"width": 1},
]  # fmt: skip

words = st.one_of(
    st.sampled_from(FLAGS),
    st.sampled_from(TEXTS),
    st.builds("{}={}".format, st.sampled_from(FLAGS), st.sampled_from(TEXTS)),
    st.builds("{}{}".format, st.sampled_from(["-f", "-o", "--form"]), st.sampled_from(TEXTS)),
)
pairs = st.tuples(st.sampled_from(FLAGS), st.sampled_from(TEXTS))
likely = st.one_of(
    st.just(("plan.json",)),
    st.sampled_from(ASSESS).flatmap(
        lambda o: st.tuples(
            st.sampled_from(o.flags),
            st.sampled_from(o.choices or {"integer": ("40", "100")}.get(o.kind, ("folder", "new"))),
        )
    ),
)
wild = st.lists(st.one_of(words.map(lambda word: (word,)), pairs, likely), max_size=5)
lines = st.one_of(st.lists(likely, max_size=4), wild)
environments = st.one_of(
    st.just({}), st.dictionaries(st.sampled_from(VARIABLES), st.sampled_from(TEXTS), max_size=2)
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository to work in, with folders and settings of all kinds to name."""
    here = tmp_path_factory.mktemp("place")
    for folder in (".git", "folder", "other"):
        (here / folder).mkdir()
    (here / "plan.json").touch()
    (here / "other.yaml").write_text("width: 70\n")
    (here / "bad.yaml").write_text("widht: 70\n")
    with chdir(here):
        yield here


def by_click(arguments: list[str]) -> dict[str, Any] | None:
    """What click makes of the arguments, None where it refuses or does something else."""
    try:
        parent = cli.make_context("tfchange", ["assess"])
        return command.make_context("assess", list(arguments), parent=parent).params
    except (click.ClickException, click.exceptions.Exit, quick.SettingsError):
        return None


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, environments, st.sampled_from(SETTINGS))
def test_what_it_accepts_is_what_click_reads(
    place: Path, line: list[tuple[str, ...]], environ: dict[str, str], said: dict[str, Any]
) -> None:
    """For any line, environment and settings, it reads what click reads, or leaves it to click."""
    arguments = [word for words in line for word in words]
    (place / "tfchange.yaml").write_bytes(msgspec.json.encode(said))
    with mock.patch.dict(os.environ, environ):
        read = quick.read(arguments, os.environ)
        assert read is None or read == by_click(arguments)


PLAIN: dict[str, Any] = {
    "plans": ("plan.json",), "format": "text", "output": None, "source": None, "base": None,
    "environment": None, "rules": (), "policy": None, "fail_on": None, "emergency": False,
    "incident": None, "width": None, "color": "auto", "jobs": None, "terraform": None,
    "catalogue": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "environ", "said", "read"),
    [
        ("plan.json", {}, {}, {}),
        ("- plan.json", {}, {}, {"plans": ("-", "plan.json")}),
        (
            "-f json plan.json -o x --width=80",
            {},
            {},
            {"format": "json", "output": "x", "width": 80},
        ),
        ("plan.json --rules folder --rules other", {}, {}, {"rules": ("folder", "other")}),
        ("plan.json", {"TFCHANGE_RULES": "folder:other"}, {}, {"rules": ("folder", "other")}),
        ("plan.json --policy gitlab", {}, {"policy": "strict"}, {"policy": "gitlab"}),
        ("plan.json", {}, {"width": 60, "fail_on": "low"}, {"width": 60, "fail_on": "low"}),
        ("plan.json", {"TFCHANGE_WIDTH": "50"}, {"width": 60}, {"width": 50}),
        ("plan.json --width 40", {"TFCHANGE_WIDTH": "50"}, {"width": 60}, {"width": 40}),
        ("plan.json --config other.yaml", {}, {"width": 60}, {"width": 70}),
    ],
)
def test_what_people_type_is_read_at_once(
    place: Path, line: str, environ: dict[str, str], said: dict[str, Any], read: dict[str, Any]
) -> None:
    """Plans, options, variables and settings of the common kinds need no click."""
    (place / "tfchange.yaml").write_bytes(msgspec.json.encode(said))
    assert quick.read(line.split(), environ) == PLAIN | read


@pytest.mark.parametrize(
    ("line", "environ"),
    [
        ("", {}),
        ("--help", {}),
        ("plan.json --no-such-option", {}),
        ("plan.json --format pdf", {}),
        ("plan.json --format", {}),
        ("plan.json -fjson", {}),
        ("plan.json --emergency", {}),
        ("plan.json --width 39", {}),
        ("plan.json --source gone", {}),
        ("plan.json --output folder", {}),
        ("plan.json --config gone.yaml", {}),
        ("-- plan.json", {}),
        ("plan.json", {"TFCHANGE_ASSESS_FORMAT": "json"}),
        ("plan.json", {"_TFCHANGE_COMPLETE": "bash_source"}),
        ("plan.json", {"TFCHANGE_WIDTH": ""}),
    ],
)
def test_the_rest_is_left_to_click(place: Path, line: str, environ: dict[str, str]) -> None:
    """Help, mistakes and what is rare are not read here."""
    (place / "tfchange.yaml").write_text("{}")
    assert quick.read(line.split(), environ) is None


def test_an_emergency_is_left_to_click(tfchange: Run, place: Path) -> None:
    """What has to be given together is checked in one place, by the command."""
    (place / "tfchange.yaml").write_text("{}")
    assert quick.run(["plan.json", "--incident", "INC1"]) is None
    assert tfchange("assess", "plan.json", "--incident", "INC1").code == 2
