"""docs/health.md is true."""

from functools import reduce
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.health.fake import Fake
from tests.health.openslo import write
from tests.health.world import asking, at
from tfchange.health.budget import budgets
from tfchange.health.load import load
from tfchange.health.openslo import read
from tfchange.schema import faults
from tfchange.schema import load as schema

PAGE = (ROOT / "docs" / "health.md").read_text(encoding="utf-8")
SETTINGS, SLO = (part.split("```")[0] for part in PAGE.split("```yaml\n")[1:])
TABLE = schema("settings-1.0")["properties"]["health"]["properties"]


def test_the_settings_are_right(tmp_path: Path) -> None:
    """The example is one that is read, and every setting is explained."""
    (tmp_path / "slo").mkdir()
    write(tmp_path / "slo", checkout=SLO)
    example = yaml.safe_load(SETTINGS)
    assert faults(example, "settings-1.0") == []
    found = load(example["health"], str(tmp_path))
    assert found
    assert [check.name for check in found.checks] == ["error rate", "every replica is ready"]
    assert len(found.slos) == 1
    for name in (*TABLE, *TABLE["checks"]["items"]["properties"]):
        assert f"`{name}`" in PAGE


THRESHOLD = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: quick}
spec:
  indicator: {spec: {thresholdMetric: {metricSource: {type: Prometheus, spec: {query: QUERY}}}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{op: lte, value: 0.5, target: 0.99}]
"""


@pytest.mark.parametrize(
    ("text", "said", "names"),
    [
        (
            SLO,
            ["sum(increase(SELECTOR[28d]))"],
            {"SELECTOR": 'http_requests_total{job="checkout"}'},
        ),
        (
            SLO.replace("counter: true", "counter: false"),
            ["sum(sum_over_time((QUERY)[28d:1m]))"],
            {"QUERY": 'sum(http_requests_total{job="checkout"})'},
        ),
        (
            THRESHOLD,
            [
                "sum(sum_over_time(((QUERY) <= bool VALUE)[28d:1m]))",
                "sum(count_over_time((QUERY)[28d:1m]))",
            ],
            {"VALUE": "0.5"},
        ),
    ],
)
def test_the_queries_are_those_that_are_sent(
    tmp_path: Path, text: str, said: list[str], names: dict[str, str]
) -> None:
    """What the page says is sent is what is sent, but for ends of lines."""
    fake = Fake()
    slos = read(write(tmp_path, slo=text), str(tmp_path))
    with asking(fake) as prometheus:
        budgets(slos, prometheus, at("12:00"))
    sent = [asked.form["query"].replace("\n", "") for asked in fake.asked]
    for query, expected in zip(sent, said, strict=False):
        assert f"`{expected}`" in PAGE
        assert query == reduce(lambda text, name: text.replace(*name), names.items(), expected)
