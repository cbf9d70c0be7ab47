"""What a Prometheus does for us, the real one and the fake: one suite for both."""

import re
from datetime import timedelta
from math import isnan

import pytest

from tests.health.world import Clock, at, check, health, stopped
from tfchange.errors import HealthError
from tfchange.health.budget import budgets
from tfchange.health.check import after, before
from tfchange.health.model import Objective, Ratio, Slo, Threshold, Window
from tfchange.health.prometheus import MOST_STEPS, Prometheus
from tfchange.health.reply import Answer

OK = 'shop_requests_total{code="200"}'
FAILED = 'sum(shop_requests_total{code=~"5.."})'


def values(answer: Answer) -> list[float]:
    """All values, of all series."""
    return [value for series in answer.series for _, value in series.points]


def slo(indicator: Ratio | Threshold, *targets: float, hours: int = 12) -> Slo:
    """An objective over the last hours; a threshold has to be below 0.5."""
    objectives = tuple(Objective(target, "", "<", 0.5) for target in targets)
    return Slo("shop", "The shop", Window(hours, "h"), indicator, objectives)


class PrometheusContract:
    """Subclassed with a fixture `prometheus` that holds the shop's half day."""

    def test_a_vector(self, prometheus: Prometheus) -> None:
        """A selector gives every series that has a sample, with labels and the time asked for."""
        told = prometheus.at("ready", "shop_ready", at("03:25"))
        assert [(s.labels["pod"], s.points) for s in sorted(told.series, key=str)] == [
            ("a", ((at("03:25").timestamp(), 1.0),)),
            ("b", ((at("03:25").timestamp(), 0.0),)),
        ]

    def test_a_scalar(self, prometheus: Prometheus) -> None:
        """A number is one series without labels."""
        told = prometheus.at("one", "1", at("01:00"))
        assert [(s.labels, s.points[0][1]) for s in told.series] == [({}, 1.0)]

    def test_a_matrix(self, prometheus: Prometheus) -> None:
        """A range at one moment gives all its samples."""
        told = prometheus.at("ratio", "shop_error_ratio[100s]", at("10:00") + timedelta(seconds=30))
        assert values(told) == [0.001, 0.05]

    def test_over_a_time(self, prometheus: Prometheus) -> None:
        """Over a time there is a look at its start, at its end, and every 15 seconds between."""
        (series,) = prometheus.over("r", "shop_error_ratio", at("09:55"), at("10:05")).series
        assert len(series.points) == 41
        assert series.points[0][0] == at("09:55").timestamp()
        assert series.points[-1][0] == at("10:05").timestamp()
        assert {value for _, value in series.points} == {0.001, 0.05}

    def test_the_longest_time(self, prometheus: Prometheus) -> None:
        """However long the time is, there are no more looks than the server gives."""
        told = prometheus.over("r", "1", at("12:00") - timedelta(days=90), at("12:00"))
        assert len(values(told)) == MOST_STEPS + 1

    def test_nothing(self, prometheus: Prometheus) -> None:
        """What is unknown gives no series, at one moment and over a time."""
        assert prometheus.at("none", "shop_nothing", at("01:00")).series == ()
        assert prometheus.over("none", "shop_nothing", at("01:00"), at("02:00")).series == ()

    def test_no_number(self, prometheus: Prometheus) -> None:
        """NaN is passed on as what it is."""
        assert isnan(values(prometheus.at("ratio", "shop_error_ratio", at("11:00")))[0])

    @pytest.mark.parametrize("query", ["sum(", "shop_ready)", 'shop_ready{pod="s3cret"', "}"])
    def test_a_broken_query(self, prometheus: Prometheus, query: str) -> None:
        """A query that is none is refused with the name of its check, and is not quoted."""
        with pytest.raises(HealthError) as refused:
            prometheus.at("error rate", query, at("01:00"))
        assert refused.value.message.startswith("error rate: 127.0.0.1 refused the query (bad_data")
        assert "parse error" in refused.value.message
        assert "s3cret" not in refused.value.message

    def test_a_text(self, prometheus: Prometheus) -> None:
        """A text is no number, and its query is refused."""
        with pytest.raises(HealthError, match="error rate: the query gives a string"):
            prometheus.at("error rate", '"text"', at("01:00"))

    def test_a_range_over_a_time(self, prometheus: Prometheus) -> None:
        """A range cannot be looked at over a time, and the server says so."""
        with pytest.raises(HealthError, match="refused the query"):
            prometheus.over("error rate", "shop_error_ratio[5m]", at("01:00"), at("02:00"))

    def test_a_check_over_a_bad_time(self, prometheus: Prometheus) -> None:
        """Five bad minutes within the last quarter of an hour fail, and the first is named."""
        some = health(check(seconds=900))
        (result,) = before(some, prometheus, now=stopped("10:12")).results
        assert not result.ok
        assert result.sentence == "error rate was 0.05 at 10:00 UTC, and must be below 0.01."
        assert before(some, prometheus, now=stopped("10:30")).ok

    def test_a_check_with_gaps(self, prometheus: Prometheus) -> None:
        """A time without samples is noted, and fails only where it lasts to the end."""
        some = health(check("shop_queue", "at_most", 9, seconds=7200))
        standing = before(some, prometheus, now=stopped("03:00"))
        assert standing.ok
        # From 02:04, five minutes after the last sample, to 02:40; versions differ on the first.
        (note,) = standing.notes
        assert re.fullmatch(
            r"error rate had no data at 14[34] of 481 moments that were looked at\.", note
        )
        assert not before(some, prometheus, now=stopped("07:00")).ok

    @pytest.mark.parametrize(
        ("since", "ok", "until"), [("09:30", True, "09:40"), ("09:55", False, "10:00")]
    )
    def test_a_watch(self, prometheus: Prometheus, since: str, ok: bool, until: str) -> None:
        """After an apply a check is watched until its time has passed or something is wrong."""
        clock, some = Clock(since), health(check(seconds=600))
        standing = after(some, prometheus, at(since), now=clock.now, pause=clock.pause)
        assert standing.ok is ok
        assert clock.time == at(until)

    def test_counters(self, prometheus: Prometheus) -> None:
        """Counters are summed over their resets: nine in a minute, and one failure in an hour."""
        ratio = Ratio("shop_requests_total", FAILED, False, True)
        (budget,), notes = budgets([slo(ratio, 0.99)], prometheus, at("12:00"))
        grown = (720 - 1) * 9 + 12
        assert budget.remaining == pytest.approx(1 - (12 / grown) / 0.01, abs=0.002)
        assert budget.state == "healthy"
        assert notes == []

    def test_good_counters_are_the_same(self, prometheus: Prometheus) -> None:
        """Counting what is good leaves the same budget as counting what is bad."""
        bad = slo(Ratio("shop_requests_total", FAILED, False, True), 0.99)
        good = slo(Ratio("sum(shop_requests_total)", OK, True, True), 0.99)
        left, _ = budgets([bad, good], prometheus, at("12:00"))
        assert left[0].remaining == pytest.approx(left[1].remaining, abs=1e-6)

    def test_numbers_of_events(self, prometheus: Prometheus) -> None:
        """What is no counter is added up minute by minute: 60 bad events in 1922."""
        ratio = Ratio('shop_sent{kind="all"}', 'shop_sent{kind="good"} # good', True, False)
        (budget,), _ = budgets([slo(ratio, 0.9)], prometheus, at("12:00"))
        assert budget.remaining == pytest.approx(1 - (60 / (600 + 661 * 2)) / 0.1, abs=0.01)

    def test_a_threshold(self, prometheus: Prometheus) -> None:
        """Of a threshold, moments are counted: 32 of 721 were too slow."""
        some = Threshold("shop_latency_seconds")
        (budget,), _ = budgets([slo(some, 0.9)], prometheus, at("12:00"))
        assert budget.remaining == pytest.approx(1 - (32 / 721) / 0.1, abs=0.002)
        (budget,), _ = budgets([slo(some, 0.99)], prometheus, at("12:00"))
        assert budget.state == "spent"

    def test_no_bad_event_ever(self, prometheus: Prometheus) -> None:
        """Where nothing bad was ever counted, the budget is whole, with a note."""
        ratio = Ratio("shop_requests_total", 'shop_requests_total{code="418"}', False, True)
        (budget,), notes = budgets([slo(ratio, 0.99)], prometheus, at("12:00"))
        assert budget.remaining == 1
        assert notes == ["The shop: no bad event was ever counted; that is taken as none."]

    def test_nothing_was_counted(self, prometheus: Prometheus) -> None:
        """Where nothing was counted at all, the budget is not known."""
        for some in (Ratio("shop_no", "shop_no", True, True), Threshold("shop_no")):
            (budget,), _ = budgets([slo(some, 0.99)], prometheus, at("12:00"))
            assert (budget.state, budget.remaining) == ("unknown", None)
