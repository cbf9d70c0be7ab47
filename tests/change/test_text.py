"""The texts of a change request: what they say, and that they say no more than is known."""

from typing import Any

import pytest

from tests.change.requests import commit
from tests.goldens import SCENARIOS, assessed
from tfchange.change.checks import CHECKS, GONE
from tfchange.change.fit import plain
from tfchange.change.implement import SAVING
from tfchange.change.text import texts
from tfchange.change.title import LONGEST, NOUNS, title
from tfchange.pipeline import rulebook
from tfchange.plan.model import Action
from tfchange.reading import Options
from tfchange.risk.assessment import (
    Approval,
    Assessment,
    BackoutStep,
    Category,
    Change,
    Emergency,
    Level,
    PlanFacts,
    Summary,
)
from tfchange.rulebook.rule import TypeTraits

WITHOUT_CHECK = {"cost", "glue"}
"""Traits of which there is nothing to look at."""


def made(*changes: Change, **given: Any) -> Assessment:
    """A normal change of these resources in production."""
    told: dict[str, Any] = {
        "plan": PlanFacts(),
        "category": Category.NORMAL,
        "level": Level.LOW,
        "score": 1,
        "impact": Level.LOW,
        "likelihood": Level.LOW,
        "why": ("why",),
        "environment": "production",
        "changes": changes,
    }
    return Assessment(**{**told, **given})


def one(action: Action, *traits: str, **given: Any) -> Change:
    """A change of a resource with these traits."""
    return Change("aws_x.a", "aws_x", action, traits=TypeTraits(traits, **given))


def _traits() -> set[str]:
    book = rulebook(Options())
    facts = [*book.traits.values(), *(facts for _, facts in book.patterns)]
    return {trait for each in facts for trait in each.traits}


def test_every_trait_has_a_check() -> None:
    """What can be touched can be looked at; and no check is for a trait that nobody has."""
    assert _traits() - WITHOUT_CHECK <= set(CHECKS)
    assert set(CHECKS) | set(NOUNS) | set(SAVING) | set(GONE) <= _traits()


@pytest.mark.parametrize(
    ("changes", "summary", "expected"),
    [
        ((), Summary(), "acme/shop #12: nothing to apply in production"),
        ((), Summary(outputs=1), "acme/shop #12: 1 output to change in production"),
        (
            (one(Action.UPDATE, "database"), one(Action.UPDATE)),
            Summary(update=2),
            "acme/shop #12: updates 1 database and 1 other resource in production",
        ),
        (
            (one(Action.REPLACE, "database", loses_data=True), one(Action.DELETE)),
            Summary(replace=1, delete=1, update=8),
            "acme/shop #12: replaces 1 database, destroys 1 resource, 8 to update in production",
        ),
        ((one(Action.NO_OP),), Summary(move=1), "acme/shop #12: 1 to move in production"),
    ],
)
def test_a_title_says_where_and_what(
    changes: tuple[Change, ...], summary: Summary, expected: str
) -> None:
    """The worst first, in the words of people."""
    assert title(made(*changes, summary=summary), commit()) == expected


def test_a_title_fits_whatever_the_names() -> None:
    """The environment stays at its end, and where it is stays at its start."""
    names = commit(repository="/".join(["group"] * 40), pull_request=None, ref="refs/heads/x" * 30)
    many = [one(Action.DELETE, trait) for trait in NOUNS]
    said = title(made(*many), names)
    assert len(said) <= LONGEST
    assert said.startswith("group/group")
    assert said.endswith(" in production")
    assert "destroys 1 database" in said


def test_what_no_backup_saves_is_not_told_to_be_backed_up() -> None:
    """A key has no backup, a queue runs empty, a secret is kept elsewhere."""
    for trait in SAVING:
        lost = made(one(Action.DELETE, trait, loses_data=True))
        said = plain(texts(lost, commit()).implementation)
        assert "back up aws_x.a" not in said
        assert "aws_x.a" in said
    data = made(one(Action.DELETE, "database", loses_data=True, guards=("deletion_protection",)))
    said = plain(texts(data, commit()).implementation)
    assert "back up aws_x.a" in said
    assert "deletion_protection" in said


def test_only_tags_need_no_test_of_what_runs() -> None:
    """Nobody tests a network because of a tag."""
    quiet = Change(
        "aws_x.a", "aws_x", Action.UPDATE, traits=TypeTraits(("network",)), cosmetic=True
    )
    said = plain(texts(made(quiet), commit()).test)
    assert said.splitlines() == [
        "1. Run terraform plan again: it must show no changes.",
        "2. Tags, descriptions and the like are as the plan says: aws_x.a.",
    ]


def test_workspaces_are_selected_by_name() -> None:
    """With a command that can be copied, and quoted where it must be."""
    for workspace, selected in (("pro d", True), ("default", False)):
        told = texts(made(one(Action.UPDATE)), commit(workspaces=(workspace,)))
        assert ("workspace select 'pro d'" in plain(told.implementation)) is selected


def test_drift_is_asked_about_before_it_is_taken_back() -> None:
    """Whoever changed something by hand is asked before it is taken back."""
    told = texts(assessed(SCENARIOS / "drift-reverted"), commit())
    assert "ask who made these changes outside Terraform" in plain(told.implementation)
    assert "This plan reverts it." in plain(told.description)
    assert "comes back only by hand" in plain(told.backout)


def test_a_standard_change_asks_nobody() -> None:
    """It names the envelope that was approved before, and its record."""
    told = texts(assessed(SCENARIOS / "tags-only"), commit())
    assert "it is a standard change (tags-only)" in plain(told.description)
    assert "No approval is needed" in plain(told.implementation)
    assert "Wait for approval" not in plain(told.implementation)


def test_a_stale_plan_is_filed_again_with_a_command_that_there_is() -> None:
    """What was approved is named by its fingerprint; without one nobody is told of it."""
    with_one = made(one(Action.UPDATE), plan=PlanFacts(fingerprint="f" * 32))
    said = plain(texts(with_one, commit()).implementation)
    assert "file the new plan with tfchange change open" in said
    assert f"(fingerprint {'f' * 32})" in said
    assert "fingerprint" not in plain(texts(made(one(Action.UPDATE)), commit()).implementation)


def test_the_backout_plan_applies_the_previous_commit_after_the_state_is_right() -> None:
    """What is said of the re-apply comes after what is said of the state, in words and in steps."""
    for scenario, command in (
        ("import", "terraform state rm"),
        ("moved", "terraform state mv"),
        ("removed-without-destroy", "terraform import"),
    ):
        said = plain(texts(assessed(SCENARIOS / scenario), commit()).backout)
        assert said.index("on the state come first") < said.index("revert the change"), said
        assert command in next(line for line in said.splitlines() if line.startswith("1."))
    said = plain(texts(assessed(SCENARIOS / "tags-only"), commit()).backout)
    assert "on the state" not in said


def _lead(scenario: str) -> str:
    return plain(texts(assessed(SCENARIOS / scenario), commit()).backout).splitlines()[0]


@pytest.mark.parametrize(
    "scenario",
    [
        "admin-policy-attached",
        "bucket-public",
        "database-public",
        "iam-widened",
        "instances-replaced",
        "load-balancing-removed",
        "security-group-narrowed",
        "security-group-opened",
        "trust-policy-opened",
        "vpc-replaced",
    ],
)
def test_what_was_exposed_or_interrupted_meanwhile_is_not_said_to_be_undone(scenario: str) -> None:
    """Terraform takes the change back, and nothing of what happened until then."""
    assert _lead(scenario) == (
        "Terraform can take back all of it; what was exposed, lost or interrupted meanwhile, "
        "it cannot."
    )


def test_what_terraform_cannot_take_back_is_named_first() -> None:
    """What is lost, then what goes back by hand, then the rest; a word of comfort for tags."""
    for harmless in ("tags-only", "moved", "capacity-up", "greenfield"):
        assert _lead(harmless) == "Everything can be undone."
    assert _lead("import").startswith("All or part of these goes back only by hand: aws_cl")
    lost = _lead("platform")
    assert lost.index("cannot be undone by Terraform alone") < lost.index("only by hand")
    assert "Terraform can take back the rest; what was exposed" in lost
    hurt = made(one(Action.UPDATE), backout=(BackoutStep("aws_x.a", "Re-apply.", True),))
    assert plain(texts(hurt, commit()).backout).startswith("Everything can be undone.")


@pytest.mark.parametrize(
    ("scenario", "check"),
    [
        ("load-balancing-removed", "reached through aws_lb_listener.http is reached another way"),
        ("route-removed", "through module.network.aws_route.internet still reach what they need"),
        ("count-shrunk-end", "Nobody still asks for the names of aws_route53_record"),
    ],
)
def test_what_is_destroyed_is_missed_by_nobody(scenario: str, check: str) -> None:
    """Whoever tests looks at what depended on it; whoever applies expects an interruption."""
    told = texts(assessed(SCENARIOS / scenario), commit())
    assert check in plain(told.test)
    assert "Expect an interruption for whatever still uses" in plain(told.implementation)


def test_a_left_over_is_missed_by_nobody() -> None:
    """What an earlier replacement left behind serves no one."""
    left = Change(
        "aws_x.a", "aws_x", Action.DELETE, deposed="1", traits=TypeTraits(("load-balancing",))
    )
    told = texts(made(left), commit())
    assert "still reached" not in plain(told.test)
    assert "interruption" not in plain(told.implementation)


def test_a_group_opened_to_the_world_is_not_tested_for_refusing_it() -> None:
    """What the plan opens is open, and the check holds there as well."""
    said = plain(texts(assessed(SCENARIOS / "security-group-opened"), commit()).test)
    assert "from the internet only where they open it" in said
    assert "wanted connections" not in said


def test_an_emergency_waits_for_nobody() -> None:
    """Approval is quick or follows, and so does the review; the incident is named."""
    hurry = made(
        one(Action.UPDATE),
        category=Category.EMERGENCY,
        emergency=Emergency("INC7"),
        approvals=(Approval("cab", "The risk is high."), Approval("peer", "The risk is high.")),
    )
    first = plain(texts(hurry, commit()).implementation).splitlines()[0]
    assert first == (
        "1. This is an emergency for incident INC7: name it wherever you ask. Ask Change advisory "
        "board (CAB) and Peer review for quick approval, or for approval afterwards. The change is "
        "reviewed afterwards."
    )
    assert "Wait for approval" not in plain(texts(hurry, commit()).implementation)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("none; file it before the start", "No lead time is needed. File it before the start."),
        ("none", "No lead time is needed."),
        ("3 working days", "Lead time: 3 working days."),
    ],
)
def test_the_lead_time_is_a_sentence(policy: str, said: str) -> None:
    """In the plan as in the description, also where the policy asks for none."""
    told = texts(
        made(one(Action.UPDATE), approvals=(Approval("peer", "Low."),), lead_time=policy), commit()
    )
    assert f"Wait for approval by Peer review. {said}" in plain(told.implementation)
    assert said in plain(told.description)
    assert "none" not in plain(told.implementation)


def test_the_impact_says_what_happens_not_only_that_it_changes() -> None:
    """What is destroyed, replaced or created does not just change."""
    happens = {
        Action.DELETE: "is destroyed",
        Action.REPLACE: "is replaced",
        Action.FORGET: "is no longer managed",
        Action.UPDATE: "changes",
        Action.CREATE: "is created",
        Action.NO_OP: "is moved or imported as it is",
    }
    for action, does in happens.items():
        held = made(one(action, "secret", stateful=True))
        assert f"What holds data or state {does}: aws_x.a." in plain(texts(held, commit()).risk)
        path = made(one(action, "network-path"))
        said = plain(texts(path, commit()).risk)
        assert f"What others rely on for network, names, access or keys {does}: aws_x.a." in said
