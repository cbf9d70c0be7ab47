"""The plain text report: what a tired reviewer reads in a log."""

import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import samples
from tfchange.report import text
from tfchange.report.page import Caps
from tfchange.risk.assessment import Assessment

SAMPLES = [samples.rich, samples.empty, samples.standard, samples.several, samples.hostile]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("make", SAMPLES)
def test_no_line_is_wider_than_asked(make: type[Assessment], width: int) -> None:
    """Whatever the width, every line fits it."""
    lines = text.render(make(), width=width).splitlines()  # type: ignore[call-arg]
    assert max(map(text.columns, lines)) <= width


@given(st.lists(st.text(max_size=200), min_size=1, max_size=5), st.integers(20, 120))
def test_no_name_breaks_the_width_or_reaches_the_terminal(names: list[str], width: int) -> None:
    """Long, wide and controlling characters in names neither overflow nor act."""
    rendered = text.render(samples.named(names), width=width)
    assert all(line.isprintable() for line in rendered.split("\n"))
    assert max(map(text.columns, rendered.split("\n"))) <= max(width, text.NARROWEST)


def test_the_first_lines_say_category_level_score_and_why() -> None:
    """Category, level and score come first, the reasons next, then the facts."""
    lines = text.render(samples.rich(), width=120).splitlines()
    assert lines[0] == "Normal change, critical risk, 118 points"
    assert lines[2].startswith("The database module.data.aws_db_instance.orders is replaced")
    assert lines[5].startswith("Plan ")


def test_parts_come_in_the_order_a_reader_needs_them() -> None:
    """What is destroyed comes before all else, the arithmetic last."""
    rendered = text.render(samples.rich())
    titles = [
        "Destroyed or replaced",
        "What else changes",
        "Blast radius: what it reaches",
        "Drift: what changed outside Terraform",
        "Who must approve",
        "What keeps it from being a standard change",
        "Backout: how to take it back",
        "Caveats: what could not be known",
        "Where the points come from",
    ]
    places = [rendered.index(f"\n{title}\n") for title in titles]
    assert places == sorted(places)


def test_a_chain_is_drawn_from_the_change_to_what_it_reaches() -> None:
    """Each resource stands below what it depends on, with how that is known."""
    rendered = text.render(samples.rich(), width=94)
    chain = [
        "  module.data.aws_db_instance.orders",
        "     <- reference - aws_ssm_parameter.url (changes too)",
        "        <- reference - module.app.aws_ecs_task_definition.api",
        "           <- reference - module.app.aws_ecs_service.api",
        "           <- value - module.app.aws_lambda_function.worker[0] (and 8 more instances,",
        "              inferred)",
    ]
    assert "\n".join(chain) in rendered


def test_an_empty_plan_has_no_empty_parts() -> None:
    """Where nothing changes, the report is a headline, a reason and the facts."""
    rendered = text.render(samples.empty())
    assert rendered.startswith("No change\n=========\nNothing changes.\n")
    assert "Where the points" not in rendered
    assert "approve" not in rendered


def test_long_lists_are_cut_and_say_by_how_much() -> None:
    """Ten thousand changes take a page, and the numbers left out are exact."""
    rendered = text.render(samples.huge())
    assert "… and 9,980 more resources" in rendered
    assert 'module.m1.aws_sqs_queue.q["key.1"] and 9,998 more' in rendered
    assert len(rendered.splitlines()) < 150


def test_one_thing_too_many_is_shown_rather_than_counted() -> None:
    """Nobody reads "and 1 more" where the one would have fit on that line."""
    rendered = text.render(samples.rich(), caps=Caps(blockers=2, backout=2))
    assert "aws_instance.bastion is destroyed, which log-retention-longer forbids." in rendered
    assert "1 more" not in rendered


def test_the_points_shown_sum_to_the_score() -> None:
    """The table of points adds up to the score in the headline, listed or by rule."""
    for assessment in (samples.rich(), samples.huge()):
        table = text.render(assessment).partition("Where the points come from\n")[2]
        signed = [line.split()[0] for line in table.splitlines() if line.strip().startswith("+")]
        assert sum(int(points.replace(",", "")) for points in signed) == assessment.score


def test_a_finding_is_not_told_twice() -> None:
    """The table of points names the resource of a finding; the sentence stands with the change."""
    rendered = text.render(samples.rich(), width=140)
    assert f"     +45  {samples.DATABASE} (database-replaced)\n" in rendered
    assert rendered.count(samples.LOST) == 1


def test_a_finding_does_not_repeat_the_address_above_it() -> None:
    """Below a resource, a sentence that begins with its address begins with "It"."""
    rendered = text.render(samples.rich(), width=140)
    assert "HIGH: It lets traffic in from anywhere on port 22. (ingress-opened)" in rendered


def test_changes_of_which_the_same_is_to_be_said_share_a_line() -> None:
    """Forty changes of one tag are forty names and one sentence."""
    change = samples.standard().changes[0]
    alike = [msgspec.structs.replace(change, address=f"aws_vpc.v{n}") for n in range(3)]
    rendered = text.render(msgspec.structs.replace(samples.standard(), changes=tuple(alike)))
    assert "    ~ aws_vpc.v1 (updated)\n    ~ aws_vpc.v2 (updated)\n" in rendered
    assert rendered.count("tags.Team") == 1
    assert "        All 3 change tags.Team.\n" in rendered


def test_resources_with_the_same_findings_share_them() -> None:
    """Twenty queues destroyed for one reason are twenty names and one finding."""
    rendered = text.render(samples.huge())
    assert rendered.count("(messaging-destroyed)\n") == 2
    assert "        Each of the 20 above:\n        HIGH: It is destroyed, " in rendered


def test_resources_kept_from_standard_by_one_reason_share_it() -> None:
    """What ten thousand resources have in common is said once, as a sentence."""
    said = " ".join(text.render(samples.huge()).split())
    assert 'Each of module.m0.aws_sqs_queue.q["key.0"], ' in said
    assert " and 9,995 more is destroyed." in said


def test_a_long_address_is_broken_before_a_dot() -> None:
    """Half an address at the end of a line is at least whole names."""
    address = 'module.service["catalog"].module.database[0].aws_db_instance.this'
    lines = list(text.wrap(address, 60, "  ", "    "))
    assert lines == [f"  {address[:44]}", f"    {address[44:]}"]


def test_several_plans_have_an_overall_head_and_a_section_each() -> None:
    """The head names every plan that changes, the sections follow, the quiet ones share a line."""
    rendered = text.render(samples.several())
    overall, worst, standard = (
        rendered.index(mark)
        for mark in (
            "The plans, the worst first",
            "\nprod/plan.json: normal change",
            "\nstaging.json: standard change",
        )
    )
    assert overall < worst < standard
    assert rendered.endswith("Nothing changes in dev.json and test.json.\n")


def test_what_was_waived_stays_visible() -> None:
    """A waived finding is shown with who waived it, until when and why it may be."""
    rendered = text.render(samples.rich(), width=200)
    assert "Waived by platform team until 2027-01-31, see OPS-12." in rendered


def test_an_emergency_names_its_incident_and_review() -> None:
    """The incident and the day of the review are among the facts."""
    rendered = text.render(samples.emergency())
    assert rendered.startswith("Emergency change, critical risk")
    assert "declared for INC0042, retrospective review due 2026-03-04T12:00:00Z" in rendered


def test_text_imports_nothing_heavy() -> None:
    """Plain text costs no import of rich, networkx, jsonschema, yaml and the like."""
    code = (
        "import sys; from tests.report import samples; from tfchange.report import text;"
        "text.render(samples.rich()); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"rich", "networkx", "jsonschema", "yaml", "hcl2", "logging", "html"}
    assert heavy.isdisjoint(run.stdout.split())
