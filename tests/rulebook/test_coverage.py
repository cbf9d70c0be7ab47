"""Which types of plans are known, and what is said of those that are not."""

import json
from pathlib import Path

import pytest

from tests.build import change, plan_json
from tests.conftest import Run
from tests.rulebook.layer import write
from tfchange.plan.decode import decode
from tfchange.report import coverage as page
from tfchange.rulebook.coverage import coverage
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.load import load

MIXED = plan_json(
    [
        change("aws_sqs_queue.a[0]", ["update"], {"a": 1}, {"a": 2}),
        change("aws_sqs_queue.a[1]", ["no-op"], {"a": 1}, {"a": 1}),
        change("acme_storage_bucket.b", ["create"], None, {"a": 1}),
        change("acme_wheel.c", ["create"], None, {"a": 1}),
        change("acme_wheel.d", ["create"], None, {"a": 1}),
        change("data.acme_road.e", ["read"], None, {"a": 1}),
    ],
    resource_drift=[change("aws_sqs_queue.a[0]", ["update"], {"a": 0}, {"a": 1})],
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan of types that are known, guessed and unknown."""
    file = tmp_path / "plan.json"
    file.write_bytes(MIXED)
    return file


def test_a_type_is_known_guessed_or_unknown() -> None:
    """Every managed resource counts once, with what its type is taken for; data sources do not."""
    found = coverage([decode(MIXED)], Judge(load()))
    assert [(c.type, c.standing, c.resources, c.traits) for c in found] == [
        ("acme_storage_bucket", "guessed", 1, ("storage",)),
        ("acme_wheel", "unknown", 2, ()),
        ("aws_sqs_queue", "known", 2, ("messaging",)),
    ]


def test_several_plans_count_together() -> None:
    """The same resource of two plans is two resources."""
    found = coverage([decode(MIXED), decode(MIXED)], Judge(load()))
    assert [c.resources for c in found] == [2, 4, 4]


def test_the_command_names_what_is_not_known(tfchange: Run, plan: Path) -> None:
    """As text the types that lack an entry, as JSON all of them."""
    code, out, err = tfchange("rules", "--coverage", plan)
    assert (code, err) == (0, "")
    assert out.startswith("1 of 3 types and 2 of 5 resources are known to default, ")
    assert "Guessed from the name:\n  acme_storage_bucket  1 resource, taken for storage\n" in out
    assert "Not known:\n  acme_wheel  2 resources\n" in out
    assert "aws_sqs_queue" not in out
    told = json.loads(tfchange("rules", "--coverage", plan, "--format", "json").out)
    assert {t["type"]: t["standing"] for t in told["types"]} == {
        "acme_storage_bucket": "guessed",
        "acme_wheel": "unknown",
        "aws_sqs_queue": "known",
    }


def test_an_own_entry_makes_a_type_known(tfchange: Run, plan: Path, tmp_path: Path) -> None:
    """With a traits file of their own nothing is left to say."""
    layer = write(
        tmp_path / "ours",
        traits__acme="""
            families:
              - facts: {traits: [compute]}
                types: [acme_wheel, acme_storage_bucket]
        """,
    )
    out = tfchange("rules", "--coverage", plan, "--rules", layer).out
    assert out.startswith("3 of 3 types and 5 of 5 resources are known to ")
    assert len(out.splitlines()) == 1


def test_coverage_is_asked_of_plans(tfchange: Run) -> None:
    """Without a plan, and with several ids but not the option, it is said what is right."""
    code, _, err = tfchange("rules", "--coverage")
    assert code == 2
    assert "tfchange rules --coverage PLAN..." in err
    code, _, err = tfchange("rules", "wide-reach", "dns-changed")
    assert code == 2
    assert "one rule is shown at a time" in err


def test_no_name_of_a_type_reaches_the_terminal_raw() -> None:
    """A type is whatever the plan says, so that its control characters are not printed."""
    evil = coverage([decode(MIXED)], Judge(load()))[1]
    evil = type(evil)("acme_\x1b[2J", evil.standing, evil.resources, evil.traits)
    assert "\x1b" not in page.text(load(), [evil])
