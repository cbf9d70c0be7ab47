"""OpenSLO files: what is read, and what is refused rather than measured wrongly."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.health.fake import Fake
from tests.health.openslo import OTHERS, REFERRING, SLO, write
from tests.health.world import asking, at
from tfchange.errors import SettingsError
from tfchange.health import promql
from tfchange.health.budget import budgets, remaining
from tfchange.health.model import Objective, Ratio, Slo, Threshold, Window
from tfchange.health.openslo import read


def faults(folder: Path, **files: str) -> str:
    """What is wrong with these files."""
    with pytest.raises(SettingsError) as refused:
        read(write(folder, **files), str(folder))
    return refused.value.message


def test_an_objective_in_one_piece(tmp_path: Path) -> None:
    """An SLO with its indicator inside is read."""
    assert read(write(tmp_path, slo=SLO), str(tmp_path)) == (
        Slo(
            "checkout",
            "Checkout availability",
            Window(12, "h"),
            Ratio("sum(shop_requests_total)", 'sum(shop_requests_total{code="500"})', False, True),
            (Objective(0.99),),
        ),
    )


def test_an_objective_in_pieces(tmp_path: Path) -> None:
    """Indicator and data source may stand in other documents, other files, and lists."""
    files = write(tmp_path, slo=REFERRING, others=OTHERS)
    assert read(files, str(tmp_path)) == (
        Slo(
            "latency",
            "latency",
            Window(1, "M", "2024-01-01 00:00:00", "Europe/Paris"),
            Threshold("shop_latency_seconds"),
            (Objective(0.995, "Quick", "<=", 0.5),),
        ),
    )


def test_from_a_file_to_a_budget(tmp_path: Path) -> None:
    """What the files say is what is asked, and what is left is said in a sentence."""
    slos = read(write(tmp_path, slo=SLO, other=REFERRING, others=OTHERS), str(tmp_path))
    fake = Fake()
    with asking(fake) as prometheus:
        found, notes = budgets(slos, prometheus, at("12:00"))
    assert [budget.sentence for budget in found] == [
        "Checkout availability has 81.4 % of its error budget left over 12 hours.",
        (
            "latency (Quick) has spent its error budget since 2024-06-01 00:00 (Europe/Paris): "
            "95.561 % was good, and 99.5 % has to be."
        ),
    ]
    assert notes == []
    assert [asked.form["query"] for asked in fake.asked] == [
        "sum(increase(shop_requests_total[12h]))",
        'sum(increase(shop_requests_total{code="500"}[12h]))',
        ("sum(sum_over_time((\n(\nshop_latency_seconds\n) <= bool 0.5\n)[223200s:1m]))"),
        "sum(count_over_time((\nshop_latency_seconds\n)[223200s:1m]))",
    ]


def test_every_objective_has_a_budget(tmp_path: Path) -> None:
    """Several objectives on the same events are asked for once and told apart by name or target."""
    text = SLO.replace("{target: 0.99}", "{displayName: Good, target: 0.9}, {targetPercent: 99.9}")
    fake = Fake()
    with asking(fake) as prometheus:
        found, _ = budgets(read(write(tmp_path, slo=text), str(tmp_path)), prometheus, at("12:00"))
    assert [(budget.target, budget.state) for budget in found] == [
        (0.9, "healthy"),
        (pytest.approx(0.999), "spent"),
    ]
    assert found[0].sentence.startswith("Checkout availability (Good) has 98.1 %")
    assert found[1].sentence.startswith("Checkout availability (99.9 %) has spent")
    assert len(fake.asked) == 2


def test_a_window_that_has_not_begun(tmp_path: Path) -> None:
    """Before the first period of its window a budget is not known, and nothing is asked."""
    slos = read(
        write(tmp_path, slo=REFERRING.replace("2024-01", "2031-01"), o=OTHERS), str(tmp_path)
    )
    fake = Fake()
    with asking(fake) as prometheus:
        (budget,), _ = budgets(slos, prometheus, at("12:00"))
    assert budget.state == "unknown"
    assert budget.sentence == "latency (Quick) has no error budget before its window."
    assert fake.asked == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("openslo/v1\n", "openslo/v2\n", "slo.yaml:2: checkout: apiVersion: 'openslo/v2'"),
        ("kind: SLO", "kind: SLOW", "slo.yaml:3: checkout: kind: 'SLOW' is not one of"),
        ("{name: checkout,", "{", "slo.yaml:4: metadata: the key 'name' is missing"),
        ("Occurrences", "Timeslices", "spec.budgetingMethod: Timeslices is not supported"),
        ("Occurrences", "RatioTimeslices", "RatioTimeslices is not supported, Occurrences is"),
        ("Occurrences", "Often", "spec.budgetingMethod: 'Often' is not one of"),
        ("0.99", "1", "slo.yaml:19: checkout: spec.objectives[0].target: 1 is"),
        ("target: 0.99", "target: 0.99, targetPercent: 99", "one of target and targetPercent"),
        ("{target: 0.99}", "{displayName: Good}", "one of target and targetPercent"),
        ("{target: 0.99}", "{target: 0.99, indicatorRef: b}", "(composite) are not supported"),
        ("{target: 0.99}", "{target: .nan}", "spec.objectives[0].target: '.nan' is not of type"),
        ("12h", "1M", "spec.timeWindow[0].duration: months have no length"),
        ("12h", "12 hours", "spec.timeWindow[0].duration: '12 hours' does not have the form"),
        ("isRolling: true", "isRolling: false", "needs either isRolling: true or a calendar"),
        ("[{duration: 12h, isRolling: true}]", "[]", "spec.timeWindow: needs at least 1"),
        (
            "isRolling: true",
            "calendar: {startTime: soon, timeZone: Europe/Paris}",
            "spec.timeWindow[0].calendar.startTime: is no time",
        ),
        (
            "isRolling: true",
            "calendar: {startTime: 2024-01-01 00:00:00, timeZone: ../Mars}",
            "spec.timeWindow[0].calendar.timeZone: is no time zone",
        ),
        ("counter: true", "counter: maybe", "ratioMetric.counter: 'maybe' is not of type boolean"),
        ("counter: true\n", "\n", "ratioMetric: needs counter, total, and one of good and bad"),
        ("bad:\n", "raw:\n", "ratioMetric.raw: is not supported"),
        ("sum(shop_requests_total)", "rate(x)", "slo.yaml:16: checkout: spec.indicator.spec"),
        ("sum(shop_requests_total)", "rate(x)", "a counter has to be one selector"),
        ("sum(shop_requests_total)", "'x{{.window}}'", "spec.query: templates are not supported"),
        ("query: sum(shop_requests_total)", "q: a", "the key 'query' is missing"),
        ("{type: Prometheus, spec", "{type: Datadog, spec", "the type 'Datadog' is not supported"),
        (
            "total: {metricSource: {type: Prometheus",
            "total: {metricSource: {metricSourceRef: main",
            "total.metricSource.metricSourceRef: there is no DataSource 'main'",
        ),
        ("ratioMetric:", "rateMetric:", "needs one of ratioMetric and thresholdMetric"),
        ("  service: shop\n", "  indicatorRef: other\n", "needs one of indicator and indicatorRef"),
        ("  indicator:\n", "  indicated:\n", "needs one of indicator and indicatorRef"),
        ("kind: SLO", "kind: SLO\nkind: SLI", "slo.yaml:4: the key 'kind' stands twice"),
        ("kind: SLO", "kind: &a SLO", "slo.yaml:3: anchors and aliases are not used here"),
        ("spec:", "spec: [", "slo.yaml:7: is not YAML"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What is wrong, or would be measured wrongly, is refused with file, line and field."""
    assert old in SLO
    assert said in faults(tmp_path, slo=SLO.replace(old, new, 1))


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Every fault of every file is told, one a line."""
    slo, other = SLO.replace("0.99", "1").replace("Occurrences", "Often"), "- 3\n- kind: SLI\n"
    said = faults(tmp_path, slo=slo, other=other).splitlines()
    assert len([line for line in said if line.startswith("slo.yaml:")]) == 2
    assert any(line.startswith("other.yaml:1: (top): 3 is not of type object") for line in said)
    assert any(line.startswith("other.yaml:2: (top): the key 'metadata'") for line in said)


def test_references_that_lead_nowhere(tmp_path: Path) -> None:
    """An indicator that is in no file is a fault."""
    assert "spec.indicatorRef: there is no SLI 'latency'" in faults(tmp_path, slo=REFERRING)


def test_a_threshold_needs_a_value(tmp_path: Path) -> None:
    """An objective on a threshold says what is good."""
    text = REFERRING.replace("op: lte, value: 0.5, ", "")
    assert "needs op and value" in faults(tmp_path, slo=text, others=OTHERS)


def test_a_name_stands_once(tmp_path: Path) -> None:
    """Two objectives of one name are a fault."""
    assert "several SLOs with the name checkout" in faults(tmp_path, one=SLO, two=SLO)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """A file that cannot be read is a fault that names it."""
    with pytest.raises(SettingsError, match=r"slo\.yaml cannot be read"):
        read([str(tmp_path / "slo.yaml")], str(tmp_path))


@pytest.mark.parametrize(
    ("query", "selector"),
    [
        ("a_total", "a_total"),
        (" sum( a:b{x='1', y!~`}`,} )\n", "a:b{x='1', y!~`}`,}"),
        (r'{__name__="a", b="\"}"}', r'{__name__="a", b="\"}"}'),
        ("sum(a) + sum(b)", None),
        ("sum by (x) (a)", None),
        ("rate(a[5m])", None),
        ("a[5m]", None),
        ("a offset 1h", None),
        ("a or vector(0)", None),
        ('a{b="}', None),
        ("", None),
    ],
)
def test_counters_are_selectors(query: str, selector: str | None) -> None:
    """Only a selector, or the sum of one, is taken for a counter."""
    assert promql.counter(query) == selector


SHARES = st.integers(0, 10_000).map(lambda n: n / 10_000)


@given(SHARES, SHARES, st.integers(0, 9_999).map(lambda n: n / 10_000))
def test_laws_of_budgets(one: float, two: float, target: float) -> None:
    """All good leaves all, what was asked for leaves nothing, and better never leaves less."""
    assert remaining(1.0, target) == 1
    assert remaining(target, target) == 0
    assert (remaining(one, target) <= remaining(two, target)) or one > two
