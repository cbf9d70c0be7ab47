"""The room on one page: a plan, its graph and a rulebook become an assessment."""

from collections.abc import Iterable, Mapping

import msgspec

from tfchange.graph.dependency import DependencyGraph
from tfchange.plan.configuration import Source
from tfchange.plan.model import Caveat, Plan, ResourceChange
from tfchange.risk import approvals, backout, blast, drift, findings, score, summary, uncertainty
from tfchange.risk.assessment import (
    Assessment,
    BlastRadius,
    Contribution,
    Drift,
    Emergency,
    Finding,
    PlanFacts,
)
from tfchange.risk.category import decide
from tfchange.risk.earned import Runs
from tfchange.risk.envelopes import Fitting, Judged
from tfchange.risk.environment import counts_as_production, environment_of
from tfchange.risk.facts import Facts
from tfchange.risk.findings import Finder
from tfchange.risk.impact import impact_of, likelihood_of
from tfchange.risk.reading import Reading, read
from tfchange.rulebook.judge import Judge


def assess(  # noqa: PLR0913  # all that a caller may know of a plan
    plan: Plan,
    graph: DependencyGraph,
    judge: Judge,
    *,
    source: Source | None = None,
    environment: str | None = None,
    emergency: Emergency | None = None,
    caveats: tuple[Caveat, ...] = (),
    runs: Mapping[str, Runs] | None = None,
) -> Assessment:
    """Everything there is to say of one plan; the order of the plan's entries changes nothing.

    `caveats` are what reading the source and building the graph could not know. Without a record
    of earlier `runs`, by the id of the envelope, none counts as earned.
    """
    shown = summary.shown(plan)
    reach = graph.reach(c.address for c in shown if summary.acts(c) and not c.deposed)
    reading = read(plan, shown, judge, reach.count)
    case = _Case(
        plan=plan,
        shown=shown,
        judge=judge,
        finder=Finder(source),
        reading=reading,
        radius=blast.Radius(graph, judge),
        picture=blast.picture(blast.Radius(graph, judge), reach, _acting(reading.facts)),
        drift=drift.summarise(reading.drifted, judge.rulebook.policy),
        caveats=uncertainty.caveats_of(plan, caveats),
        environment=environment_of(environment, reading.facts, plan, judge.rulebook.policy),
    )
    return _conclude(case, emergency, runs or {})


class _Case(msgspec.Struct, frozen=True):
    """All that is known before anything is concluded."""

    plan: Plan
    shown: tuple[ResourceChange, ...]
    judge: Judge
    finder: Finder
    reading: Reading
    radius: blast.Radius
    picture: BlastRadius
    drift: Drift
    caveats: tuple[Caveat, ...]
    environment: str

    def contributions(
        self, facts: tuple[Facts, ...], reach: int
    ) -> tuple[tuple[Contribution, ...], Judged]:
        """Some of the changes, all of the drift and what they add up to; `reach` is 0 to 100."""
        policy = self.judge.rulebook.policy
        found = findings.ordered(self._findings(facts))
        doubts = uncertainty.doubts(self._about(facts), facts)
        priced = uncertainty.contributions(doubts, policy)
        sums = score.contributions(facts, found, reach, self.drift.score, policy)
        parts = score.ordered((*sums, *priced))
        return parts, Judged(facts, found, doubts, score.total(parts))

    def alone(self, facts: tuple[Facts, ...]) -> Judged:
        """Some of the changes, as if they were a plan of their own."""
        return self.contributions(facts, self.radius.score(_acting(facts)))[1]

    def _about(self, facts: Iterable[Facts]) -> Iterable[Caveat]:
        """The caveats but for those about changes that are left out."""
        out = {f.change.address for f in self.reading.facts} - {f.change.address for f in facts}
        return (c for c in self.caveats if c.address not in out)

    def _findings(self, facts: Iterable[Facts]) -> Iterable[Finding]:
        for f in facts:
            for hit in f.hits:
                yield self.finder.finding(f.id, f.change.address, hit)
        for strayed in self.reading.strayed:
            for hit in strayed.hits:
                yield self.finder.finding(strayed.entry.id, strayed.entry.address, hit)


def _conclude(case: _Case, emergency: Emergency | None, runs: Mapping[str, Runs]) -> Assessment:
    policy, facts = case.judge.rulebook.policy, case.reading.facts
    parts, whole = case.contributions(facts, case.picture.score)
    level = score.level_of(whole.score, whole.findings, policy)
    place = case.judge.environment(case.environment)
    fitting = Fitting(case.judge.rulebook.envelopes, policy, place, case.alone, runs)
    verdict = decide(case.plan, whole, fitting, emergency, level)
    production = counts_as_production(case.environment, policy)
    doubtful = any(doubt.forbids for doubt in whole.doubts)
    by_id = {f.id: f for f in facts}
    return Assessment(
        plan=_plan_facts(case.plan),
        category=verdict.category,
        level=level,
        score=whole.score,
        impact=impact_of(facts, case.picture.score, production=production),
        likelihood=likelihood_of(facts, case.drift, doubtful=doubtful),
        why=verdict.why,
        summary=summary.summarise(case.plan),
        policy=(case.judge.rulebook.name, case.judge.rulebook.hash),
        environment=case.environment,
        envelope=verdict.envelope,
        earning=verdict.earning,
        emergency=emergency,
        contributions=parts,
        findings=whole.findings,
        changes=summary.list_changes(case.shown, by_id, whole.findings, case.finder),
        blast_radius=case.picture,
        drift=case.drift,
        approvals=approvals.approvals(verdict.category, level, whole.findings, policy),
        lead_time=approvals.lead_time(verdict.category, level, policy),
        lead_days=approvals.lead_days(verdict.category, level, policy),
        counterfactual=verdict.counterfactual,
        caveats=case.caveats,
        backout=backout.backout(case.shown, facts),
    )


def _acting(facts: Iterable[Facts]) -> tuple[Facts, ...]:
    return tuple(f for f in facts if summary.acts(f.change))


def _plan_facts(plan: Plan) -> PlanFacts:
    return PlanFacts(
        path=plan.path,
        terraform_version=plan.terraform_version,
        format_version=plan.format_version,
        timestamp=plan.timestamp,
        complete=plan.complete,
        errored=plan.errored,
    )
