"""Checks before an apply and after it: what fails, what is said, and when the watch ends."""

from collections.abc import Iterator
from datetime import timedelta
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.health.fake import Fake, Told
from tests.health.world import Clock, asking, at, check, health, stopped
from tfchange.errors import HealthError, UnansweredError
from tfchange.health.check import after, before
from tfchange.health.judge import RELATIONS, failing, judged
from tfchange.health.model import Check, Objective, Ratio, Slo, Window
from tfchange.health.prometheus import Prometheus, step
from tfchange.health.reply import Answer, Series

DOWN = Told(200, b"<html>", "text/html")


@pytest.fixture
def fake() -> Fake:
    """The fake."""
    return Fake()


@pytest.fixture
def prometheus(fake: Fake) -> Iterator[Prometheus]:
    """Ready to ask it."""
    with asking(fake) as prometheus:
        yield prometheus


def sentence(prometheus: Prometheus, one: Check, clock: str) -> str:
    """What is said of one check."""
    (result,) = before(health(one), prometheus, now=stopped(clock)).results
    return f"{'ok' if result.ok else 'no'}: {result.sentence}"


@pytest.mark.parametrize(
    ("one", "clock", "said"),
    [
        (check(), "09:00", "ok: error rate was 0.001 at 09:00 UTC, and must be below 0.01."),
        (check(), "10:01", "no: error rate was 0.05 at 10:01 UTC, and must be below 0.01."),
        (check(), "11:00", "no: error rate was NaN at 11:00 UTC, and must be below 0.01."),
        (
            check(seconds=600),
            "10:20",
            "ok: error rate was 0.001 for 10 minutes until 10:20 UTC, and must be below 0.01.",
        ),
        (
            check(limit=0.06, seconds=5400),
            "10:30",
            (
                "ok: error rate was 0.001 to 0.05 for 1 hour and 30 minutes until 10:30 UTC, "
                "and must be below 0.06."
            ),
        ),
        (
            check("shop_ready", "equals", 1),
            "03:25",
            "no: error rate was 0 at 03:25 UTC for pod=b, and must be equal to 1.",
        ),
        (
            check("shop_ready", "at_least", 1),
            "09:00",
            "ok: error rate was 1 at 09:00 UTC, and must be at least 1.",
        ),
        (
            check("shop_nothing", "above", 1),
            "09:00",
            "no: error rate had no data at 09:00 UTC, and must be above 1.",
        ),
        (
            check("shop_nothing", "above", 1, none="pass"),
            "09:00",
            "ok: error rate had no data at 09:00 UTC, which passes.",
        ),
        (
            check("shop_ready", "equals", 1, seconds=86_400),
            "24:10",
            "no: error rate had no data at 00:10 UTC, and must be equal to 1.",
        ),
        (
            check("1234567", "at_most", 1e6),
            "09:00",
            "no: error rate was 1,234,567 at 09:00 UTC, and must be at most 1,000,000.",
        ),
    ],
)
def test_what_is_said(prometheus: Prometheus, one: Check, clock: str, said: str) -> None:
    """Each outcome has its sentence: value, time, and what has to be."""
    assert sentence(prometheus, one, clock) == said


def test_the_day_is_told_where_it_is_another(prometheus: Prometheus) -> None:
    """A failure of the day before is told with its day."""
    watched = check("shop_ready", "equals", 1, seconds=86_400)
    seen = prometheus.over("r", watched.query, at("00:00"), at("12:00"))
    told = failing(watched, seen, at("24:10"))
    assert told
    assert "was 0 at 2024-06-03 03:20 UTC for pod=b" in told.sentence


def test_only_what_is_due_is_asked(fake: Fake, prometheus: Prometheus) -> None:
    """A check for afterwards is not asked for before, and the other way round."""
    early, late = check(when=("before",)), check("shop_ready", "equals", 1, when=("after",))
    before(health(early, late), prometheus, now=stopped("09:00"))
    after(health(early, late), prometheus, at("09:00"), now=stopped("09:00"))
    assert [asked.form["query"] for asked in fake.asked] == [early.query, late.query]


def test_remarks_are_noted(fake: Fake, prometheus: Prometheus) -> None:
    """What the server warns of is noted once, without what it quotes."""
    fake.remarks = {"warnings": ['no answer from store "s3cret"'], "infos": ["maybe no counter"]}
    standing = before(health(check()), prometheus, now=stopped("09:00"))
    assert standing.notes == (
        'error rate: the server says: no answer from store "…"',
        "error rate: the server says: maybe no counter",
    )


def test_the_watch_lasts_as_long_as_it_must(fake: Fake, prometheus: Prometheus) -> None:
    """After an apply each check is looked at until its own time has passed, and no longer."""
    clock, said = Clock("09:00"), list[str]()
    some = health(check(seconds=60), check("shop_ready", "equals", 1, seconds=100), check("1"))
    standing = after(
        some, prometheus, at("09:00"), now=clock.now, pause=clock.pause, step=said.append
    )
    assert [result.ok for result in standing.results] == [False]
    assert standing.notes == ("error rate was not watched to its end, since another check failed.",)
    clock = Clock("09:00")
    some = health(*some.checks[:2])
    standing = after(
        some, prometheus, at("09:00"), now=clock.now, pause=clock.pause, step=said.append
    )
    assert standing.ok
    assert len(standing.results) == 2
    assert clock.time == at("09:00") + timedelta(seconds=100)
    assert all(pause <= 15 for pause in clock.pauses)
    assert said[:2] == [
        "watching 2 checks: 0 seconds of 1 minute and 40 seconds",
        "watching 2 checks: 15 seconds of 1 minute and 40 seconds",
    ]


def test_a_clock_that_is_behind(prometheus: Prometheus) -> None:
    """An apply that ended in the future, by another clock, is waited for."""
    clock = Clock("09:00")
    some = health(check(seconds=60), check("1", "equals", 1))
    standing = after(some, prometheus, at("09:01"), now=clock.now, pause=clock.pause)
    assert standing.ok
    assert len(standing.results) == 2
    assert clock.time == at("09:02")


def test_nothing_to_watch(fake: Fake, prometheus: Prometheus) -> None:
    """Without checks for afterwards nothing is asked, and the real clock is good enough."""
    assert after(health(check(when=("before",))), prometheus, at("09:00")).ok
    assert before(health(), prometheus).ok
    assert fake.asked == []


def test_a_failure_ends_the_watch(prometheus: Prometheus) -> None:
    """The first failing sample ends the watch at once."""
    clock = Clock("09:58")
    some = health(check(seconds=3600))
    standing = after(some, prometheus, at("09:58"), now=clock.now, pause=clock.pause)
    assert not standing.ok
    assert standing.results[0].sentence.startswith("error rate was 0.05 at 10:00 UTC")
    assert clock.time == at("10:00")


def test_only_what_followed_the_apply_counts(prometheus: Prometheus) -> None:
    """What was wrong before the end of the apply is no failure afterwards."""
    clock = Clock("10:06")
    some = health(check("shop_error_ratio", seconds=600))
    assert after(some, prometheus, at("10:06"), now=clock.now, pause=clock.pause).ok


def test_a_late_look_sees_what_was(prometheus: Prometheus) -> None:
    """Asked long after the apply, the watch needs no waiting and judges the same time."""
    some = health(check(seconds=600))
    late = stopped("12:00")
    assert not after(some, prometheus, at("09:55"), now=late, pause=pytest.fail).ok
    assert after(some, prometheus, at("10:10"), now=late, pause=pytest.fail).ok


def test_missing_data_has_until_the_end(prometheus: Prometheus) -> None:
    """What has no data yet is waited for; at the end it counts as missing."""
    clock = Clock("02:30")
    some = health(check("shop_queue", "equals", 5, seconds=900))
    assert after(some, prometheus, at("02:30"), now=clock.now, pause=clock.pause).ok
    clock = Clock("06:40")
    assert not after(some, prometheus, at("06:40"), now=clock.now, pause=clock.pause).ok
    assert clock.time == at("06:55")


def test_a_server_may_be_away_for_a_while(fake: Fake, prometheus: Prometheus) -> None:
    """A server that does not answer in between is told of and asked again; at the end it counts."""
    clock, said = Clock("09:00"), list[str]()
    some = health(check(seconds=60))
    fake.faults = [DOWN, DOWN]
    assert after(
        some, prometheus, at("09:00"), now=clock.now, pause=clock.pause, step=said.append
    ).ok
    assert said[0].startswith("error rate: 127.0.0.1 answered with a web page")
    fake.faults = [DOWN] * 9
    with pytest.raises(UnansweredError):
        after(some, prometheus, at("09:00"), now=stopped("09:01"))


def test_a_refused_query_is_not_waited_for(prometheus: Prometheus) -> None:
    """A query that the server refuses is an error at once."""
    with pytest.raises(HealthError, match="refused the query"):
        after(health(check("sum(", seconds=600)), prometheus, at("09:00"), now=stopped("09:00"))


RATIO = Ratio("shop_requests_total", 'shop_requests_total{code="500"}', False, True)


def slo(target: float, ratio: Ratio = RATIO) -> Slo:
    """An objective of the shop over half a day."""
    return Slo("shop", "Shop availability", Window(12, "h"), ratio, (Objective(target),))


@pytest.mark.parametrize(
    ("target", "sentence", "blocks"),
    [
        (0.99, "Shop availability has 81.4 % of its error budget left over 12 hours.", ()),
        (
            0.999,
            (
                "Shop availability has spent its error budget over 12 hours: 99.814 % was good, "
                "and 99.9 % has to be."
            ),
            ("normal",),
        ),
    ],
)
def test_a_spent_budget_blocks(
    prometheus: Prometheus, target: float, sentence: str, blocks: tuple[str, ...]
) -> None:
    """What the policy names waits while a budget is spent, and only then."""
    some = health(slos=(slo(target),), blocks=("normal",))
    standing = before(some, prometheus, now=stopped("12:00"))
    assert [budget.sentence for budget in standing.budgets] == [sentence]
    assert standing.blocks == blocks
    assert standing.ok


@pytest.mark.parametrize(("none", "blocks"), [("fail", ("normal",)), ("pass", ())])
def test_an_unknown_budget(prometheus: Prometheus, none: str, blocks: tuple[str, ...]) -> None:
    """A budget that is not known blocks, unless the settings say that no data passes."""
    lost = slo(0.99, Ratio("shop_no", "shop_no", True, True))
    some = health(slos=(lost,), blocks=("normal",), none=none)
    standing = before(some, prometheus, now=stopped("12:00"))
    assert standing.blocks == blocks
    assert standing.budgets[0].sentence == (
        "The error budget of Shop availability is not known: nothing was counted over 12 hours."
    )


def test_nothing_bad_blocks_nothing(prometheus: Prometheus) -> None:
    """Without objectives nothing is blocked."""
    assert (
        before(health(check(), blocks=("normal",)), prometheus, now=stopped("09:00")).blocks == ()
    )


NUMBERS = st.floats(allow_nan=True) | st.just(1.0)


@given(st.sampled_from(sorted(RELATIONS)), st.lists(NUMBERS, min_size=1), st.data())
def test_one_bad_sample_fails(must: str, values: list[float], data: st.DataObject) -> None:
    """Whatever has to be, a check holds only if each sample alone would hold."""
    limit = data.draw(
        st.floats(allow_nan=False) | st.sampled_from(values).filter(lambda v: not isnan(v))
    )
    one = check("q", must, limit)

    def holds(some: list[float]) -> bool:
        points = tuple((at("09:00").timestamp(), value) for value in some)
        return judged(one, Answer((Series({}, points),)), at("09:00")).ok

    assert holds(values) == all(holds([value]) for value in values)


@given(st.integers(1, 400 * 86_400))
def test_a_time_is_looked_at_to_its_end(length: int) -> None:
    """However long a time is, looks are 15 seconds apart or the least that the server allows."""
    every = round(step(length) * 1000)
    looks = length * 1000 // every
    assert looks <= 11_000 - 1
    assert every <= 15_000 or looks >= 10_990
    assert length * 1000 - looks * every < every
