"""The room on one page: a plan, its graph and a rulebook become an assessment."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from tfchange.graph.dependency import DependencyGraph
from tfchange.plan.configuration import Bump, Source
from tfchange.plan.model import Caveat, Plan, ResourceChange
from tfchange.risk import (
    approvals,
    backout,
    blast,
    drift,
    findings,
    level,
    score,
    summary,
    uncertainty,
)
from tfchange.risk.assessment import (
    Approval,
    Assessment,
    BlastRadius,
    Category,
    Change,
    Contribution,
    Drift,
    Emergency,
    Finding,
    Informed,
    Level,
)
from tfchange.risk.category import decide
from tfchange.risk.envelopes import Fitting
from tfchange.risk.environment import (
    NOWHERE,
    Named,
    Place,
    contradicted,
    counts_as_production,
    environment_of,
)
from tfchange.risk.facts import Facts
from tfchange.risk.findings import Finder, losses
from tfchange.risk.impact import impact_of, likelihood_of
from tfchange.risk.judged import Judged
from tfchange.risk.reading import Reading, read
from tfchange.rulebook.judge import PLAN, Judge

if TYPE_CHECKING:
    from tfchange.catalogue.model import Catalogue
    from tfchange.catalogue.owners import FileOwners
    from tfchange.risk.earned import Runs
    from tfchange.risk.parties import Parties
    from tfchange.risk.services import Affected


def assess(  # noqa: PLR0913  # all that a caller may know of a plan
    plan: Plan,
    graph: DependencyGraph,
    judge: Judge,
    *,
    source: Source | None = None,
    environment: str | None = None,
    emergency: Emergency | None = None,
    caveats: tuple[Caveat, ...] = (),
    bumps: tuple[Bump, ...] = (),
    runs: "Mapping[str, Runs] | None" = None,
    place: Place = NOWHERE,
    catalogue: "Catalogue | None" = None,
    owners: "FileOwners | None" = None,
) -> Assessment:
    """Everything there is to say of one plan; the order of the plan's entries changes nothing.

    `caveats` are what reading the source and building the graph could not know, `bumps` the
    versions that it asks for and did not before. Without a record of earlier `runs`, by the id of
    the envelope, none counts as earned. The catalogue tells whose services are affected, `owners`
    in whose files the changes stand; both only ever add.
    """
    shown = summary.shown(plan)
    reach = graph.reach(c.address for c in shown if summary.acts(c) and not c.deposed)
    reading = read(plan, shown, judge, reach.count)
    radius = blast.Radius(graph, judge)
    picture = blast.picture(radius, reach, _acting(reading.facts))
    where = (environment, reading.facts, plan, judge.rulebook.policy, place)
    case = _Case(
        plan=plan,
        shown=shown,
        judge=judge,
        finder=Finder(source),
        reading=reading,
        radius=radius,
        picture=picture,
        drift=drift.summarise(reading.drifted, judge.rulebook.policy),
        caveats=uncertainty.caveats_of(plan, (*caveats, *contradicted(*where))),
        bumps=bumps,
        named=environment_of(*where),
        affected=_affected(catalogue, plan, reading.facts, radius, picture),
        owners=owners,
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
    bumps: tuple[Bump, ...]
    named: Named
    affected: "Affected | None" = None
    owners: "FileOwners | None" = None

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
        impact = _impact(self, impact_of(facts, reach, production=self.production))
        likely = likelihood_of(facts, self.drift, doubtful=any(d.forbids for d in doubts))
        return parts, Judged(facts, found, doubts, score.total(parts), impact, likely)

    @property
    def production(self) -> bool:
        """Whether it counts as production."""
        return counts_as_production(self.named.environment, self.judge.rulebook.policy)

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
        for hit in self.judge.hits_of_plan(losses(facts)):
            yield self.finder.finding(PLAN, PLAN, hit)
        for bump in self.bumps:
            for hit in self.judge.hits_of_bump(bump):
                yield self.finder.of_bump(bump, hit)


def _conclude(case: _Case, emergency: Emergency | None, runs: "Mapping[str, Runs]") -> Assessment:
    policy, facts = case.judge.rulebook.policy, case.reading.facts
    parts, whole = case.contributions(facts, case.picture.score)
    place = case.judge.environment(case.named.environment)
    held = level.held(whole, policy, place)
    fitting = Fitting(case.judge.rulebook.envelopes, policy, place, case.alone, runs)
    verdict = decide(case.plan, whole, fitting, emergency, held.level)
    by_id = {f.id: f for f in facts}
    changes = summary.list_changes(case.shown, by_id, whole.findings, case.finder)
    kind = (verdict.category, held.level)
    asked = approvals.approvals(*kind, whole.findings, policy, facts)
    asked, told = _parties(case, verdict.category, asked, changes)
    return Assessment(
        plan=summary.plan_facts(case.plan),
        category=verdict.category,
        level=held.level,
        score=whole.score,
        impact=whole.impact,
        likelihood=whole.likelihood,
        why=verdict.why,
        summary=summary.summarise(case.plan),
        policy=(case.judge.rulebook.name, case.judge.rulebook.hash),
        environment=case.named.environment,
        environment_from=case.named.source,
        level_called=level.called(held.level, policy),
        level_why=held.why,
        envelope=verdict.envelope,
        earning=verdict.earning,
        emergency=emergency,
        contributions=parts,
        findings=whole.findings,
        changes=changes,
        blast_radius=case.picture,
        drift=case.drift,
        approvals=asked,
        informed=told,
        services=case.affected.services if case.affected else None,
        lead_time=approvals.lead_time(*kind, policy),
        lead_days=approvals.lead_days(*kind, policy),
        counterfactual=verdict.counterfactual,
        caveats=case.caveats,
        backout=backout.backout(case.shown, facts),
    )


def _affected(
    catalogue: "Catalogue | None",
    plan: Plan,
    facts: tuple[Facts, ...],
    radius: blast.Radius,
    picture: BlastRadius,
) -> "Affected | None":
    if catalogue is None:
        return None
    from tfchange.risk.services import affected

    return affected(catalogue, plan, facts, picture.reached, radius.felt(_acting(facts)))


def _impact(case: _Case, level: Level) -> Level:
    if case.affected is None:
        return level
    from tfchange.risk.services import impact

    return impact(level, case.affected)


def _parties(
    case: _Case, category: Category, asked: tuple[Approval, ...], changes: tuple[Change, ...]
) -> "Parties":
    """Who is asked and who is told, with the owners of services and of files."""
    if case.affected is None and case.owners is None:
        return asked, ()
    from tfchange.risk.parties import settle

    owners: tuple[Approval, ...] = ()
    told: tuple[Informed, ...] = ()
    if case.affected is not None:
        from tfchange.risk import services

        affected = case.affected.services
        owners, told = services.approvals(affected), services.informed(affected)
    if case.owners is not None:
        from tfchange.risk.owners import of

        more, also = of(case.owners, changes, case.finder)
        owners, told = owners + more, told + also
    emergency = case.judge.rulebook.policy.emergency.approvals
    waits = category is not Category.EMERGENCY or not emergency
    return settle(category, asked, owners, told, waits=waits)


def _acting(facts: Iterable[Facts]) -> tuple[Facts, ...]:
    return tuple(f for f in facts if summary.acts(f.change))
