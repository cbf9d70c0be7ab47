"""The table `health`: what it says, what it lacks, and where its files are."""

from pathlib import Path
from typing import Any

import pytest

from tests.health.openslo import SLO, write
from tfchange.errors import SettingsError
from tfchange.health.load import load
from tfchange.health.model import Check
from tfchange.settings import load as settings

SERVER = "http://prometheus.example.com:9090"


def faults(table: dict[str, Any], base: Path) -> str:
    """What is wrong with the table."""
    with pytest.raises(SettingsError) as refused:
        load(table, str(base))
    return refused.value.message


@pytest.mark.parametrize("table", [None, {}, {"prometheus": SERVER}, {"checks": [], "slos": []}])
def test_nothing_to_look_at(table: dict[str, Any] | None) -> None:
    """Without checks and objectives there is nothing to look at."""
    assert load(table, ".", ["normal"]) is None


def test_a_whole_table(tmp_path: Path) -> None:
    """From the file to the value, with defaults where nothing is said."""
    (tmp_path / "slo").mkdir()
    write(tmp_path / "slo", checkout=SLO)
    (tmp_path / "tfchange.yaml").write_text(
        f"""
health:
  prometheus: {SERVER}
  checks:
    - name: error rate
      query: shop_error_ratio
      below: 0.01
      for: 1h30m
      when: [after]
      none: pass
    - {{name: ready, query: shop_ready, equals: 1}}
  slos: [slo/*.yaml, slo/**/checkout.yaml]
  blocks: [standard]
"""
    )
    table = settings(str(tmp_path / "tfchange.yaml"))["health"]
    found = load(table, str(tmp_path), ["normal"])
    assert found
    assert found.prometheus == SERVER
    assert found.checks == (
        Check("error rate", "shop_error_ratio", "below", 0.01, 5400, ("after",), "pass"),
        Check("ready", "shop_ready", "equals", 1.0),
    )
    assert [slo.name for slo in found.slos] == ["checkout"]
    assert found.blocks == ("normal", "standard")
    assert found.none == "fail"


def test_no_data_for_all(tmp_path: Path) -> None:
    """What no data means for the table is what it means for checks that do not say."""
    checks = [{"name": "a", "query": "a", "above": 1}]
    found = load({"prometheus": SERVER, "none": "pass", "checks": checks}, str(tmp_path))
    assert found
    assert (found.none, found.checks[0].none) == ("pass", "pass")


def test_all_faults_of_the_table(tmp_path: Path) -> None:
    """A missing server, two comparisons, none, and a name that stands twice are told at once."""
    checks = [
        {"name": "a", "query": "a", "above": 1, "below": 2},
        {"name": "b", "query": "b"},
        {"name": "b", "query": "b", "above": 1},
    ]
    said = faults({"checks": checks}, tmp_path).splitlines()
    assert said == [
        "health: the key 'prometheus' is missing",
        "health: checks[0] (a) needs one of below, at_most, above, at_least, equals",
        "health: checks[1] (b) needs one of below, at_most, above, at_least, equals",
        "health: checks[2] has the name 'b' like another one",
    ]


def test_a_pattern_without_files(tmp_path: Path) -> None:
    """A pattern that names no file is a fault: a budget that nobody looks at is none."""
    said = faults({"prometheus": SERVER, "slos": ["slo/*.yaml"]}, tmp_path)
    assert said == "health: slos: there is no file at slo/*.yaml"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("for: ten minutes", "health.checks[0].for"),
        ("when: [during]", "'during' is not one of before, after"),
        ("bellow: 1", "unknown key 'bellow'; is 'below' meant?"),
        ("none: ignore", "'ignore' is not one of fail, pass"),
        ("above: high", "health.checks[0].above: 'high' is not of type number"),
    ],
)
def test_the_schema_knows_the_table(tmp_path: Path, line: str, said: str) -> None:
    """What the table cannot hold is refused when settings are read."""
    file = tmp_path / "tfchange.yaml"
    file.write_text(f"health:\n  checks:\n    - name: a\n      query: a\n      {line}\n")
    with pytest.raises(SettingsError) as refused:
        settings(str(file))
    assert said in refused.value.message


def test_an_emergency_is_never_blocked(tmp_path: Path) -> None:
    """Nobody can write that a spent budget blocks emergencies."""
    file = tmp_path / "tfchange.yaml"
    file.write_text("health: {blocks: [emergency]}\n")
    with pytest.raises(SettingsError, match="'emergency' is not one of standard, normal"):
        settings(str(file))
