"""The code quality report, held to the form that GitLab reads."""

import json
import re
from typing import Any

import msgspec
import pytest

from tests.report import samples
from tfchange.report.codequality import SEVERITIES, render
from tfchange.risk.assessment import Assessment, Level, Location

RICH = samples.rich()


def entries(assessment: Assessment, base: str = "") -> list[dict[str, Any]]:
    """Of the report."""
    told = json.loads(render(assessment, base=base))
    assert isinstance(told, list)
    return told


@pytest.mark.parametrize("make", [samples.rich, samples.empty, samples.several, samples.hostile])
def test_entries_have_the_form_that_gitlab_reads(make: Any) -> None:
    """These fields and no others, one of its severities, a path in the repository, a line."""
    found = entries(make())
    for each in found:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert each["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert set(each["location"]) == {"path", "lines"}
        assert set(each["location"]["lines"]) == {"begin"}
        assert each["location"]["lines"]["begin"] > 0
        assert not re.match(r"/|\./|\.\./", each["location"]["path"])
        assert re.fullmatch("[0-9a-f]{64}", each["fingerprint"])
        assert each["description"].isprintable()
    assert len({each["fingerprint"] for each in found}) == len(found)


def test_findings_stand_at_their_lines() -> None:
    """The gravest first; what is waived or in no file is left out."""
    assert [
        (e["location"]["path"], e["location"]["lines"]["begin"], e["severity"], e["check_name"])
        for e in entries(RICH)
    ] == [
        ("modules/data/rds.tf", 12, "blocker", "database-replaced"),
        ("network.tf", 40, "critical", "ingress-opened"),
    ]
    assert entries(RICH)[0]["description"] == samples.LOST
    assert entries(RICH, "infra")[1]["location"]["path"] == "infra/network.tf"
    assert set(SEVERITIES) == set(Level)


def test_nothing_found_is_an_empty_report() -> None:
    """Which GitLab compares with another, and so tells what is resolved."""
    assert render(samples.empty()) == "[]\n"


def test_a_finding_that_moved_is_not_new() -> None:
    """Nor is one that is worded better; one of another resource is."""
    first = RICH.findings[0]

    def digest(**changed: Any) -> str:
        one = msgspec.structs.replace(first, **changed)
        (only,) = entries(msgspec.structs.replace(RICH, findings=(one,)))
        return str(only["fingerprint"])

    same = digest()
    assert digest(location=Location("modules/data/rds.tf", 99), message="Better.") == same
    assert len({same, digest(address="aws_db_instance.b"), digest(rule="other")}) == 3
    assert digest(location=Location("moved.tf", 12)) != same


def test_instances_of_a_block_are_one_entry() -> None:
    """By whichever instance comes first in the plan, the fingerprint is the same."""
    some = tuple(
        msgspec.structs.replace(RICH.findings[0], address=f"aws_db_instance.a[{n}]")
        for n in range(3)
    )
    found = [entries(msgspec.structs.replace(RICH, findings=each)) for each in (some, some[::-1])]
    assert len(found[0]) == 1
    assert found[0][0]["fingerprint"] == found[1][0]["fingerprint"]
    assert found[0][0]["description"].endswith("And 2 more of the same block.")
